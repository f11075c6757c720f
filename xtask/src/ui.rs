//! The output of the commands: one line for each step, with its time.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// `Step` is a step that runs until [`done`](Step::done), which prints how long it took.
pub(crate) struct Step {
    started: Instant,
}

impl Step {
    /// Prints the name of a step and how long it usually takes.
    pub(crate) fn start(name: &str, usual: &str) -> Self {
        println!("{} {name} ({usual})", bold("==>"));
        Self { started: Instant::now() }
    }

    /// Prints how long the step took.
    pub(crate) fn done(self) {
        println!("    done in {}", duration(self.started.elapsed()));
    }
}

/// Prints a remark.
pub(crate) fn note(text: &str) {
    println!("    {text}");
}

/// Prints an error in one line.
pub(crate) fn error(error: &anyhow::Error) {
    eprintln!("{} {error:#}", if std::io::stderr().is_terminal() { "\x1b[1;31merror:\x1b[0m" } else { "error:" });
}

fn bold(text: &str) -> String {
    if std::io::stdout().is_terminal() { format!("\x1b[1;36m{text}\x1b[0m") } else { text.to_owned() }
}

/// Formats a duration: `0.4 s`, `12 s`, `3 min 20 s`.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 9.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    if whole < 60 { format!("{whole} s") } else { format!("{} min {} s", whole / 60, whole % 60) }
}

/// Formats a number of bytes with decimal units: `830 B`, `46.1 KB`, `3.60 MB`.
pub(crate) fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.1} KB", count as f64 / 1e3),
        _ => format!("{:.2} MB", count as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_right_unit() {
        assert_eq!(duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(12)), "12 s");
        assert_eq!(duration(Duration::from_secs(200)), "3 min 20 s");
    }

    #[test]
    fn bytes_have_the_right_unit() {
        assert_eq!(bytes(830), "830 B");
        assert_eq!(bytes(46_120), "46.1 KB");
        assert_eq!(bytes(3_600_000), "3.60 MB");
    }
}
