//! Child processes: finds programs on PATH, runs them, and says in one sentence why one failed.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

/// Makes a command that runs in the root of the checkout and gets no input.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::project::root()).stdin(Stdio::null());
    command
}

/// Makes a command that runs the cargo that started this program, so that one toolchain builds everything.
pub(crate) fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Finds the first file of this name on PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// Returns PATH with these folders in front.
///
/// # Errors
/// Fails when the name of a folder contains the separator of PATH.
pub(crate) fn path_with(folders: &[&Path]) -> Result<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().map(|folder| folder.to_path_buf()).chain(env::split_paths(&old));
    env::join_paths(all).context("A folder's name contains the separator of PATH: move the checkout or the cache")
}

/// Runs a command to its end. The command writes straight to our output.
///
/// # Errors
/// Fails when the command cannot be started or exits with a failure; `remedy` is the advice in the message.
pub(crate) fn run(command: &mut Command, remedy: &str) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("`{}` failed ({}). {remedy}", shown(command), ended(status));
    }
    Ok(())
}

/// Replaces this process by a command where the system can do that; elsewhere runs the command to its end.
///
/// # Errors
/// Fails when the command cannot be started or exits with a failure.
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

/// Runs a command to its end and returns its exit status.
///
/// # Errors
/// Fails when the command cannot be started.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command.status().with_context(|| format!("`{}` cannot be started", shown(command)))
}

/// Runs a command to its end. Shows its standard output at once, and also returns it.
///
/// # Errors
/// Fails when the command cannot be started or its output cannot be read.
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

/// Returns the standard output of a command that succeeds, `None` otherwise.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Returns the version of a program: the last word that starts with a digit in the first line of `program --version`.
pub(crate) fn version(program: impl AsRef<OsStr>) -> Option<String> {
    version_in(&output(command(program).arg("--version"))?)
}

fn version_in(text: &str) -> Option<String> {
    let first = text.lines().next()?;
    first.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

/// Says how a process ended, for a message.
pub(crate) fn ended(status: ExitStatus) -> String {
    status.code().map_or_else(|| "ended by a signal".to_owned(), |code| format!("exit code {code}"))
}

/// Returns the command line as a person would type it: the program without its folder.
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
