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

/// Returns the sentence that confirms a new peak learning rate after this number of steps.
pub fn rate_sentence(plan: &Plan, step: u32) -> String {
    let (peak, next) = (plan.peak(step), shown(plan.rate(step)));
    if next == shown(peak) {
        format!("The learning rate is {peak} from the next step on.")
    } else {
        format!("The learning rate at its peak is {peak} now. The schedule makes {next} of it at the next step.")
    }
}

/// Returns the line of the log for a new peak learning rate after this number of steps. `at` is that number as text.
pub(crate) fn rate_line(plan: &Plan, peak: f64, step: u32, at: &str) -> String {
    let next = shown(plan.rate_with_peak(step, peak));
    if next == shown(peak) {
        format!("Learning rate {peak} after step {at}.")
    } else {
        format!("Learning rate {peak} at its peak, {next} after step {at}.")
    }
}

/// Writes a learning rate that was computed, without the digits that nobody needs.
pub(crate) fn shown(rate: f64) -> String {
    if rate > 0.0 { rounded(rate).to_string() } else { rate.to_string() }
}

/// Rounds to three significant digits.
fn rounded(value: f64) -> f64 {
    let places = 2.0 - libm::floor(libm::log10(value));
    // A division by a whole number gives the number that is nearest to the decimal.
    let unit = libm::pow(10.0, places.abs());
    if places >= 0.0 { libm::round(value * unit) / unit } else { libm::round(value / unit) * unit }
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
    use crate::trainer::recipe::schedule::Schedule;

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
    fn a_new_rate_is_confirmed_with_what_the_schedule_makes_of_it() {
        let change = |schedule| {
            let recipe = Recipe { epochs: 2, images: 100, batch_size: 10, schedule, ..Recipe::classic() };
            Plan { recipe, changes: vec![Change::Rate { step: 8, learning_rate: 1.0 }] }
        };
        let constant = change(Schedule::Constant);
        assert_eq!(rate_sentence(&constant, 8), "The learning rate is 1 from the next step on.");
        assert_eq!(rate_line(&constant, 1.0, 8, "8"), "Learning rate 1 after step 8.");
        let mut cosine = change(Schedule::Cosine);
        let sentence = "The learning rate at its peak is 1 now. The schedule makes 0.655 of it at the next step.";
        assert_eq!(rate_sentence(&cosine, 8), sentence);
        assert_eq!(rate_line(&cosine, 1.0, 8, "8"), "Learning rate 1 at its peak, 0.655 after step 8.");
        // The earlier of two changes in one pause keeps its own line.
        assert_eq!(rate_line(&cosine, 2.0, 8, "8"), "Learning rate 2 at its peak, 1.31 after step 8.");
        // More epochs have a constant rate.
        cosine.changes.push(Change::Extend { epochs: 1, learning_rate: 0.5 });
        assert_eq!(rate_sentence(&cosine, 20), "The learning rate is 0.5 from the next step on.");
        assert_eq!([1e-12, 0.058_049, 1234.5, 0.0].map(shown), ["0.000000000001", "0.058", "1230", "0"]);
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
