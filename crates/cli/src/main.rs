// SPDX-License-Identifier: EUPL-1.2
//! `rohrpost`: the command line for people, scripts and bots, and the authority's agent.

mod args;
mod command;
mod control;
mod failure;
mod json;
mod name;
mod out;
mod parse;
mod session;
mod text;

use clap::{Parser, error::ErrorKind};
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return misunderstood(&error),
    };
    match command::run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            out::complain(&failure.to_string());
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Help and version are answers; all else is wrong usage, said in one line.
fn misunderstood(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let words = text.split("\n\nUsage:").next().unwrap_or_default().split_whitespace();
    let line = words.collect::<Vec<_>>().join(" ");
    out::complain(&format!("{} (see --help)", line.strip_prefix("error: ").unwrap_or(&line)));
    ExitCode::from(2)
}
