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

use clap::Parser;
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = args::Args::parse();
    match command::run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            out::complain(&failure.to_string());
            ExitCode::from(failure.exit_code())
        }
    }
}
