//! The npm packages: wasm-opt for the build, Playwright for the tests.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{fingerprint, process, project, ui};

/// The oldest major version of Node.js that works.
const OLDEST_NODE: u32 = 20;

/// Installs the packages of the project's `package-lock.json`.
///
/// # Errors
/// Fails when Node.js or npm is missing or too old, or the packages cannot be installed.
pub(crate) fn packages() -> Result<()> {
    install(&project::root())
}

/// Installs the packages of a folder's `package-lock.json` if that has changed since the last time.
///
/// # Errors
/// Fails when Node.js or npm is missing or too old, or the packages cannot be installed.
pub(crate) fn install(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).context("package-lock.json cannot be read")?;
    let wanted = fingerprint::hex(&Sha256::digest(&lock));
    let stamp = folder.join("node_modules/.installed");
    match node_version() {
        None => bail!("Node.js was not found: install Node.js {OLDEST_NODE} or newer, with npm."),
        Some(major) if major < OLDEST_NODE => {
            bail!("Node.js {major} is too old: install Node.js {OLDEST_NODE} or newer, with npm.")
        }
        Some(_) => {}
    }
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if process::on_path("npm").is_none() {
        bail!("npm was not found: install it beside Node.js (on Debian: `apt-get install npm`).");
    }
    let step = ui::Step::start("Installing the npm packages", "10 s");
    let mut npm = process::command("npm");
    npm.current_dir(folder)
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    process::run(&mut npm, "Check the network, then try again.")?;
    fs::write(&stamp, wanted).context("node_modules cannot be written")?;
    step.done();
    Ok(())
}

/// Returns the major version of the Node.js on PATH.
fn node_version() -> Option<u32> {
    let version = process::output(process::command("node").arg("--version"))?;
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Returns the folder with the programs of the packages.
pub(crate) fn programs() -> PathBuf {
    project::root().join("node_modules/.bin")
}
