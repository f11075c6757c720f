//! Changes of a plan as the user types them: another learning rate while a run is paused, more epochs after its end.

use super::plan::{Change, Plan};
use super::text::RecipeText;
use super::{Field, Recipe, sentences};

/// The number of additional epochs that the form suggests.
pub const MORE_EPOCHS: u32 = 5;

/// Reads a learning rate.
///
/// # Errors
/// The text is not an allowed learning rate; the error is a sentence for the user.
pub fn read_rate(plan: &Plan, text: &str) -> Result<f64, String> {
    read(plan, Field::LearningRate, text).map(|recipe| recipe.learning_rate)
}

/// Reads a number of additional epochs and their learning rate.
///
/// # Errors
/// One of the texts is not an allowed number; the error is a sentence for the user.
pub fn read_extension(plan: &Plan, epochs: &str, rate: &str) -> Result<Change, String> {
    let epochs = read(plan, Field::Epochs, epochs)?.epochs;
    Ok(Change::Extend { epochs, learning_rate: read_rate(plan, rate)? })
}

/// Returns the learning rate to suggest for additional epochs: that of the last step, or a tenth of the peak where the
/// schedule ends near 0, since the net would learn nothing more there.
pub fn suggested_rate(plan: &Plan) -> f64 {
    let (last, peak) = (plan.rate(plan.total_steps().saturating_sub(1)), plan.recipe.learning_rate);
    // The user sees every digit of the suggestion, so a computed one is rounded.
    if last >= peak / 100.0 { last } else { rounded(peak / 10.0) }
}

/// Rounds to three significant digits.
fn rounded(value: f64) -> f64 {
    let unit = libm::pow(10.0, 2.0 - libm::floor(libm::log10(value)));
    libm::round(value * unit) / unit
}

/// Reads the plan's recipe with another text in one of its fields.
fn read(plan: &Plan, field: Field, text: &str) -> Result<Recipe, String> {
    let mut recipe = RecipeText::of(&plan.recipe);
    recipe.set(field, text.to_owned());
    recipe.parse().map_err(|errors| sentences(&errors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_like_the_fields_of_a_recipe() {
        let plan = Plan::from(Recipe::classic());
        assert_eq!(read_rate(&plan, " 0,005 "), Ok(0.005));
        assert_eq!(read_rate(&plan, "0"), Err("Learning rate: a number above 0, at most 10.".to_owned()));
        assert_eq!(read_extension(&plan, "5", "1e-3"), Ok(Change::Extend { epochs: 5, learning_rate: 0.001 }));
        assert!(read_extension(&plan, "five", "0.01").is_err_and(|reason| reason.starts_with("Epochs: ")));
        assert!(read_extension(&plan, "5", "").is_err_and(|reason| reason.starts_with("Learning rate: ")));
    }

    #[test]
    fn the_last_rate_is_suggested_unless_it_is_near_zero() {
        assert_eq!(suggested_rate(&Plan::from(Recipe::classic())), 0.01);
        assert_eq!(suggested_rate(&Plan::from(Recipe::quick())), 0.01);
        let mut plan = Plan::from(Recipe::quick());
        plan.changes.push(Change::Extend { epochs: 2, learning_rate: 0.003 });
        assert_eq!(suggested_rate(&plan), 0.003);
    }
}
