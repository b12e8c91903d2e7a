// SPDX-License-Identifier: EUPL-1.2
//! A small town of real processes: one server, profiles in folders of their own, ended with the test.

pub mod store;

use serde_json::Value;
use std::{
    ffi::{OsStr, OsString},
    fs::OpenOptions,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{OnceLock, mpsc},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine; a test that waits so long has failed.
const LATE: Duration = Duration::from_secs(120);
pub const PASSPHRASE: &str = "Rathausplatz 1, hinter dem Brunnen";

/// Ended by its owner, whatever the test's outcome.
pub struct Ended(pub Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct Town {
    pub folder: TempDir,
    pub server: Option<Ended>,
    pub url: String,
    words: Vec<OsString>,
}

/// `ROHRPOST_BIN_DIR`, else beside the test's own binaries, where they are built if they are missing.
pub fn binary(name: &str) -> PathBuf {
    static DIR: OnceLock<PathBuf> = OnceLock::new();
    let dir = DIR.get_or_init(|| {
        if let Some(dir) = std::env::var_os("ROHRPOST_BIN_DIR") {
            return dir.into();
        }
        let dir = Path::new(env!("CARGO_BIN_EXE_rohrpost")).parent().unwrap().to_owned();
        if !dir.join("rohrpost-server").exists() {
            let built = Command::new(env!("CARGO"))
                .args(["build", "-p", "server", "--bin", "rohrpost-server", "--target-dir"])
                .arg(dir.parent().unwrap())
                .status()
                .unwrap();
            assert!(built.success(), "the server does not build");
        }
        dir
    });
    dir.join(name)
}

fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    line.trim().to_owned()
}

impl Town {
    pub fn new() -> Self {
        Self::with_server(&[])
    }

    /// With more words for the server.
    pub fn with_server(words: &[&OsStr]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let words = words.iter().map(|word| word.to_os_string()).collect();
        let mut town = Self { folder, server: None, url: String::new(), words };
        town.start_server("127.0.0.1:0");
        town
    }

    /// `certify` writes `town.pem` and `town.key`.
    pub fn with_tls(certify: impl FnOnce(&Path)) -> Self {
        let (folder, words) = (tempfile::tempdir().unwrap(), Vec::new());
        let mut town = Self { folder, server: None, url: String::new(), words };
        certify(town.folder.path());
        town.start_server("127.0.0.1:0");
        town
    }

    fn start_server(&mut self, listen: &str) {
        let [cert, key] = ["town.pem", "town.key"].map(|name| self.folder.path().join(name));
        let mut command = Command::new(binary("rohrpost-server"));
        if cert.exists() {
            command.arg("--tls-cert").arg(cert).arg("--tls-key").arg(key);
        }
        let mut child = command
            .arg("--data")
            .arg(self.folder.path().join("server"))
            .args(["--listen", listen])
            .args(&self.words)
            .env("ROHRPOST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(OpenOptions::new().create(true).append(true).open(self.server_log()).unwrap())
            .spawn()
            .unwrap();
        let line = first_line(&mut child);
        self.server = Some(Ended(child));
        self.url = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("server said {line:?}")).to_owned();
    }

    pub fn server_log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// SIGKILL.
    pub fn kill_server(&mut self) {
        self.server = None;
    }

    /// Again on the same address and data.
    pub fn restart_server(&mut self) {
        let listen = self.url.strip_prefix("http://").unwrap().to_owned();
        self.start_server(&listen);
    }

    pub fn profile(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command<S: AsRef<OsStr>>(&self, who: &str, words: &[S]) -> Command {
        let mut command = Command::new(binary("rohrpost"));
        command
            .arg("--profile")
            .arg(self.profile(who))
            .args(words)
            .env("ROHRPOST_ROOT_PASSPHRASE", PASSPHRASE)
            .stdin(Stdio::null());
        command
    }

    pub fn run<S: AsRef<OsStr>>(&self, who: &str, words: &[S]) -> Output {
        self.command(who, words).output().unwrap()
    }

    /// Standard output of a command that must succeed.
    pub fn ok<S: AsRef<OsStr> + std::fmt::Debug>(&self, who: &str, words: &[S]) -> String {
        let output = self.run(who, words);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{who} {words:?}: {:?} {complaint}", output.status.code());
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Exit code and the line on standard error.
    pub fn fails<S: AsRef<OsStr>>(&self, who: &str, words: &[S]) -> (i32, String) {
        let output = self.run(who, words);
        (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap().trim_end().to_owned())
    }

    pub fn found_authority(&self) {
        self.ok(
            "admin",
            &["authority", "create", "--server", &self.url, "--name", "Musterstadt", "--admin", "Frau Amt"],
        );
    }

    /// An agent that is ready.
    pub fn agent(&self) -> Ended {
        self.agent_of("admin")
    }

    pub fn agent_of(&self, who: &str) -> Ended {
        let mut child = self.command(who, &["agent"]).stdout(Stdio::piped()).spawn().unwrap();
        let line = first_line(&mut child);
        assert_eq!(line, "agent ready");
        Ended(child)
    }

    /// An authority with these people enrolled; the profile's folder is the first word of the name, in lower case.
    pub fn with_people(names: &[&str]) -> Self {
        let town = Self::new();
        town.found_authority();
        let _agent = town.agent();
        for name in names {
            town.enrol(name);
        }
        town
    }

    /// Needs a running agent.
    pub fn enrol(&self, name: &str) {
        let link = self.ok("admin", &["invite", "--name", name]);
        let profile = name.split(' ').next().unwrap().to_lowercase();
        assert_eq!(self.ok(&profile, &["enrol", &link, "--wait", "60"]), name);
    }

    /// `receive --json --follow`, its lines read as they come.
    pub fn follow(&self, who: &str) -> Follower {
        let mut child = self.command(who, &["receive", "--json", "--follow"]).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in out.lines() {
                let Ok(line) = line else { return };
                let _ = tell.send(serde_json::from_str(&line).unwrap());
            }
        });
        Follower { child: Ended(child), lines }
    }
}

/// A process that prints messages.
pub struct Follower {
    pub child: Ended,
    lines: mpsc::Receiver<Value>,
}

impl Follower {
    /// The next message.
    pub fn next(&self) -> Value {
        self.lines.recv_timeout(LATE).unwrap()
    }

    /// SIGKILL; what was printed and not read yet.
    pub fn kill(self) -> Vec<Value> {
        drop(self.child);
        self.lines.iter().collect()
    }
}

/// Messages as `receive --json` prints them.
pub fn messages(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Waits for something another process does.
pub fn until(what: &str, mut is_done: impl FnMut() -> bool) {
    let late = Instant::now() + LATE;
    while !is_done() {
        assert!(Instant::now() < late, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
