//! The second build of the CPU's worker, with relaxed SIMD. Trunk builds all binaries for the same instructions, so
//! this build does not use trunk. The page starts it if the browser has relaxed SIMD
//! (`src/trainer/page/relaxed_simd.rs`).

use std::path::Path;

use anyhow::Result;

use crate::tools::{TARGET, Tools};
use crate::{npm, process, ui};

/// The environment variable that tells the build of the page that this worker will exist.
pub(crate) const ANNOUNCEMENT: &str = "GRADSHEET_RELAXED_SIMD";

/// The beginning of the names of the worker's files.
const NAME: &str = "trainer-relaxed";

/// The compiler flag for relaxed SIMD, in addition to the flags of `.cargo/config.toml`.
const FLAGS: &str = r#"target.wasm32-unknown-unknown.rustflags=["-Ctarget-feature=+relaxed-simd"]"#;

/// The options of wasm-opt: the same as in `index.html`, and relaxed SIMD.
const WASM_OPT: [&str; 9] = [
    "-Os",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
    "--enable-relaxed-simd",
];

/// Builds the worker into `dist`. `name` is the variable with the name of the build, and its value. The worker has its own
/// target folder, so that neither build replaces files of the other.
///
/// # Errors
/// Fails when the worker cannot be built.
pub(crate) fn build(tools: &Tools, target_folder: &Path, dist: &Path, name: (&str, &str)) -> Result<()> {
    let step = ui::Step::start("Building the CPU's worker with relaxed SIMD", "1 min the first time, then 20 s");
    let folder = target_folder.join("relaxed-simd");
    let mut cargo = process::cargo();
    cargo.args(["build", "--quiet", "--offline", "--bin", "trainer", "--profile", "worker-cpu", "--target", TARGET]);
    cargo.args(["--no-default-features", "--features", "worker,relaxed-simd", "--config", FLAGS]);
    cargo.env(name.0, name.1);
    process::run(cargo.arg("--target-dir").arg(&folder), "The message above says why.")?;

    let wasm = folder.join(TARGET).join("worker-cpu/trainer.wasm");
    let mut bindgen = process::command(&tools.wasm_bindgen);
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", NAME, "--out-dir"]).arg(dist).arg(&wasm);
    process::run(&mut bindgen, "The message above says why.")?;

    let bound = dist.join(format!("{NAME}_bg.wasm"));
    let mut optimise = process::command(npm::programs().join("wasm-opt"));
    process::run(optimise.args(WASM_OPT).arg(&bound).arg("--output").arg(&bound), "The message above says why.")?;

    step.done();
    Ok(())
}
