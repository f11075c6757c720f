//! The fingerprint of the release build: one hash over all of its inputs. A different hash means that an input has
//! changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{process, project};

/// The inputs of the build: all files and folders that can change the files in `dist/`, relative to the checkout. A
/// missing one counts as empty.
const INPUTS: &[&str] = &[
    "src",
    "style",
    "assets",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "rust-toolchain.toml",
    "package-lock.json",
    "xtask/src/build.rs",
    "xtask/src/offline.rs",
    "xtask/src/relaxed.rs",
    "xtask/src/sizes.rs",
];

/// The inputs that can change what the page and its workers say to each other.
const CODE: &[&str] = &["src", "assets/loader.js", "Cargo.toml", "Cargo.lock", ".cargo", "rust-toolchain.toml"];

/// Computes the hash over all inputs and the version of the compiler.
///
/// # Errors
/// Fails when an input cannot be read.
pub(crate) fn inputs() -> Result<String> {
    hash_of(INPUTS)
}

/// Computes the name of the build, by which its page and its workers recognise each other. It is a hash over their code
/// only, since all code is compiled anew when the name changes.
///
/// # Errors
/// Fails when an input cannot be read.
pub(crate) fn build_name() -> Result<String> {
    let mut name = hash_of(CODE)?;
    name.truncate(12);
    Ok(name)
}

fn hash_of(inputs: &[&str]) -> Result<String> {
    let root = project::root();
    let mut hash = Sha256::new();
    hash.update(process::output(process::command("rustc").arg("-vV")).unwrap_or_default());
    hash.update(std::env::var("RUSTFLAGS").unwrap_or_default());
    for input in inputs {
        for file in files(&root.join(input))? {
            let content = fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            add(&mut hash, file.strip_prefix(&root).unwrap_or(&file), &content);
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Adds the name and the content of a file, each with its length, so that a byte moved from one to the other changes
/// the hash.
fn add(hash: &mut Sha256, name: &Path, content: &[u8]) {
    let name = name.to_string_lossy();
    hash.update((name.len() as u64).to_le_bytes());
    hash.update(name.as_bytes());
    hash.update((content.len() as u64).to_le_bytes());
    hash.update(content);
}

/// Lists all files at or below a path, in the order of their names; an empty list where the path does not exist.
///
/// # Errors
/// Fails when a folder cannot be read.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(|| format!("{} cannot be read", path.display()))?;
        for entry in entries {
            found.extend(files(&entry?.path())?);
        }
    }
    found.sort();
    Ok(found)
}

/// Writes bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(files: &[(&str, &str)]) -> String {
        let mut hash = Sha256::new();
        for (name, content) in files {
            add(&mut hash, Path::new(name), content.as_bytes());
        }
        hex(&hash.finalize())
    }

    #[test]
    fn names_contents_and_their_lengths_change_the_hash() {
        let base = hash(&[("a", "bc"), ("d", "e")]);
        assert_eq!(base, hash(&[("a", "bc"), ("d", "e")]));
        assert_ne!(base, hash(&[("a", "bcd"), ("", "e")]));
        assert_ne!(base, hash(&[("ab", "c"), ("d", "e")]));
        assert_ne!(base, hash(&[("a", "bc"), ("d", "f")]));
    }

    #[test]
    fn this_crates_sources_are_found_in_order() {
        let found = files(&project::root().join("xtask/src")).expect("readable");
        assert!(found.iter().any(|file| file.ends_with("xtask/src/main.rs")));
        assert!(found.is_sorted());
    }
}
