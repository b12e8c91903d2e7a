// SPDX-License-Identifier: EUPL-1.2
//! The words of the command line; a contract with scripts, so they only ever grow.

use crate::parse;
use clap::{Parser, Subcommand};
use client_api::{AttachmentId, ConversationId, MessageId, Place, Timestamp};
use std::path::PathBuf;

/// End-to-end encrypted messages for public authorities.
#[derive(Parser, Debug)]
#[command(name = "rohrpost", version)]
pub struct Args {
    /// Folder of the profile; made if it is not there.
    #[arg(long, value_name = "DIR", env = "ROHRPOST_PROFILE")]
    pub profile: PathBuf,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Subcommand, Debug)]
pub enum Verb {
    /// Found an authority.
    #[command(subcommand)]
    Authority(Authority),
    /// What administrators do.
    #[command(subcommand)]
    Admin(Admin),
    /// Invite one person; prints the link alone.
    Invite {
        #[arg(long)]
        name: String,
        #[arg(long)]
        unit: Option<String>,
    },
    /// Become the person a link was made for (`-`: read the link from standard input).
    Enrol {
        link: String,
        /// Wait this long for the approval.
        #[arg(long, value_name = "SECS")]
        wait: Option<u64>,
    },
    /// Run until a signal: answer enrolments, receive, serve other commands on this profile.
    Agent,
    /// Send what waits, read what is new.
    Sync,
    /// The people of the authority.
    Directory {
        #[arg(long)]
        json: bool,
    },
    /// Search the messages of this profile.
    Search {
        text: String,
        #[arg(long)]
        json: bool,
    },
    #[command(subcommand)]
    Conversation(Conversation),
    Send(Send),
    /// Print new messages; printed is displayed.
    Receive {
        #[arg(long)]
        json: bool,
        /// Wait this long for the first one.
        #[arg(long, value_name = "SECS")]
        wait: Option<u64>,
        /// Go on until a signal.
        #[arg(long)]
        follow: bool,
    },
    #[command(subcommand)]
    Attachment(Attachment),
    /// Hand a message on with its provenance; prints the new message's id.
    Forward {
        message: MessageId,
        #[arg(long, value_name = "NAME|ID")]
        to: String,
    },
}

#[derive(Subcommand, Debug)]
pub enum Authority {
    /// Make this profile the first administrator of a new authority.
    Create {
        #[arg(long, value_name = "URL")]
        server: String,
        #[arg(long)]
        name: String,
        #[arg(long)]
        admin: String,
        /// Where the sealed root key goes [default: DIR/../root.key].
        #[arg(long, value_name = "FILE")]
        root: Option<PathBuf>,
        /// The code the server printed at its first start.
        #[arg(long, value_name = "CODE")]
        setup: Option<String>,
    },
}

#[derive(Subcommand, Debug)]
pub enum Admin {
    /// Make a person an administrator.
    Grant {
        #[arg(long, value_name = "NAME")]
        person: String,
        #[arg(long, value_name = "FILE")]
        root: PathBuf,
    },
    /// Invite all people of a table with the columns name,unit; prints `name<TAB>link` lines.
    Import { file: PathBuf },
    /// Lock a person out; an administrator only with the root file.
    Revoke {
        #[arg(long, value_name = "NAME")]
        person: String,
        #[arg(long, value_name = "FILE")]
        root: Option<PathBuf>,
    },
}

#[derive(Subcommand, Debug)]
pub enum Conversation {
    /// Make a group; prints its id.
    Create {
        #[arg(long)]
        name: String,
        #[arg(long = "with", value_name = "NAME", required = true)]
        with: Vec<String>,
    },
    List {
        #[arg(long)]
        json: bool,
    },
    Add {
        #[arg(long, value_name = "ID")]
        to: ConversationId,
        #[arg(long, value_name = "NAME")]
        person: String,
    },
    Remove {
        #[arg(long, value_name = "ID")]
        to: ConversationId,
        #[arg(long, value_name = "NAME")]
        person: String,
    },
    Members {
        #[arg(long, value_name = "ID")]
        to: ConversationId,
    },
    Leave {
        #[arg(long, value_name = "ID")]
        to: ConversationId,
    },
}

/// Send a message; prints its id.
#[derive(clap::Args, Debug)]
pub struct Send {
    #[arg(long, value_name = "NAME|ID")]
    pub to: String,
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    #[arg(long, value_name = "LAT,LON", value_parser = parse::place, allow_hyphen_values = true)]
    pub place: Option<Place>,
    /// Gone this long after reading.
    #[arg(long, value_name = "SECS", conflicts_with = "expires_at", value_parser = clap::value_parser!(u32).range(1..))]
    pub expires_after: Option<u32>,
    /// Gone everywhere at this time.
    #[arg(long, value_name = "RFC3339", value_parser = parse::time)]
    pub expires_at: Option<Timestamp>,
    #[arg(required_unless_present = "attach")]
    pub text: Option<String>,
}

#[derive(Subcommand, Debug)]
pub enum Attachment {
    /// Write an attachment's bytes to a file.
    Save { id: AttachmentId, file: PathBuf },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &[&str]) -> Result<Args, clap::error::ErrorKind> {
        let words = ["rohrpost", "--profile", "p"].iter().chain(line);
        Args::try_parse_from(words).map_err(|e| e.kind())
    }

    #[test]
    fn words_of_the_contract_are_understood() {
        let (id, message, file) = ("ab".repeat(32), "cd".repeat(32), "ef".repeat(16));
        for line in [
            &["authority", "create", "--server", "https://a.de", "--name", "A", "--admin", "B"][..],
            &["authority", "create", "--server", "u", "--name", "A", "--admin", "B", "--root", "r", "--setup", "1"],
            &["admin", "grant", "--person", "B", "--root", "r"],
            &["admin", "import", "people.csv"],
            &["admin", "revoke", "--person", "B"],
            &["invite", "--name", "B", "--unit", "U"],
            &["enrol", "-"],
            &["enrol", "https://a.de/#x", "--wait", "5"],
            &["agent"],
            &["sync"],
            &["directory", "--json"],
            &["search", "Loch", "--json"],
            &["conversation", "create", "--name", "G", "--with", "A", "--with", "B"],
            &["conversation", "list", "--json"],
            &["conversation", "add", "--to", &id, "--person", "A"],
            &["conversation", "remove", "--to", &id, "--person", "A"],
            &["conversation", "members", "--to", &id],
            &["conversation", "leave", "--to", &id],
            &["send", "--to", "A", "--attach", "f", "--attach", "g"],
            &["send", "--to", "A", "--place", "-52.5,13.4", "--expires-after", "5", "Hallo"],
            &["send", "--to", "A", "--expires-at", "2026-11-24T01:00:00Z", "--", "--so"],
            &["receive", "--json", "--wait", "3"],
            &["receive", "--follow"],
            &["attachment", "save", &file, "out.jpg"],
            &["forward", &message, "--to", "A"],
        ] {
            assert!(parse(line).is_ok(), "{line:?}: {:?}", parse(line).err());
        }
    }

    #[test]
    fn wrong_usage_is_refused_by_the_parser() {
        for line in [
            &[][..],
            &["send", "--to", "A"],
            &["send", "text"],
            &["send", "--to", "A", "--place", "here", "x"],
            &["send", "--to", "A", "--expires-after", "0", "x"],
            &["send", "--to", "A", "--expires-after", "5", "--expires-at", "2026-11-24T01:00:00Z", "x"],
            &["send", "--to", "A", "--expires-at", "tomorrow", "x"],
            &["conversation", "create", "--name", "G"],
            &["attachment", "save", "abc", "f"],
            &["forward", "abc", "--to", "A"],
        ] {
            assert!(parse(line).is_err(), "{line:?}");
        }
        assert!(Args::try_parse_from(["rohrpost", "sync"]).is_err() || std::env::var_os("ROHRPOST_PROFILE").is_some());
    }

    #[test]
    fn text_behind_two_dashes_may_look_like_an_option() {
        let Verb::Send(send) = parse(&["send", "--to", "A", "--", "--attach"]).unwrap().verb else {
            panic!("not send")
        };
        assert_eq!(send.text.as_deref(), Some("--attach"));
        assert!(send.attach.is_empty());
    }
}
