// SPDX-License-Identifier: EUPL-1.2
//! The schema's history: only ever added to.

use super::Connection;
use crate::EngineError;

const STEPS: &[&str] = &[include_str!("0001.sql")];

/// Runs what is missing, each step in its own transaction.
pub(super) fn run(conn: &mut Connection) -> Result<(), EngineError> {
    let done: usize = conn.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))? as usize;
    if done > STEPS.len() {
        return Err(EngineError::Newer);
    }
    for (step, number) in STEPS.iter().zip(1..).skip(done) {
        let tx = conn.transaction()?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", number as u32)?;
        tx.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn schema(conn: &Connection) -> String {
        let mut rows = conn
            .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'search%' ORDER BY name")
            .unwrap();
        let all: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        format!("-- Generated from the migrations; a test compares it.\n\n{};\n", all.join(";\n\n"))
    }

    #[cfg_attr(target_arch = "wasm32", ignore = "reads a file")]
    #[test]
    fn the_written_schema_is_the_real_one() {
        let mut conn = Connection::open_in_memory().unwrap();
        run(&mut conn).unwrap();
        run(&mut conn).unwrap();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/client.sql");
        if std::env::var_os("ROHRPOST_WRITE_SCHEMA").is_some() {
            std::fs::write(path, schema(&conn)).unwrap();
        }
        assert_eq!(schema(&conn), std::fs::read_to_string(path).unwrap(), "run with ROHRPOST_WRITE_SCHEMA=1");
    }

    #[test]
    fn a_store_from_the_future_is_refused() {
        let mut conn = Connection::open_in_memory().unwrap();
        conn.pragma_update(None, "user_version", 1000).unwrap();
        assert!(matches!(run(&mut conn), Err(EngineError::Newer)));
    }
}
