//! Writes the service worker of the built page: `assets/sw.js` with a list of the build's files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{fingerprint, project};

/// The text in the template that the list replaces.
const PLACEHOLDER: &str = "__BUILD__";

/// The part of the page that a file belongs to. Each part is kept for offline use as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The files that open the page, kept from the first visit on.
    Shell,
    /// The loader of the trainer's workers and both builds of the CPU's worker, kept after they were first fetched.
    Trainer,
    /// The trainer's worker for graphics adapters, kept after it was first fetched.
    Gpu,
    /// The exchange worker, which reads and writes files, kept after it was first fetched.
    Exchange,
    /// The MNIST images and the reference of the PyTorch check, kept after they were first fetched.
    Data,
    /// Files that do not belong to the page.
    Outside,
}

/// Returns the part that a file of `dist/` belongs to.
fn part(name: &str) -> Part {
    let file = name.rsplit('/').next().unwrap_or(name);
    if file.starts_with('.') || file == "sw.js" || file.ends_with(".md") || file.ends_with(".txt") {
        Part::Outside
    } else if ["assets/mnist/", "assets/check/"].iter().any(|folder| name.starts_with(folder)) {
        Part::Data
    } else if ["trainer", "trainer-relaxed"].iter().any(|worker| belongs_to(file, worker)) {
        Part::Trainer
    } else if belongs_to(file, "trainer-gpu") {
        Part::Gpu
    } else if belongs_to(file, "exchange") {
        Part::Exchange
    } else {
        Part::Shell
    }
}

/// Returns whether trunk made this file for a worker: its code, its loader or its wasm.
fn belongs_to(file: &str, worker: &str) -> bool {
    file.strip_prefix(worker).is_some_and(|rest| rest.starts_with(['.', '_']))
}

/// Returns whether a name carries a hash of the content, as trunk's do: `-`, then 12 to 16 hexadecimal digits.
fn is_hashed(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let hash = |word: &str| (12..=16).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    file.split(['-', '.', '_']).skip(1).any(hash)
}

/// Writes `sw.js` into the built page.
///
/// # Errors
/// Fails when the template or a file of the page cannot be read, or `sw.js` cannot be written.
pub(crate) fn write(dist: &Path) -> Result<()> {
    let template = fs::read_to_string(project::root().join("assets/sw.js")).context("assets/sw.js cannot be read")?;
    let mut files = Vec::new();
    for file in fingerprint::files(dist)? {
        let name = file.strip_prefix(dist).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        files.push((name, fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?));
    }
    let script = fill(&template, &build(&files))?;
    fs::write(dist.join("sw.js"), script).context("dist/sw.js cannot be written")
}

fn fill(template: &str, build: &Value) -> Result<String> {
    if template.matches(PLACEHOLDER).count() != 1 {
        bail!("assets/sw.js must contain {PLACEHOLDER} exactly once.");
    }
    Ok(template.replace(PLACEHOLDER, &format!("{build:#}")))
}

/// Makes the list: the files of each part, and a revision that changes when one of them does.
fn build(files: &[(String, Vec<u8>)]) -> Value {
    let list = |wanted: Part| {
        let mut hash = Sha256::new();
        let mut names = Vec::new();
        for (name, content) in files.iter().filter(|(name, _)| part(name) == wanted) {
            hash.update(name);
            hash.update(Sha256::digest(content));
            names.push(name.as_str());
        }
        json!({ "revision": &fingerprint::hex(&hash.finalize())[..12], "files": names })
    };
    let hashed: Vec<_> = files.iter().map(|(name, _)| name).filter(|name| is_hashed(name)).collect();
    json!({ "shell": list(Part::Shell), "trainer": list(Part::Trainer), "gpu": list(Part::Gpu), "exchange": list(Part::Exchange), "data": list(Part::Data), "hashed": hashed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shell_is_kept_from_the_start() {
        assert_eq!(part("index.html"), Part::Shell);
        assert_eq!(part("gradsheet-98a7f2d1ff0c1b2a_bg.wasm"), Part::Shell);
        assert_eq!(part("trainer-c920ca43256fdcb9.css"), Part::Shell);
        assert_eq!(part("fonts/mono.woff2"), Part::Shell);
        assert_eq!(part("trainer.js"), Part::Trainer);
        assert_eq!(part("trainer_bg.wasm"), Part::Trainer);
        assert_eq!(part("trainer_worker.js"), Part::Trainer);
        assert_eq!(part("trainer-relaxed_bg.wasm"), Part::Trainer);
        assert_eq!(part("trainer-gpu_bg.wasm"), Part::Gpu);
        assert_eq!(part("trainer-gpu.js"), Part::Gpu);
        assert_eq!(part("lab_bg.wasm"), Part::Shell, "both labs open offline too");
        assert_eq!(part("exchange.js"), Part::Exchange);
        assert_eq!(part("exchange_bg.wasm"), Part::Exchange);
        assert_eq!(part("exchange_loader.js"), Part::Exchange);
        assert_eq!(part("assets/mnist/train-images-idx3-ubyte.gz"), Part::Data);
        assert_eq!(part("sw.js"), Part::Outside);
        assert_eq!(part(".build.json"), Part::Outside);
        assert_eq!(part("assets/mnist/ATTRIBUTION.md"), Part::Outside);
    }

    #[test]
    fn trunks_hashes_are_recognised() {
        assert!(is_hashed("gradsheet-98a7f2d1ff0c1b2a_bg.wasm"));
        assert!(is_hashed("base-8ca12b33a4f5c1d.css"));
        assert!(!is_hashed("trainer_worker.js"));
        assert!(!is_hashed("fonts/mono-subset.woff2"));
    }

    #[test]
    fn a_revision_changes_only_with_the_files_of_its_part() {
        let files = |page: &str, worker: &str| {
            [("index.html".to_owned(), page.into()), ("trainer.js".to_owned(), worker.into())]
        };
        let (old, new) = (build(&files("a", "w")), build(&files("b", "w")));
        assert_ne!(old["shell"]["revision"], new["shell"]["revision"]);
        assert_eq!(old["trainer"]["revision"], new["trainer"]["revision"]);
    }

    #[test]
    fn the_template_has_one_place_to_fill() {
        let template = fs::read_to_string(project::root().join("assets/sw.js")).expect("readable");
        assert!(fill(&template, &build(&[])).is_ok());
        assert!(fill("nothing to fill", &build(&[])).is_err());
    }
}
