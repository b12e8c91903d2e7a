// SPDX-License-Identifier: EUPL-1.2
//! What is under way between engines and server, and what happens to it.

use super::{Fault, Person, World, fault::HOLD_MILLIS};
use client_api::Timestamp;
use engine::{Failure, Input};
use proto::{ClientFrame, Push, Reply, Request, ServerFrame, blob::BlobReply, blob::BlobRequest};
use server::ConnectionId;

#[expect(clippy::large_enum_variant, reason = "a handful exist at once")]
#[derive(Clone)]
pub(crate) enum Parcel {
    ToServer(ConnectionId, ClientFrame),
    ToEngine(ConnectionId, ServerFrame),
    Blob(ConnectionId, u32, BlobRequest),
    BlobBack(ConnectionId, u32, Result<BlobReply, Failure>),
}

impl Parcel {
    fn connection(&self) -> ConnectionId {
        match self {
            Self::ToServer(id, _) | Self::ToEngine(id, _) | Self::Blob(id, ..) | Self::BlobBack(id, ..) => *id,
        }
    }
}

/// Frames of one connection wait until this time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    pub connection: ConnectionId,
    pub until: Timestamp,
}

impl World {
    /// Carries one parcel; answers whether there was one.
    pub(crate) fn carry(&mut self) -> bool {
        if self.dice(self.faults.delayed)
            && let Some(parcel) = self.parcels.pop_front()
        {
            let place = self.later_place(&parcel);
            self.parcels.insert(place, parcel);
        }
        let Some(parcel) = self.next_parcel() else { return false };
        let Some(person) = self.owner(parcel.connection()) else { return true };
        if self.begins_hold(person, &parcel) {
            self.parcels.push_front(parcel);
            return true;
        }
        if self.shaken(person) {
            return true;
        }
        let breaks = self.is_armed(Fault::Broken) == Some(person);
        match parcel {
            Parcel::ToServer(connection, frame) => self.carry_up(person, connection, frame),
            Parcel::ToEngine(connection, frame) => self.carry_down(person, connection, frame),
            Parcel::Blob(connection, id, request) => self.blob(person, connection, id, request),
            Parcel::BlobBack(connection, id, result) => self.blob_back(person, connection, id, result),
        }
        if breaks && self.fire(Fault::Broken, person) {
            self.disconnect(person);
        }
        true
    }

    /// The first that is not held back.
    fn next_parcel(&mut self) -> Option<Parcel> {
        match self.hold.filter(|hold| hold.until > self.now) {
            None => self.parcels.pop_front(),
            Some(hold) => {
                let at = self.parcels.iter().position(|parcel| parcel.connection() != hold.connection)?;
                self.parcels.remove(at)
            }
        }
    }

    fn begins_hold(&mut self, person: Person, parcel: &Parcel) -> bool {
        let begins = self.fire(Fault::Delayed, person);
        if begins {
            self.hold = Some(Hold { connection: parcel.connection(), until: self.now.plus_millis(HOLD_MILLIS) });
        }
        begins
    }

    fn carry_up(&mut self, person: Person, connection: ConnectionId, frame: ClientFrame) {
        self.trace(|| format!("{} -> {}", person.0, name(&frame.request)));
        self.print(&proto::encode(&frame));
        if self.fire(Fault::LostRequest, person) {
            return self.disconnect(person);
        }
        if self.is_armed(Fault::ServerCrashInside).is_some() {
            self.office.service().roll_back_next();
            self.roll_back_armed = true;
        }
        let batch = self.batch(connection, frame);
        let asked = batch.clone();
        let now = self.now.0;
        let out = match self.office.service().handle_batch(now, batch) {
            Ok(out) => out,
            Err(error) => {
                assert!(std::mem::take(&mut self.roll_back_armed), "seed {}: the server's store: {error}", self.seed);
                self.fire_server(Fault::ServerCrashInside);
                return self.crash_server();
            }
        };
        if self.is_armed(Fault::ServerCrashInside).is_some() && self.is_planted_ack_before_fsync() {
            self.fire_server(Fault::ServerCrashInside);
        }
        self.hold_to_promises(&asked, &out);
        let answers = |out: &server::Out| matches!(out.frame, ServerFrame::Reply(..) | ServerFrame::Error(..));
        for out in out {
            if answers(&out) && out.to.contains(&connection) && self.fire(Fault::LostAnswer, person) {
                self.disconnect(person);
            }
            for to in out.to {
                self.parcels.push_back(Parcel::ToEngine(to, out.frame.clone()));
            }
        }
        if self.fire_server(Fault::ServerCrash) {
            self.crash_server();
        }
    }

    /// Frames of other connections that arrive at the same time go into one batch.
    fn batch(&mut self, connection: ConnectionId, frame: ClientFrame) -> Vec<(ConnectionId, ClientFrame)> {
        let mut batch = vec![(connection, frame)];
        while self.together > 0 && batch.len() < 8 && self.dice(self.together) {
            let held = self.hold.filter(|hold| hold.until > self.now).map(|hold| hold.connection);
            let fits = |parcel: &Parcel| match parcel {
                Parcel::ToServer(id, _) => batch.iter().all(|(other, _)| other != id) && held != Some(*id),
                _ => false,
            };
            let Some(at) = self.parcels.iter().position(fits) else { break };
            let first = self.parcels.iter().position(|other| {
                matches!(&self.parcels[at], Parcel::ToServer(id, _) if other.connection() == *id)
                    && matches!(other, Parcel::ToServer(..))
            });
            match self.parcels.remove(first.unwrap_or(at)) {
                Some(Parcel::ToServer(id, frame)) if self.owner(id).is_some() => batch.push((id, frame)),
                _ => {}
            }
        }
        batch
    }

    fn carry_down(&mut self, person: Person, connection: ConnectionId, frame: ServerFrame) {
        self.trace(|| format!("{} <- {}", person.0, answer_name(&frame)));
        let input = match frame {
            ServerFrame::Hello(_) => return,
            ServerFrame::Reply(id, reply) => Input::Reply(id, Ok(reply)),
            ServerFrame::Error(id, code) => Input::Reply(id, Err(Failure::Refused(code))),
            ServerFrame::Push(push) => {
                if matches!(push, Push::Entry { .. } | Push::Deposit { .. }) && self.fire(Fault::Doubled, person) {
                    self.parcels.push_back(Parcel::ToEngine(connection, ServerFrame::Push(push.clone())));
                }
                Input::Pushed(push)
            }
        };
        self.feed(person, input);
    }

    fn blob(&mut self, person: Person, connection: ConnectionId, id: u32, request: BlobRequest) {
        if self.fire(Fault::LostRequest, person) {
            return self.disconnect(person);
        }
        let now = self.now.0;
        if self.fire(Fault::Doubled, person) {
            let _ = self.office.service().blob(now, request.clone());
        }
        let result = self.office.service().blob(now, request).map_err(Failure::Refused);
        if self.fire(Fault::LostAnswer, person) {
            return self.disconnect(person);
        }
        self.parcels.push_back(Parcel::BlobBack(connection, id, result));
    }

    fn blob_back(&mut self, person: Person, connection: ConnectionId, id: u32, result: Result<BlobReply, Failure>) {
        if self.owner(connection) == Some(person) {
            self.feed(person, Input::Transferred(id, result));
        }
    }

    /// Behind other parcels, but never past one of the same connection: a connection keeps its order.
    fn later_place(&mut self, parcel: &Parcel) -> usize {
        let own = parcel.connection();
        let most = self.parcels.iter().position(|other| other.connection() == own).unwrap_or(self.parcels.len());
        if most == 0 { 0 } else { self.dice_u64() as usize % (most + 1) }
    }

    fn shaken(&mut self, person: Person) -> bool {
        if self.dice(self.faults.crashed) {
            self.crash(person);
            return true;
        }
        if self.dice(self.faults.broken) {
            self.disconnect(person);
            return true;
        }
        false
    }
}

fn name(request: &Request) -> String {
    let text = format!("{request:?}");
    text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

fn answer_name(frame: &ServerFrame) -> String {
    match frame {
        ServerFrame::Error(id, code) => format!("{id} error {code}"),
        ServerFrame::Reply(id, Reply::Page(page)) => format!("{id} page of {} ({})", page.entries.len(), page.count),
        other => format!("{other:?}").chars().take(60).collect(),
    }
}
