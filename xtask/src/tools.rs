//! The wasm target, trunk and wasm-bindgen. Installed tools are used, and missing ones are compiled once.
//!
//! Only crates are downloaded, and cargo checks them against the hashes in the registry's index.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::{process, project, ui};

/// The target that everything for the browser is compiled for.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The version of trunk that is installed when PATH has none. Later versions need a newer Rust than the project.
const TRUNK: &str = "0.21.14";
/// The beginning of all versions of trunk that can build the project.
const TRUNK_LINE: &str = "0.21.";

/// The paths of the programs that a build calls.
pub(crate) struct Tools {
    /// The path of trunk.
    pub(crate) trunk: PathBuf,
    /// The path of wasm-bindgen, whose version is exactly that in `Cargo.lock`.
    pub(crate) wasm_bindgen: PathBuf,
}

impl Tools {
    /// Finds the tools, and installs those that are missing.
    ///
    /// # Errors
    /// Fails when a tool is missing and cannot be compiled.
    pub(crate) fn get() -> Result<Self> {
        wasm_target()?;
        let trunk = Tool {
            name: "trunk",
            package: "trunk",
            version: TRUNK.to_owned(),
            accepts: |version, _| version.starts_with(TRUNK_LINE),
            usual: "9 min on two cores",
        };
        let wasm_bindgen = Tool {
            name: "wasm-bindgen",
            package: "wasm-bindgen-cli",
            version: project::locked_version("wasm-bindgen")?,
            accepts: |version, wanted| version == wanted,
            usual: "2 min on two cores",
        };
        Ok(Self { trunk: trunk.get()?, wasm_bindgen: wasm_bindgen.get()? })
    }

    /// Returns the folder that must be on PATH for trunk to find wasm-bindgen.
    pub(crate) fn wasm_bindgen_folder(&self) -> &Path {
        self.wasm_bindgen.parent().unwrap_or(Path::new("."))
    }
}

/// Makes sure that the toolchain can compile for the browser.
///
/// # Errors
/// Fails when the target is missing and rustup cannot add it.
pub(crate) fn wasm_target() -> Result<()> {
    let sysroot = process::output(process::command("rustc").args(["--print", "sysroot"]));
    let Some(sysroot) = sysroot else {
        bail!("`rustc` was not found: install Rust from https://rustup.rs.");
    };
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(());
    }
    if process::on_path("rustup").is_none() {
        bail!(
            "This Rust has no {TARGET} target, and rustup was not found to add it: install Rust from https://rustup.rs."
        );
    }
    let step = ui::Step::start("Adding Rust's wasm target", "2 s");
    let mut add = process::command("rustup");
    process::run(add.args(["target", "add", TARGET]), "Check the network, then try again.")?;
    step.done();
    Ok(())
}

/// Makes sure that the toolchain has a component, such as clippy. `subcommand` is cargo's command that needs it.
///
/// # Errors
/// Fails when the component is missing and rustup cannot add it.
pub(crate) fn component(subcommand: &str, component: &str) -> Result<()> {
    if process::output(process::cargo().args([subcommand, "--version"])).is_some() {
        return Ok(());
    }
    let mut add = process::command("rustup");
    process::run(add.args(["component", "add", component]), "Check the network, or install it by hand.")
}

/// A tool that can be compiled with `cargo install`.
struct Tool {
    /// The name of the program.
    name: &'static str,
    /// The package on crates.io.
    package: &'static str,
    /// The version to install.
    version: String,
    /// Whether the installed version, given first, can be used in place of the version to install.
    accepts: fn(&str, &str) -> bool,
    /// The usual time of the installation.
    usual: &'static str,
}

impl Tool {
    /// Finds the tool on PATH or in the project's cache, or compiles it.
    fn get(&self) -> Result<PathBuf> {
        if let Some(path) = process::on_path(self.name)
            && process::version(&path).is_some_and(|version| (self.accepts)(&version, &self.version))
        {
            return Ok(path);
        }
        let folder = project::cache()?.join("tools").join(format!("{}-{}", self.name, self.version));
        let path = folder.join("bin").join(self.name);
        if self.works(&path) {
            return Ok(path);
        }
        let step = ui::Step::start(&format!("Installing {} {}", self.name, self.version), self.usual);
        self.install(&folder)?;
        if !self.works(&path) {
            bail!("{} {} was installed but does not run: delete {}.", self.name, self.version, folder.display());
        }
        step.done();
        Ok(path)
    }

    fn works(&self, path: &Path) -> bool {
        path.is_file() && process::version(path).is_some_and(|version| version == self.version)
    }

    /// Compiles the tool with its own lock file, or without it if that fails.
    fn install(&self, folder: &Path) -> Result<()> {
        for locked in [&["--locked"][..], &[]] {
            let mut install = process::cargo();
            install.args(["install", self.package, "--version", &self.version, "--force", "--root"]).arg(folder);
            // Cargo builds the tool in a temporary folder, because the project does not use its objects.
            install.args(locked).env_remove("CARGO_TARGET_DIR");
            if process::status(&mut install)?.success() {
                return Ok(());
            }
            if !locked.is_empty() {
                ui::note("The installation failed: trying again without the lock file of the tool.");
            }
        }
        bail!(
            "{} {} cannot be installed: check the network, or put it on PATH by hand (`cargo install {} --version {}`).",
            self.name,
            self.version,
            self.package,
            self.version
        )
    }
}
