// SPDX-License-Identifier: EUPL-1.2
//! The server as a process of its own, and what the kernel says it used.

use anyhow::{Context, Result, bail};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// Ends with its owner; its folder goes with it.
pub struct Server {
    child: Child,
    /// `host:port`.
    pub address: String,
    folder: Option<TempDir>,
}

impl Server {
    pub fn start(binary: &Path) -> Result<Self> {
        Self::start_on(binary, tempfile::tempdir()?)
    }

    /// Kills it and starts it again on its data.
    pub fn restart(mut self, binary: &Path) -> Result<Self> {
        let folder = self.folder.take().context("the folder is there while the server is")?;
        drop(self);
        Self::start_on(binary, folder)
    }

    fn start_on(binary: &Path, folder: TempDir) -> Result<Self> {
        let mut child = Command::new(binary)
            .arg("--data")
            .arg(folder.path())
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("can't start {}", binary.display()))?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no standard output")?).read_line(&mut line)?;
        let Some(address) = line.trim().strip_prefix("listening on http://") else {
            let _ = child.kill();
            bail!("the server did not say where it listens");
        };
        Ok(Self { address: address.to_owned(), child, folder: Some(folder) })
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// User and system time so far, in seconds (proc(5): fields 14 and 15 of stat, in ticks of 10 ms).
    pub fn cpu_secs(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after_name = stat.rsplit_once(')').context("unexpected form of stat")?.1;
        let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|v| v.parse::<u64>().ok()).sum();
        Ok(ticks as f64 / 100.0)
    }

    /// Resident memory in KiB.
    pub fn resident_kib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
