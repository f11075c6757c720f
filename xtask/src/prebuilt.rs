//! Prebuilt releases of the tools: a minute saved where they can be reached, silence where not.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process;

/// An archive to download.
pub(crate) struct Release {
    /// Its address.
    pub(crate) url: String,
}

/// Trunk's release for this machine, if there is one.
pub(crate) fn trunk(version: &str) -> Option<Release> {
    let platform = platform(std::env::consts::OS, std::env::consts::ARCH, Libc::Gnu)?;
    let url = format!("https://github.com/trunk-rs/trunk/releases/download/v{version}/trunk-{platform}.tar.gz");
    Some(Release { url })
}

/// wasm-bindgen's release for this machine, if there is one.
pub(crate) fn wasm_bindgen(version: &str) -> Option<Release> {
    let platform = platform(std::env::consts::OS, std::env::consts::ARCH, Libc::Musl)?;
    let url = format!(
        "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/{version}/wasm-bindgen-{version}-{platform}.tar.gz"
    );
    Some(Release { url })
}

/// Which C library a project links its 64-bit x86 release for Linux with; the ARM ones are all glibc's.
#[derive(Clone, Copy)]
enum Libc {
    Gnu,
    Musl,
}

fn platform(os: &str, arch: &str, libc: Libc) -> Option<&'static str> {
    Some(match (os, arch, libc) {
        ("linux", "x86_64", Libc::Gnu) => "x86_64-unknown-linux-gnu",
        ("linux", "x86_64", Libc::Musl) => "x86_64-unknown-linux-musl",
        ("linux", "aarch64", _) => "aarch64-unknown-linux-gnu",
        ("macos", "x86_64", _) => "x86_64-apple-darwin",
        ("macos", "aarch64", _) => "aarch64-apple-darwin",
        _ => return None,
    })
}

/// Tries to put the release's program at `destination`. Whether that worked shows in running it.
pub(crate) fn fetch(release: &Release, program: &str, destination: &Path) {
    let Some(folder) = destination.parent() else { return };
    let unpacked = folder.join("unpacked");
    if fs::create_dir_all(&unpacked).is_ok() {
        let archive = unpacked.join("archive.tar.gz");
        let mut curl = process::command("curl");
        curl.args(["--proto", "=https", "--fail", "--silent", "--location"]);
        curl.args(["--connect-timeout", "5", "--max-time", "180", "--output"]).arg(&archive).arg(&release.url);
        let mut tar = process::command("tar");
        tar.arg("-xzf").arg(&archive).arg("-C").arg(&unpacked);
        if process::output(&mut curl).is_some()
            && process::output(&mut tar).is_some()
            && let Some(found) = find(&unpacked, program)
        {
            // A failure shows when the program is run.
            let _ = fs::rename(found, destination);
        }
    }
    let _ = fs::remove_dir_all(unpacked);
}

fn find(folder: &Path, program: &str) -> Option<PathBuf> {
    let entries: Vec<_> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    let here = entries.iter().find(|path| path.is_file() && path.file_name().is_some_and(|name| name == program));
    here.cloned().or_else(|| entries.iter().filter(|path| path.is_dir()).find_map(|path| find(path, program)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_exist_for_the_usual_machines_only() {
        assert_eq!(platform("linux", "x86_64", Libc::Musl), Some("x86_64-unknown-linux-musl"));
        assert_eq!(platform("macos", "aarch64", Libc::Gnu), Some("aarch64-apple-darwin"));
        assert_eq!(platform("windows", "x86_64", Libc::Gnu), None);
    }
}
