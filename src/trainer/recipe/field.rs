//! The fields of a recipe that a user types: labels, help, allowed values.

use serde::{Deserialize, Serialize};

use crate::format::group;
use crate::mnist::{self, Augmentation};

/// The largest number of workers that share a batch.
pub const MOST_WORKERS: u32 = 16;

/// JavaScript, and with it every JSON file, has exact whole numbers up to this one only: 2⁵³ − 1.
const LARGEST_EXACT: u64 = (1 << 53) - 1;

/// The fields of a recipe that a user types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    /// The number of passes over the training images.
    Epochs,
    /// The number of images in one step.
    BatchSize,
    /// The momentum of stochastic gradient descent.
    Momentum,
    /// Adam's β₁, for the running mean of the gradient.
    Beta1,
    /// Adam's β₂, for the running mean of the squared gradient.
    Beta2,
    /// The peak learning rate.
    LearningRate,
    /// The number of epochs between two drops of [`Schedule::Step`](super::schedule::Schedule::Step).
    StepEpochs,
    /// The factor of each drop of [`Schedule::Step`](super::schedule::Schedule::Step).
    StepFactor,
    /// The rising share of [`Schedule::OneCycle`](super::schedule::Schedule::OneCycle).
    WarmUp,
    /// The weight decay.
    WeightDecay,
    /// The share of activations that dropout sets to 0.
    Dropout,
    /// The share of the target that is spread over all classes.
    LabelSmoothing,
    /// The largest random shift of an image, in pixels.
    Shift,
    /// The largest random rotation of an image, in degrees.
    Rotation,
    /// The share of the averaged weights that a step keeps.
    Averaging,
    /// The number of training images.
    Images,
    /// The seed of all random numbers.
    Seed,
    /// The number of CPU workers that share each batch.
    Workers,
}

/// The values that a field may have.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Allowed {
    /// Whole numbers from the first to the second, both included.
    Whole(u64, u64),
    /// Numbers from the first to the second, both included.
    Between(f64, f64),
    /// Numbers from 0 to 1, without 1.
    BelowOne,
    /// Numbers above 0, up to and including this one.
    Positive(f64),
}

/// `FieldError` says why the value of a field is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field with the refused value.
    pub field: Field,
    /// The values that are allowed: a sentence for the user, which begins with the field's label.
    pub message: String,
}

impl Field {
    /// All fields, in the order of the form.
    pub const ALL: [Self; 18] = [
        Self::Epochs,
        Self::BatchSize,
        Self::Momentum,
        Self::Beta1,
        Self::Beta2,
        Self::LearningRate,
        Self::StepEpochs,
        Self::StepFactor,
        Self::WarmUp,
        Self::WeightDecay,
        Self::Dropout,
        Self::LabelSmoothing,
        Self::Shift,
        Self::Rotation,
        Self::Averaging,
        Self::Images,
        Self::Seed,
        Self::Workers,
    ];

    /// Returns the label in the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Epochs => "Epochs",
            Self::BatchSize => "Batch size",
            Self::Momentum => "Momentum",
            Self::Beta1 => "Beta 1",
            Self::Beta2 => "Beta 2",
            Self::LearningRate => "Learning rate",
            Self::StepEpochs => "Step every",
            Self::StepFactor => "Step factor",
            Self::WarmUp => "Warm-up",
            Self::WeightDecay => "Weight decay",
            Self::Dropout => "Dropout",
            Self::LabelSmoothing => "Label smoothing",
            Self::Shift => "Shift",
            Self::Rotation => "Rotation",
            Self::Averaging => "Weight averaging",
            Self::Images => "Training images",
            Self::Seed => "Seed",
            Self::Workers => "CPU workers",
        }
    }

    /// Returns the name in links and in ids of the page.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Epochs => "epochs",
            Self::BatchSize => "batch",
            Self::Momentum => "momentum",
            Self::Beta1 => "beta1",
            Self::Beta2 => "beta2",
            Self::LearningRate => "rate",
            Self::StepEpochs => "every",
            Self::StepFactor => "factor",
            Self::WarmUp => "warm-up",
            Self::WeightDecay => "decay",
            Self::Dropout => "dropout",
            Self::LabelSmoothing => "smoothing",
            Self::Shift => "shift",
            Self::Rotation => "rotation",
            Self::Averaging => "averaging",
            Self::Images => "images",
            Self::Seed => "seed",
            Self::Workers => "workers",
        }
    }

    /// Returns one or two short sentences that explain the field to the user.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Epochs => "Passes over the training images.",
            Self::BatchSize => "Images in one step.",
            Self::Momentum => "How much of the last update is added to the next one.",
            Self::Beta1 => "How much of the old value the average gradient keeps in each step.",
            Self::Beta2 => "How much of the old value the average squared gradient keeps in each step.",
            Self::LearningRate => "How far each step moves the weights (peak value).",
            Self::StepEpochs => "The learning rate drops each time after this many epochs.",
            Self::StepFactor => "Each drop multiplies the learning rate by this.",
            Self::WarmUp => "Share of the run in which the learning rate rises.",
            Self::WeightDecay => "Pulls the weights towards 0 in each step. 0 = off.",
            Self::Dropout => "Share of activations that are set to 0 at random. 0 = off.",
            Self::LabelSmoothing => "Softens the target: a little probability for every digit.",
            Self::Shift => "Moves each image at random, by at most this many pixels.",
            Self::Rotation => "Turns each image at random, by at most this many degrees.",
            Self::Averaging => "Test with an average of recent weights. 0 = off.",
            Self::Images => "Train on the first images only: on this many.",
            Self::Seed => "The same seed gives the same run on the CPU.",
            Self::Workers => "Workers that share each batch. Auto leaves one processor core free.",
        }
    }

    /// Returns the unit that stands behind the value, or an empty text for a plain number.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::StepEpochs => "epochs",
            Self::Shift => "px",
            Self::Rotation => "°",
            _ => "",
        }
    }

    /// Returns the keyboard that a phone shows: with digits alone, with digits and a point, or with all letters.
    pub const fn keyboard(self) -> &'static str {
        match self.allowed() {
            // "Auto" has letters.
            _ if matches!(self, Self::Workers) => "text",
            Allowed::Whole(..) => "numeric",
            _ => "decimal",
        }
    }

    /// Whether the field is for whole numbers.
    pub(super) const fn is_whole(self) -> bool {
        matches!(self.allowed(), Allowed::Whole(..))
    }

    /// Whether a recipe may have this value in the field.
    pub fn allows(self, value: f64) -> bool {
        match self.allowed() {
            Allowed::Whole(first, last) => (first as f64..=last as f64).contains(&value),
            Allowed::Between(first, last) => (first..=last).contains(&value),
            Allowed::BelowOne => (0.0..1.0).contains(&value),
            Allowed::Positive(last) => value > 0.0 && value <= last,
        }
    }

    /// Returns the error for a value that the field does not allow.
    pub(super) fn error(self) -> FieldError {
        let range = match self.allowed() {
            Allowed::Whole(first, last) => {
                format!("from {} to {}", group(&first.to_string()), group(&last.to_string()))
            }
            Allowed::Between(first, last) => format!("from {first} to {last}"),
            Allowed::BelowOne => "from 0 to below 1".to_owned(),
            Allowed::Positive(last) => format!("above 0, at most {last}"),
        };
        let kind = match (self, self.allowed()) {
            (Self::StepEpochs, _) => "a whole number of epochs",
            (Self::Shift, _) => "a number of pixels",
            (Self::Rotation, _) => "a number of degrees",
            (Self::Workers, _) => "Auto, or a whole number",
            (_, Allowed::Whole(..)) => "a whole number",
            _ => "a number",
        };
        FieldError { field: self, message: format!("{}: {kind} {range}.", self.label()) }
    }

    /// Returns the allowed values. [`Field::Workers`] may be "Auto" as well.
    const fn allowed(self) -> Allowed {
        match self {
            Self::Epochs | Self::StepEpochs => Allowed::Whole(1, 1000),
            Self::BatchSize => Allowed::Whole(2, 4096),
            Self::Momentum | Self::Beta1 | Self::Beta2 | Self::LabelSmoothing | Self::Averaging => Allowed::BelowOne,
            Self::LearningRate => Allowed::Positive(10.0),
            Self::StepFactor => Allowed::Positive(1.0),
            Self::WarmUp | Self::Dropout => Allowed::Between(0.0, 0.9),
            Self::WeightDecay => Allowed::Between(0.0, 1.0),
            Self::Shift => Allowed::Between(0.0, Augmentation::LARGEST_SHIFT),
            Self::Rotation => Allowed::Between(0.0, Augmentation::LARGEST_ROTATION),
            Self::Images => Allowed::Whole(1, mnist::MOST),
            Self::Seed => Allowed::Whole(0, LARGEST_EXACT),
            Self::Workers => Allowed::Whole(1, MOST_WORKERS as u64),
        }
    }
}

/// Joins the sentences of several errors.
pub fn sentences(errors: &[FieldError]) -> String {
    errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_range_are_allowed_only_where_the_sentence_says_so() {
        for (field, allowed, refused, sentence) in [
            (Field::Epochs, [1.0, 1000.0], [0.0, 1001.0], "Epochs: a whole number from 1 to 1,000."),
            (Field::Momentum, [0.0, 0.999], [-0.1, 1.0], "Momentum: a number from 0 to below 1."),
            (Field::LearningRate, [1e-12, 10.0], [0.0, 10.1], "Learning rate: a number above 0, at most 10."),
            (Field::Rotation, [0.0, 180.0], [-1.0, 181.0], "Rotation: a number of degrees from 0 to 180."),
            (Field::Workers, [1.0, 16.0], [0.0, 17.0], "CPU workers: Auto, or a whole number from 1 to 16."),
        ] {
            assert!(allowed.into_iter().all(|value| field.allows(value)), "{sentence}");
            assert!(!refused.into_iter().chain([f64::NAN]).any(|value| field.allows(value)), "{sentence}");
            assert_eq!(field.error().message, sentence);
        }
        let seed = Field::Seed.error().message;
        assert_eq!(seed, "Seed: a whole number from 0 to 9,007,199,254,740,991.");
        assert!(Field::Seed.allows(9_007_199_254_740_991.0) && !Field::Seed.allows(9_007_199_254_740_992.0));
    }
}
