// SPDX-License-Identifier: EUPL-1.2
//! The engine's front: one input, one transaction, then the requests that follow from what is stored.

use crate::{
    EngineError, account,
    cert::Seen,
    conversation,
    crypto::Luck,
    db::{self, Connection},
    directory,
    error::Fail,
    input::{Input, Output, RequestId},
    media::Media,
    mls::Suite,
    outbox, profile, reading, search, sync,
    turn::{Fact, Link, Live, Turn, Want},
};
use client_api::{AttachmentId, Command, Query, Timestamp, View};
use proto::{ErrorCode, Push, Reply, blob::BlobReply};

use crate::input::Failure;

/// Pumping goes on while it finds something new; a state that never settles would be a bug.
const ROUNDS: usize = 16;
/// A repeat due within this time counts as work still to come.
const SOON_SECS: u64 = 30;

/// One profile's brain. Not shared between threads; every call is one transaction.
pub struct Engine {
    conn: Connection,
    media: Box<dyn Media>,
    luck: Luck,
    seen: Seen,
    live: Live,
    suite: Suite,
    /// Something was erased, but another reader held the journal.
    journal_due: bool,
    #[cfg(any(test, feature = "testkit"))]
    defects: std::collections::BTreeSet<crate::testkit::Defect>,
}

impl Engine {
    /// Brings the store up to date and forgets chunks nothing refers to.
    ///
    /// # Errors
    /// [`EngineError`]: the store can't be used.
    pub fn open(conn: Connection, media: Box<dyn Media>, luck: Luck, now: Timestamp) -> Result<Self, EngineError> {
        let mut engine = Self {
            conn,
            media,
            luck,
            seen: Seen::new(),
            live: Live::default(),
            suite: Suite::Hybrid768,
            journal_due: false,
            #[cfg(any(test, feature = "testkit"))]
            defects: Default::default(),
        };
        engine.prepare(now)?;
        Ok(engine)
    }

    /// As [`Self::open`], with a suite of the simulator's choice and bugs planted on purpose.
    ///
    /// # Errors
    /// As [`Self::open`].
    #[cfg(any(test, feature = "testkit"))]
    pub fn open_in_world(
        conn: Connection,
        media: Box<dyn Media>,
        luck: Luck,
        now: Timestamp,
        (suite, defects): (Suite, std::collections::BTreeSet<crate::testkit::Defect>),
    ) -> Result<Self, EngineError> {
        let (seen, live) = (Seen::new(), Live::default());
        let mut engine = Self { conn, media, luck, seen, live, suite, journal_due: false, defects };
        engine.prepare(now)?;
        Ok(engine)
    }

    /// Makes this device ask to be added to a conversation again, whatever the truth is.
    ///
    /// # Errors
    /// [`EngineError`]: the store failed.
    #[cfg(any(test, feature = "testkit"))]
    pub fn pretend_stuck(&mut self, now: Timestamp, id: &client_api::ConversationId) -> Result<(), EngineError> {
        self.turn(now, |turn| conversation::pretend_stuck(turn, id)).map(drop)
    }

    /// Makes a group of this device's own under the id of a conversation it is in, and adds `members`.
    ///
    /// # Errors
    /// [`EngineError`]: the store failed.
    #[cfg(any(test, feature = "testkit"))]
    pub fn usurp(
        &mut self,
        now: Timestamp,
        id: &client_api::ConversationId,
        members: &[client_api::UserId],
    ) -> Result<(), EngineError> {
        self.turn(now, |turn| {
            conversation::usurp(turn, id, members)?;
            conversation::save_groups(turn)
        })
        .map(drop)
    }

    fn prepare(&mut self, now: Timestamp) -> Result<(), EngineError> {
        db::prepare(&mut self.conn)?;
        self.turn(now, |turn| Ok(search::store::prepare(turn.db)?))?;
        self.turn_if_room(now, |turn| {
            conversation::expire(turn)?;
            outbox::sweep_media(turn)
        })?;
        // A crash may have come between an expiry and this.
        self.journal_due = !db::forget_journal(&self.conn)?;
        Ok(())
    }

    /// Applies one input and answers what must now happen outside. Outputs exist only after the commit.
    ///
    /// # Errors
    /// [`EngineError`]: nothing was kept; open the engine anew.
    pub fn handle(&mut self, now: Timestamp, input: Input) -> Result<Vec<Output>, EngineError> {
        let ((), out) = self.turn(now, |turn| {
            turn.live.alarms.clear();
            turn.live.looked = now;
            conversation::expire(turn)?;
            apply(turn, input)?;
            hand_on(turn)?;
            // Once more: what arrived too late must not be kept, and what arrived in time has set an alarm.
            conversation::expire(turn)?;
            pump(turn)?;
            conversation::save_groups(turn)
        })?;
        Ok(out)
    }

    /// To be called once when a profile is opened, not when its store is opened anew after a failure: files that were
    /// taken in before and are in no draft are forgotten.
    ///
    /// # Errors
    /// [`EngineError`]: the store failed.
    pub fn forget_unsent(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.turn_if_room(now, conversation::forget_unsent)
    }

    /// Answers a question; what has expired is deleted first, or not shown if there is no room even for that.
    ///
    /// # Errors
    /// [`EngineError`]: the store failed.
    pub fn query(&mut self, now: Timestamp, query: Query) -> Result<View, EngineError> {
        self.turn_if_room(now, |turn| {
            conversation::expire(turn)?;
            view(turn, query)
        })
    }

    /// When [`Input::Wakeup`] is wanted, if nothing else comes in before.
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.live.next_alarm()
    }

    /// Gives the store back, e.g. to open it again as after a crash.
    pub fn into_connection(self) -> Connection {
        self.conn
    }

    /// The store as it stands between two calls, for a simulated world to look at and to let fail.
    #[cfg(any(test, feature = "testkit"))]
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.conn
    }

    pub(crate) fn turn<T>(
        &mut self,
        now: Timestamp,
        what: impl FnOnce(&mut Turn<'_>) -> Result<T, EngineError>,
    ) -> Result<(T, Vec<Output>), EngineError> {
        match self.run(now, what)? {
            (value, Kept::Yes(out)) => Ok((value, out)),
            (_, Kept::No(error)) => {
                self.live.reset(None);
                Err(error)
            }
        }
    }

    /// For what tells nobody anything and is done again the next time: on a full disk it is answered and not kept.
    fn turn_if_room<T>(
        &mut self,
        now: Timestamp,
        what: impl FnOnce(&mut Turn<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        match self.run(now, what)? {
            (_, Kept::No(error)) if !db::is_full(&error) => {
                self.live.reset(None);
                Err(error)
            }
            (value, _) => Ok(value),
        }
    }

    /// One transaction. An error: something in it failed.
    fn run<T>(
        &mut self,
        now: Timestamp,
        what: impl FnOnce(&mut Turn<'_>) -> Result<T, EngineError>,
    ) -> Result<(T, Kept), EngineError> {
        let tx = self.conn.transaction()?;
        let mut turn = Turn {
            db: &tx,
            now,
            luck: &self.luck,
            seen: &self.seen,
            media: self.media.as_mut(),
            live: &mut self.live,
            suite: self.suite,
            #[cfg(any(test, feature = "testkit"))]
            defects: &self.defects,
            out: Vec::new(),
            facts: Vec::new(),
            doomed: Vec::new(),
            has_erased: false,
        };
        let result = what(&mut turn);
        let (out, doomed) = (std::mem::take(&mut turn.out), std::mem::take(&mut turn.doomed));
        let has_erased = turn.has_erased;
        drop(turn);
        match result.map(|value| (value, tx.commit())) {
            Ok((value, Ok(()))) => {
                doom(self.media.as_mut(), &doomed)?;
                if has_erased || self.journal_due {
                    self.journal_due = !db::forget_journal(&self.conn)?;
                    if self.journal_due {
                        self.live.alarms.insert(now.plus_secs(1));
                    }
                }
                Ok((value, Kept::Yes(out)))
            }
            Ok((value, Err(error))) => {
                self.live.largest.1 = Timestamp(0);
                Ok((value, Kept::No(error.into())))
            }
            Err(error) => {
                self.live.reset(None);
                self.live.largest.1 = Timestamp(0);
                Err(error)
            }
        }
    }
}

/// Whether a transaction reached the store.
enum Kept {
    Yes(Vec<Output>),
    No(EngineError),
}

/// A chunk file left over by a crash here is found again at the next opening.
fn doom(media: &mut dyn Media, doomed: &[AttachmentId]) -> Result<(), EngineError> {
    doomed.iter().try_for_each(|id| media.delete(id)).map_err(EngineError::Media)
}

const HOUR_MILLIS: u64 = 3_600_000;

fn apply(turn: &mut Turn<'_>, input: Input) -> Result<(), EngineError> {
    match input {
        Input::Command(id, command) => {
            turn.db.execute_batch("SAVEPOINT command")?;
            let (facts, doomed) = (turn.facts.len(), turn.doomed.len());
            let answer = match run(turn, command) {
                Ok(answer) => Ok(answer),
                Err(Fail::Command(error)) => {
                    turn.db.execute_batch("ROLLBACK TO command")?;
                    turn.facts.truncate(facts);
                    turn.doomed.truncate(doomed);
                    Err(error)
                }
                Err(Fail::Engine(error)) => return Err(error),
            };
            turn.db.execute_batch("RELEASE command")?;
            turn.out.push(Output::Done(id, answer));
            Ok(())
        }
        Input::Online { hello, origin } => {
            // only whole hours of the server count
            let since = Timestamp(hello.now_millis / HOUR_MILLIS * HOUR_MILLIS);
            turn.live.reset(Some(Link { nonce: hello.nonce, origin, since }));
            conversation::note_server_time(turn, since)
        }
        Input::Offline => {
            turn.live.reset(None);
            Ok(())
        }
        Input::Pushed(push) => pushed(turn, push),
        Input::Reply(id, result) => replied(turn, id, result),
        Input::Transferred(id, result) => transferred(turn, id, result),
        Input::Wakeup => Ok(()),
    }
}

fn run(turn: &mut Turn<'_>, command: Command) -> Result<client_api::Answer, Fail> {
    match command {
        Command::CreateAuthority { server, name, admin, passphrase, setup_code } => {
            account::create_authority(turn, &server, &name, &admin, &passphrase, setup_code)
        }
        Command::GrantIssuer { user, root_file, passphrase } => {
            account::grant_issuer(turn, &user, &root_file, &passphrase)
        }
        Command::RevokeIssuer { user, root_file, passphrase } => {
            account::revoke_issuer(turn, &user, &root_file, &passphrase)
        }
        Command::Invite(people) => account::invite(turn, &people),
        Command::RevokePerson(user) => directory::revoke_person(turn, &user),
        Command::Enrol { link } => account::enrol(turn, &link),
        Command::CreateGroup { name, members } => conversation::create_group(turn, &name, &members),
        Command::OpenDirect(user) => conversation::open_direct(turn, &user),
        Command::AddMember { conversation, user } => conversation::add_member(turn, &conversation, &user),
        Command::RemoveMember { conversation, user } => conversation::remove_member(turn, &conversation, &user),
        Command::Leave(conversation) => conversation::leave(turn, &conversation),
        Command::StageFile { name, media_type, size_bytes } => {
            conversation::stage_file(turn, &name, &media_type, size_bytes)
        }
        Command::StageChunk { attachment, bytes } => conversation::stage_chunk(turn, &attachment, &bytes),
        Command::StageFinish(attachment) => conversation::stage_finish(turn, &attachment),
        Command::Send { conversation, draft } => conversation::send(turn, &conversation, draft),
        Command::Forward { message, to } => conversation::forward(turn, &message, &to),
        Command::MarkDisplayed(messages) => conversation::mark_displayed(turn, &messages),
        Command::FetchAttachment(attachment) => conversation::fetch_attachment(turn, &attachment),
        Command::SaveDraft { conversation, draft } => conversation::save_draft(turn, &conversation, &draft),
        Command::DeleteHere(messages) => conversation::delete_here(turn, &messages),
        Command::DropFile(attachment) => conversation::drop_file(turn, &attachment),
        Command::CancelSend(message) => conversation::cancel_send(turn, &message),
        Command::SetApproval(approval) => account::set_approval(turn, approval),
        Command::Approve(user) => account::approve(turn, &user),
        Command::Reject(user) => account::reject(turn, &user),
        Command::InviteAgain(user) => account::invite_again(turn, &user),
    }
}

fn pushed(turn: &mut Turn<'_>, push: Push) -> Result<(), EngineError> {
    match push {
        Push::Entry { branch, entry } => reading::entry(turn, &branch, &entry).map(drop),
        Push::Behind { branch } => sync::behind(turn, &branch),
        Push::Deposit { inbox, deposit } => account::deposits(turn, &inbox, vec![deposit]),
    }
}

fn replied(turn: &mut Turn<'_>, id: RequestId, result: Result<Reply, Failure>) -> Result<(), EngineError> {
    let Some(want) = turn.live.take(id) else { return Ok(()) };
    if result.is_ok() {
        turn.unpause(&want);
    }
    let result = match result {
        // Repeat later, whatever it was.
        Err(Failure::Lost | Failure::Refused(ErrorCode::Unavailable)) => {
            turn.pause(want, 2);
            return Ok(());
        }
        // an invitation that was used too often is never good again
        Err(Failure::Refused(ErrorCode::Quota)) if matches!(want, Want::Deposit(_)) => Err(ErrorCode::Quota),
        Err(Failure::Refused(ErrorCode::Rate | ErrorCode::Quota)) => {
            turn.pause(want, 30);
            return Ok(());
        }
        Err(Failure::Refused(code)) => Err(code),
        Ok(reply) => Ok(reply),
    };
    match want {
        Want::AuthorityPut => account::authority_answered(turn, result),
        Want::InboxCreate(_)
        | Want::InboxOpen(_)
        | Want::InboxList(_)
        | Want::InboxErase(_)
        | Want::InboxDrop(_)
        | Want::Publish(_) => account::inbox_answered(turn, want, result),
        Want::LogCreate(_) | Want::LogOpen(_) | Want::LogRead(_) | Want::LogClose(_) => match (&want, result) {
            (Want::LogOpen(branch) | Want::LogRead(branch), Ok(Reply::Page(page))) => {
                reading::page(turn, branch, &page)
            }
            (_, result) => sync::answered(turn, want, result),
        },
        Want::Commit(log, hash) => conversation::commit_answered(turn, &log, &hash, result),
        Want::Stage(_) => Ok(()),
        Want::Claim(device) => conversation::claim_answered(turn, &device, result),
        Want::Append(..)
        | Want::Deposit(_)
        | Want::BlobCreate(_)
        | Want::BlobWrite(_)
        | Want::BlobRead(_)
        | Want::BlobDrop(_) => outbox::answered(turn, want, result),
    }
}

fn transferred(turn: &mut Turn<'_>, id: RequestId, result: Result<BlobReply, Failure>) -> Result<(), EngineError> {
    let Some(want) = turn.live.take(id) else { return Ok(()) };
    match result {
        Ok(reply) => {
            turn.unpause(&want);
            outbox::transferred(turn, want, Ok(reply))
        }
        Err(Failure::Refused(code)) if !matches!(code, ErrorCode::Unavailable | ErrorCode::Rate) => {
            outbox::transferred(turn, want, Err(code))
        }
        Err(_) => {
            turn.pause(want, 2);
            Ok(())
        }
    }
}

/// Tells the rooms above what the rooms below have learned.
fn hand_on(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    loop {
        let facts = std::mem::take(&mut turn.facts);
        if facts.is_empty() {
            return Ok(());
        }
        // whatever else was learned does not matter any more
        if facts.iter().any(|fact| matches!(fact, Fact::Wipe)) {
            return profile::wipe(turn);
        }
        for fact in facts {
            match fact {
                Fact::Wipe => profile::wipe(turn)?,
                Fact::LockedOut(user) => conversation::note_revoked(turn, &user)?,
                Fact::Gone(log) => conversation::gone(turn, &log)?,
                Fact::Letter(sealed) => conversation::letter(turn, &sealed)?,
                Fact::Gap(log, body) => conversation::gap_arrived(turn, &log, body)?,
                Fact::PassRefused => account::pass_refused(turn)?,
                Fact::Tree(log, body) => conversation::tree_arrived(turn, &log, &body)?,
                Fact::Snapshot(id, body) => directory::snapshot_arrived(turn, &id, &body)?,
                Fact::Wrap(body) => directory::wrap_arrived(turn, &body)?,
                Fact::Kem(body) => directory::kem_arrived(turn, &body)?,
                Fact::AttachmentComplete(id) => conversation::attachment_complete(turn, &id)?,
                Fact::AttachmentLost(id) => conversation::attachment_lost(turn, &id)?,
            }
        }
    }
}

/// Asks for everything that is wanted and not asked yet.
fn pump(turn: &mut Turn<'_>) -> Result<(), EngineError> {
    for _ in 0..ROUNDS {
        let before = (turn.out.len(), turn.db.total_changes());
        account::pump(turn)?;
        sync::pump(turn)?;
        directory::pump(turn)?;
        conversation::pump(turn)?;
        outbox::pump(turn)?;
        hand_on(turn)?;
        if (turn.out.len(), turn.db.total_changes()) == before {
            return Ok(());
        }
    }
    turn.alarm(turn.now.plus_secs(1));
    Ok(())
}

fn view(turn: &mut Turn<'_>, query: Query) -> Result<View, EngineError> {
    Ok(match query {
        Query::Status => {
            let mut status = profile::status(turn)?;
            account::judge(turn, &mut status)?;
            let soon = turn.now.plus_secs(SOON_SECS);
            let idle = turn.live.in_flight() == 0 && !turn.live.repeats_before(soon);
            status.settled = turn.online() && idle && sync::is_caught_up(turn)?;
            (status.outbox, status.transfers) = outbox::counts(turn)?;
            View::Status(status)
        }
        Query::People(text) => View::People(directory::people(turn, text.as_deref())?),
        Query::Acts { before, limit } => View::Acts(directory::acts(turn, before, limit)?),
        Query::Pending => View::Pending(account::pending(turn)?),
        Query::Invitations => View::Invitations(account::invitations(turn)?),
        query => conversation::view(turn, query)?,
    })
}
