//! What is to be done when a run fails: a state machine over the run's events, without clock or screen.

use super::failure::{Failure, FailureKind};
use super::protocol::Event;
use crate::trainer::recipe::DeviceChoice;
use crate::trainer::recipe::plan::{Change, Plan};

/// Losses of the graphics device after which the run goes on with the CPU, and of workers after which it waits for the user.
const MOST_LOSSES: u32 = 2;

/// By how much the learning rate is to be smaller after a run has diverged.
const SLOWER: f64 = 0.1;

/// What is known of the run under way, for the case that it fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Steps that the last checkpoint holds, wherever it is; `None` before the first.
    checkpoint: Option<u32>,
    /// The device that the run was told to use instead of its recipe's.
    device: Option<DeviceChoice>,
    /// How often it has lost its device, or a worker.
    losses: u32,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Remedy {
    /// Nothing more than to say what happened.
    #[default]
    None,
    /// Go on from the last checkpoint, without asking.
    GoOn {
        /// The device to use instead of the recipe's.
        device: Option<DeviceChoice>,
        /// Why: a sentence for the page and the log.
        why: String,
    },
    /// Offer to go on from the last checkpoint.
    Resume {
        /// Steps that it holds.
        step: u32,
        /// The device to use instead of the recipe's.
        device: Option<DeviceChoice>,
    },
    /// Offer to go on from the last checkpoint with a smaller learning rate.
    Slower {
        /// Steps that it holds.
        step: u32,
        /// The device to use instead of the recipe's.
        device: Option<DeviceChoice>,
        /// The new peak.
        learning_rate: f64,
    },
    /// Offer to start again with a smaller learning rate: there is no checkpoint yet.
    StartSlower {
        /// The new peak.
        learning_rate: f64,
    },
}

impl Remedy {
    /// The change of the plan that it makes.
    pub fn change(&self) -> Option<Change> {
        match *self {
            Self::Slower { step, learning_rate, .. } => Some(Change::Rate { step, learning_rate }),
            _ => None,
        }
    }

    /// The button that offers it; `None` where there is nothing to offer.
    pub fn label(&self, plan: &Plan) -> Option<String> {
        match self {
            Self::None | Self::GoOn { .. } => None,
            Self::Resume { step, .. } => Some(format!("Resume at {}", plan.place(*step))),
            Self::Slower { step, learning_rate, .. } => {
                Some(format!("Resume at {} with learning rate {learning_rate}", plan.place(*step)))
            }
            Self::StartSlower { learning_rate } => Some(format!("Start again with learning rate {learning_rate}")),
        }
    }
}

impl Recovery {
    /// For a run that goes on from a checkpoint: how many steps that holds, and the device to use instead of the recipe's.
    pub fn resumed(checkpoint: u32, device: Option<DeviceChoice>) -> Self {
        Self { checkpoint: Some(checkpoint), device, losses: 0 }
    }

    /// Takes in an event. `step` is how many steps have been taken by then.
    pub fn hear(&mut self, event: &Event, step: u32) {
        match event {
            Event::Saved { step } => self.checkpoint = Some(*step),
            // The page keeps it.
            Event::Unsaved { .. } => self.checkpoint = Some(step),
            _ => {}
        }
    }

    /// What is to be done about a failure of the run with this plan.
    pub fn remedy(&mut self, failure: &Failure, plan: &Plan) -> Remedy {
        let device = self.device;
        match (failure.kind, self.checkpoint) {
            (FailureKind::Diverged, checkpoint) => {
                let learning_rate = slower(plan.peak(checkpoint.unwrap_or_default()));
                match checkpoint {
                    Some(step) => Remedy::Slower { step, device, learning_rate },
                    None => Remedy::StartSlower { learning_rate },
                }
            }
            (FailureKind::Device, Some(step)) => self.lost(step, plan),
            (FailureKind::Worker, Some(step)) => self.lost_worker(step, plan),
            (FailureKind::Internal | FailureKind::Data, Some(step)) => Remedy::Resume { step, device },
            _ => Remedy::None,
        }
    }

    fn lost(&mut self, step: u32, plan: &Plan) -> Remedy {
        self.losses += 1;
        let place = plan.place(step);
        let (times, on) = match self.losses {
            ..MOST_LOSSES => ("", "on a fresh one"),
            MOST_LOSSES => {
                self.device = Some(DeviceChoice::Cpu);
                (" again", "on the CPU")
            }
            // The CPU cannot be lost; whatever this is, to try again and again would not help.
            _ => return Remedy::Resume { step, device: self.device },
        };
        let why = format!("The graphics device was lost{times}. The run goes on from {place} {on}.");
        Remedy::GoOn { device: self.device, why }
    }

    fn lost_worker(&mut self, step: u32, plan: &Plan) -> Remedy {
        self.losses += 1;
        if self.losses > MOST_LOSSES {
            return Remedy::Resume { step, device: self.device };
        }
        let why = format!("A worker was lost. The run goes on from {} with fresh ones.", plan.place(step));
        Remedy::GoOn { device: self.device, why }
    }
}

/// A smaller learning rate, without the digits that binary fractions add: 0.1 · 0.1 is 0.010000000000000002.
fn slower(rate: f64) -> f64 {
    let product = rate * SLOWER;
    if product.is_normal() {
        let unit = libm::pow(10.0, libm::floor(libm::log10(product)) - 11.0);
        let rounded = libm::round(product / unit);
        // Dividing by a whole number keeps the result the nearest to its decimal.
        if unit < 1.0 { rounded / libm::round(1.0 / unit) } else { rounded * unit }
    } else {
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;

    /// 10 steps an epoch at a peak of 0.1.
    fn plan() -> Plan {
        Plan::from(Recipe { images: 640, ..Recipe::quick() })
    }

    fn failed(kind: FailureKind) -> Failure {
        Failure::new(kind, "It failed.")
    }

    #[test]
    fn a_lost_device_is_opened_again_and_after_two_losses_the_cpu_goes_on() {
        let mut recovery = Recovery::default();
        recovery.hear(&Event::Saved { step: 12 }, 13);
        let lost = failed(FailureKind::Device);
        let first = recovery.remedy(&lost, &plan());
        let why = "The graphics device was lost. The run goes on from epoch 2, step 2 on a fresh one.";
        assert_eq!(first, Remedy::GoOn { device: None, why: why.to_owned() });
        recovery.hear(&Event::Saved { step: 20 }, 20);
        let second = recovery.remedy(&lost, &plan());
        let why = "The graphics device was lost again. The run goes on from the end of epoch 2 on the CPU.";
        assert_eq!(second, Remedy::GoOn { device: Some(DeviceChoice::Cpu), why: why.to_owned() });
        // The CPU stays, whatever else happens.
        let crash = recovery.remedy(&failed(FailureKind::Internal), &plan());
        assert_eq!(crash, Remedy::Resume { step: 20, device: Some(DeviceChoice::Cpu) });
        assert_eq!(recovery.remedy(&lost, &plan()), crash, "and it does not go round for ever");
    }

    #[test]
    fn a_lost_worker_is_replaced_twice() {
        let mut recovery = Recovery::default();
        recovery.hear(&Event::Saved { step: 12 }, 13);
        let lost = failed(FailureKind::Worker);
        let why = "A worker was lost. The run goes on from epoch 2, step 2 with fresh ones.";
        for _ in 0..2 {
            assert_eq!(recovery.remedy(&lost, &plan()), Remedy::GoOn { device: None, why: why.to_owned() });
        }
        assert_eq!(recovery.remedy(&lost, &plan()), Remedy::Resume { step: 12, device: None });
    }

    #[test]
    fn what_never_ran_is_not_tried_again() {
        let mut recovery = Recovery::default();
        for kind in
            [FailureKind::Device, FailureKind::Recipe, FailureKind::Data, FailureKind::Internal, FailureKind::Worker]
        {
            assert_eq!(recovery.remedy(&failed(kind), &plan()), Remedy::None, "{kind:?}");
        }
        // A recipe that was refused does not get better by a checkpoint.
        let mut recovery = Recovery::resumed(5, None);
        assert_eq!(recovery.remedy(&failed(FailureKind::Recipe), &plan()), Remedy::None);
    }

    #[test]
    fn a_device_chosen_for_the_resumed_run_stays() {
        let mut recovery = Recovery::resumed(5, Some(DeviceChoice::WebGpu));
        let remedy = recovery.remedy(&failed(FailureKind::Device), &plan());
        assert!(matches!(remedy, Remedy::GoOn { device: Some(DeviceChoice::WebGpu), .. }), "{remedy:?}");
    }

    #[test]
    fn a_run_that_diverged_is_offered_at_a_tenth_of_its_rate() {
        let mut recovery = Recovery::default();
        let diverged = failed(FailureKind::Diverged);
        let remedy = recovery.remedy(&diverged, &plan());
        assert_eq!(remedy, Remedy::StartSlower { learning_rate: 0.01 });
        assert_eq!(remedy.label(&plan()).as_deref(), Some("Start again with learning rate 0.01"));

        recovery.hear(&Event::Unsaved { reason: String::new(), checkpoint: Vec::new() }, 7);
        let remedy = recovery.remedy(&diverged, &plan());
        assert_eq!(remedy, Remedy::Slower { step: 7, device: None, learning_rate: 0.01 });
        assert_eq!(remedy.change(), Some(Change::Rate { step: 7, learning_rate: 0.01 }));
        assert_eq!(remedy.label(&plan()).as_deref(), Some("Resume at epoch 1, step 7 with learning rate 0.01"));

        // It diverges again: a tenth of the tenth.
        let mut plan = plan();
        plan.changes.extend(remedy.change());
        let again = recovery.remedy(&diverged, &plan);
        assert_eq!(again.change(), Some(Change::Rate { step: 7, learning_rate: 0.001 }));
    }

    #[test]
    fn a_tenth_has_no_more_digits_than_it_needs() {
        for (rate, tenth) in [(0.1, 0.01), (0.3, 0.03), (0.7, 0.07), (5e-4, 5e-5), (10.0, 1.0), (0.1234, 0.01234)] {
            assert_eq!(slower(rate), tenth);
        }
        assert!(slower(f64::MIN_POSITIVE) >= 0.0);
    }
}
