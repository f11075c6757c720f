//! Finds or installs the Chromium for the end-to-end tests.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{process, ui};

/// Names under which Chromium and Chrome are installed.
const NAMES: [&str; 6] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"];

/// The path of Chrome on macOS.
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// The files that a native program needs to use Chromium's software adapter: the description of the driver, and the
/// loader.
const ICD_FILES: [&str; 2] = ["vk_swiftshader_icd.json", "libvulkan.so.1"];

/// Finds a browser: `$CHROME`, or one on PATH; otherwise installs Debian's package or Playwright's own browser. Returns
/// `None` for Playwright's own, which Playwright finds itself.
///
/// # Errors
/// Fails when there is no browser and none can be installed.
pub(crate) fn get() -> Result<Option<PathBuf>> {
    if let Some(chosen) = env::var_os("CHROME").filter(|chosen| !chosen.is_empty()).map(PathBuf::from) {
        if !chosen.is_file() {
            bail!("CHROME is set to {}, which is not a file: correct it or unset it.", chosen.display());
        }
        return Ok(Some(chosen));
    }
    if let Some(found) = installed() {
        return Ok(Some(found));
    }
    if is_root() && Path::new("/etc/debian_version").is_file() && process::on_path("apt-get").is_some() {
        let step = ui::Step::start("Installing Debian's Chromium", "1 min");
        install_debian_package();
        step.done();
        if let Some(found) = installed() {
            return Ok(Some(found));
        }
    }
    let step = ui::Step::start("Downloading Playwright's Chromium", "1 min");
    let mut playwright = playwright();
    playwright.args(["install", "--no-shell", "chromium"]);
    if is_root() {
        playwright.arg("--with-deps");
    }
    process::run(&mut playwright, "Install Chromium or Chrome by hand, or name one in CHROME.")?;
    step.done();
    Ok(None)
}

/// Finds the folder that holds the software graphics adapter of the installed Chromium, and its Vulkan loader.
pub(crate) fn software_adapter() -> Option<PathBuf> {
    let beside = installed().and_then(|browser| Some(browser.canonicalize().ok()?.parent()?.to_owned()));
    // On Debian the command on PATH is a script, and the browser lies in another folder.
    let folders = beside.into_iter().chain(["/usr/lib/chromium", "/opt/google/chrome"].map(PathBuf::from));
    folders.into_iter().find(|folder| ICD_FILES.iter().all(|file| folder.join(file).is_file()))
}

/// Makes a native program use that adapter and no other.
pub(crate) fn use_software_adapter(command: &mut Command, folder: &Path) {
    let [driver, _] = ICD_FILES;
    command.env("VK_ICD_FILENAMES", folder.join(driver)).env("LD_LIBRARY_PATH", folder);
}

/// Makes a command that runs Playwright.
pub(crate) fn playwright() -> Command {
    let mut node = process::command("node");
    node.arg("node_modules/@playwright/test/cli.js");
    node
}

/// Finds an installed browser.
fn installed() -> Option<PathBuf> {
    let mac = Some(PathBuf::from(MAC)).filter(|path| path.is_file());
    NAMES.iter().find_map(|name| process::on_path(name)).or(mac)
}

fn is_root() -> bool {
    process::output(process::command("id").arg("-u")).is_some_and(|id| id == "0")
}

/// Tries to install Debian's Chromium. The caller looks for a browser again, so errors are ignored here.
fn install_debian_package() {
    let mut update = process::command("apt-get");
    let _ = process::status(update.args(["update", "--quiet"]));
    let mut install = process::command("apt-get");
    // Without a font, text has no width and cannot be clicked.
    install.args(["install", "--yes", "--quiet", "--no-install-recommends", "chromium", "fonts-dejavu-core"]);
    let _ = process::status(install.env("DEBIAN_FRONTEND", "noninteractive"));
}
