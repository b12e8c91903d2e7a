// SPDX-License-Identifier: EUPL-1.2
//! The whole post office in one synchronous piece: many connections, one store, no socket, no clock, no luck of its own.

use crate::store::Connection;
use crate::{
    blob::{self, BlobBytes, BlobTask},
    domain::{FirstPut, Limits, Op, Session, Task, authorise},
    hub::{ConnectionId, Hub, Topic},
    store::{Applied, Read, Sqlite, StoreError, Write},
};
use proto::{
    BranchId, ClientFrame, ErrorCode, Hello, InboxId, Nonce, RecoveryId, Reply, RequestId, ServerFrame,
    blob::{BlobReply, BlobRequest},
};
use std::{collections::BTreeMap, sync::Arc};

/// One frame and everybody who gets it, in order of connecting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Out {
    pub to: Vec<ConnectionId>,
    pub frame: ServerFrame,
}

/// How a [`Service`] presents itself.
#[derive(Clone, Debug)]
pub struct ServiceConfig {
    /// Addresses clients may have reached the server under, e.g. `http://127.0.0.1:7000`.
    pub origins: Vec<String>,
    pub limits: Limits,
    /// Lets one authority in; see [`FirstPut`].
    pub setup_code: Option<String>,
}

/// Sessions, hub and store. Dropping it (or [`Self::crash`]) loses only what a crash of the server loses.
pub struct Service {
    store: Sqlite,
    bytes: Box<dyn BlobBytes>,
    hub: Hub,
    sessions: BTreeMap<ConnectionId, Session>,
    next_connection: u64,
    origins: Arc<[String]>,
    limits: Limits,
    recovery: RecoveryId,
}

/// What is left to do for one frame once the batch is durable.
enum Then {
    Answer(Result<Reply, ErrorCode>),
    /// Answer number so-and-so of the batch.
    Written(usize),
    Page {
        branch: BranchId,
        after: u32,
    },
    /// The inbox was touched as act number so-and-so.
    Inbox {
        inbox: InboxId,
        owner_pub: proto::PublicKey,
        skip: u32,
        touched: Option<usize>,
    },
    /// The inbox was dropped as act number so-and-so.
    Dropped {
        inbox: InboxId,
        act: usize,
    },
}

impl Service {
    /// `recovery`: random; stored only if the database is new.
    ///
    /// # Errors
    /// [`StoreError`]: the database can't be used.
    pub fn open(
        db: Connection,
        recovery: RecoveryId,
        bytes: Box<dyn BlobBytes>,
        config: ServiceConfig,
    ) -> Result<Self, StoreError> {
        let mut store = Sqlite::open(db, recovery)?;
        store.set_setup_code(config.setup_code);
        let recovery = store.recovery()?;
        let (hub, sessions) = (Hub::default(), BTreeMap::new());
        let (origins, limits) = (config.origins.into(), config.limits);
        Ok(Self { store, bytes, hub, sessions, next_connection: 0, origins, limits, recovery })
    }

    /// Everything but the database and the bytes of blobs is lost.
    pub fn crash(self) -> (Connection, Box<dyn BlobBytes>) {
        (self.store.into_connection(), self.bytes)
    }

    pub fn store(&self) -> &Sqlite {
        &self.store
    }

    /// A new connection; `nonce` must be random. The hello is its first frame.
    pub fn connect(&mut self, now_millis: u64, first_put: FirstPut, nonce: Nonce) -> (ConnectionId, Hello) {
        self.next_connection += 1;
        let id = ConnectionId(self.next_connection);
        self.sessions.insert(id, Session::new(nonce, Arc::clone(&self.origins), first_put, self.limits));
        (id, Hello { nonce, recovery: self.recovery, now_millis })
    }

    pub fn disconnect(&mut self, connection: ConnectionId) {
        let Some(session) = self.sessions.remove(&connection) else { return };
        self.hub.leave_all(connection, session.topics());
    }

    /// One frame, a batch of its own. See [`Self::handle_batch`].
    ///
    /// # Errors
    /// [`StoreError`]: nothing was stored.
    pub fn handle(&mut self, now_millis: u64, from: ConnectionId, frame: ClientFrame) -> Result<Vec<Out>, StoreError> {
        self.handle_batch(now_millis, vec![(from, frame)])
    }

    /// Frames of several connections in one transaction: first the answers in the order of the frames, then the
    /// pushes in the order of the acts. Frames from connections that are gone are left out.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was stored; a server answers all of them [`ErrorCode::Unavailable`].
    pub fn handle_batch(
        &mut self,
        now_millis: u64,
        frames: Vec<(ConnectionId, ClientFrame)>,
    ) -> Result<Vec<Out>, StoreError> {
        let mut batch = Vec::new();
        let mut waiting = Vec::new();
        for (from, ClientFrame { id, request }) in frames {
            let Some(session) = self.sessions.get_mut(&from) else { continue };
            let then = match authorise(now_millis, session, &self.store, request) {
                Ok(task) => self.begin(from, task, &mut batch),
                Err(refused) => Then::Answer(Err(refused)),
            };
            waiting.push((from, id, then));
        }
        let Applied { answers, pushes, .. } =
            if batch.is_empty() { Applied::default() } else { self.store.apply(now_millis, batch)? };
        let mut out = Vec::new();
        for (from, id, then) in waiting {
            let answer = self.finish(from, then, &answers)?;
            out.push(Out { to: vec![from], frame: answer_frame(id, answer) });
        }
        for (topic, push) in pushes {
            let to: Vec<_> = self.hub.listeners(&topic).collect();
            if !to.is_empty() {
                out.push(Out { to, frame: ServerFrame::Push(push) });
            }
        }
        Ok(out)
    }

    /// Notes who listens, and puts what must be written into the batch.
    fn begin(&mut self, from: ConnectionId, task: Task, batch: &mut Vec<Op>) -> Then {
        let act = batch.len();
        match task {
            Task::Answer(reply) => Then::Answer(Ok(reply)),
            Task::OpenBranch { branch, after } => {
                self.hub.join(Topic::Branch(branch), from);
                Then::Page { branch, after }
            }
            Task::ReadPage { branch, after } => Then::Page { branch, after },
            Task::CloseBranch(branch) => {
                self.hub.leave(&Topic::Branch(branch), from);
                Then::Answer(Ok(Reply::Done))
            }
            Task::OpenInbox { inbox, owner_pub } => {
                self.hub.join(Topic::Inbox(inbox), from);
                batch.push(Op::TouchInbox { inbox, owner_pub });
                Then::Inbox { inbox, owner_pub, skip: 0, touched: Some(act) }
            }
            Task::ReadInbox { inbox, owner_pub, skip } => Then::Inbox { inbox, owner_pub, skip, touched: None },
            Task::Write(op) => {
                let dropped = if let Op::DropInbox { inbox, .. } = &op { Some(*inbox) } else { None };
                batch.push(op);
                dropped.map_or(Then::Written(act), |inbox| Then::Dropped { inbox, act })
            }
        }
    }

    fn finish(
        &mut self,
        from: ConnectionId,
        then: Then,
        answers: &[Result<Reply, ErrorCode>],
    ) -> Result<Result<Reply, ErrorCode>, StoreError> {
        let written = |act: usize| answers.get(act).cloned().unwrap_or(Err(ErrorCode::Unavailable));
        Ok(match then {
            Then::Answer(answer) => answer,
            Then::Written(act) => written(act),
            Then::Page { branch, after } => self.store.page(&branch, after)?.map(Reply::Page),
            Then::Inbox { inbox, owner_pub, skip, touched } => match touched.map(written) {
                Some(Err(refused)) => Err(refused),
                _ => self.store.inbox_page(&inbox, &owner_pub, skip)?,
            },
            Then::Dropped { inbox, act } => {
                let answer = written(act);
                if answer.is_ok() {
                    self.hub.leave(&Topic::Inbox(inbox), from);
                    if let Some(session) = self.sessions.get_mut(&from) {
                        session.close_inbox(&inbox);
                    }
                }
                answer
            }
        })
    }

    /// What comes over HTTPS in the real server.
    ///
    /// # Errors
    /// A stable code; nothing has changed then.
    pub fn blob(&mut self, now_millis: u64, request: BlobRequest) -> Result<BlobReply, ErrorCode> {
        let (BlobRequest::Write { blob, .. } | BlobRequest::Read { blob, .. } | BlobRequest::Delete { blob, .. }) =
            &request;
        let blob = *blob;
        match blob::authorise(&self.store, request)? {
            BlobTask::Answer(reply) => Ok(reply),
            BlobTask::Write { chunk, bytes, then } => {
                self.bytes.write(&blob, chunk, &bytes)?;
                match self.apply_one(now_millis, then)? {
                    Reply::Blob { offset } => Ok(BlobReply::Written { offset }),
                    _ => Err(ErrorCode::Unavailable),
                }
            }
            BlobTask::Delete(op) => {
                self.apply_one(now_millis, op)?;
                self.bytes.delete(&blob)?;
                Ok(BlobReply::Deleted)
            }
            task @ BlobTask::Read { .. } => blob::cut(self.bytes.as_ref(), &blob, &task).map(BlobReply::Bytes),
        }
    }

    fn apply_one(&mut self, now_millis: u64, op: Op) -> Result<Reply, ErrorCode> {
        self.store.apply(now_millis, vec![op])?.answers.pop().unwrap_or(Err(ErrorCode::Unavailable))
    }

    /// Forgets what has expired; call it about once an hour of its clock.
    ///
    /// # Errors
    /// [`StoreError`]; what was removed before stays removed.
    pub fn maintain(&mut self, now_millis: u64) -> Result<usize, StoreError> {
        let mut rows = 0;
        loop {
            let swept = self.store.sweep(now_millis)?;
            rows += swept.rows;
            for blob in &swept.blobs {
                // Bytes without a row are unreachable; `check` finds them and the next start removes them.
                let _ = self.bytes.delete(blob);
            }
            if !swept.more {
                return Ok(rows);
            }
        }
    }

    /// Switches a planted bug on or off.
    #[cfg(feature = "testkit")]
    pub fn plant(&mut self, defect: crate::testkit::Defect) {
        self.store.rules().defects.insert(defect);
    }

    /// The next batch is written and then rolled back, as if the disk had failed at its end.
    #[cfg(feature = "testkit")]
    pub fn roll_back_next(&mut self) {
        self.store.rules().roll_back_next = true;
    }
}

fn answer_frame(id: RequestId, answer: Result<Reply, ErrorCode>) -> ServerFrame {
    match answer {
        Ok(reply) => ServerFrame::Reply(id, reply),
        Err(code) => ServerFrame::Error(id, code),
    }
}
