// SPDX-License-Identifier: EUPL-1.2
//! Looking into the stores of both sides, and letting an engine's store fail.

use client_api::{ConversationId, MessageId, UserId};
use engine::db::Connection;
use proto::BranchId;

/// How a store fails during one call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failing {
    /// Everything was written, but the commit is not.
    AtCommit,
    /// After so many steps of 200 instructions.
    AfterSteps(u32),
    /// No page more than there are, and no room to write what changed on those.
    Full,
}

pub(crate) fn let_fail(conn: &mut Connection, how: Failing) {
    match how {
        Failing::AtCommit => conn.commit_hook(Some(|| true)).expect("the hook is set"),
        Failing::AfterSteps(steps) => {
            let mut left = steps;
            let handler = move || {
                left = left.saturating_sub(1);
                left == 0
            };
            conn.progress_handler(200, Some(handler)).expect("the handler is set");
        }
        Failing::Full => {
            let pages: i64 = conn.query_row("PRAGMA page_count", [], |row| row.get(0)).expect("pages are counted");
            limit_pages(conn, pages);
            // on a disk every commit is written beside the database first
            conn.commit_hook(Some(|| true)).expect("the hook is set");
        }
    }
}

pub(crate) fn mend(conn: &mut Connection) {
    conn.commit_hook(None::<fn() -> bool>).expect("the hook is removed");
    conn.progress_handler(0, None::<fn() -> bool>).expect("the handler is removed");
    limit_pages(conn, 1 << 30);
}

fn limit_pages(conn: &Connection, most: i64) {
    conn.query_row(&format!("PRAGMA max_page_count = {most}"), [], |row| row.get::<_, i64>(0)).expect("a limit is set");
}

/// Where a device stands: (log, branch, conversation) of all it follows.
pub(crate) fn branches(conn: &Connection) -> Vec<(Vec<u8>, BranchId, ConversationId)> {
    let sql = "SELECT id, branch, conversation FROM log WHERE conversation IS NOT NULL AND state IN (0, 1, 5)";
    let mut query = conn.prepare_cached(sql).expect("the schema is known");
    let rows = query.query_map([], |row| {
        let (branch, conversation): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
        Ok((row.get(0)?, id32(&branch, BranchId), id32(&conversation, ConversationId)))
    });
    rows.and_then(Iterator::collect).expect("rows have their form")
}

/// Who is in a conversation, as a device sees it.
pub(crate) fn members(conn: &Connection, conversation: &ConversationId) -> Vec<UserId> {
    let sql = "SELECT user FROM member WHERE conversation = ?1 AND devices > 0";
    let mut query = conn.prepare_cached(sql).expect("the schema is known");
    let rows = query.query_map([conversation.as_bytes()], |row| row.get::<_, Vec<u8>>(0));
    let rows: Vec<_> = rows.and_then(Iterator::collect).expect("rows have their form");
    rows.iter().map(|user| UserId::from_slice(user).expect("an id has its length")).collect()
}

/// Where each message of a device stands in the log, in the order of showing: (message, branch and number if known).
pub(crate) fn places(conn: &Connection, conversation: &ConversationId) -> Vec<(MessageId, Option<(BranchId, u32)>)> {
    let sql = "SELECT id, branch, n FROM message WHERE conversation = ?1 ORDER BY position";
    let mut query = conn.prepare_cached(sql).expect("the schema is known");
    let rows = query.query_map([conversation.as_bytes()], |row| {
        let id: Vec<u8> = row.get(0)?;
        let (branch, n): (Option<Vec<u8>>, Option<u32>) = (row.get(1)?, row.get(2)?);
        let place = branch.zip(n).map(|(branch, n)| (id32(&branch, BranchId), n));
        Ok((id32(&id, MessageId), place))
    });
    rows.and_then(Iterator::collect).expect("rows have their form")
}

fn id32<T>(bytes: &[u8], make: impl Fn([u8; 32]) -> T) -> T {
    make(bytes.try_into().expect("an id has its length"))
}

/// Rows and bytes of every table of the server.
pub(crate) fn table_sizes(conn: &Connection) -> Vec<(String, u64, u64)> {
    let mut query = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .expect("a schema is there");
    let names = query.query_map([], |row| row.get(0)).and_then(Iterator::collect::<Result<Vec<String>, _>>);
    let names = names.expect("tables have names");
    names
        .into_iter()
        .map(|name| {
            let mut query = conn.prepare(&format!("SELECT * FROM {name}")).expect("the table is there");
            let columns = query.column_count();
            let mut rows = query.query([]).expect("the table is read");
            let (mut count, mut bytes) = (0, 0);
            while let Some(row) = rows.next().expect("the table is read") {
                count += 1;
                bytes += (0..columns).map(|at| value_bytes(row, at)).sum::<u64>();
            }
            drop(rows);
            (name, count, bytes)
        })
        .collect()
}

/// Numbers count as eight bytes whatever they are.
fn value_bytes(row: &rusqlite::Row<'_>, at: usize) -> u64 {
    match row.get_ref(at).expect("the column is there") {
        rusqlite::types::ValueRef::Null => 0,
        rusqlite::types::ValueRef::Blob(bytes) | rusqlite::types::ValueRef::Text(bytes) => bytes.len() as u64,
        _ => 8,
    }
}

/// What lies in each inbox (letters and key packages) and in each log, as the operator sees it.
pub(crate) fn ciphertexts(conn: &Connection) -> Vec<(String, Vec<u8>)> {
    let sql = "SELECT 'inbox ' || inbox, sealed FROM deposit UNION ALL
               SELECT 'inbox ' || inbox, sealed FROM key_package UNION ALL
               SELECT 'log ' || b.log, e.env FROM entry e JOIN branch b ON b.key = e.branch WHERE e.env IS NOT NULL";
    let mut query = conn.prepare(sql).expect("the schema is known");
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.and_then(Iterator::collect).expect("rows have their form")
}
