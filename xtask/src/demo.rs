// SPDX-License-Identifier: EUPL-1.2
//! `cargo xtask demo`: a server, a small town and the pothole journey on the release binaries, all on loopback.

use crate::product::{self, Build};
use anyhow::{Context, Result, bail, ensure};
use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const PEOPLE: [(&str, &str); 3] =
    [("officer", "Ole Streife"), ("dispatcher", "Dana Leitstelle"), ("crew", "Karl Bautrupp")];
/// Long enough to find, of no worth: the demo's root key lives in the demo's folder.
const PASSPHRASE: &str = "Musterstadt-Vorfuehrung";

/// Plays the journey and ends; everything it started ends with it. `--keep` leaves the folder behind.
///
/// # Errors
/// The step that failed, with what the program said.
pub fn run(args: &[String]) -> Result<()> {
    ensure!(args.iter().all(|arg| arg == "--keep"), "usage: cargo xtask demo [--keep]");
    let products = product::build(Build::Release)?;
    let folder = std::env::temp_dir().join(format!("rohrpost-demo-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let result = Town { products, folder: folder.clone() }.journey();
    if args.is_empty() {
        fs::remove_dir_all(&folder)?;
    } else {
        println!("\nProfiles and server data: {}", folder.display());
    }
    result
}

struct Town {
    products: PathBuf,
    folder: PathBuf,
}

/// Ends with the demo.
struct Running(Child);
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Town {
    fn journey(&self) -> Result<()> {
        let (_server, address) = self.serve()?;
        say(&format!("Der Server läuft: {address}"));
        let found = ["authority", "create", "--server", &address, "--name", "Stadt Musterstadt", "--admin", "Ada Amt"];
        self.rohrpost("admin", &found)?;
        let (_agent, ready) = start(self.command("admin").arg("agent"))?;
        ensure!(ready == "agent ready", "the administrator's agent did not start");
        for (profile, name) in PEOPLE {
            let link = self.rohrpost("admin", &["invite", "--name", name])?;
            self.rohrpost(profile, &["enrol", &link, "--wait", "60"])?;
            say(&format!("{name} ist dabei."));
        }
        let photo = self.folder.join("schlagloch.svg");
        fs::write(&photo, PHOTO)?;
        let photo = photo.to_str().context("the temporary folder has no readable name")?;
        say("Ole meldet ein Schlagloch mit Foto und Ort …");
        let report =
            ["send", "--to", "Dana", "--attach", photo, "--place", "52.5200066,13.404954", "Tiefes Schlagloch"];
        let id = self.rohrpost("officer", &report)?;
        let got = self.rohrpost("dispatcher", &["receive", "--json", "--wait", "60"])?;
        show(&got);
        self.save_photo("dispatcher", &first_message(&got)?)?;
        say("Dana gibt es als Auftrag an den Bautrupp weiter …");
        let create = ["conversation", "create", "--name", "Bautrupp 2", "--with", "Karl Bautrupp"];
        let group = self.rohrpost("dispatcher", &create)?;
        self.rohrpost("dispatcher", &["forward", &id, "--to", &group])?;
        let got = self.rohrpost("crew", &["receive", "--json", "--wait", "60"])?;
        show(&got);
        let message = first_message(&got)?;
        ensure!(
            message.pointer("/forwarded_from/verified") == Some(&true.into()),
            "the crew could not verify the report"
        );
        self.save_photo("crew", &message)?;
        say("Karl sieht Foto und Ort, und wer es gemeldet hat: geprüft und unverändert.");
        self.search_server()?;
        say("Auf dem Server steht davon kein Wort.");
        Ok(())
    }

    fn serve(&self) -> Result<(Running, String)> {
        let mut server = Command::new(self.products.join("rohrpost-server"));
        server.arg("--data").arg(self.folder.join("server")).args(["--listen", "127.0.0.1:0"]);
        let (running, line) = start(server.stdin(Stdio::null()))?;
        let address = line.strip_prefix("listening on ").context("the server did not start")?;
        Ok((running, address.to_owned()))
    }

    fn command(&self, profile: &str) -> Command {
        let mut command = Command::new(self.products.join("rohrpost"));
        command.arg("--profile").arg(self.folder.join(profile)).env("ROHRPOST_ROOT_PASSPHRASE", PASSPHRASE);
        command.stdin(Stdio::null());
        command
    }

    fn rohrpost(&self, profile: &str, words: &[&str]) -> Result<String> {
        let output = self.command(profile).args(words).output()?;
        if !output.status.success() {
            let what = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
            bail!("{profile}: {what}: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    fn save_photo(&self, who: &str, message: &serde_json::Value) -> Result<()> {
        let id = message.pointer("/attachments/0/id").and_then(|id| id.as_str()).context("the photo is missing")?;
        let copy = self.folder.join(format!("{who}.svg"));
        self.rohrpost(who, &["attachment", "save", id, copy.to_str().context("no readable name")?])?;
        ensure!(fs::read(copy)? == PHOTO.as_bytes(), "the photo changed on its way");
        Ok(())
    }

    /// Not a proof, a look: the words of the journey in every file of the server.
    fn search_server(&self) -> Result<()> {
        for file in files(&self.folder.join("server"))? {
            let bytes = fs::read(&file)?;
            for word in ["Schlagloch", "schlagloch", "Streife", "Musterstadt", "Bautrupp", "<svg"] {
                let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
                ensure!(!found, "the server's {} holds “{word}”", file.display());
            }
        }
        Ok(())
    }
}

/// Starts a program that stays, and waits for the line it says when it is ready.
fn start(command: &mut Command) -> Result<(Running, String)> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let output = child.stdout.take().context("no output")?;
    let running = Running(child);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    Ok((running, line.trim().to_owned()))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

fn first_message(lines: &str) -> Result<serde_json::Value> {
    Ok(serde_json::from_str(lines.lines().next().context("no message arrived")?)?)
}

fn say(text: &str) {
    println!("• {text}");
    let _ = std::io::stdout().flush();
}

fn show(lines: &str) {
    for line in lines.lines() {
        println!("    {line}");
    }
}

/// A small picture of our own.
const PHOTO: &str = concat!(
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 80"><rect width="120" height="80" fill="#777"/>"##,
    r##"<ellipse cx="60" cy="48" rx="32" ry="14" fill="#222"/></svg>"##,
);
