//! Child processes: found on PATH, run with their output passed through, failures in one sentence.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// A command that runs in the checkout's root and does not read our input.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::project::root()).stdin(Stdio::null());
    command
}

/// The cargo that started us, so that one toolchain does everything.
pub(crate) fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The first file of that name on PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// PATH with these folders in front.
///
/// # Errors
/// When a folder's name contains the separator of PATH.
pub(crate) fn path_with(folders: &[&Path]) -> Result<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().map(|folder| folder.to_path_buf()).chain(env::split_paths(&old));
    env::join_paths(all).context("A folder's name contains the separator of PATH: move the checkout or the cache")
}

/// Runs to the end; the child writes straight to our output.
///
/// # Errors
/// When it cannot be started or fails; `remedy` says what to do then.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("`{}` failed ({}). {remedy}", shown(command), ended(status));
    }
    Ok(())
}

/// Gives this process over to a command, where the system can do that; otherwise runs it to the end.
///
/// # Errors
/// When it cannot be started or fails.
pub(crate) fn replace(command: &mut Command) -> Result<ExitCode> {
    #[cfg(unix)]
    {
        let error = std::os::unix::process::CommandExt::exec(command);
        Err(error).with_context(|| format!("`{}` cannot be started", shown(command)))
    }
    #[cfg(not(unix))]
    {
        run(command, "The message above says why.").map(|()| ExitCode::SUCCESS)
    }
}

/// Runs to the end and tells how it ended.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command.status().with_context(|| format!("`{}` cannot be started", shown(command)))
}

/// Runs to the end, shows its standard output as it comes, and returns it too.
///
/// # Errors
/// When it cannot be started or read.
pub(crate) fn tee(command: &mut Command) -> Result<(ExitStatus, String)> {
    let context = format!("`{}` cannot be started", shown(command));
    let mut child = command.stdout(Stdio::piped()).spawn().context(context)?;
    let mut seen = Vec::new();
    if let Some(mut output) = child.stdout.take() {
        let mut buffer = [0; 8192];
        loop {
            let count = output.read(&mut buffer)?;
            if count == 0 {
                break;
            }
            seen.extend_from_slice(&buffer[..count]);
            io::stdout().write_all(&buffer[..count])?;
            io::stdout().flush()?;
        }
    }
    Ok((child.wait()?, String::from_utf8_lossy(&seen).into_owned()))
}

/// The standard output of a command that ends well; nothing otherwise.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The last word of `program --version`'s first line that starts with a digit: most tools' version.
pub(crate) fn version(program: impl AsRef<OsStr>) -> Option<String> {
    version_in(&output(command(program).arg("--version"))?)
}

fn version_in(text: &str) -> Option<String> {
    let first = text.lines().next()?;
    first.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

/// How a process ended, for a message.
pub(crate) fn ended(status: ExitStatus) -> String {
    status.code().map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit code {code}"))
}

/// The command line as a person would type it: the program without its folder.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_tools_print() {
        assert_eq!(version_in("trunk 0.21.14\n").as_deref(), Some("0.21.14"));
        assert_eq!(version_in("wasm-bindgen 0.2.130 (abc)").as_deref(), Some("0.2.130"));
        assert_eq!(version_in("nothing here"), None);
    }

    #[test]
    fn commands_are_shown_without_the_programs_folder() {
        assert_eq!(shown(command("/some/where/cargo").args(["fmt", "--check"])), "cargo fmt --check");
    }

    #[test]
    fn new_folders_come_first_on_path() {
        let path = path_with(&[Path::new("/first")]).expect("a plain path");
        assert!(path.to_string_lossy().starts_with("/first"));
    }
}
