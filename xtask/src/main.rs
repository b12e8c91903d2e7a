// SPDX-License-Identifier: EUPL-1.2
//! Every chore of the house: `cargo xtask demo | test | node | web | e2e | ci | tidy | bench | fuzz`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool talks to its terminal")]

mod bench;
mod bindgen;
mod ci;
mod demo;
mod e2e;
mod fuzz;
mod node;
mod product;
mod release;
mod shell;
mod stage;
mod test;
mod tidy;
mod tool;
mod twin;
mod web;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask CHORE

  demo    build the release, start a town on loopback and print links for a browser; `--fresh` starts over
  test    build the binaries, then run every test (further arguments go to the test runner)
  node    the engine's unit tests for WebAssembly alone, in node
  web     build the web messenger into target/web; --fast for the edit loop
  e2e     the stories in the browser alone (further arguments go to their runner)
  handbook  the demo's story, played in browsers for the handbook's pictures
  ci      everything a change must pass besides the tests: format, tidy, deny, clippy, wasm
  tidy    the house rules alone (seconds)
  bench   build the release binaries and measure
  fuzz    list the fuzz targets; `fuzz TARGET [SECONDS]` runs one";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let chore = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let result = match chore.as_str() {
        "demo" => demo::run(&rest),
        "handbook" => demo::handbook(),
        "test" => test::run(&rest),
        "node" => node::run(),
        "web" => web::run(&rest),
        "e2e" => e2e::run(&rest),
        "ci" => ci::run(),
        "tidy" => tidy::run(),
        "bench" => bench::run(&rest),
        "fuzz" => fuzz::run(&rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {chore}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
