// SPDX-License-Identifier: EUPL-1.2
//! What a page and its worker say to each other, as CBOR in transferred buffers. The page never holds a key.

use crate::{Answer, Command, CommandError, Event, Link, Query, Timestamp, View};
use minicbor::{Decode, Encode};

/// Most bytes of one message between page and worker: a chunk of a file and its frame.
pub const PORT_BYTES: usize = 64 * 1024 * 1024;

/// A question of the page and the type of its answer, tied together for both sides.
pub trait Call: Sized {
    type Reply: Encode<()> + for<'b> Decode<'b, ()>;
    fn into_ask(self) -> Ask;
}

/// Declares the questions: one struct each, its reply, and the enum that carries them.
macro_rules! calls {
    ($($(#[$doc:meta])* $number:literal $name:ident { $($(#[$field_doc:meta])* $n:literal $field:ident: $type:ty),* } => $reply:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
            #[cbor(map)]
            pub struct $name { $($(#[$field_doc])* #[n($n)] pub $field: $type),* }

            impl Call for $name {
                type Reply = $reply;
                fn into_ask(self) -> Ask {
                    Ask::$name(self)
                }
            }
        )*

        /// Any question.
        #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
        pub enum Ask {
            $(#[n($number)] $name(#[n(0)] $name),)*
        }
    };
}

calls! {
    /// The accounts kept in this browser.
    0 ListAccounts {} => Vec<AccountEntry>;
    /// Takes an account into this tab and starts it. One account per worker; a second call is answered with the first's.
    1 Open { 0 which: Which, 1 take_over: bool } => Opened;
    /// A command to the engine.
    2 Tell { 0 command: Command } => Answer;
    /// A question to the engine.
    3 See { 0 query: Query } => View;
    /// Space this site uses and may use.
    4 Storage {} => StorageView;
    /// Asks the browser to keep this site's data under pressure; answers whether it does.
    5 Persist {} => bool;
    /// Dials at once instead of waiting out the pause, or the network's return.
    6 Dial {} => ();
    /// Removes the account opened here with everything it holds; the worker is done afterwards.
    7 Forget {} => ();
    /// The browser has no network: the connection, which may not have noticed, is given up, and none is tried until
    /// [`Dial`]. What is written from now on is certainly not on its way.
    8 HangUp {} => ();
}

/// Which account to open.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Which {
    /// One that is there.
    #[n(0)]
    Known(#[n(0)] AccountKey),
    /// The account this link began, or a new one that will enrol with it.
    #[n(1)]
    Link(#[n(0)] Link),
    /// A new, empty one: to found an authority.
    #[n(2)]
    New,
}

/// Names an account within this browser: 16 lower-case hex digits, random.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct AccountKey(#[n(0)] pub String);

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct AccountEntry {
    #[n(0)]
    pub key: AccountKey,
    /// Person's and authority's name, once known.
    #[n(1)]
    pub label: Option<(String, String)>,
    /// Another tab has it.
    #[n(2)]
    pub busy: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Opened {
    /// `fresh`: it was made by this call.
    #[n(0)]
    #[cbor(map)]
    Here {
        #[n(0)]
        key: AccountKey,
        #[n(1)]
        fresh: bool,
    },
    /// Another tab has it: ask again with `take_over`.
    #[n(1)]
    OtherTab(#[n(0)] AccountKey),
    /// There is no such account in this browser.
    #[n(2)]
    Unknown,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct StorageView {
    #[n(0)]
    pub used_bytes: u64,
    #[n(1)]
    pub quota_bytes: u64,
    /// The browser keeps it under pressure.
    #[n(2)]
    pub persisted: bool,
}

/// How the connection to the server stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub enum LinkView {
    /// No account yet, so no server.
    #[default]
    #[n(0)]
    NoServer,
    #[n(1)]
    Dialling,
    #[n(2)]
    Up,
    /// Waiting to dial again.
    #[n(3)]
    #[cbor(map)]
    Down {
        /// Failed dials since the last success; 0: it stood and broke.
        #[n(0)]
        failures: u32,
        /// When the next dial is due.
        #[n(1)]
        again_at: Timestamp,
    },
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum PortError {
    /// The engine said no.
    #[n(0)]
    Command(#[n(0)] CommandError),
    /// Ask [`Open`] first.
    #[n(1)]
    NotOpen,
    /// The browser gives no more space; nothing was lost.
    #[n(2)]
    StorageFull,
    /// This browser lacks something: says what (storage for sites, private window).
    #[n(3)]
    Unsupported(#[n(0)] String),
    /// The store failed; says how, for an operator.
    #[n(4)]
    Store(#[n(0)] String),
    /// The question could not be read: our bug.
    #[n(5)]
    Broken,
}

/// From the page.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ToWorker {
    #[n(0)]
    pub id: u32,
    #[n(1)]
    pub ask: Ask,
}

/// From the worker.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum FromWorker {
    /// It listens; questions asked before would be lost.
    #[n(0)]
    Ready,
    /// The answer to question `id`: CBOR of its reply type.
    #[n(1)]
    #[cbor(map)]
    Reply {
        #[n(0)]
        id: u32,
        #[n(1)]
        result: Result<minicbor::bytes::ByteVec, PortError>,
    },
    #[n(2)]
    Event(#[n(0)] Event),
    #[n(3)]
    Link(#[n(0)] LinkView),
    /// Another tab took the account; this worker has let go of it.
    #[n(4)]
    TakenOver,
    /// The store failed and was opened anew; what was being done is not done.
    #[n(5)]
    StoreFailed(#[n(0)] PortError),
}
