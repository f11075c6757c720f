//! What the page does when a run fails. The decision depends on the failure, the plan and the last checkpoint only.

use super::checkpoint_state::CheckpointState;
use super::failure::{Failure, FailureKind};
use super::protocol::Event;
use crate::trainer::recipe::DeviceChoice;
use crate::trainer::recipe::plan::{Change, Plan};

/// How often a run may lose its graphics card or a worker and still continue by itself. After this many losses of the
/// graphics card the CPU takes over.
const MOST_LOST: u32 = 2;

/// The learning rate is multiplied by this factor after a run has diverged.
const RATE_FACTOR: f64 = 0.1;

/// What has to be remembered of a run for the case that it fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The device that replaces the recipe's, if the run had to change its device.
    device: Option<DeviceChoice>,
    /// How often the run has lost its graphics card or a worker.
    times_lost: u32,
    /// Whether steps were taken since the run was started or resumed.
    has_moved: bool,
}

/// What to do after a failure.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Remedy {
    /// Only report the failure.
    #[default]
    None,
    /// Continue from the last checkpoint without asking.
    ResumeNow {
        /// The device that replaces the recipe's, if any.
        device: Option<DeviceChoice>,
        /// What happened and how the run continues: a sentence for the page and the log.
        why: String,
    },
    /// Start again on the CPU without asking, from the same seed, because there is no checkpoint yet.
    RestartNow {
        /// What happened and how the run continues: a sentence for the page and the log.
        why: String,
    },
    /// Offer to go on with the CPU, from the last checkpoint or else from the start.
    OfferCpu {
        /// Whether there is a checkpoint.
        has_checkpoint: bool,
    },
    /// Offer to continue from the last checkpoint.
    OfferResume {
        /// Steps that the checkpoint holds.
        step: u32,
        /// The device that replaces the recipe's, if any.
        device: Option<DeviceChoice>,
    },
    /// Offer to continue from the last checkpoint with a smaller learning rate.
    OfferSlowerResume {
        /// Steps that the checkpoint holds.
        step: u32,
        /// The device that replaces the recipe's, if any.
        device: Option<DeviceChoice>,
        /// The new peak learning rate.
        learning_rate: f64,
    },
    /// Offer to start again with a smaller learning rate, because there is no checkpoint yet.
    OfferSlowerStart {
        /// The new peak learning rate.
        learning_rate: f64,
    },
}

impl Remedy {
    /// The change of the plan that belongs to the remedy.
    pub fn change(&self) -> Option<Change> {
        match *self {
            Self::OfferSlowerResume { step, learning_rate, .. } => Some(Change::Rate { step, learning_rate }),
            _ => None,
        }
    }

    /// The label of the button that offers the remedy; `None` if the user has nothing to decide.
    pub fn label(&self, plan: &Plan) -> Option<String> {
        match self {
            Self::None | Self::ResumeNow { .. } | Self::RestartNow { .. } => None,
            Self::OfferCpu { .. } => Some("Go on with the CPU".to_owned()),
            Self::OfferResume { step, .. } => Some(format!("Resume at {}", plan.place(*step))),
            Self::OfferSlowerResume { step, learning_rate, .. } => {
                Some(format!("Resume at {} with learning rate {learning_rate}", plan.place(*step)))
            }
            Self::OfferSlowerStart { learning_rate } => Some(format!("Start again with learning rate {learning_rate}")),
        }
    }
}

impl Recovery {
    /// Follows an event of the run.
    pub fn follow(&mut self, event: &Event) {
        match event {
            Event::Opening(_) => self.has_moved = false,
            Event::Steps { .. } => self.has_moved = true,
            _ => {}
        }
    }

    /// Decides what to do about a failure of the run with this plan and this last checkpoint.
    pub fn remedy(&mut self, failure: &Failure, plan: &Plan, checkpoint: &CheckpointState) -> Remedy {
        let device = self.device;
        match (failure.kind, checkpoint.step()) {
            (FailureKind::Diverged, checkpoint) => {
                let learning_rate = reduced(plan.peak(checkpoint.unwrap_or_default()));
                match checkpoint {
                    // A finished run was continued, and is still finished: the user chooses a smaller rate in the form.
                    Some(step) if step >= plan.total_steps() => Remedy::None,
                    Some(step) => Remedy::OfferSlowerResume { step, device, learning_rate },
                    None => Remedy::OfferSlowerStart { learning_rate },
                }
            }
            (FailureKind::Device, checkpoint) => self.after_failed_device(checkpoint, plan),
            (FailureKind::Worker, Some(step)) => self.after_lost_worker(step, plan),
            (FailureKind::Internal | FailureKind::Data, Some(step)) => Remedy::OfferResume { step, device },
            _ => Remedy::None,
        }
    }

    fn after_failed_device(&mut self, checkpoint: Option<u32>, plan: &Plan) -> Remedy {
        // A start that fails early may end before it has opened a device.
        let has_moved = std::mem::take(&mut self.has_moved);
        let choice = self.device.unwrap_or(plan.recipe.device);
        match (choice, checkpoint) {
            // A device that has worked for a while is opened once more.
            (_, Some(step)) if has_moved => self.after_lost_device(step, plan),
            (DeviceChoice::Cpu, Some(step)) => Remedy::OfferResume { step, device: self.device },
            (DeviceChoice::Cpu, None) => Remedy::None,
            (DeviceChoice::WebGpu | DeviceChoice::Burn, _) => Remedy::OfferCpu { has_checkpoint: checkpoint.is_some() },
            (DeviceChoice::Auto, None) => {
                self.device = Some(DeviceChoice::Cpu);
                let why = "The graphics card stopped working. Training has begun again on the CPU.";
                Remedy::RestartNow { why: why.to_owned() }
            }
            (DeviceChoice::Auto, Some(step)) => {
                self.device = Some(DeviceChoice::Cpu);
                let place = plan.place(step);
                let why = format!("The graphics card does not work. Training continues from {place} on the CPU.");
                Remedy::ResumeNow { device: self.device, why }
            }
        }
    }

    fn after_lost_device(&mut self, step: u32, plan: &Plan) -> Remedy {
        self.times_lost += 1;
        let place = plan.place(step);
        let (again, on_cpu) = match self.times_lost {
            ..MOST_LOST => ("", ""),
            MOST_LOST => {
                self.device = Some(DeviceChoice::Cpu);
                (" again", " on the CPU")
            }
            // The CPU cannot be lost, so whatever the cause is, another attempt would not help.
            _ => return Remedy::OfferResume { step, device: self.device },
        };
        let why = format!("The graphics card was lost{again}. Training continues from {place}{on_cpu}.");
        Remedy::ResumeNow { device: self.device, why }
    }

    fn after_lost_worker(&mut self, step: u32, plan: &Plan) -> Remedy {
        self.times_lost += 1;
        if self.times_lost > MOST_LOST {
            return Remedy::OfferResume { step, device: self.device };
        }
        let place = plan.place(step);
        let why = format!("A CPU worker stopped working. Training continues from {place} with new workers.");
        Remedy::ResumeNow { device: self.device, why }
    }
}

/// A smaller learning rate, without the digits that binary fractions add: 0.1 · 0.1 is 0.010000000000000002.
fn reduced(rate: f64) -> f64 {
    let product = rate * RATE_FACTOR;
    if product.is_normal() {
        let unit = libm::pow(10.0, libm::floor(libm::log10(product)) - 11.0);
        let rounded = libm::round(product / unit);
        // A division by a whole number gives the number that is nearest to the decimal.
        if unit < 1.0 { rounded / libm::round(1.0 / unit) } else { rounded * unit }
    } else {
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::run::backend::BackendKind;

    /// A plan with 10 steps per epoch and a peak learning rate of 0.1.
    fn plan() -> Plan {
        Plan::from(Recipe { images: 640, ..Recipe::quick() })
    }

    /// The run opens its device and takes some steps.
    fn take_steps(recovery: &mut Recovery) {
        recovery.follow(&Event::Opening(BackendKind::WebGpu));
        recovery.follow(&Event::Steps {
            epoch: 1,
            step: 1,
            losses: vec![2.3],
            seconds: 1.0,
            images_per_second: 0.0,
            seconds_left: None,
        });
    }

    fn on(device: DeviceChoice) -> Plan {
        Plan::from(Recipe { device, ..plan().recipe })
    }

    fn failed(kind: FailureKind) -> Failure {
        Failure::new(kind, "It failed.")
    }

    #[test]
    fn a_lost_graphics_card_is_opened_again_and_after_two_losses_the_cpu_takes_over() {
        let (mut recovery, mut checkpoint) = (Recovery::default(), CheckpointState::default());
        checkpoint.apply(&Event::Saved { step: 12 }, 13);
        let lost = failed(FailureKind::Device);
        take_steps(&mut recovery);
        let first = recovery.remedy(&lost, &plan(), &checkpoint);
        let why = "The graphics card was lost. Training continues from epoch 2, step 2.";
        assert_eq!(first, Remedy::ResumeNow { device: None, why: why.to_owned() });
        checkpoint.apply(&Event::Saved { step: 20 }, 20);
        take_steps(&mut recovery);
        let second = recovery.remedy(&lost, &plan(), &checkpoint);
        let why = "The graphics card was lost again. Training continues from the end of epoch 2 on the CPU.";
        assert_eq!(second, Remedy::ResumeNow { device: Some(DeviceChoice::Cpu), why: why.to_owned() });
        // The CPU stays, whatever else happens.
        let crash = recovery.remedy(&failed(FailureKind::Internal), &plan(), &checkpoint);
        assert_eq!(crash, Remedy::OfferResume { step: 20, device: Some(DeviceChoice::Cpu) });
        assert_eq!(recovery.remedy(&lost, &plan(), &checkpoint), crash, "the page does not retry for ever");
    }

    #[test]
    fn under_auto_the_cpu_takes_over_when_the_graphics_card_fails_early() {
        let lost = failed(FailureKind::Device);
        let auto = on(DeviceChoice::Auto);
        // There is nothing to go on from: the run begins again, even after some steps.
        for has_moved in [false, true] {
            let mut recovery = Recovery { has_moved, ..Recovery::default() };
            let why = "The graphics card stopped working. Training has begun again on the CPU.".to_owned();
            assert_eq!(recovery.remedy(&lost, &auto, &CheckpointState::default()), Remedy::RestartNow { why });
            assert_eq!(recovery.remedy(&lost, &auto, &CheckpointState::default()), Remedy::None, "not for ever");
        }
        // The card is lost in the middle, and then does not open again.
        let (mut recovery, checkpoint) = (Recovery::default(), CheckpointState::stored(12));
        take_steps(&mut recovery);
        assert!(matches!(recovery.remedy(&lost, &auto, &checkpoint), Remedy::ResumeNow { device: None, .. }));
        recovery.follow(&Event::Opening(BackendKind::WebGpu));
        let why = "The graphics card does not work. Training continues from epoch 2, step 2 on the CPU.".to_owned();
        let remedy = Remedy::ResumeNow { device: Some(DeviceChoice::Cpu), why };
        assert_eq!(recovery.remedy(&lost, &auto, &checkpoint), remedy);
    }

    #[test]
    fn a_graphics_card_that_the_user_has_chosen_is_not_replaced_without_asking() {
        let lost = failed(FailureKind::Device);
        for device in [DeviceChoice::WebGpu, DeviceChoice::Burn] {
            let start = Recovery::default().remedy(&lost, &on(device), &CheckpointState::default());
            assert_eq!(start, Remedy::OfferCpu { has_checkpoint: false });
            assert_eq!(start.label(&plan()).as_deref(), Some("Go on with the CPU"));
            let opening = Recovery::default().remedy(&lost, &on(device), &CheckpointState::stored(12));
            assert_eq!(opening, Remedy::OfferCpu { has_checkpoint: true });
        }
    }

    #[test]
    fn a_lost_worker_is_replaced_twice() {
        let (mut recovery, mut checkpoint) = (Recovery::default(), CheckpointState::default());
        checkpoint.apply(&Event::Saved { step: 12 }, 13);
        let lost = failed(FailureKind::Worker);
        let why = "A CPU worker stopped working. Training continues from epoch 2, step 2 with new workers.";
        for _ in 0..2 {
            let remedy = recovery.remedy(&lost, &plan(), &checkpoint);
            assert_eq!(remedy, Remedy::ResumeNow { device: None, why: why.to_owned() });
        }
        let third = recovery.remedy(&lost, &plan(), &checkpoint);
        assert_eq!(third, Remedy::OfferResume { step: 12, device: None });
    }

    #[test]
    fn a_run_without_a_checkpoint_and_a_refused_recipe_have_no_remedy() {
        let mut recovery = Recovery::default();
        for kind in [FailureKind::Recipe, FailureKind::Data, FailureKind::Internal, FailureKind::Worker] {
            let remedy = recovery.remedy(&failed(kind), &plan(), &CheckpointState::default());
            assert_eq!(remedy, Remedy::None, "{kind:?}");
        }
        // A checkpoint does not make a refused recipe valid.
        let checkpoint = CheckpointState::stored(5);
        assert_eq!(recovery.remedy(&failed(FailureKind::Recipe), &plan(), &checkpoint), Remedy::None);
    }

    #[test]
    fn a_device_that_replaced_the_recipes_is_used_again() {
        let mut recovery = Recovery { device: Some(DeviceChoice::WebGpu), ..Recovery::default() };
        let checkpoint = CheckpointState::stored(5);
        take_steps(&mut recovery);
        let remedy = recovery.remedy(&failed(FailureKind::Device), &plan(), &checkpoint);
        assert!(matches!(remedy, Remedy::ResumeNow { device: Some(DeviceChoice::WebGpu), .. }), "{remedy:?}");
    }

    #[test]
    fn a_run_that_diverged_is_offered_at_a_tenth_of_its_rate() {
        let (mut recovery, mut checkpoint) = (Recovery::default(), CheckpointState::default());
        let diverged = failed(FailureKind::Diverged);
        let remedy = recovery.remedy(&diverged, &plan(), &checkpoint);
        assert_eq!(remedy, Remedy::OfferSlowerStart { learning_rate: 0.01 });
        assert_eq!(remedy.label(&plan()).as_deref(), Some("Start again with learning rate 0.01"));

        checkpoint.apply(&Event::Unsaved { reason: String::new(), checkpoint: vec![1] }, 7);
        let remedy = recovery.remedy(&diverged, &plan(), &checkpoint);
        assert_eq!(remedy, Remedy::OfferSlowerResume { step: 7, device: None, learning_rate: 0.01 });
        assert_eq!(remedy.change(), Some(Change::Rate { step: 7, learning_rate: 0.01 }));
        assert_eq!(remedy.label(&plan()).as_deref(), Some("Resume at epoch 1, step 7 with learning rate 0.01"));

        // The run diverges once more: now a tenth of the tenth is offered.
        let mut plan = plan();
        plan.changes.extend(remedy.change());
        let again = recovery.remedy(&diverged, &plan, &checkpoint);
        assert_eq!(again.change(), Some(Change::Rate { step: 7, learning_rate: 0.001 }));
    }

    #[test]
    fn a_finished_run_that_diverges_when_it_is_continued_is_left_to_the_user() {
        let plan = plan();
        let checkpoint = CheckpointState::stored(plan.total_steps());
        let remedy = Recovery::default().remedy(&failed(FailureKind::Diverged), &plan, &checkpoint);
        assert_eq!(remedy, Remedy::None);
    }

    #[test]
    fn a_tenth_of_a_rate_has_no_more_digits_than_the_rate() {
        for (rate, tenth) in [(0.1, 0.01), (0.3, 0.03), (0.7, 0.07), (5e-4, 5e-5), (10.0, 1.0), (0.1234, 0.01234)] {
            assert_eq!(reduced(rate), tenth);
        }
        assert!(reduced(f64::MIN_POSITIVE) >= 0.0);
    }
}
