//! The sizes of the page's files, raw and compressed with brotli as a web server sends them, and the budget of the
//! page.

use std::fs;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, bail};
use brotli::enc::BrotliEncoderParams;
use serde_json::{Value, json};

use crate::{fingerprint, ui};

/// The largest size of the page's wasm with brotli, in bytes.
const PAGE_BUDGET: u64 = 250_000;

/// The names of the trainer's lab, the pad, the sheet's tools and the workers, which are fetched only when they are needed.
const LATER: [&str; 7] = ["lab", "inside", "tools", "trainer", "trainer-relaxed", "trainer-gpu", "exchange"];

/// The sizes of one file in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// The path of the file, relative to `dist/`.
    pub(crate) name: String,
    /// The uncompressed size.
    pub(crate) raw: u64,
    /// The size with brotli at its highest quality.
    pub(crate) brotli: u64,
}

impl Size {
    /// Writes the sizes for the record of the build.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "name": self.name, "raw": self.raw, "brotli": self.brotli })
    }

    /// Reads the sizes from the record of the build.
    pub(crate) fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            name: value["name"].as_str()?.to_owned(),
            raw: value["raw"].as_u64()?,
            brotli: value["brotli"].as_u64()?,
        })
    }
}

/// Measures every wasm, JavaScript and CSS file of the built page, all files at the same time.
///
/// # Errors
/// Fails when a file cannot be read.
pub(crate) fn measure(dist: &Path) -> Result<Vec<Size>> {
    let files = fingerprint::files(dist)?;
    let code = files
        .iter()
        .filter(|file| file.extension().is_some_and(|kind| ["wasm", "js", "css"].map(AsRef::as_ref).contains(&kind)));
    thread::scope(|scope| {
        let running: Vec<_> = code.map(|file| scope.spawn(move || measure_file(dist, file))).collect();
        running.into_iter().map(|size| size.join().unwrap_or_else(|_| bail!("brotli panicked"))).collect()
    })
}

fn measure_file(dist: &Path, file: &Path) -> Result<Size> {
    let content = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut compressed = Vec::new();
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: content.len(), ..Default::default() };
    brotli::BrotliCompress(&mut content.as_slice(), &mut compressed, &parameters).context("brotli failed")?;
    let name = file.strip_prefix(dist).unwrap_or(file).to_string_lossy().replace('\\', "/");
    Ok(Size { name, raw: content.len() as u64, brotli: compressed.len() as u64 })
}

/// Prints the sizes as a table.
pub(crate) fn print(sizes: &[Size]) {
    let width = sizes.iter().map(|size| size.name.len()).max().unwrap_or(0);
    for Size { name, raw, brotli } in sizes {
        println!("    {name:width$}  {:>9}  {:>9} with brotli", ui::bytes(*raw), ui::bytes(*brotli));
    }
}

/// Checks that the page's own wasm is within the budget, and that no other wasm is loaded with the page.
///
/// # Errors
/// Fails with a sentence about the first check that fails.
pub(crate) fn check(sizes: &[Size], index_html: &str) -> Result<()> {
    let page = sizes.iter().find(|size| size.name.starts_with("gradsheet") && size.name.ends_with(".wasm"));
    let Some(page) = page else { bail!("dist/ has no gradsheet wasm: is the page's link still in index.html?") };
    if page.brotli > PAGE_BUDGET {
        bail!(
            "The page's wasm is {} with brotli, over its budget of {}: see what grew with `cargo tree -e features`.",
            ui::bytes(page.brotli),
            ui::bytes(PAGE_BUDGET)
        );
    }
    for part in LATER {
        let wasm = format!("{part}_bg.wasm");
        if !sizes.iter().any(|size| size.name == wasm) {
            bail!("dist/ has no {wasm}: is its link still in index.html, or its build in xtask/src/relaxed.rs?");
        }
        if index_html.contains(&wasm) || index_html.contains(&format!("/{part}.js")) {
            bail!("dist/index.html loads {wasm} with the page: it must be fetched only when it is first needed.");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(name: &str, brotli: u64) -> Size {
        Size { name: name.to_owned(), raw: 3 * brotli, brotli }
    }

    #[test]
    fn a_page_within_its_budget_passes() {
        let sizes = [
            size("gradsheet-1f_bg.wasm", 250_000),
            size("trainer_bg.wasm", 200_000),
            size("trainer-relaxed_bg.wasm", 200_000),
            size("trainer-gpu_bg.wasm", 3_000_000),
            size("exchange_bg.wasm", 400_000),
            size("lab_bg.wasm", 150_000),
            size("tools_bg.wasm", 150_000),
            size("inside_bg.wasm", 150_000),
        ];
        assert!(check(&sizes, "<link href='gradsheet-1f_bg.wasm'>").is_ok());
    }

    #[test]
    fn a_page_that_is_too_large_or_loads_a_worker_at_once_fails() {
        let later = |part| size(&format!("{part}_bg.wasm"), 1);
        let sizes = |page| {
            let page = size("gradsheet-1f_bg.wasm", page);
            let trainers = ["trainer", "trainer-relaxed", "trainer-gpu"].map(later);
            [&[page, later("lab"), later("tools"), later("inside")], &trainers[..], &[later("exchange")]].concat()
        };
        assert!(check(&sizes(250_001), "").is_err_and(|error| error.to_string().contains("250.0 KB")));
        assert!(check(&sizes(1), "<link rel=preload href='./trainer_bg.wasm'>").is_err());
        assert!(check(&sizes(1), "<link rel=preload href='./trainer-gpu_bg.wasm'>").is_err());
        assert!(check(&sizes(1), "<script src='./exchange.js'>").is_err());
        assert!(check(&sizes(1), "<script src='./lab.js'>").is_err());
        assert!(check(&sizes(1), "<script src='./inside.js'>").is_err());
        assert!(check(&sizes(1), "").is_ok());
        assert!(check(&sizes(1)[..7], "").is_err());
        assert!(check(&sizes(1)[..1], "").is_err());
    }

    #[test]
    fn sizes_are_read_from_the_record_as_they_were_written() {
        let size = size("gradsheet.js", 12);
        assert_eq!(Size::from_json(&size.to_json()), Some(size));
    }
}
