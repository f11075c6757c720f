//! The check of a device: the net on it is compared with the same net in PyTorch.

use std::fmt;

use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use super::architecture::{PIXEL_MEAN, PIXEL_STD};
use super::batch::Batch;
use super::host::{Flow, Host, Interruption, OpenLearner};
use super::learner::{Learner, LearnerError};
use super::parameter_layout::Layout;
use super::weights::{Weights, WeightsError, floats, largest_difference};
use crate::mnist::{CLASSES, Normalisation, PIXELS};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::protocol::Event;
use crate::trainer::run::reports::CheckReport;
use crate::trainer::run::training_state::TrainingState;

/// The reference's path, relative to the page and to the project's root.
pub const REFERENCE: &str = "assets/check/reference.safetensors";

/// The number of steps in the reference.
const STEPS: usize = CheckReport::STEPS as usize;

/// Biases that are moved a little before a comparison in 32 bits: name, channel, and the amount that is added.
///
/// With the reference's weights, six of 8 million inputs of a ReLU are within 3e-6 of zero. Rounding alone changes them
/// by 5e-7 (one standard deviation), so on some devices one of them gets the other sign, and gradients change by up to
/// 1e-3 although nothing is wrong. Further away from zero, they keep their sign on all devices; everything else changes
/// by less than the tolerance.
const NUDGES: [(&str, usize, f32); 6] = [
    ("conv4.bias", 17, -4e-6),
    ("conv5.bias", 6, 4e-6),
    ("conv5.bias", 11, 4e-6),
    ("conv5.bias", 3, 4e-6),
    ("conv5.bias", 0, -4e-6),
    ("conv6.bias", 0, 4e-6),
];

/// `Reference` holds what PyTorch computed from known weights and one batch of 128 images, without dropout.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Normalised pixels of the batch, `[128, 28, 28]`.
    pub pixels: Vec<f32>,
    /// Digits of the batch, 0 to 9, `[128]`.
    pub labels: Vec<u8>,
    /// The weights before the first step.
    pub initial: Weights,
    /// The weights before the first step with [`NUDGES`] added: the ones for a comparison in 32 bits.
    pub nudged: Weights,
    /// Logits of the first step, as in training: `[128, 10]`.
    pub logits: Vec<f32>,
    /// Parameter gradients of the mean loss in the first step.
    pub gradients: Weights,
    /// The mean loss before each of ten steps, in nats.
    pub losses: Vec<f32>,
}

/// The reason why a reference cannot be used. The `Display` is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceError(String);

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{REFERENCE} is damaged: {}", self.0)
    }
}

impl std::error::Error for ReferenceError {}

impl From<WeightsError> for ReferenceError {
    fn from(error: WeightsError) -> Self {
        Self(error.to_string())
    }
}

impl Reference {
    /// Returns the training state before the first step, with [`Reference::nudged`] weights.
    ///
    /// # Errors
    /// When the weights are not those of this net.
    pub fn training_state(&self) -> Result<TrainingState, ReferenceError> {
        Ok(TrainingState::of(&self.nudged)?)
    }

    /// Reads the reference from a safetensors file.
    ///
    /// # Errors
    /// When the bytes are no safetensors file, or an array is missing.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReferenceError> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| ReferenceError(format!("{error}.")))?;
        let numbers = |name: &str, dtype: Dtype| match file.tensor(name) {
            Ok(view) if view.dtype() == dtype => Ok(view.data().to_vec()),
            _ => Err(ReferenceError(format!("{name} is missing."))),
        };
        let labels = numbers("batch/labels", Dtype::U8)?;
        let images = numbers("batch/images_u8", Dtype::U8)?;
        let normalisation = Normalisation::new(PIXEL_MEAN, PIXEL_STD);
        let initial = Weights::from_safetensors(&file, "init/")?;
        let mut nudged = initial.clone();
        for (name, channel, nudge) in NUDGES {
            if let Some(value) = nudged.0.get_mut(name).and_then(|array| array.values.get_mut(channel)) {
                *value += nudge;
            }
        }
        let reference = Self {
            pixels: images.iter().map(|&pixel| normalisation.of(pixel)).collect(),
            initial,
            nudged,
            logits: floats(&numbers("step1/train_logits", Dtype::F32)?),
            gradients: Weights::from_safetensors(&file, "step1/grad/")?,
            losses: floats(&numbers("losses_1_to_10", Dtype::F32)?),
            labels,
        };
        let count = reference.labels.len();
        let fits = count > 0
            && reference.labels.iter().all(|&label| usize::from(label) < CLASSES)
            && reference.pixels.len() == count * PIXELS
            && reference.logits.len() == count * CLASSES
            && reference.losses.len() == STEPS;
        if fits { Ok(reference) } else { Err(ReferenceError("the sizes of its arrays do not match.".to_owned())) }
    }
}

/// Compares a net on a device with the reference. The host receives an event for each step, and at the end the report,
/// a stop or a failure.
///
/// `opened` must hold a net that was made with [`recipe`] and [`Reference::training_state`].
pub async fn run<L: Learner, H: Host>(reference: &Reference, opened: OpenLearner<L>, host: &mut H) {
    let end = match compare(reference, opened, host).await {
        Ok(report) => Event::Checked(report),
        Err(interruption) => interruption.into(),
    };
    host.emit(end);
}

/// Returns the recipe of the reference: the classic one without dropout. Each of its ten steps has the same batch.
pub fn recipe() -> Recipe {
    Recipe { dropout: 0.0, ..Recipe::classic() }
}

async fn compare<L: Learner, H: Host>(
    reference: &Reference,
    opened: OpenLearner<L>,
    host: &mut H,
) -> Result<CheckReport, Interruption> {
    let OpenLearner { mut learner, backend, why } = opened;
    host.emit(Event::Ready { backend: backend.clone(), why });
    let batch = Batch::new(reference.pixels.clone(), reference.labels.clone(), 0.0);
    let found = learner.batch_gradients(&batch).await?;
    let expected = Layout::new().flatten_parameters(&reference.gradients).map_err(LearnerError::from)?;

    let mut losses = Vec::with_capacity(STEPS);
    let mut milliseconds = Vec::with_capacity(STEPS);
    for step in 0..STEPS as u32 {
        let started = host.seconds();
        learner.learn(&batch, step, recipe().rate(step)).await?;
        let outcomes = learner.outcomes().await?;
        milliseconds.push((host.seconds() - started) * 1e3);
        losses.extend(outcomes.iter().map(|outcome| outcome.loss));
        host.emit(Event::Steps {
            epoch: 1,
            step: step + 1,
            losses: outcomes.iter().map(|outcome| outcome.loss).collect(),
            seconds: 0.0,
            images_per_second: 0.0,
            seconds_left: None,
        });
        if host.yield_now().await == Flow::Stop {
            return Err(Interruption::Stopped);
        }
    }
    Ok(CheckReport {
        backend,
        logits: largest_difference(&found.logits, &reference.logits),
        gradients: largest_difference(&found.gradients, &expected),
        loss_after_10: largest_difference(&losses[STEPS - 1..], &reference.losses[STEPS - 1..]),
        ms_per_step: median(milliseconds),
    })
}

/// Returns the middle value, or the mean of the two in the middle; 0 when there are no values.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => 0.0,
        count if count % 2 == 1 => values[half],
        _ => (values[half - 1] + values[half]) / 2.0,
    }
}
