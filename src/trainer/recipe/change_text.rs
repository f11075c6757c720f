//! What a user decides about a run that is paused or has ended, as text: another learning rate, more epochs.

use super::plan::{Change, Plan};
use super::text::RecipeText;
use super::{Field, Recipe, sentences};

/// Epochs that a run is continued for, unless the user says otherwise.
pub const MORE_EPOCHS: u32 = 5;

/// A learning rate.
///
/// # Errors
/// The sentence that a recipe's learning rate is refused with.
pub fn read_rate(plan: &Plan, text: &str) -> Result<f64, String> {
    read(plan, Field::LearningRate, text).map(|recipe| recipe.learning_rate)
}

/// More epochs at a learning rate.
///
/// # Errors
/// A sentence for the user.
pub fn read_extension(plan: &Plan, epochs: &str, rate: &str) -> Result<Change, String> {
    let epochs = read(plan, Field::Epochs, epochs)?.epochs;
    Ok(Change::Extend { epochs, learning_rate: read_rate(plan, rate)? })
}

/// The learning rate to suggest for more epochs: the last one, or a tenth of the peak where a schedule has come to
/// nearly nothing, from which nothing more would be learned.
pub fn suggested_rate(plan: &Plan) -> f64 {
    let (last, peak) = (plan.rate(plan.total_steps().saturating_sub(1)), plan.recipe.learning_rate);
    // Of the suggestion every digit is read, so it has few.
    if last >= peak / 100.0 { last } else { rounded(peak / 10.0) }
}

/// To three significant digits.
fn rounded(value: f64) -> f64 {
    let unit = libm::pow(10.0, 2.0 - libm::floor(libm::log10(value)));
    libm::round(value * unit) / unit
}

/// The plan's recipe with another text in one of its fields.
fn read(plan: &Plan, field: Field, text: &str) -> Result<Recipe, String> {
    let mut recipe = RecipeText::of(&plan.recipe);
    recipe.set(field, text.to_owned());
    recipe.parse().map_err(|errors| sentences(&errors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_read_like_a_recipe() {
        let plan = Plan::from(Recipe::classic());
        assert_eq!(read_rate(&plan, " 0,005 "), Ok(0.005));
        assert_eq!(read_rate(&plan, "0"), Err("Learning rate: a number above 0, at most 10.".to_owned()));
        assert_eq!(read_extension(&plan, "5", "1e-3"), Ok(Change::Extend { epochs: 5, learning_rate: 0.001 }));
        assert!(read_extension(&plan, "five", "0.01").is_err_and(|reason| reason.starts_with("Epochs: ")));
        assert!(read_extension(&plan, "5", "").is_err_and(|reason| reason.starts_with("Learning rate: ")));
    }

    #[test]
    fn the_suggestion_is_the_last_rate_unless_that_is_next_to_nothing() {
        assert_eq!(suggested_rate(&Plan::from(Recipe::classic())), 0.01);
        assert_eq!(suggested_rate(&Plan::from(Recipe::quick())), 0.01);
        let mut plan = Plan::from(Recipe::quick());
        plan.changes.push(Change::Extend { epochs: 2, learning_rate: 0.003 });
        assert_eq!(suggested_rate(&plan), 0.003);
    }
}
