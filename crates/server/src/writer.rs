// SPDX-License-Identifier: EUPL-1.2
//! The one writer thread: takes everything that waits, writes it in one transaction, then answers and tells listeners.

use crate::{
    clock::now_millis,
    domain::Op,
    hub::{ConnectionId, Hub, Topic},
    metrics::Metrics,
    outlet::{About, Outlet, Queued},
    store::{Applied, Sqlite, StoreError, Swept, Write},
};
use bytes::Bytes;
use proto::{ErrorCode, Push, Reply, RequestId, ServerFrame, encode};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};
use tokio::sync::{mpsc, oneshot};

/// Acts in one transaction at most: keeps the time to an answer bounded.
const BATCH: usize = 2048;
/// Jobs that may wait; who brings more waits itself.
const QUEUE: usize = 8192;

/// Who listens, and how to reach them.
#[derive(Debug, Default)]
pub struct Board {
    pub hub: Hub,
    pub outlets: BTreeMap<ConnectionId, Arc<Outlet>>,
}

/// The board, shared between connections and the writer; held for microseconds.
#[derive(Debug, Default)]
pub struct SharedBoard(Mutex<Board>);

impl SharedBoard {
    pub fn lock(&self) -> MutexGuard<'_, Board> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where an answer goes.
enum Asker {
    Connection(Arc<Outlet>, RequestId),
    Task(oneshot::Sender<Result<Reply, ErrorCode>>),
}

impl Asker {
    fn answer(self, answer: Result<Reply, ErrorCode>) {
        match self {
            Self::Connection(outlet, id) => outlet.answer(id, answer),
            Self::Task(waiting) => drop(waiting.send(answer)), // it may have left
        }
    }
}

#[expect(clippy::large_enum_variant, reason = "nearly every job is an act; a box would only cost an allocation each")]
enum Job {
    Act(Op, Asker),
    Sweep(oneshot::Sender<Result<Swept, StoreError>>),
}

/// Hands work to the writer.
#[derive(Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// The answer goes to `outlet` under `id`, after the data is durable.
    pub async fn send(&self, op: Op, outlet: &Arc<Outlet>, id: RequestId) {
        let job = Job::Act(op, Asker::Connection(Arc::clone(outlet), id));
        if let Err(mpsc::error::SendError(Job::Act(_, asker))) = self.jobs.send(job).await {
            asker.answer(Err(ErrorCode::Unavailable));
        }
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// The store's refusal, or `unavailable`.
    pub async fn call(&self, op: Op) -> Result<Reply, ErrorCode> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Job::Act(op, Asker::Task(answer))).await.map_err(|_| ErrorCode::Unavailable)?;
        answered.await.unwrap_or(Err(ErrorCode::Unavailable))
    }

    /// One step of forgetting.
    ///
    /// # Errors
    /// [`StoreError`]; also when the writer has ended.
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        let (done, swept) = oneshot::channel();
        let ended = || StoreError::Corrupt("the writer has ended");
        self.jobs.send(Job::Sweep(done)).await.map_err(|_| ended())?;
        swept.await.map_err(|_| ended())?
    }

    pub fn is_running(&self) -> bool {
        !self.jobs.is_closed()
    }
}

/// Starts the thread. It ends, everything written, when all [`Writer`]s are gone.
///
/// # Errors
/// The operating system gives no thread.
pub fn start(
    store: Sqlite,
    board: Arc<SharedBoard>,
    metrics: Arc<Metrics>,
    setup_code_file: PathBuf,
) -> std::io::Result<(Writer, JoinHandle<()>)> {
    let (jobs, waiting) = mpsc::channel(QUEUE);
    let desk = Desk { store, board, metrics, setup_code_file };
    let thread = std::thread::Builder::new().name("writer".into()).spawn(move || desk.run(waiting))?;
    Ok((Writer { jobs }, thread))
}

struct Desk {
    store: Sqlite,
    board: Arc<SharedBoard>,
    metrics: Arc<Metrics>,
    setup_code_file: PathBuf,
}

impl Desk {
    fn run(mut self, mut waiting: mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(BATCH);
        while waiting.blocking_recv_many(&mut jobs, BATCH) > 0 {
            let (mut ops, mut askers) = (Vec::with_capacity(jobs.len()), Vec::with_capacity(jobs.len()));
            let mut sweeps = Vec::new();
            for job in jobs.drain(..) {
                match job {
                    Job::Act(op, asker) => {
                        ops.push(op);
                        askers.push(asker);
                    }
                    Job::Sweep(done) => sweeps.push(done),
                }
            }
            if !ops.is_empty() {
                self.write(ops, askers);
            }
            for done in sweeps {
                drop(done.send(self.store.sweep(now_millis())));
            }
        }
    }

    fn write(&mut self, ops: Vec<Op>, askers: Vec<Asker>) {
        self.metrics.batches.inc();
        self.metrics.acts.inc_by(u64::try_from(ops.len()).unwrap_or(u64::MAX));
        match self.store.apply(now_millis(), ops) {
            Ok(Applied { answers, pushes, setup_code_used }) => {
                for (asker, answer) in askers.into_iter().zip(answers) {
                    asker.answer(answer);
                }
                self.tell(pushes);
                if setup_code_used && let Err(error) = std::fs::remove_file(&self.setup_code_file) {
                    tracing::warn!(kind = %error.kind(), "the used setup code's file could not be removed");
                }
            }
            Err(error) => {
                self.metrics.store_failures.inc();
                tracing::error!(%error, "nothing of this batch was stored");
                for asker in askers {
                    asker.answer(Err(ErrorCode::Unavailable));
                }
            }
        }
    }

    /// Each push is encoded once, however many listen.
    fn tell(&self, pushes: Vec<(Topic, Push)>) {
        let board = self.board.lock();
        for (topic, push) in pushes {
            let mut listeners = board.hub.listeners(&topic).peekable();
            if listeners.peek().is_none() {
                continue;
            }
            let bytes = Bytes::from(encode(&ServerFrame::Push(push)));
            let about = match topic {
                Topic::Branch(branch) => About::Branch(branch),
                Topic::Inbox(_) => About::Inbox,
            };
            for outlet in listeners.filter_map(|id| board.outlets.get(&id)) {
                match outlet.push(about, &bytes) {
                    Queued::Yes => self.metrics.pushes.inc(),
                    Queued::LeftOut => self.metrics.pushes_left_out.inc(),
                };
            }
        }
    }
}
