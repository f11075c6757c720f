//! The terminal, in which a run takes place.

use std::io::Write;
use std::time::Instant;

use gradsheet::trainer::engine::host::{Flow, Host};
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::protocol::Event;

/// The host of a run: it prints the run's events.
pub(crate) struct Terminal {
    /// Whether to print JSON.
    json: bool,
    started: Instant,
    /// The sentence of the failure, if the run has failed.
    pub(crate) outcome: Result<(), String>,
    /// The last checkpoint of the run.
    pub(crate) last: Option<Checkpoint>,
}

impl Terminal {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, started: Instant::now(), outcome: Ok(()), last: None }
    }

    /// Prints a line. If the output is closed, the run goes on without printing.
    pub(crate) fn print(&self, line: &str) {
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}

impl Host for Terminal {
    fn emit(&mut self, event: Event) {
        match &event {
            Event::Failed(failure) => self.outcome = Err(failure.message.clone()),
            Event::Ready { backend, why } if self.json => {
                self.print(&serde_json::json!({ "backend": backend.name, "why": why }).to_string());
            }
            Event::Ready { backend, why } => self.print(&format!("Device: {}. {why}", backend.name)),
            Event::Epoch(result) if self.json => {
                self.print(&serde_json::to_string(result).unwrap_or_default());
            }
            Event::Epoch(result) => result.log_lines().iter().for_each(|line| self.print(line)),
            Event::Finished { seconds } if self.json => {
                self.print(&serde_json::json!({ "finished": true, "seconds": seconds }).to_string());
            }
            Event::Finished { seconds } => self.print(&format!("Finished in {seconds:.1} s.")),
            _ => {}
        }
    }

    fn save(&mut self, checkpoint: Checkpoint) {
        self.last = Some(checkpoint);
    }

    async fn yield_now(&mut self) -> Flow {
        Flow::Continue
    }

    fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}
