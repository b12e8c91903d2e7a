// SPDX-License-Identifier: EUPL-1.2
//! The town: its server, the administration's agent, the people who live in it, and who has been invited.

use super::history;
use crate::shell;
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Long enough to find, of no worth: the town's root key lies in the town's folder.
const PASSPHRASE: &str = "Musterstadt-Vorfuehrung";
/// What the town remembers of itself.
pub const STATE: &str = "town.json";
/// The administration's own account: a program, not a person.
pub const OFFICE: &str = "verwaltung";
/// Two colleagues who are played by the command line.
pub const KATRIN: &str = "katrin";
pub const TOBIAS: &str = "tobias";

/// Looks after an arrival until the group is told what happened.
const LOOKS: u32 = 8;

/// Somebody who is invited to be played in a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guest {
    Aylin,
    Jonas,
    Mehmet,
    Henrike,
}

impl Guest {
    pub const ALL: [Self; 4] = [Self::Aylin, Self::Jonas, Self::Mehmet, Self::Henrike];

    pub fn name(self) -> &'static str {
        match self {
            Self::Aylin => "Aylin Demir",
            Self::Jonas => "Jonas Petersen",
            Self::Mehmet => "Mehmet Kaya",
            Self::Henrike => "Henrike Brandt",
        }
    }

    pub fn unit(self) -> &'static str {
        match self {
            Self::Aylin => "Ordnungsamt",
            Self::Jonas => "Tiefbauamt",
            Self::Mehmet => "Bauhof",
            Self::Henrike => "Hauptamt",
        }
    }

    pub fn role(self) -> &'static str {
        match self {
            Self::Aylin => "Außendienst, meldet das Schlagloch (am besten im schmalen Fenster)",
            Self::Jonas => "Tiefbauamt, gibt die Meldung weiter",
            Self::Mehmet => "Bautrupp 2, bekommt den Auftrag",
            Self::Henrike => "Verwaltung: lädt ein, gibt frei, sperrt",
        }
    }
}

pub struct Town {
    products: PathBuf,
    folder: PathBuf,
    address: String,
    state: Value,
    /// How often was looked since somebody arrived.
    looks: u32,
    _server: Running,
    _agents: Vec<Running>,
}

/// Ends with the town.
struct Running(Child);
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Town {
    /// Starts what was left, or founds it.
    ///
    /// # Errors
    /// The step that failed.
    pub fn open(products: PathBuf, folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder)?;
        let state: Value = match fs::read(folder.join(STATE)) {
            Ok(bytes) => serde_json::from_slice(&bytes).context("the town's state is damaged: start with --fresh")?,
            Err(_) => json!({ "port": free_port()? }),
        };
        let port =
            state.pointer("/port").and_then(Value::as_u64).context("the town has no port: start with --fresh")?;
        let mut server = Command::new(products.join("rohrpost-server"));
        server.arg("--data").arg(folder.join("server")).args(["--listen", &format!("127.0.0.1:{port}")]);
        let started = start(server.stdin(Stdio::null()), &folder.join("server.log"));
        let (server, line) = started.with_context(|| format!("the server did not start; is port {port} taken?"))?;
        let address =
            line.strip_prefix("listening on ").context("the server did not start: see server.log")?.to_owned();
        let mut town = Self { products, folder, address, state, looks: 0, _server: server, _agents: Vec::new() };
        if town.state.pointer("/links").is_none() {
            ensure!(!town.folder.join(OFFICE).exists(), "the town was not founded to its end: start with --fresh");
            town.found()?;
        }
        for profile in [OFFICE, KATRIN, TOBIAS] {
            town.agent(profile)?;
        }
        Ok(town)
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn link(&self, guest: Guest) -> &str {
        self.state.pointer(&format!("/links/{}", guest.name())).and_then(Value::as_str).unwrap_or_default()
    }

    fn found(&mut self) -> Result<()> {
        say("Die Stadt wird gegründet …");
        let found =
            ["authority", "create", "--server", &self.address, "--name", "Stadt Musterstadt", "--admin", "Hauptamt"];
        self.rohrpost(OFFICE, &found)?;
        self.agent(OFFICE)?;
        for (profile, name, unit) in [(KATRIN, "Katrin Vogel", "Tiefbauamt"), (TOBIAS, "Tobias Wulff", "Ordnungsamt")] {
            let link = self.rohrpost(OFFICE, &["invite", "--name", name, "--unit", unit])?;
            self.rohrpost(profile, &["enrol", &link, "--wait", "60"])?;
        }
        let mut links = BTreeMap::new();
        for guest in Guest::ALL {
            let link = self.rohrpost(OFFICE, &["invite", "--name", guest.name(), "--unit", guest.unit()])?;
            links.insert(guest.name(), link);
        }
        let people = self.folder.join("people.csv");
        fs::write(&people, history::PEOPLE)?;
        self.rohrpost(OFFICE, &["admin", "import", text(&people)?])?;
        self._agents.clear();
        self.groups()?;
        history::write_ahead(self)?;
        self.remember("links", json!(links))
    }

    /// Functions as groups; the guests are taken in as soon as they have a device.
    fn groups(&mut self) -> Result<()> {
        let mut groups = BTreeMap::new();
        for (name, with) in history::GROUPS {
            let mut words = vec!["conversation", "create", "--name", name];
            with.iter().for_each(|one| words.extend(["--with", one]));
            groups.insert(*name, self.rohrpost(KATRIN, &words)?);
        }
        self.remember("groups", json!(groups))
    }

    pub fn group(&self, name: &str) -> Option<&str> {
        self.state.pointer("/groups")?.get(name)?.as_str()
    }

    fn agent(&mut self, profile: &str) -> Result<()> {
        let (running, ready) = start(self.command(profile).arg("agent"), &self.folder.join(format!("{profile}.log")))?;
        ensure!(ready == "agent ready", "the agent of {profile} did not start: see {profile}.log");
        self._agents.push(running);
        Ok(())
    }

    /// Whoever has arrived is greeted with what happened before; the administrator gets their office.
    ///
    /// # Errors
    /// The step that failed.
    pub fn look(&mut self) -> Result<()> {
        for guest in Guest::ALL {
            if !self.has("arrived", guest.name()) && self.is_set_up(guest)? {
                say(&format!("{} ist da.", guest.name()));
                if guest == Guest::Henrike {
                    let root = self.folder.join("root.key");
                    self.rohrpost(OFFICE, &["admin", "grant", "--person", guest.name(), "--root", text(&root)?])?;
                }
                self.note("arrived", guest.name())?;
                self.looks = 0;
            }
        }
        self.looks += 1;
        // whoever came is in the groups by then
        let somebody = Guest::ALL.iter().any(|guest| self.has("arrived", guest.name()));
        if somebody && self.looks > LOOKS { history::tell_group(self) } else { Ok(()) }
    }

    fn is_set_up(&self, guest: Guest) -> Result<bool> {
        let lines = self.rohrpost(KATRIN, &["directory", "--json"])?;
        let mut people = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let found = people.find(|person| person.pointer("/name").is_some_and(|name| name == guest.name()));
        Ok(found.and_then(|person| person.pointer("/devices")?.as_u64()).is_some_and(|devices| devices > 0))
    }

    /// Whether something once done is written down.
    pub fn has(&self, what: &str, whose: &str) -> bool {
        self.state.get(what).and_then(|all| all.get(whose)).is_some()
    }

    /// Writes down that something was done.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn note(&mut self, what: &str, whose: &str) -> Result<()> {
        let mut all = self.state.get(what).cloned().unwrap_or_else(|| json!({}));
        if let Some(all) = all.as_object_mut() {
            all.insert(whose.to_owned(), json!(true));
        }
        self.remember(what, all)
    }

    fn remember(&mut self, what: &str, value: Value) -> Result<()> {
        if let Some(state) = self.state.as_object_mut() {
            state.insert(what.to_owned(), value);
        }
        Ok(fs::write(self.folder.join(STATE), serde_json::to_vec_pretty(&self.state)?)?)
    }

    fn command(&self, profile: &str) -> Command {
        let mut command = Command::new(self.products.join("rohrpost"));
        command.arg("--profile").arg(self.folder.join(profile)).env("ROHRPOST_ROOT_PASSPHRASE", PASSPHRASE);
        command.stdin(Stdio::null());
        command
    }

    /// One command of the command line; answers what it printed.
    ///
    /// # Errors
    /// With what the program said.
    pub fn rohrpost(&self, profile: &str, words: &[&str]) -> Result<String> {
        let output = self.command(profile).args(words).output()?;
        if !output.status.success() {
            let what = words.iter().take(2).copied().collect::<Vec<_>>().join(" ");
            bail!("{profile}: {what}: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

/// Starts a program that stays, and waits for the line it says when it is ready.
fn start(command: &mut Command, log: &Path) -> Result<(Running, String)> {
    let log = fs::File::create(log)?;
    let mut child = command.stdout(Stdio::piped()).stderr(log).spawn()?;
    let output = child.stdout.take().context("no output")?;
    let running = Running(child);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    Ok((running, line.trim().to_owned()))
}

/// A port nobody uses now; the town keeps it, because its links name it.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the folder has no readable name")
}

/// Where the demo's own pictures lie.
pub fn picture(name: &str) -> PathBuf {
    shell::root().join("xtask/demo").join(name)
}

fn say(text: &str) {
    println!("• {text}");
}
