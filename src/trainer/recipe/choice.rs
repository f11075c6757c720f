//! The choices of a recipe that a user picks from lists: device, optimizer, schedule.

use super::DeviceChoice;

impl DeviceChoice {
    /// All devices, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Auto, Self::WebGpu, Self::Cpu, Self::Burn];

    /// Returns the name in links.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::WebGpu => "webgpu",
            Self::Cpu => "cpu",
            Self::Burn => "burn",
        }
    }
}

/// The kinds of [`Optimizer`](super::Optimizer), without their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptimizerKind {
    /// Stochastic gradient descent with momentum.
    Sgd,
    /// Stochastic gradient descent with Nesterov's momentum.
    Nesterov,
    /// Adam.
    Adam,
    /// AdamW.
    AdamW,
}

impl OptimizerKind {
    /// All optimizers, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Sgd, Self::Nesterov, Self::Adam, Self::AdamW];

    /// Returns the name in the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sgd => "SGD with momentum",
            Self::Nesterov => "SGD with Nesterov",
            Self::Adam => "Adam",
            Self::AdamW => "AdamW",
        }
    }

    /// Returns the name in links.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sgd => "sgd",
            Self::Nesterov => "nesterov",
            Self::Adam => "adam",
            Self::AdamW => "adamw",
        }
    }
}

/// The kinds of [`Schedule`](super::schedule::Schedule), without their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleKind {
    /// A constant learning rate.
    Constant,
    /// A learning rate that drops every few epochs.
    Step,
    /// A learning rate that falls along half a cosine wave.
    Cosine,
    /// A learning rate that rises, then falls along half a cosine wave.
    OneCycle,
}

impl ScheduleKind {
    /// All schedules, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Constant, Self::Step, Self::Cosine, Self::OneCycle];

    /// Returns the name in the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Constant => "Constant",
            Self::Step => "Steps down",
            Self::Cosine => "Cosine",
            Self::OneCycle => "One cycle",
        }
    }

    /// Returns the name in links.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Step => "step",
            Self::Cosine => "cosine",
            Self::OneCycle => "one-cycle",
        }
    }
}
