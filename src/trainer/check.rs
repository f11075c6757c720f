//! Is the arithmetic right? The net on a device, compared with the same net in PyTorch.

use std::fmt;

use burn::tensor::Tensor;
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use super::architecture::{MEAN, STD};
use super::device::OpenDevice;
use super::model::{Batch, Descent, Dropout, Net, cross_entropy};
use super::protocol::{CheckReport, Event, Failure, FailureKind};
use super::session::{Flow, Host, Interruption};
use super::weights::{Weights, WeightsError, floats, largest_difference};
use crate::mnist::{CLASSES, Normalisation, PIXELS};

/// Where the reference lies, relative to the page and to the project's root.
pub const REFERENCE: &str = "assets/check/reference.safetensors";

/// The steps that the reference takes: one batch, ten times, at the classic rate.
const DESCENT: Descent = Descent { learning_rate: 0.01, momentum: 0.9 };
/// How many steps that are.
const STEPS: usize = CheckReport::STEPS as usize;

/// Biases that are moved a little before a comparison in 32 bits: layer, channel, by how much.
///
/// With the reference's weights, six of 8 million activations lie within 3e-6 of their ReLU's corner. Rounding alone
/// moves them by 5e-7 (one standard deviation), so on some devices one of them changes sides, and gradients jump by up to
/// 1e-3 although nothing is wrong. Moved away from the corner, they stay on their side everywhere; everything else
/// changes by less than the tolerance.
const NUDGES: [(&str, usize, f32); 6] = [
    ("conv4.bias", 17, -4e-6),
    ("conv5.bias", 6, 4e-6),
    ("conv5.bias", 11, 4e-6),
    ("conv5.bias", 3, 4e-6),
    ("conv5.bias", 0, -4e-6),
    ("conv6.bias", 0, 4e-6),
];

/// What PyTorch computed, without dropout, from known weights and one batch of 128 images.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Normalised pixels of the batch.
    pub pixels: Vec<f32>,
    /// Labels of the batch.
    pub labels: Vec<u8>,
    /// The weights to begin with.
    pub initial: Weights,
    /// The same, with no activation too close to its ReLU's corner for 32 bits.
    pub settled: Weights,
    /// Logits of the first step, as in training: `[batch, 10]`.
    pub logits: Vec<f32>,
    /// Gradients of the first step.
    pub gradients: Weights,
    /// The loss before each of ten steps.
    pub losses: Vec<f32>,
}

/// Why a reference cannot be used. Its `Display` is a sentence for the user.
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
    /// Reads the reference from a safetensors file.
    ///
    /// # Errors
    /// It is not such a file, or something is missing in it.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReferenceError> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| ReferenceError(format!("{error}.")))?;
        let numbers = |name: &str, dtype: Dtype| match file.tensor(name) {
            Ok(view) if view.dtype() == dtype => Ok(view.data().to_vec()),
            _ => Err(ReferenceError(format!("it lacks {name}."))),
        };
        let labels = numbers("batch/labels", Dtype::U8)?;
        let images = numbers("batch/images_u8", Dtype::U8)?;
        let normalisation = Normalisation::new(MEAN, STD);
        let initial = Weights::from_safetensors(&file, "init/")?;
        let mut settled = initial.clone();
        for (name, channel, nudge) in NUDGES {
            if let Some(value) = settled.0.get_mut(name).and_then(|array| array.values.get_mut(channel)) {
                *value += nudge;
            }
        }
        let reference = Self {
            pixels: images.iter().map(|&pixel| normalisation.of(pixel)).collect(),
            initial,
            settled,
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
        if fits { Ok(reference) } else { Err(ReferenceError("its parts do not match.".to_owned())) }
    }
}

/// Compares the device with the reference and tells the host of each step, the report or the failure last.
pub async fn run<H: Host>(reference: &Reference, opened: &OpenDevice, host: &mut H) {
    let end = match compare(reference, opened, host).await {
        Ok(report) => Event::Checked(report),
        Err(interruption) => interruption.into(),
    };
    host.emit(end);
}

async fn compare<H: Host>(
    reference: &Reference,
    opened: &OpenDevice,
    host: &mut H,
) -> Result<CheckReport, Interruption> {
    host.emit(Event::Ready { backend: opened.backend.clone(), why: opened.why.clone() });
    let new_net = || Net::from_weights(&reference.settled, &opened.device).map_err(damaged);
    let batch = Batch::from_pixels(reference.pixels.clone(), &reference.labels, &opened.device);

    let mut net = new_net()?;
    let logits = net.learn_logits(&batch, &mut Dropout::Off);
    let gradients = cross_entropy(logits.clone(), &batch).backward();
    let gradients = net.gradients(&gradients).await?.distance(&reference.gradients).map_err(damaged)?;
    let logits: Vec<f32> = read(logits.inner()).await?;

    let mut net = new_net()?;
    let mut losses = Vec::with_capacity(STEPS);
    let mut milliseconds = Vec::with_capacity(STEPS);
    for step in 1..=STEPS {
        let started = host.seconds();
        let loss = read(net.step(&batch, &DESCENT, &mut Dropout::Off)).await?;
        milliseconds.push((host.seconds() - started) * 1e3);
        losses.extend_from_slice(&loss);
        host.emit(Event::Steps {
            epoch: 1,
            step: step as u32,
            losses: loss,
            seconds: 0.0,
            images_per_second: 0.0,
            seconds_left: None,
        });
        if host.breathe().await == Flow::Stop {
            return Err(Interruption::Stopped);
        }
    }
    milliseconds.sort_unstable_by(f64::total_cmp);
    Ok(CheckReport {
        backend: opened.backend.clone(),
        logits: largest_difference(&logits, &reference.logits),
        gradients,
        loss_after_10: largest_difference(&losses[STEPS - 1..], &reference.losses[STEPS - 1..]),
        ms_per_step: (milliseconds[STEPS / 2 - 1] + milliseconds[STEPS / 2]) / 2.0,
    })
}

async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, Interruption> {
    let data = tensor.into_data_async().await?;
    Ok(data.iter::<f32>().collect())
}

fn damaged(error: WeightsError) -> Interruption {
    Interruption::Failed(Failure::new(FailureKind::Data, ReferenceError::from(error).to_string()))
}
