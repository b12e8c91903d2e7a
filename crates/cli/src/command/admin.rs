// SPDX-License-Identifier: EUPL-1.2
//! Founding an authority, inviting, importing, granting, revoking.

use crate::{
    args::{Admin, Authority},
    failure::{Failure, unexpected},
    out,
    session::Session,
    text,
};
use client_api::{Answer, Command, Link, NewPerson, Passphrase};
use std::{
    fs::OpenOptions,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
};

pub async fn authority(session: &mut Session, profile: &Path, verb: Authority) -> Result<(), Failure> {
    let Authority::Create { server, name, admin, root, setup } = verb;
    let root = root.unwrap_or_else(|| beside(profile));
    let passphrase = passphrase(Asked::Twice)?;
    let setup_code = setup.map(Passphrase);
    // The file first: an authority whose root key could not be written would be lost at once.
    let mut file = new_private(&root)?;
    let command = Command::CreateAuthority { server, name, admin, passphrase, setup_code };
    let sealed = match session.command(command).await {
        Ok(Answer::RootFile(sealed)) => sealed,
        other => {
            let _ = std::fs::remove_file(&root);
            return Err(other.err().unwrap_or_else(unexpected));
        }
    };
    file.write_all(&sealed).and_then(|()| file.sync_all()).map_err(|e| Failure::file(&root, &e))?;
    session.settle_sending().await.map(|_| ())
}

fn beside(profile: &Path) -> PathBuf {
    profile.join("..").join("root.key")
}

fn new_private(path: &Path) -> Result<std::fs::File, Failure> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().create_new(true).write(true).mode(0o600).open(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Refused(format!("{}: {}", path.display(), text::ROOT_EXISTS)),
        _ => Failure::file(path, &e),
    })
}

/// How often a new or a known passphrase is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Once,
    Twice,
}

fn passphrase(asked: Asked) -> Result<Passphrase, Failure> {
    if let Ok(given) = std::env::var("ROHRPOST_ROOT_PASSPHRASE") {
        return Ok(Passphrase(given));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Usage(text::NO_PASSPHRASE.into()));
    }
    let ask = |prompt: &str| rpassword::prompt_password(prompt).map_err(|e| Failure::Other(e.to_string()));
    let typed = ask(text::ASK_PASSPHRASE)?;
    if asked == Asked::Twice && ask(text::ASK_AGAIN)? != typed {
        return Err(Failure::Usage(text::PASSPHRASES_DIFFER.into()));
    }
    Ok(Passphrase(typed))
}

pub async fn invite(session: &mut Session, name: String, unit: Option<String>) -> Result<(), Failure> {
    for Link(link) in links(session, vec![NewPerson { name, unit }]).await? {
        out::line(&link)?;
    }
    session.settle_sending().await.map(|_| ())
}

async fn links(session: &mut Session, people: Vec<NewPerson>) -> Result<Vec<Link>, Failure> {
    let count = people.len();
    match session.command(Command::Invite(people)).await? {
        Answer::Links(links) if links.len() == count => Ok(links),
        _ => Err(unexpected()),
    }
}

pub async fn admin(session: &mut Session, verb: Admin) -> Result<(), Failure> {
    match verb {
        Admin::Grant { person, root } => {
            let root_file = std::fs::read(&root).map_err(|e| Failure::file(&root, &e))?.into();
            let user = session.person(&person).await?;
            let passphrase = passphrase(Asked::Once)?;
            session.command(Command::GrantIssuer { user, root_file, passphrase }).await?;
        }
        Admin::Revoke { person, root: None } => {
            let user = session.person(&person).await?;
            session.command(Command::RevokePerson(user)).await?;
        }
        Admin::Revoke { person, root: Some(root) } => {
            let root_file = std::fs::read(&root).map_err(|e| Failure::file(&root, &e))?.into();
            let user = session.person(&person).await?;
            let passphrase = passphrase(Asked::Once)?;
            session.command(Command::RevokeIssuer { user, root_file, passphrase }).await?;
        }
        Admin::Import { file } => {
            let people = read_table(std::fs::File::open(&file).map_err(|e| Failure::file(&file, &e))?)?;
            let names: Vec<String> = people.iter().map(|p| out::harmless(&p.name)).collect();
            for (name, Link(link)) in names.iter().zip(links(session, people).await?) {
                out::line(&format!("{name}\t{link}"))?;
            }
        }
    }
    session.settle_sending().await.map(|_| ())
}

/// Columns by their heading; an empty unit is none.
fn read_table(from: impl std::io::Read) -> Result<Vec<NewPerson>, Failure> {
    let bad = |e: csv::Error| Failure::Usage(e.to_string());
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(from);
    let heading = table.headers().map_err(bad)?.clone();
    let column = |wanted: &str| heading.iter().position(|h| h.trim_start_matches('\u{feff}') == wanted);
    let name = column("name").ok_or_else(|| Failure::Usage(text::NO_COLUMN.into()))?;
    let unit = column("unit");
    let mut people = Vec::new();
    for (row, record) in table.records().enumerate() {
        let record = record.map_err(bad)?;
        let cell = |at: usize| record.get(at).filter(|text| !text.is_empty()).map(str::to_owned);
        let name = cell(name).ok_or_else(|| Failure::Usage(format!("line {}: no name", row + 2)))?;
        people.push(NewPerson { name, unit: unit.and_then(cell) });
    }
    Ok(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_read_by_its_headings_with_umlauts_and_quotes() {
        let people = read_table("\u{feff}name,unit\n\"Weiß, Anna\",Tiefbau\nBernd,\n".as_bytes()).unwrap();
        assert_eq!(people[0], NewPerson { name: "Weiß, Anna".into(), unit: Some("Tiefbau".into()) });
        assert_eq!(people[1], NewPerson { name: "Bernd".into(), unit: None });
    }

    #[test]
    fn table_without_names_is_wrong_usage_and_says_the_line() {
        assert_eq!(read_table("unit\nTiefbau\n".as_bytes()).unwrap_err().exit_code(), 2);
        let failure = read_table("name,unit\nAnna,A\n,B\n".as_bytes()).unwrap_err();
        assert!(failure.to_string().contains("line 3"), "{failure}");
    }
}
