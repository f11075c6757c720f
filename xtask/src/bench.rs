//! `cargo xtask bench`: measures the release build in a real browser, and prints a table and JSON.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::server::Server;
use crate::{browser, build, npm, process, project, ui};

/// Builds, measures, prints.
///
/// # Errors
/// When the page cannot be built or a measurement fails.
pub(crate) fn bench() -> Result<ExitCode> {
    build::fetch()?;
    build::release()?;
    npm::packages()?;
    let browser = browser::get()?;
    let output = project::root().join("test-results/bench.jsonl");
    if let Some(folder) = output.parent() {
        fs::create_dir_all(folder).context("test-results/ cannot be made")?;
    }
    fs::write(&output, "").context("test-results/bench.jsonl cannot be written")?;

    let step = ui::Step::start("Benchmarks in the browser", "1 min");
    let server = Server::bind(0)?;
    let url = server.url();
    server.serve(&project::dist());
    let mut benchmarks = browser::playwright();
    benchmarks.args(["test", "--config", "tests/bench"]).env("BASE_URL", url).env("BENCH_OUTPUT", &output);
    if let Some(browser) = browser {
        benchmarks.env("CHROME", browser);
    }
    if !process::status(&mut benchmarks)?.success() {
        bail!("A benchmark failed: the message above says why.");
    }
    step.done();

    let lines = fs::read_to_string(&output).context("test-results/bench.jsonl cannot be read")?;
    for line in lines.lines() {
        let figures: Value = serde_json::from_str(line).context("a benchmark wrote no JSON")?;
        print(&figures);
    }
    println!("\nAs JSON, one object a line: test-results/bench.jsonl");
    Ok(ExitCode::SUCCESS)
}

fn print(figures: &Value) {
    println!("\n{}", figures["name"].as_str().unwrap_or_default());
    for (name, value) in figures.as_object().into_iter().flatten().filter(|(name, _)| *name != "name") {
        println!("    {name:36} {value:>9}");
    }
}
