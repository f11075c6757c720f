//! `cargo xtask test` runs every stage and shows its output; the last line counts the tests.

use std::fs;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::counts::Counts;
use crate::server::Server;
use crate::{browser, build, npm, process, project, sizes, tools, ui};

/// The features of the native tests, in addition to the default ones.
const NATIVE: &str = "charts,exchange,flex,kernels";

/// The options of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Leave out the release build and the browser
    #[arg(long)]
    fast: bool,
    /// Run only the end-to-end tests whose title matches (a regular expression), and nothing else
    #[arg(long, value_name = "TITLE", conflicts_with = "fast")]
    only: Option<String>,
}

/// Runs all stages; after a failed one the next ones still run.
///
/// # Errors
/// Fails when a tool that every stage needs is missing and cannot be installed.
pub(crate) fn test(options: &Options) -> Result<ExitCode> {
    let started = Instant::now();
    let mut report = Report::default();
    build::fetch()?;
    if options.only.is_none() {
        native(&mut report, options.fast)?;
    }
    if !options.fast {
        report.stage("Release build", end_to_end_build());
        if report.failures.iter().all(|failure| !failure.starts_with("Release build")) {
            report.tests("End-to-end tests", end_to_end(options.only.as_deref()));
        }
    }
    println!("\nAll stages took {}.", ui::duration(started.elapsed()));
    for failure in &report.failures {
        println!("Failed: {failure}");
    }
    println!("{}", report.counts);
    Ok(if report.counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The results of the stages so far.
#[derive(Default)]
struct Report {
    counts: Counts,
    failures: Vec<String>,
}

impl Report {
    /// Adds the result of a check, which counts only if it failed.
    fn stage(&mut self, name: &str, result: Result<()>) {
        if let Err(error) = result {
            ui::error(&error);
            self.failures.push(format!("{name}: {error:#}"));
            self.counts += Counts::failure();
        }
    }

    /// Adds the results of tests.
    fn tests(&mut self, name: &str, result: Result<Counts>) {
        match result {
            Ok(counts) => {
                self.counts += counts;
                if counts.failed > 0 {
                    self.failures.push(format!("{name}: {} of {}", counts.failed, counts.passed + counts.failed));
                }
            }
            Err(error) => self.stage(name, Err(error)),
        }
    }
}

fn native(report: &mut Report, fast: bool) -> Result<()> {
    tools::component("fmt", "rustfmt")?;
    tools::component("clippy", "clippy")?;
    tools::wasm_target()?;

    let mut format = process::cargo();
    format.args(["fmt", "--all", "--check"]);
    report.stage("Format", check("Format", "2 s", &mut format, "Run `cargo fmt`."));

    let mut native = process::cargo();
    native.args(["clippy", "--workspace", "--all-targets", "--features", NATIVE, "--", "-D", "warnings"]);
    let usual = "4 to 7 min the first time, then seconds";
    report.stage("Clippy, native", check("Clippy, native", usual, &mut native, "Fix what it names."));

    // One by one, so that a change of the page leaves what was found of Burn as it is.
    for features in ["ui", "worker", "worker,relaxed-simd", "worker-gpu", "exchange"] {
        let name = format!("Clippy, wasm32, {features}");
        let mut wasm = process::cargo();
        wasm.args(["clippy", "--target", "wasm32-unknown-unknown", "--no-default-features", "--features", features]);
        wasm.args(["--lib", "--bins", "--", "-D", "warnings"]);
        report.stage(&name, check(&name, usual, &mut wasm, "Fix what it names."));
    }

    if !fast {
        // Its software adapter is what the kernels for graphics adapters are tested on.
        npm::packages()?;
        browser::get()?;
    }
    report.tests("Native tests", native_tests());
    Ok(())
}

fn check(name: &str, usual: &str, command: &mut Command, remedy: &str) -> Result<()> {
    let step = ui::Step::start(name, usual);
    process::run(command, remedy)?;
    step.done();
    Ok(())
}

fn native_tests() -> Result<Counts> {
    let step = ui::Step::start("Native tests", "5 min the first time, then 40 s");
    let mut tests = process::cargo();
    tests.args(["test", "--workspace", "--features", NATIVE, "--no-fail-fast"]);
    match browser::software_adapter() {
        Some(folder) => {
            browser::use_software_adapter(&mut tests, &folder);
            tests.env("GRADSHEET_ADAPTER", "1");
        }
        None => ui::note(
            "No Chromium with a software adapter: the kernels are tested on this machine's own. \
             If it has none, their tests are skipped.",
        ),
    }
    let (status, output) = process::tee(&mut tests)?;
    let mut counts = Counts::from_cargo(&output);
    // A test that does not compile, or a crash, leaves no line to count.
    if !status.success() && counts.failed == 0 {
        counts += Counts::failure();
    }
    step.done();
    Ok(counts)
}

/// Builds the page that the end-to-end tests open, and checks the sizes of its files.
fn end_to_end_build() -> Result<()> {
    let sizes = build::release()?;
    let index = fs::read_to_string(project::dist().join("index.html")).context("dist/index.html cannot be read")?;
    sizes::check(&sizes, &index)
}

fn end_to_end(only: Option<&str>) -> Result<Counts> {
    npm::packages()?;
    let browser = browser::get()?;

    let step = ui::Step::start("Types of the end-to-end tests", "3 s");
    let mut types = process::command(npm::programs().join("tsc"));
    process::run(types.args(["--project", "tests/e2e"]), "Fix what it names.")?;
    step.done();

    let step = ui::Step::start("End-to-end tests", "half an hour");
    let server = Server::bind(0)?;
    let url = server.url();
    server.serve(&project::dist());
    let report = project::root().join("test-results/report.json");
    let _ = fs::remove_file(&report);
    let mut tests = browser::playwright();
    tests.args(["test", "--config", "tests/e2e"]);
    tests.env("BASE_URL", url).env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report);
    if let Some(browser) = browser {
        tests.env("CHROME", browser);
    }
    if let Some(title) = only {
        tests.args(["--grep", title]);
    }
    let status = process::status(&mut tests)?;
    let counts = fs::read_to_string(&report).ok().and_then(|report| Counts::from_playwright(&report));
    let mut counts = counts.context("Playwright left no report: the message above says why")?;
    if !status.success() && counts.failed == 0 {
        counts += Counts::failure();
    }
    step.done();
    Ok(counts)
}
