//! The recipe as the user types it.

use super::schedule::Schedule;
use super::{Augmentation, Betas, DeviceChoice, Field, FieldError, Optimizer, Recipe};
use crate::decimal;

/// What stands for as many workers as are of use.
const AUTO: &str = "Auto";

/// What is chosen in the form, and the text of every field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeText {
    /// The device.
    pub device: DeviceChoice,
    /// The optimizer.
    pub optimizer: OptimizerKind,
    /// The schedule.
    pub schedule: ScheduleKind,
    texts: [String; Field::ALL.len()],
}

/// The optimizers to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptimizerKind {
    /// [`Optimizer::Sgd`] without Nesterov.
    Sgd,
    /// [`Optimizer::Sgd`] with Nesterov.
    Nesterov,
    /// [`Optimizer::Adam`]
    Adam,
    /// [`Optimizer::AdamW`]
    AdamW,
}

impl OptimizerKind {
    /// All, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Sgd, Self::Nesterov, Self::Adam, Self::AdamW];

    /// Its name in the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sgd => "SGD with momentum",
            Self::Nesterov => "SGD with Nesterov",
            Self::Adam => "Adam",
            Self::AdamW => "AdamW",
        }
    }

    /// Its name in links.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sgd => "sgd",
            Self::Nesterov => "nesterov",
            Self::Adam => "adam",
            Self::AdamW => "adamw",
        }
    }
}

/// The schedules to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleKind {
    /// [`Schedule::Constant`]
    Constant,
    /// [`Schedule::Step`]
    Step,
    /// [`Schedule::Cosine`]
    Cosine,
    /// [`Schedule::OneCycle`]
    OneCycle,
}

impl ScheduleKind {
    /// All, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Constant, Self::Step, Self::Cosine, Self::OneCycle];

    /// Its name in the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Constant => "Constant",
            Self::Step => "Steps down",
            Self::Cosine => "Cosine",
            Self::OneCycle => "One cycle",
        }
    }

    /// Its name in links.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Step => "step",
            Self::Cosine => "cosine",
            Self::OneCycle => "one-cycle",
        }
    }
}

/// The recipes to begin from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// [`Recipe::classic`]
    Classic,
    /// [`Recipe::quick`]
    Quick,
    /// [`Recipe::best`]
    Best,
}

impl Preset {
    /// All, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Classic, Self::Quick, Self::Best];

    /// Its name in the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Classic => "Classic",
            Self::Quick => "Quick",
            Self::Best => "Best",
        }
    }

    /// What it is for.
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Classic => "The recipe of the published log: a constant rate for 20 epochs.",
            Self::Quick => "One cycle of a large rate: to 99.4 % in a few epochs.",
            Self::Best => "The highest accuracy: longer, with images shifted and turned a little.",
        }
    }

    /// The recipe itself.
    pub fn recipe(self) -> Recipe {
        match self {
            Self::Classic => Recipe::classic(),
            Self::Quick => Recipe::quick(),
            Self::Best => Recipe::best(),
        }
    }

    /// The preset that a recipe is, whatever its seed and where it is trained; `None` if it is another one.
    pub fn of(recipe: &Recipe) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.recipe().is_sibling(recipe))
    }
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

    /// The field's label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Epochs => "Epochs",
            Self::BatchSize => "Batch size",
            Self::Momentum => "Momentum",
            Self::Beta1 => "Beta 1",
            Self::Beta2 => "Beta 2",
            Self::LearningRate => "Learning rate",
            Self::StepEpochs => "Step after",
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

    /// Its name in links.
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

    /// What it means, in a line.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Epochs => "Passes over the training images.",
            Self::BatchSize => "Images in one step.",
            Self::Momentum => "Share of the last update kept in the next.",
            Self::Beta1 => "How slowly the mean gradient forgets.",
            Self::Beta2 => "How slowly its mean square forgets.",
            Self::LearningRate => "The largest step size of the run.",
            Self::StepEpochs => "Epochs from one step down to the next.",
            Self::StepFactor => "What a step multiplies the rate by.",
            Self::WarmUp => "Share of the run in which the rate rises.",
            Self::WeightDecay => "Pull of the weights towards 0.",
            Self::Dropout => "Share of activations set to 0.",
            Self::LabelSmoothing => "Share of the target given to all digits.",
            Self::Shift => "Images are moved by up to so many pixels.",
            Self::Rotation => "Images are turned by up to so many degrees.",
            Self::Averaging => "How slowly the mean of the weights, which is tested, forgets. 0: no mean.",
            Self::Images => "Of 60,000, from the first.",
            Self::Seed => "The same seed gives the same run on the CPU.",
            Self::Workers => "They share each batch. Auto leaves one core free.",
        }
    }

    /// The unit of its value; empty for a plain number.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::StepEpochs => "epochs",
            Self::Shift => "px",
            Self::Rotation => "°",
            _ => "",
        }
    }

    /// Whether it is a whole number.
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::Epochs | Self::BatchSize | Self::StepEpochs | Self::Images | Self::Seed | Self::Workers)
    }
}

impl RecipeText {
    /// The text of a recipe's fields.
    pub fn of(recipe: &Recipe) -> Self {
        let (momentum, betas, optimizer) = match recipe.optimizer {
            Optimizer::Sgd { momentum, nesterov: false } => (momentum, Betas::default(), OptimizerKind::Sgd),
            Optimizer::Sgd { momentum, nesterov: true } => (momentum, Betas::default(), OptimizerKind::Nesterov),
            Optimizer::Adam(betas) => (betas.first, betas, OptimizerKind::Adam),
            Optimizer::AdamW(betas) => (betas.first, betas, OptimizerKind::AdamW),
        };
        // What a schedule does not need has a value that will do once it is chosen.
        let (mut every, mut factor, mut warm_up) = (5, 0.1, 0.25);
        let schedule = match recipe.schedule {
            Schedule::Constant => ScheduleKind::Constant,
            Schedule::Cosine => ScheduleKind::Cosine,
            Schedule::Step { epochs, factor: by } => {
                (every, factor) = (epochs, by);
                ScheduleKind::Step
            }
            Schedule::OneCycle { warm_up: share } => {
                warm_up = share;
                ScheduleKind::OneCycle
            }
        };
        let texts = Field::ALL.map(|field| match field {
            Field::Epochs => recipe.epochs.to_string(),
            Field::BatchSize => recipe.batch_size.to_string(),
            Field::Momentum => momentum.to_string(),
            Field::Beta1 => betas.first.to_string(),
            Field::Beta2 => betas.second.to_string(),
            Field::LearningRate => recipe.learning_rate.to_string(),
            Field::StepEpochs => every.to_string(),
            Field::StepFactor => factor.to_string(),
            Field::WarmUp => warm_up.to_string(),
            Field::WeightDecay => recipe.weight_decay.to_string(),
            Field::Dropout => recipe.dropout.to_string(),
            Field::LabelSmoothing => recipe.label_smoothing.to_string(),
            Field::Shift => recipe.augmentation.shift.to_string(),
            Field::Rotation => recipe.augmentation.rotation.to_string(),
            Field::Averaging => recipe.averaging.to_string(),
            Field::Images => recipe.images.to_string(),
            Field::Seed => recipe.seed.to_string(),
            Field::Workers if recipe.workers == 0 => AUTO.to_owned(),
            Field::Workers => recipe.workers.to_string(),
        });
        Self { device: recipe.device, optimizer, schedule, texts }
    }

    /// The text of a field.
    pub fn get(&self, field: Field) -> &str {
        &self.texts[field as usize]
    }

    /// Replaces the text of a field.
    pub fn set(&mut self, field: Field, text: String) {
        self.texts[field as usize] = text;
    }

    /// Whether a field has a meaning with the chosen optimizer and schedule; otherwise it is not shown.
    pub fn applies(&self, field: Field) -> bool {
        match field {
            Field::Momentum => matches!(self.optimizer, OptimizerKind::Sgd | OptimizerKind::Nesterov),
            Field::Beta1 | Field::Beta2 => matches!(self.optimizer, OptimizerKind::Adam | OptimizerKind::AdamW),
            Field::StepEpochs | Field::StepFactor => self.schedule == ScheduleKind::Step,
            Field::WarmUp => self.schedule == ScheduleKind::OneCycle,
            Field::Workers => matches!(self.device, DeviceChoice::Auto | DeviceChoice::Cpu),
            _ => true,
        }
    }

    /// Reads the recipe. Whole numbers may bear thousands separators, decimals a comma.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that is no number or out of range.
    pub fn parse(&self) -> Result<Recipe, Vec<FieldError>> {
        let whole = |field| self.get(field).replace([',', ' ', '\u{a0}', '\u{202f}'], "").parse::<u64>().ok();
        // What is no number becomes one that `validate` refuses with the same words.
        let count = |field| whole(field).and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        let decimal = |field| decimal::read(&self.get(field).trim().replace(',', ".")).unwrap_or(f64::NAN);
        let betas = || Betas { first: decimal(Field::Beta1), second: decimal(Field::Beta2) };
        let sgd = |nesterov| Optimizer::Sgd { momentum: decimal(Field::Momentum), nesterov };
        let recipe = Recipe {
            device: self.device,
            epochs: count(Field::Epochs),
            batch_size: count(Field::BatchSize),
            optimizer: match self.optimizer {
                OptimizerKind::Sgd => sgd(false),
                OptimizerKind::Nesterov => sgd(true),
                OptimizerKind::Adam => Optimizer::Adam(betas()),
                OptimizerKind::AdamW => Optimizer::AdamW(betas()),
            },
            learning_rate: decimal(Field::LearningRate),
            schedule: match self.schedule {
                ScheduleKind::Constant => Schedule::Constant,
                ScheduleKind::Step => {
                    Schedule::Step { epochs: count(Field::StepEpochs), factor: decimal(Field::StepFactor) }
                }
                ScheduleKind::Cosine => Schedule::Cosine,
                ScheduleKind::OneCycle => Schedule::OneCycle { warm_up: decimal(Field::WarmUp) },
            },
            weight_decay: decimal(Field::WeightDecay),
            dropout: decimal(Field::Dropout),
            label_smoothing: decimal(Field::LabelSmoothing),
            augmentation: Augmentation { shift: decimal(Field::Shift), rotation: decimal(Field::Rotation) },
            averaging: decimal(Field::Averaging),
            images: count(Field::Images),
            seed: whole(Field::Seed).unwrap_or(u64::MAX),
            workers: if !self.applies(Field::Workers) || self.get(Field::Workers).trim().eq_ignore_ascii_case(AUTO) {
                0
            } else {
                Some(count(Field::Workers)).filter(|count| *count > 0).unwrap_or(u32::MAX)
            },
        };
        recipe.validate().map(|()| recipe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_survive_the_form() {
        let stepped = Recipe {
            optimizer: Optimizer::AdamW(Betas { first: 0.8, second: 0.99 }),
            schedule: Schedule::Step { epochs: 7, factor: 0.3 },
            ..Recipe::classic()
        };
        let cosine = Recipe { schedule: Schedule::Cosine, averaging: 0.999, label_smoothing: 0.1, ..Recipe::best() };
        let cosine = Recipe { workers: 16, ..cosine };
        for recipe in [Recipe::classic(), Recipe::quick(), Recipe::best(), stepped, cosine] {
            assert_eq!(RecipeText::of(&recipe).parse(), Ok(recipe));
        }
    }

    #[test]
    fn a_preset_is_known_whatever_its_seed_and_device() {
        for preset in Preset::ALL {
            let recipe = Recipe { seed: 77, device: DeviceChoice::Cpu, workers: 3, ..preset.recipe() };
            assert_eq!(Preset::of(&recipe), Some(preset));
            assert_eq!(Preset::of(&Recipe { epochs: 7, ..recipe }), None);
        }
    }

    #[test]
    fn separators_are_read_as_people_mean_them() {
        let mut text = RecipeText::of(&Recipe::classic());
        text.set(Field::Images, " 6,400 ".to_owned());
        text.set(Field::LearningRate, "0,05".to_owned());
        text.set(Field::Workers, " auto".to_owned());
        assert!(text.parse().is_ok_and(|recipe| recipe.images == 6_400 && recipe.learning_rate == 0.05));
    }

    #[test]
    fn each_field_that_is_no_number_or_out_of_range_is_named() {
        for (field, wrong) in [
            (Field::Epochs, "many"),
            (Field::Epochs, "0"),
            (Field::BatchSize, "12.5"),
            (Field::BatchSize, "99999999999999999999"),
            (Field::Momentum, "1"),
            (Field::Momentum, "-0.1"),
            (Field::Beta1, "1"),
            (Field::Beta2, "two"),
            (Field::LearningRate, ""),
            (Field::LearningRate, "NaN"),
            (Field::LearningRate, "inf"),
            (Field::StepEpochs, "0"),
            (Field::StepFactor, "0"),
            (Field::StepFactor, "1.5"),
            (Field::WarmUp, "0.95"),
            (Field::WeightDecay, "-1"),
            (Field::Dropout, "1"),
            (Field::LabelSmoothing, "1"),
            (Field::Shift, "15"),
            (Field::Rotation, "-3"),
            (Field::Averaging, "1"),
            (Field::Images, "60001"),
            (Field::Seed, "-1"),
            (Field::Workers, "0"),
            (Field::Workers, "17"),
            (Field::Workers, "all"),
        ] {
            let mut text = RecipeText::of(&Recipe::classic());
            if matches!(field, Field::Beta1 | Field::Beta2) {
                text.optimizer = OptimizerKind::Adam;
            }
            if matches!(field, Field::StepEpochs | Field::StepFactor) {
                text.schedule = ScheduleKind::Step;
            }
            if field == Field::WarmUp {
                text.schedule = ScheduleKind::OneCycle;
            }
            assert!(text.applies(field) && text.parse().is_ok());
            text.set(field, wrong.to_owned());
            let errors = text.parse().err().unwrap_or_default();
            assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), [field], "{wrong:?}");
            assert!(errors[0].message.starts_with(field.label()), "{}", errors[0].message);
        }
    }

    #[test]
    fn what_does_not_apply_is_not_checked() {
        let mut text = RecipeText::of(&Recipe::classic());
        text.set(Field::WarmUp, "nonsense".to_owned());
        text.set(Field::Beta1, "nonsense".to_owned());
        assert!(!text.applies(Field::WarmUp) && !text.applies(Field::Beta1));
        assert_eq!(text.parse(), Ok(Recipe::classic()));
        text.device = DeviceChoice::WebGpu;
        text.set(Field::Workers, "nonsense".to_owned());
        assert_eq!(text.parse(), Ok(Recipe { device: DeviceChoice::WebGpu, ..Recipe::classic() }));
    }
}
