//! The recipe as the user types it.

use super::recipe::{DeviceChoice, Field, FieldError, Recipe};
use crate::decimal;

/// The text of every field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipeText([String; Field::ALL.len()]);

impl Field {
    /// All fields, in the order of the form.
    pub const ALL: [Self; 6] =
        [Self::Epochs, Self::BatchSize, Self::LearningRate, Self::Momentum, Self::Images, Self::Seed];

    /// The field's label.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Epochs => "Epochs",
            Self::BatchSize => "Batch size",
            Self::LearningRate => "Learning rate",
            Self::Momentum => "Momentum",
            Self::Images => "Training images",
            Self::Seed => "Seed",
        }
    }
}

impl RecipeText {
    /// The text of a recipe's fields.
    pub fn of(recipe: &Recipe) -> Self {
        Self(Field::ALL.map(|field| match field {
            Field::Epochs => recipe.epochs.to_string(),
            Field::BatchSize => recipe.batch_size.to_string(),
            Field::LearningRate => recipe.learning_rate.to_string(),
            Field::Momentum => recipe.momentum.to_string(),
            Field::Images => recipe.images.to_string(),
            Field::Seed => recipe.seed.to_string(),
        }))
    }

    /// The text of a field.
    pub fn get(&self, field: Field) -> &str {
        &self.0[field as usize]
    }

    /// Replaces the text of a field.
    pub fn set(&mut self, field: Field, text: String) {
        self.0[field as usize] = text;
    }

    /// Reads the recipe. Whole numbers may bear thousands separators, decimals a comma.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that is no number or out of range.
    pub fn parse(&self, device: DeviceChoice) -> Result<Recipe, Vec<FieldError>> {
        let whole = |field| self.get(field).replace([',', ' ', '\u{a0}', '\u{202f}'], "");
        let decimal = |field| decimal::read(&self.get(field).trim().replace(',', ".")).unwrap_or(f64::NAN);
        // What is no number becomes one that `validate` refuses with the same words.
        let recipe = Recipe {
            device,
            epochs: whole(Field::Epochs).parse().unwrap_or(0),
            batch_size: whole(Field::BatchSize).parse().unwrap_or(0),
            learning_rate: decimal(Field::LearningRate),
            momentum: decimal(Field::Momentum),
            images: whole(Field::Images).parse().unwrap_or(0),
            seed: whole(Field::Seed).parse().unwrap_or(u64::MAX),
        };
        recipe.validate().map(|()| recipe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classic_recipe_survives_the_form() {
        let text = RecipeText::of(&Recipe::classic());
        assert_eq!(text.parse(DeviceChoice::Auto), Ok(Recipe::classic()));
    }

    #[test]
    fn separators_are_read_as_people_mean_them() {
        let mut text = RecipeText::of(&Recipe::classic());
        text.set(Field::Images, " 6,400 ".to_owned());
        text.set(Field::LearningRate, "0,05".to_owned());
        let recipe = text.parse(DeviceChoice::Cpu);
        assert!(recipe.is_ok_and(|recipe| recipe.images == 6_400 && recipe.learning_rate == 0.05));
    }

    #[test]
    fn each_field_that_is_no_number_or_out_of_range_is_named() {
        for (field, wrong) in [
            (Field::Epochs, "many"),
            (Field::Epochs, "0"),
            (Field::BatchSize, "12.5"),
            (Field::BatchSize, "99999999999999999999"),
            (Field::LearningRate, ""),
            (Field::LearningRate, "NaN"),
            (Field::LearningRate, "inf"),
            (Field::Momentum, "1"),
            (Field::Momentum, "-0.1"),
            (Field::Images, "60001"),
            (Field::Seed, "-1"),
        ] {
            let mut text = RecipeText::of(&Recipe::classic());
            text.set(field, wrong.to_owned());
            let errors = text.parse(DeviceChoice::Auto).err().unwrap_or_default();
            assert_eq!(errors.iter().map(|error| error.field).collect::<Vec<_>>(), [field], "{wrong:?}");
            assert!(errors[0].message.starts_with(field.label()), "{}", errors[0].message);
        }
    }
}
