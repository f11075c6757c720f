//! Writes the service worker of the built page: `assets/sw.js` with the page and a list of all other files of the build.

use std::fs;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{fingerprint, project, server};

/// The text in the template that the list replaces.
const PLACEHOLDER: &str = "__BUILD__";

/// The page itself. The service worker contains it, because hosts answer a request for this file in different ways: some
/// redirect it, others add scripts of their own.
const PAGE: &str = "index.html";

/// Returns whether a file of `dist/` belongs to the page and is kept for offline use.
fn is_kept(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    !file.starts_with('.') && file != "sw.js" && file != PAGE && !file.ends_with(".md") && !file.ends_with(".txt")
}

/// Returns the address at which the page fetches a file. The address of code names the build, as in `src/wire/build.rs`;
/// trunk has put a hash into the names of the files that index.html loads.
fn address(name: &str, build: &str) -> String {
    let is_code = name.ends_with(".js") || name.ends_with(".wasm");
    if is_code && !is_hashed(name) { format!("{name}?v={build}") } else { name.to_owned() }
}

/// Returns whether a name carries a hash of the content, as trunk's do: `-`, then 12 to 16 hexadecimal digits.
fn is_hashed(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let hash = |word: &str| (12..=16).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    file.split(['-', '.', '_']).skip(1).any(hash)
}

/// Writes `sw.js` into the built page. `build` is the name of the build.
///
/// # Errors
/// Fails when the template or a file of the page cannot be read, or `sw.js` cannot be written.
pub(crate) fn write(dist: &Path, build: &str) -> Result<()> {
    let template = fs::read_to_string(project::root().join("assets/sw.js")).context("assets/sw.js cannot be read")?;
    let page = fs::read_to_string(dist.join(PAGE)).context("dist/index.html cannot be read")?;
    let mut files = Vec::new();
    for file in fingerprint::files(dist)? {
        let name = file.strip_prefix(dist).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if is_kept(&name) {
            files.push((name, fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?));
        }
    }
    let script = fill(&template, &list(build, &page, &files))?;
    fs::write(dist.join("sw.js"), script).context("dist/sw.js cannot be written")
}

/// Puts the list into the template, with a revision that changes when anything in the script does.
fn fill(template: &str, list: &Value) -> Result<String> {
    if template.matches(PLACEHOLDER).count() != 1 {
        bail!("assets/sw.js must contain {PLACEHOLDER} exactly once.");
    }
    let mut hash = Sha256::new();
    hash.update(template);
    hash.update(list.to_string());
    let mut list = list.clone();
    list["revision"] = fingerprint::hex(&hash.finalize())[..12].into();
    Ok(template.replace(PLACEHOLDER, &format!("{list:#}")))
}

/// Makes the list: the page's text, the bytes of all files together, and the type and the hashes of each file.
fn list(build: &str, page: &str, files: &[(String, Vec<u8>)]) -> Value {
    let mut bytes = 0;
    let mut entries = Map::new();
    for (name, content) in files {
        bytes += content.len();
        let entry = json!({ "type": server::content_type(Path::new(name)), "hashes": hashes(name, content) });
        entries.insert(address(name, build), entry);
    }
    json!({ "page": page, "bytes": bytes, "files": entries })
}

/// Returns the hashes of the contents with which a file may arrive. Some hosts announce a gzip file as packed on the way,
/// so that the browser unpacks it.
fn hashes(name: &str, content: &[u8]) -> Vec<String> {
    let hash = |content: &[u8]| fingerprint::hex(&Sha256::digest(content));
    let mut unpacked = Vec::new();
    if name.ends_with(".gz") && MultiGzDecoder::new(content).read_to_end(&mut unpacked).is_ok() {
        return vec![hash(content), hash(&unpacked)];
    }
    vec![hash(content)]
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn everything_that_the_page_fetches_is_kept() {
        for kept in [
            "gradsheet-98a7f2d1ff0c1b2a_bg.wasm",
            "trainer-c920ca43256fdcb9.css",
            "fonts/mono.woff2",
            "icon.svg",
            "loader.js",
            "lab_bg.wasm",
            "exchange.js",
            "trainer_bg.wasm",
            "trainer-relaxed.js",
            "trainer-gpu_bg.wasm",
            "assets/mnist/train-images-idx3-ubyte.gz",
            "assets/check/reference.safetensors",
        ] {
            assert!(is_kept(kept), "{kept}");
        }
        for other in ["index.html", "sw.js", ".build.json", "assets/mnist/ATTRIBUTION.md", "fonts/OFL.txt"] {
            assert!(!is_kept(other), "{other}");
        }
    }

    #[test]
    fn the_address_of_code_without_a_hash_names_the_build() {
        assert_eq!(address("lab_bg.wasm", "1f"), "lab_bg.wasm?v=1f");
        assert_eq!(address("loader.js", "1f"), "loader.js?v=1f");
        for other in
            ["gradsheet-98a7f2d1ff0c1b2a_bg.wasm", "base-8ca12b33a4f5c1d.css", "fonts/mono-subset.woff2", "icon.svg"]
        {
            assert_eq!(address(other, "1f"), other);
        }
    }

    #[test]
    fn a_gzip_file_may_arrive_unpacked() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"pixels").expect("memory");
        let packed = packed.finish().expect("memory");
        let hash = |content: &[u8]| fingerprint::hex(&Sha256::digest(content));
        assert_eq!(hashes("a.gz", &packed), [hash(&packed), hash(b"pixels")]);
        assert_eq!(hashes("a.js", b"code"), [hash(b"code")]);
    }

    #[test]
    fn the_script_has_a_name_of_its_own_for_each_content() {
        let template = fs::read_to_string(project::root().join("assets/sw.js")).expect("readable");
        let script = |template: &str, page: &str, content: &str| {
            let list = list("1f", page, &[("lab.js".to_owned(), content.into())]);
            fill(template, &list).expect("one place to fill")
        };
        let revision = |script: &str| {
            let line = script.lines().find(|line| line.contains("\"revision\"")).expect("a revision");
            line.to_owned()
        };
        let first = script(&template, "page", "code");
        assert_eq!(first, script(&template, "page", "code"));
        let others = [
            script(&template, "another page", "code"),
            script(&template, "page", "other code"),
            script(&format!("{template}\n"), "page", "code"),
        ];
        for other in others {
            assert_ne!(revision(&first), revision(&other));
        }
        assert!(first.contains("\"lab.js?v=1f\"") && first.contains("text/javascript"), "{first}");
        assert!(fill("nothing to fill", &json!({})).is_err());
    }
}
