//! `cargo xtask serve` builds the page and serves it on this machine.

use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};

use crate::server::Server;
use crate::tools::Tools;
use crate::{build, npm, process, project, ui};

/// The options of `cargo xtask serve`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Port at 127.0.0.1
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// Build without optimisation and reload the page when a file changes
    #[arg(long)]
    dev: bool,
}

/// Builds the page and serves it until Ctrl-C.
///
/// # Errors
/// Fails when the port is in use, a tool is missing and cannot be installed, or the build fails.
pub(crate) fn serve(options: &Options) -> Result<ExitCode> {
    // The port comes first, so that a port in use is reported before a build that takes minutes.
    let server = Server::bind(options.port)?;
    if options.dev {
        drop(server);
        return dev(options);
    }
    build::release()?;
    ctrlc::set_handler(|| {
        println!("\nStopped.");
        std::process::exit(0);
    })
    .context("Ctrl-C cannot be handled")?;
    let url = server.url();
    let thread = server.serve(&project::dist());
    println!("Gradsheet is at {url} (Ctrl-C ends it)");
    if options.open && !open(&url) {
        ui::note("No browser could be started: open the address by hand.");
    }
    thread.join().map_err(|_| anyhow!("The server panicked: please report this."))?;
    Ok(ExitCode::SUCCESS)
}

/// Starts trunk, which builds, serves, and reloads the page after each change, until Ctrl-C.
fn dev(options: &Options) -> Result<ExitCode> {
    npm::packages()?;
    let tools = Tools::get()?;
    build::fetch()?;
    ui::note("The first development build takes about 15 min, later ones seconds.");
    println!("Gradsheet will be at http://127.0.0.1:{} (Ctrl-C ends it)", options.port);
    let mut trunk = build::trunk(&tools)?;
    trunk.args(["serve", "--address", "127.0.0.1", "--port", &options.port.to_string(), "--dist", "dist-dev"]);
    if options.open {
        trunk.arg("--open");
    }
    process::replace(&mut trunk)
}

/// Opens the browser, and returns whether that worked.
fn open(url: &str) -> bool {
    let openers = ["xdg-open", "open", "wslview"];
    openers.iter().any(|opener| {
        process::on_path(opener).is_some() && process::output(process::command(opener).arg(url)).is_some()
    })
}
