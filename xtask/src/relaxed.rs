//! The CPU's worker once more, with relaxed SIMD, beside the one that trunk built: trunk gives all its links the same
//! instructions. The page takes it where the browser has them (`src/trainer/relaxed_simd.rs`).

use std::path::Path;

use anyhow::Result;

use crate::tools::{TARGET, Tools};
use crate::{npm, process, ui};

/// Set for the page's build: there will be such a worker.
pub(crate) const PROMISE: &str = "GRADSHEET_RELAXED_SIMD";

/// What its files are called.
const NAME: &str = "trainer-relaxed";

/// Joins the flags of `.cargo/config.toml`.
const FLAGS: &str = r#"target.wasm32-unknown-unknown.rustflags=["-Ctarget-feature=+relaxed-simd"]"#;

/// What wasm-opt is told of the module, as in `index.html`, and that it has these instructions.
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

/// Builds it into `dist`. Its objects go to a folder of their own, so that neither build undoes the other's.
///
/// # Errors
/// When it cannot be built.
pub(crate) fn build(tools: &Tools, target_folder: &Path, dist: &Path) -> Result<()> {
    let step = ui::Step::start("Building the CPU's worker with relaxed SIMD", "1 min the first time, then 20 s");
    let folder = target_folder.join("relaxed-simd");
    let mut cargo = process::cargo();
    cargo.args(["build", "--quiet", "--offline", "--bin", "trainer", "--profile", "worker-cpu", "--target", TARGET]);
    cargo.args(["--no-default-features", "--features", "worker,relaxed-simd", "--config", FLAGS]);
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
