//! Tests that each binary contains only the libraries of its duty: the page neither Burn nor spreadsheets, the workers
//! no Leptos.

use std::process::Command;

/// Returns the names of all packages that a set of features brings into a build for the browser.
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
    let words = ["burn", "cubecl", "wgpu", "calamine", "rust_xlsxwriter", "zip", "qrcode"];
    assert_eq!(foreign("ui", "leptos", &words), [""; 0]);
}

/// Returns the packages of a set of features whose names begin with one of these words. Fails if `expected` is not a
/// package of the set, because then the features are not what the test assumes.
fn foreign(features: &str, expected: &str, words: &[&str]) -> Vec<String> {
    let packages = packages(features);
    assert!(packages.iter().any(|name| name == expected), "{features} should contain {expected}");
    packages.into_iter().filter(|name| words.iter().any(|word| name.starts_with(word))).collect()
}

#[test]
fn no_worker_contains_leptos_and_the_cpu_worker_no_burn() {
    assert_eq!(foreign("worker", "pulp", &["leptos", "plotters", "burn", "cubecl", "wgpu"]), [""; 0]);
    assert_eq!(foreign("worker-gpu", "burn", &["leptos", "plotters"]), [""; 0]);
}

#[test]
fn the_exchange_contains_neither_burn_nor_leptos() {
    assert_eq!(foreign("exchange", "calamine", &["burn", "leptos"]), [""; 0]);
}
