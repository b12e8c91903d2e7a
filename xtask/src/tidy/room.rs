// SPDX-License-Identifier: EUPL-1.2
//! Imports by room: some libraries may be named only in one part of the house.

use super::{
    Finding,
    tree::{File, Tree},
};

/// A library, and where it may be named.
struct Room {
    /// First segment of a path.
    library: &'static str,
    /// What else begins with it counts too (`mls_rs_core`).
    family: bool,
    allowed: fn(&File) -> bool,
    said: &'static str,
}

const ROOMS: [Room; 8] = [
    Room {
        library: "mls_rs",
        family: true,
        allowed: |f| f.path.starts_with("crates/engine/src/mls/"),
        said: "the MLS library belongs in the engine's mls",
    },
    Room { library: "rusqlite", family: false, allowed: is_store, said: "SQL belongs in store or db" },
    Room {
        library: "axum",
        family: true,
        allowed: |f| f.path.starts_with("crates/server/src/http/"),
        said: "axum belongs in the server's http",
    },
    Room { library: "tokio", family: true, allowed: |f| !is_pure(f), said: "this crate waits for nothing: no tokio" },
    Room { library: "web_sys", family: false, allowed: is_browser, said: BROWSER },
    Room { library: "js_sys", family: false, allowed: is_browser, said: BROWSER },
    Room {
        library: "sqlite_wasm",
        family: true,
        allowed: |f| f.path.starts_with("crates/client/src/worker/"),
        said: "the browser's files belong in the client's worker",
    },
    Room { library: "async_std", family: false, allowed: |_| false, said: "one runtime is enough" },
];

const BROWSER: &str = "the browser belongs in the page, or in the client's worker, ground and transport";

/// Checks product and test code alike, but the crates' own `tests` folders may open a database.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, rust) in tree.rust() {
        for path in &rust.paths {
            let Some(first) = path.segments.first() else { continue };
            for room in &ROOMS {
                let meant = first == room.library || (room.family && first.starts_with(&format!("{}_", room.library)));
                if meant && !(room.allowed)(file) {
                    findings.push(Finding::at(&file.path, path.line, format!("{first}: {}", room.said)));
                }
            }
        }
    }
    findings.dedup();
    findings
}

fn is_pure(file: &File) -> bool {
    matches!(file.crate_name(), Some("proto" | "engine" | "client-api"))
}

/// The page is nothing else; of the client only what lies under the loop or in front of it.
fn is_browser(file: &File) -> bool {
    let client = ["worker", "ground", "transport"].map(|room| format!("crates/client/src/{room}/"));
    file.crate_name() == Some("web") || client.iter().any(|room| file.path.starts_with(room))
}

/// `store` or `db` as a folder or a file; a crate's `tests` folder holds the schema against the contract.
fn is_store(file: &File) -> bool {
    // The command line's tests look into profiles; the command line does not.
    let known = matches!(file.crate_name(), Some("engine" | "server" | "client" | "sim"))
        || file.path.starts_with("crates/cli/tests/");
    known && file.path.split('/').any(|part| matches!(part.trim_end_matches(".rs"), "store" | "db" | "tests"))
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::sample(&[(path, text)])).len()
    }

    #[test]
    fn mls_stays_in_its_room() {
        assert_eq!(found("crates/engine/src/sync/mod.rs", "use mls_rs_core::x;"), 1);
        assert_eq!(found("crates/engine/src/mls/mod.rs", "use mls_rs_core::x;"), 0);
    }

    #[test]
    fn sql_stays_in_the_stores() {
        assert_eq!(found("crates/server/src/domain/mod.rs", "fn a() { rusqlite::open() }"), 1);
        assert_eq!(found("crates/server/src/store/sqlite/mod.rs", "use rusqlite::Connection;"), 0);
        assert_eq!(found("crates/engine/src/outbox/store.rs", "use rusqlite::Connection;"), 0);
        assert_eq!(found("crates/cli/src/store.rs", "use rusqlite::Connection;"), 1);
        assert_eq!(found("crates/cli/tests/town/store.rs", "use rusqlite::Connection;"), 0);
    }

    #[test]
    fn the_browser_stays_around_the_loop() {
        assert_eq!(found("crates/client/src/run/mod.rs", "use web_sys::WebSocket;"), 1);
        assert_eq!(found("crates/client/src/transport/web_ws.rs", "use web_sys::WebSocket;"), 0);
        assert_eq!(found("crates/web/src/main.rs", "use js_sys::Date;"), 0);
        assert_eq!(found("crates/engine/src/db/mod.rs", "use sqlite_wasm_vfs::sahpool;"), 1);
        assert_eq!(found("crates/client/src/worker/account.rs", "use sqlite_wasm_vfs::sahpool;"), 0);
    }

    #[test]
    fn axum_and_tokio_stay_outside_the_brain() {
        assert_eq!(found("crates/server/src/domain/mod.rs", "use axum::Router;"), 1);
        assert_eq!(found("crates/server/src/http/mod.rs", "use axum::Router;"), 0);
        assert_eq!(found("crates/engine/src/lib.rs", "#[tokio::test] fn a() {}"), 1);
        assert_eq!(found("crates/client/src/run.rs", "use tokio::x;"), 0);
    }
}
