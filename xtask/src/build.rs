//! The release build in `dist/`, which is repeated only when one of its inputs has changed.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::sizes::{self, Size};
use crate::tools::Tools;
use crate::{fingerprint, npm, offline, process, project, relaxed, ui};

/// The file in `dist/` that records the fingerprint of a build's inputs, and its sizes. Trunk empties `dist/`, so that
/// a build by hand removes the record.
const RECORD: &str = ".build.json";

/// The environment variable that tells the compiler the name of the build (`src/wire/build.rs`).
const NAME: &str = "GRADSHEET_BUILD";

/// Brings `dist/` up to date, prints the sizes and returns them.
///
/// # Errors
/// Fails when a tool is missing and cannot be installed, or the build fails.
pub(crate) fn release() -> Result<Vec<Size>> {
    let inputs = fingerprint::inputs()?;
    let sizes = match recorded(&inputs) {
        Some(sizes) => {
            ui::note("Nothing changed since the last build.");
            sizes
        }
        None => build(&inputs)?,
    };
    sizes::print(&sizes);
    Ok(sizes)
}

fn build(inputs: &str) -> Result<Vec<Size>> {
    let dist = project::dist();
    npm::packages()?;
    let tools = Tools::get()?;
    fetch()?;
    // Trunk copies and preloads every script snippet in this folder, including those of earlier builds.
    let target = target_folder()?;
    let _ = fs::remove_dir_all(target.join("wasm-bindgen"));
    let name = fingerprint::build_name()?;

    let step = ui::Step::start("Building page and workers in release", "9 min the first time, then 1 to 3 min");
    let mut build = trunk(&tools)?;
    build.args(["build", "--release"]).env(relaxed::ANNOUNCEMENT, "yes").env(NAME, &name);
    process::run(&mut build, "The message above says why.")?;
    step.done();
    relaxed::build(&tools, &target, &dist, (NAME, &name))?;

    let step = ui::Step::start("Listing the files for offline use, measuring with brotli", "15 s");
    offline::write(&dist, &name)?;
    let sizes = sizes::measure(&dist)?;
    let record = json!({ "inputs": inputs, "sizes": sizes.iter().map(Size::to_json).collect::<Vec<_>>() });
    fs::write(dist.join(RECORD), record.to_string()).context("dist/ cannot be written")?;
    step.done();
    Ok(sizes)
}

/// Returns the sizes of the page in `dist/` if it was built from these inputs.
fn recorded(inputs: &str) -> Option<Vec<Size>> {
    let record: Value = serde_json::from_str(&fs::read_to_string(project::dist().join(RECORD)).ok()?).ok()?;
    (record["inputs"] == inputs).then(|| record["sizes"].as_array()?.iter().map(Size::from_json).collect())?
}

/// Downloads the crates that `Cargo.lock` names, so that nothing later needs the network.
///
/// # Errors
/// Fails when the registry cannot be reached.
pub(crate) fn fetch() -> Result<()> {
    process::run(process::cargo().args(["fetch", "--quiet"]), "Check the network, then try again.")
}

/// Makes a command that runs trunk with our tools on PATH and without downloads.
///
/// # Errors
/// Fails when PATH cannot be set.
pub(crate) fn trunk(tools: &Tools) -> Result<std::process::Command> {
    let mut trunk = process::command(&tools.trunk);
    trunk.env("PATH", process::path_with(&[&npm::programs(), tools.wasm_bindgen_folder()])?);
    trunk.env("TRUNK_OFFLINE", "true");
    // Trunk 0.21 refuses the usual `NO_COLOR=1`.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env_remove("NO_COLOR").env("TRUNK_COLOR", "never");
    }
    Ok(trunk)
}

/// Returns cargo's target folder.
fn target_folder() -> Result<PathBuf> {
    let metadata = process::output(process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]));
    let metadata: Value = serde_json::from_str(&metadata.context("`cargo metadata` failed: is Cargo.toml valid?")?)?;
    Ok(metadata["target_directory"].as_str().context("`cargo metadata` names no target folder")?.into())
}
