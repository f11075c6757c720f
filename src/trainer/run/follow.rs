//! How the events of a run change its record.

use super::protocol::Event;
use super::record::{End, Happening, RunKey, RunRecord};
use crate::format::duration;
use crate::trainer::recipe::plan::Change;

impl RunRecord {
    /// Updates the record with an event.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Restored(record) => {
                *self = (**record).clone();
                self.end = None;
                self.note(Happening::Resumed);
            }
            Event::Ready { backend, why } => {
                self.note(Happening::Device(backend.name.clone(), why.clone()));
                self.backend = Some(backend.clone());
            }
            Event::Steps { losses, seconds, .. } => {
                self.losses.extend(losses);
                self.seconds = *seconds;
            }
            Event::Epoch(result) => {
                self.epochs.push(result.clone());
                // The test of the epoch came after the last step.
                self.seconds = self.seconds.max(self.epochs.iter().map(|epoch| epoch.seconds).sum());
            }
            Event::Changed(change) => {
                self.plan.changes.push(*change);
                self.note(Happening::Changed(*change));
            }
            Event::Shared { workers } => self.note(Happening::Shared(*workers)),
            Event::Sampled { correct, of } => self.note(Happening::Sampled(*correct, *of)),
            Event::Finished { seconds } => {
                self.seconds = *seconds;
                self.end_with(End::Finished, format!("The run has ended after {}.", duration(*seconds)));
            }
            Event::Stopped => self.end_with(End::Stopped, "The run was stopped.".to_owned()),
            Event::Failed(failure) => self.end_with(End::Failed(failure.kind), failure.message.clone()),
            _ => {}
        }
    }

    /// Prepares the record for a run that goes on from here, under this key. `note` gives the reason if the user did
    /// not ask for it.
    pub fn resume(&mut self, key: RunKey, note: Option<String>, change: Option<Change>) {
        self.key = key;
        self.end = None;
        if let Some(note) = note {
            self.note(Happening::Ended(note));
        }
        if let Some(change) = change {
            self.apply(&Event::Changed(change));
        }
    }

    fn end_with(&mut self, end: End, sentence: String) {
        self.end = Some(end);
        self.note(Happening::Ended(sentence));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::backend::{Backend, BackendKind};
    use crate::trainer::run::epoch::EpochResult;

    #[test]
    fn the_log_has_everything_in_order() {
        let recipe = Recipe { epochs: 2, images: 8, batch_size: 4, ..Recipe::classic() };
        let mut record = RunRecord::new(RunKey(1), Plan::from(recipe), "MNIST".to_owned());
        let steps = |losses: &[f32]| Event::Steps {
            epoch: 1,
            step: 0,
            losses: losses.to_vec(),
            seconds: 1.0,
            images_per_second: 0.0,
            seconds_left: None,
        };
        let epoch = |epoch| Event::Epoch(EpochResult::example(epoch));
        let backend = Backend { kind: BackendKind::Cpu, name: "CPU (SIMD)".to_owned() };
        record.apply(&Event::Ready { backend, why: "You chose the CPU.".to_owned() });
        record.apply(&steps(&[2.0, 1.0]));
        record.apply(&epoch(1));
        record.apply(&steps(&[0.5]));
        record.apply(&Event::Changed(Change::Rate { step: 3, learning_rate: 0.005 }));
        record.apply(&steps(&[0.4]));
        record.apply(&epoch(2));
        record.apply(&Event::Finished { seconds: 65.2 });
        assert_eq!(
            record.log_lines(),
            [
                "Device: CPU (SIMD). You chose the CPU.",
                "EPOCH:  1",
                "Test set: Average loss: 0.0673, Accuracy: 9805/10000 (98.05%)",
                "Learning rate 0.005 after step 3.",
                "EPOCH:  2",
                "Test set: Average loss: 0.0673, Accuracy: 9805/10000 (98.05%)",
                "The run has ended after 1 min 05 s.",
            ]
        );
        assert_eq!((record.step(), record.end, record.seconds), (4, Some(End::Finished), 65.2));

        let mut resumed = record.clone();
        resumed.resume(
            RunKey(2),
            Some("It was lost.".to_owned()),
            Some(Change::Extend { epochs: 1, learning_rate: 0.5 }),
        );
        assert_eq!((resumed.key, resumed.end, resumed.plan.epochs()), (RunKey(2), None, 3));
        assert_eq!(resumed.log_lines()[7..], ["It was lost.", "1 more epoch at learning rate 0.5."]);
    }

    #[test]
    fn the_number_of_workers_comes_from_the_notes() {
        let mut record = RunRecord::new(RunKey(1), Plan::from(Recipe::classic()), "MNIST".to_owned());
        assert_eq!(record.workers(), None);
        let ready = |kind| Event::Ready { backend: Backend { kind, name: String::new() }, why: String::new() };
        record.apply(&ready(BackendKind::WebGpu));
        assert_eq!(record.workers(), None);
        record.apply(&ready(BackendKind::Cpu));
        assert_eq!(record.workers(), Some(1), "runs from before there were several workers have no such note");
        record.apply(&Event::Shared { workers: 3 });
        record.apply(&Event::Shared { workers: 2 });
        assert_eq!(record.workers(), Some(2));
        assert!(record.log_lines().contains(&"2 workers share each batch.".to_owned()));
    }
}
