// SPDX-License-Identifier: EUPL-1.2
//! The store in one SQLite database; its rules are synchronous, so that the simulator runs exactly these.

mod apply;
mod authority;
mod blob;
mod inbox;
mod log;
mod read;
mod row;
pub mod schema;
mod sweep;

use super::{Applied, Judged, Read, StoreError, Swept, Write};
use crate::domain::{BlobState, BranchState, Lookup, Op};
use proto::{
    AuthorityId, AuthorityStatement, BlobId, BranchId, ErrorCode, InboxId, PublicKey, RecoveryId, Reply, reply::LogPage,
};
use row::Column;
use rusqlite::Connection;
use std::{collections::BTreeMap, path::Path, time::Duration};

/// One connection and the little that is remembered beside it; losing all but the connection loses nothing stored.
pub struct Sqlite {
    db: Connection,
    rules: Rules,
}

/// What the writer remembers between batches.
#[derive(Default)]
pub(crate) struct Rules {
    /// When a branch last got a candidate beyond the first, milliseconds.
    last_candidate: BTreeMap<BranchId, u64>,
    setup_code: Option<String>,
    #[cfg(feature = "testkit")]
    pub(crate) defects: std::collections::BTreeSet<crate::testkit::Defect>,
    #[cfg(feature = "testkit")]
    pub(crate) roll_back_next: bool,
}

impl Sqlite {
    /// Opens for writing, sets up and migrates. `recovery` is stored if the database has none yet.
    ///
    /// # Errors
    /// [`StoreError`]: the database can't be used.
    pub fn open(mut db: Connection, recovery: RecoveryId) -> Result<Self, StoreError> {
        schema::configure(&db)?;
        schema::migrate(&mut db)?;
        db.execute(
            "INSERT INTO recovery (id) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM recovery)",
            [recovery.as_bytes()],
        )?;
        Ok(Self { db, rules: Rules::default() })
    }

    /// One more connection to a database that [`Self::open`] has set up; it can't write.
    ///
    /// # Errors
    /// [`StoreError`]: the file can't be opened.
    pub fn open_reader(path: &Path) -> Result<Self, StoreError> {
        let db = Connection::open(path)?;
        db.set_prepared_statement_cache_capacity(32);
        db.busy_timeout(Duration::from_secs(5))?;
        db.pragma_update(None, "query_only", "ON")?;
        db.pragma_update(None, "cache_size", -4_096)?;
        Ok(Self { db, rules: Rules::default() })
    }

    /// Everything but the stored state is dropped: a crash, as far as the rules can tell.
    pub fn into_connection(self) -> Connection {
        self.db
    }

    /// For the few chores beside the rules: integrity check, backup.
    pub fn connection(&self) -> &Connection {
        &self.db
    }

    /// Replaced by a new random id when the data comes from a backup.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn recovery(&self) -> Result<RecoveryId, StoreError> {
        let mut query = self.db.prepare("SELECT id FROM recovery")?;
        let mut rows = query.query([])?;
        let row = rows.next()?.ok_or(StoreError::Corrupt("recovery"))?;
        RecoveryId::read(row, "id")
    }

    /// See [`Self::recovery`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn replace_recovery(&self, recovery: RecoveryId) -> Result<(), StoreError> {
        self.db.execute("UPDATE recovery SET id = ?1", [recovery.as_bytes()])?;
        Ok(())
    }

    /// Every blob with the bytes it should have, in the order of ids.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn list_blobs(&self) -> Result<Vec<(BlobId, u64)>, StoreError> {
        blob::list(&self.db)
    }

    /// Has no authority moved in yet?
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(authority::is_empty(&self.db)?)
    }

    /// From now on this code lets one authority in.
    pub fn set_setup_code(&mut self, code: Option<String>) {
        self.rules.setup_code = code;
    }

    #[cfg(feature = "testkit")]
    pub(crate) fn rules(&mut self) -> &mut Rules {
        &mut self.rules
    }
}

/// Removes entries whose bytes are lost, in a copy that is not in use.
///
/// # Errors
/// [`StoreError`].
pub fn forget_blobs(db: &Connection, lost: &[BlobId]) -> Result<(), StoreError> {
    for blob in lost {
        db.execute("DELETE FROM blob WHERE id = ?1", [blob.as_bytes()])?;
    }
    Ok(())
}

impl Lookup for Sqlite {
    fn find_authority(&self, id: &AuthorityId) -> Result<Option<AuthorityStatement>, ErrorCode> {
        Ok(row::authority(&self.db, id)?)
    }
    fn find_branch(&self, id: &BranchId) -> Result<BranchState, ErrorCode> {
        Ok(read::branch_state(&self.db, id)?)
    }
    fn find_inbox_owner(&self, id: &InboxId) -> Result<Option<PublicKey>, ErrorCode> {
        Ok(row::inbox(&self.db, id)?.map(|(_, owner)| owner))
    }
    fn find_blob(&self, id: &BlobId) -> Result<Option<BlobState>, ErrorCode> {
        Ok(blob::find(&self.db, id)?)
    }
}

impl Read for Sqlite {
    fn page(&self, branch: &BranchId, after: u32) -> Judged<LogPage> {
        read::page(&self.db, branch, after)
    }
    fn inbox_page(&self, inbox: &InboxId, owner_pub: &PublicKey, skip: u32) -> Judged<Reply> {
        read::inbox_page(&self.db, inbox, owner_pub, skip)
    }
}

impl Write for Sqlite {
    fn apply(&mut self, now_millis: u64, batch: Vec<Op>) -> Result<Applied, StoreError> {
        apply::apply(&mut self.db, &mut self.rules, now_millis, batch)
    }
    fn sweep(&mut self, now_millis: u64) -> Result<Swept, StoreError> {
        sweep::sweep(&mut self.db, now_millis)
    }
}
