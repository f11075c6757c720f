//! Cargo features keep the duties apart: the page without Burn or spreadsheets, the workers without Leptos.

use std::process::Command;

/// The names of all packages that a feature set pulls in for the browser.
fn packages(features: &str) -> Vec<String> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--manifest-path", manifest, "--package", "gradsheet", "--target", "wasm32-unknown-unknown"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}", "--no-default-features"])
        .args(["--features", features])
        .output()
        .expect("cargo tree runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    String::from_utf8_lossy(&output.stdout).lines().map(name).collect()
}

#[test]
fn the_page_contains_neither_burn_nor_spreadsheets() {
    let packages = packages("ui");
    assert!(packages.iter().any(|name| name == "leptos"));
    let words = ["burn", "cubecl", "wgpu", "calamine", "rust_xlsxwriter", "zip", "qrcode"];
    let heavy: Vec<_> = packages.iter().filter(|name| words.iter().any(|word| name.starts_with(word))).collect();
    assert!(heavy.is_empty(), "{heavy:?}");
}

#[test]
fn the_worker_contains_no_leptos() {
    let packages = packages("worker");
    assert!(packages.iter().any(|name| name == "burn"));
    let visible: Vec<_> =
        packages.iter().filter(|name| ["leptos", "plotters"].iter().any(|word| name.starts_with(word))).collect();
    assert!(visible.is_empty(), "{visible:?}");
}

#[test]
fn the_exchange_contains_neither_burn_nor_leptos() {
    let packages = packages("exchange");
    assert!(packages.iter().any(|name| name == "calamine"));
    let words = ["burn", "leptos", "plotters"];
    let foreign: Vec<_> = packages.iter().filter(|name| words.iter().any(|word| name.starts_with(word))).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}
