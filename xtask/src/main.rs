//! `cargo xtask serve`, `test` and `bench` build, serve, test and measure the page from a fresh checkout.
//!
//! | module | duty |
//! | --- | --- |
//! | [`serve`], [`test`], [`bench`] | the commands |
//! | [`build`], [`relaxed`] | the release build in `dist/` |
//! | [`fingerprint`], [`sizes`], [`offline`] | whether an input changed; the sizes of the result; the service worker |
//! | [`server`] | the static server for people and for the end-to-end tests |
//! | [`tools`], [`npm`], [`browser`] | installing missing tools, packages and browsers |
//! | [`counts`] | the number of tests that ran |
//! | [`project`], [`process`], [`ui`] | paths and versions, child processes, printing |

mod bench;
mod browser;
mod build;
mod counts;
mod fingerprint;
mod npm;
mod offline;
mod process;
mod project;
mod relaxed;
mod serve;
mod server;
mod sizes;
mod test;
mod tools;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, serves and tests Gradsheet.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Get the tools, build the page in release and serve it
    Serve(serve::Options),
    /// Format check, clippy, native tests, then the page in a real browser
    Test(test::Options),
    /// Measure the page in a real browser
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Serve(options) => serve::serve(&options),
        Command::Test(options) => test::test(&options),
        Command::Bench(options) => bench::bench(&options),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            ui::error(&error);
            ExitCode::FAILURE
        }
    }
}
