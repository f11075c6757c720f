//! What the page asks of a worker.

use crate::trainer::recipe::{DeviceChoice, Recipe};
use crate::trainer::run::job::Job;
use crate::trainer::run::protocol::{Begin, Command};
use crate::trainer::run::record::RunKey;

/// A task for a worker.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Request {
    /// Train a net.
    Train(Training),
    /// Measure how long a recipe's steps take.
    Measure(Recipe),
    /// Compare the net on a device with PyTorch.
    Check(DeviceChoice),
    /// Do a job.
    Job(Job),
}

/// A run to train.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Training {
    /// The key under which the run is kept.
    pub(crate) key: RunKey,
    /// The weights and the plan that the run begins with.
    pub(crate) begin: Begin,
    /// The number of images in a step.
    pub(crate) batch_size: u32,
    /// The reason why the run is trained on the CPU, whatever its recipe says: a sentence for the user.
    pub(crate) on_cpu: Option<String>,
}

impl Request {
    /// The device that the user has chosen for it. Jobs run on the CPU.
    pub(super) fn device(&self) -> DeviceChoice {
        match self {
            Self::Train(Training { on_cpu: Some(_), .. }) | Self::Job(_) => DeviceChoice::Cpu,
            Self::Train(Training { begin, .. }) => match begin {
                Begin::New(recipe) | Begin::Weights { recipe, .. } => recipe.device,
                Begin::Checkpoint { device, .. } => *device,
            },
            Self::Measure(recipe) => recipe.device,
            Self::Check(device) => *device,
        }
    }

    /// The number of images in a step; `None` for what takes no large steps.
    pub(super) fn batch_size(&self) -> Option<u32> {
        match self {
            Self::Train(training) => Some(training.batch_size),
            Self::Measure(recipe) => Some(recipe.batch_size),
            Self::Check(_) | Self::Job(_) => None,
        }
    }

    /// The command for a worker. `why` is the sentence that says why the worker's device was chosen.
    pub(super) fn command(&self, run_id: u32, why: String) -> Command {
        match self.clone() {
            Self::Train(Training { key, begin, on_cpu, .. }) => {
                Command::Train { run_id, key, begin, why: on_cpu.unwrap_or(why) }
            }
            Self::Measure(recipe) => Command::Preflight { run_id, recipe, why },
            Self::Check(device) => Command::Check { run_id, device, why },
            Self::Job(job) => Command::Job { run_id, job },
        }
    }
}
