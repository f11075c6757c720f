//! A recipe as the user types it into the form.

use super::choice::{OptimizerKind, ScheduleKind};
use super::schedule::Schedule;
use super::{Augmentation, Betas, DeviceChoice, Field, FieldError, Optimizer, Recipe};
use crate::decimal;

/// The text of [`Field::Workers`] that lets the device choose their number.
const AUTO: &str = "Auto";

/// `RecipeText` holds the choices of the form and the text of every field, readable as a recipe or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeText {
    /// The chosen device.
    pub device: DeviceChoice,
    /// The chosen optimizer.
    pub optimizer: OptimizerKind,
    /// The chosen schedule.
    pub schedule: ScheduleKind,
    /// The texts of the fields, in the order of [`Field::ALL`].
    texts: [String; Field::ALL.len()],
}

impl RecipeText {
    /// Writes a recipe into the form.
    pub fn of(recipe: &Recipe) -> Self {
        let (momentum, betas, optimizer) = match recipe.optimizer {
            Optimizer::Sgd { momentum, nesterov: false } => (momentum, Betas::default(), OptimizerKind::Sgd),
            Optimizer::Sgd { momentum, nesterov: true } => (momentum, Betas::default(), OptimizerKind::Nesterov),
            Optimizer::Adam(betas) => (betas.first, betas, OptimizerKind::Adam),
            Optimizer::AdamW(betas) => (betas.first, betas, OptimizerKind::AdamW),
        };
        // The fields of the other schedules get usable values, for the moment when the user chooses one of them.
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
            Field::Momentum => decimal::write(momentum),
            Field::Beta1 => decimal::write(betas.first),
            Field::Beta2 => decimal::write(betas.second),
            Field::LearningRate => decimal::write(recipe.learning_rate),
            Field::StepEpochs => every.to_string(),
            Field::StepFactor => decimal::write(factor),
            Field::WarmUp => decimal::write(warm_up),
            Field::WeightDecay => decimal::write(recipe.weight_decay),
            Field::Dropout => decimal::write(recipe.dropout),
            Field::LabelSmoothing => decimal::write(recipe.label_smoothing),
            Field::Shift => decimal::write(recipe.augmentation.shift),
            Field::Rotation => decimal::write(recipe.augmentation.rotation),
            Field::Averaging => decimal::write(recipe.averaging),
            Field::Images => recipe.images.to_string(),
            Field::Seed => recipe.seed.to_string(),
            Field::Workers if recipe.workers == 0 => AUTO.to_owned(),
            Field::Workers => recipe.workers.to_string(),
        });
        Self { device: recipe.device, optimizer, schedule, texts }
    }

    /// Returns the text of a field.
    pub fn get(&self, field: Field) -> &str {
        &self.texts[field as usize]
    }

    /// Replaces the text of a field.
    pub fn set(&mut self, field: Field, text: String) {
        self.texts[field as usize] = text;
    }

    /// Whether a field has a meaning with the chosen device, optimizer and schedule. The form hides the others.
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

    /// Reads the recipe. Whole numbers may have marks between thousands; decimals may have a comma in place of the
    /// point.
    ///
    /// # Errors
    /// One [`FieldError`] for each field whose text is not a number or not an allowed one.
    pub fn parse(&self) -> Result<Recipe, Vec<FieldError>> {
        let whole = |field| decimal::read_typed_whole(self.get(field));
        // Text that is not a number becomes a number that `validate` refuses, so both get the same sentence.
        let count = |field| whole(field).and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
        let decimal = |field| decimal::read_typed(self.get(field)).unwrap_or(f64::NAN);
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
        recipe.validate().map(|()| recipe).map_err(|mut errors| {
            for FieldError { field, message } in &mut errors {
                if let Some(doubt) = decimal::doubt(self.get(*field), field.is_whole()) {
                    *message = format!("{}: {doubt}", field.label());
                }
            }
            errors
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_is_read_back_from_its_text() {
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
    fn thousands_separators_and_decimal_commas_are_read() {
        let mut text = RecipeText::of(&Recipe::classic());
        text.set(Field::Images, " 6,400 ".to_owned());
        text.set(Field::LearningRate, "0,05".to_owned());
        text.set(Field::Workers, " auto".to_owned());
        text.set(Field::BatchSize, "1.024".to_owned());
        text.set(Field::Epochs, "١٢".to_owned());
        text.set(Field::Seed, "1e4".to_owned());
        assert!(text.parse().is_ok_and(|recipe| (recipe.batch_size, recipe.epochs, recipe.seed) == (1024, 12, 10_000)));
        assert!(text.parse().is_ok_and(|recipe| recipe.images == 6_400 && recipe.learning_rate == 0.05));
    }

    #[test]
    fn a_number_that_may_mean_two_is_refused_with_both() {
        for (field, typed, readings) in
            [(Field::LearningRate, "1,000", "1 or 1000"), (Field::Epochs, "10,00", "10 or 1000")]
        {
            let mut text = RecipeText::of(&Recipe::classic());
            text.set(field, typed.to_owned());
            let errors = text.parse().err().unwrap_or_default();
            assert!(errors.len() == 1 && errors[0].message.contains(readings), "{errors:?}");
        }
    }

    #[test]
    fn each_field_with_a_refused_text_has_its_own_error() {
        for (field, wrong) in [
            (Field::Epochs, "many"),
            (Field::Epochs, "0"),
            (Field::BatchSize, "12.5"),
            (Field::BatchSize, "12,5"),
            (Field::Images, "6,4000"),
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
            (Field::Images, "1000001"),
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
    fn fields_without_a_meaning_are_not_checked() {
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
