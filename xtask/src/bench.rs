//! `cargo xtask bench` measures the release build in a real browser, next to other libraries if the user asks for it,
//! and prints a table and JSON.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use crate::server::Server;
use crate::sizes::Size;
use crate::{browser, build, npm, process, project, ui};

/// The options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run only the benchmarks whose title matches (a regular expression); those marked slow need this
    #[arg(long, value_name = "TITLE")]
    only: Option<String>,
    /// Number of images in a training step
    #[arg(long, value_name = "IMAGES", default_value_t = 128)]
    batch: u32,
    /// Compare with the libraries in this folder, which has a bench.mjs; the folder is copied to test-results/peers
    #[arg(long, value_name = "FOLDER")]
    peers: Option<PathBuf>,
    /// Flags with which the browser uses a real GPU in place of the software adapter; "" for none
    #[arg(long, value_name = "FLAGS", allow_hyphen_values = true)]
    gpu_flags: Option<String>,
}

/// Builds the page, measures it and prints the figures.
///
/// # Errors
/// Fails when the page cannot be built or a measurement fails.
pub(crate) fn bench(options: &Options) -> Result<ExitCode> {
    build::fetch()?;
    let sizes = build::release()?;
    npm::packages()?;
    let browser = browser::get()?;
    let results = project::root().join("test-results");
    let output = results.join("bench.jsonl");
    fs::create_dir_all(&results).context("test-results/ cannot be made")?;
    fs::write(&output, format!("{}\n", size_figures(&sizes))).context("test-results/bench.jsonl cannot be written")?;
    let peers = options.peers.as_deref().map(|from| copy_peers(from, results.join("peers"))).transpose()?;

    let step = ui::Step::start("Benchmarks in the browser", "10 min, with other libraries 30");
    let server = Server::bind(0)?;
    let url = server.url();
    server.serve(&project::dist());
    let mut benchmarks = browser::playwright();
    benchmarks.args(["test", "--config", "tests/bench"]).env("BASE_URL", url).env("BENCH_OUTPUT", &output);
    match &options.only {
        Some(title) => benchmarks.args(["--grep", title]),
        None => benchmarks.args(["--grep-invert", "@slow"]),
    };
    benchmarks.env("BENCH_BATCH", options.batch.to_string());
    if let Some(flags) = &options.gpu_flags {
        benchmarks.env("BENCH_GPU_FLAGS", flags);
    }
    if let Some(peers) = peers {
        benchmarks.env("BENCH_PEERS", peers);
    }
    if let Some(browser) = browser {
        benchmarks.env("CHROME", browser);
    }
    compare_with_torch(&mut benchmarks);
    let succeeded = process::status(&mut benchmarks)?.success();
    step.done();

    let lines = fs::read_to_string(&output).context("test-results/bench.jsonl cannot be read")?;
    for line in lines.lines() {
        let figures: Value = serde_json::from_str(line).context("a benchmark wrote no JSON")?;
        print(&figures);
    }
    println!("\nThe same as JSON, which is also in test-results/bench.jsonl:\n{}", lines.trim_end());
    if !succeeded {
        bail!("A benchmark failed: the messages above say why.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the sizes of all wasm files in bytes, raw and with brotli.
fn size_figures(sizes: &[Size]) -> Value {
    let mut figures = Map::from_iter([("name".to_owned(), json!("sizes in bytes"))]);
    for Size { name, raw, brotli } in sizes.iter().filter(|size| size.name.ends_with(".wasm")) {
        figures.insert(name.clone(), json!(raw));
        figures.insert(format!("{name} with brotli"), json!(brotli));
    }
    Value::Object(figures)
}

/// Copies the benchmark of other libraries to a writable folder, and installs its packages.
fn copy_peers(from: &Path, to: PathBuf) -> Result<PathBuf> {
    if !from.join("bench.mjs").is_file() {
        bail!("{} has no bench.mjs: name the folder of the other libraries' benchmark.", from.display());
    }
    copy_files(from, &to).with_context(|| format!("{} cannot be copied to {}", from.display(), to.display()))?;
    npm::install(&to)?;
    Ok(to)
}

/// Copies the content of a folder, without `node_modules`.
fn copy_files(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name() == "node_modules" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy_files(&entry.path(), &target)?;
        } else {
            // `fs::copy` would copy the permissions too. A read-only file could then not be replaced the next time.
            fs::write(&target, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

/// Tells the benchmarks which Python has PyTorch, if there is one: `$PYTHON`, or the one on PATH.
fn compare_with_torch(benchmarks: &mut Command) {
    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let version = process::output(process::command(&python).args(["-c", "import torch; print(torch.__version__)"]));
    match version {
        Some(version) => {
            ui::note(&format!("Comparing with PyTorch {version}."));
            benchmarks.env("BENCH_PYTHON", python);
        }
        None => ui::note("Not comparing with PyTorch, which was not found: set PYTHON to a Python that has it."),
    }
}

/// Prints the figures of one benchmark as a table.
fn print(figures: &Value) {
    let name = figures["name"].as_str().unwrap_or_default();
    let figures: Vec<_> = figures.as_object().into_iter().flatten().filter(|(name, _)| *name != "name").collect();
    let width = figures.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    println!("\n{name}");
    for (name, value) in figures {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        println!("    {name:width$}  {value:>12}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_sizes_of_wasm_files_are_figures() {
        let size = |name: &str| Size { name: name.to_owned(), raw: 3, brotli: 1 };
        let figures = size_figures(&[size("lab_bg.wasm"), size("lab.js")]);
        assert_eq!(figures, json!({ "name": "sizes in bytes", "lab_bg.wasm": 3, "lab_bg.wasm with brotli": 1 }));
    }
}
