//! The part of the report about a run of the trainer: the net, the target, the result, what the curve shows, and the log.

use super::LOG;
use super::markdown::{picture, plain, table, verbatim};
use crate::exchange::pictures::ACCURACY;
use crate::format::{duration, percent, thousands};
use crate::trainer::engine::architecture::parameter_count;
use crate::trainer::engine::model_summary::{self, Row};
use crate::trainer::run::accuracy_chart::{GOAL, has_goal, reached};
use crate::trainer::run::epoch::EpochResult;
use crate::trainer::run::record::{End, RunRecord};

/// The number of epochs in which the classic task wants its goal: fewer than this.
const EPOCHS: u32 = 20;
/// The difference of two accuracies from which it is worth a word, as a share.
const NOTABLE: f64 = 0.002;
/// The distance from the best accuracy within which a curve is flat, as a share.
const FLAT: f64 = 0.001;

/// Returns the text.
pub(super) fn text(run: &RunRecord, extension: &str) -> String {
    let recipe = &run.plan.recipe;
    let device = run.backend.as_ref().map_or_else(|| "–".to_owned(), |backend| plain(&backend.name));
    let facts = [
        ("Run", plain(&run.title())),
        ("Settings", plain(&recipe.describe())),
        ("Data", plain(&run.data)),
        ("Training images", thousands(recipe.images)),
        ("Device", device),
        ("Epochs", format!("{} of {}", run.epochs.len(), run.plan.epochs())),
        ("Time", duration(run.seconds)),
        ("End", end(run).to_owned()),
    ];
    // On other data, another accuracy is good.
    let target = match has_goal(&run.data) {
        true => {
            format!("## Target\n\nAt least {} of the test images right, in fewer than {EPOCHS} epochs.\n\n", goal())
        }
        false => String::new(),
    };
    let facts: Vec<Vec<String>> = facts.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    format!(
        "{facts}## Model\n\n{model}\n\
         {target}## Result\n\n{result}\n\n{chart}## Analysis\n\n{analysis}\n\n\
         ## Training log\n\nThis is also in `{LOG}`.\n\n{log}",
        facts = table(&["", ""], &facts),
        model = model(recipe.dropout),
        result = result(run),
        chart = picture("Accuracy after each epoch", ACCURACY, extension),
        analysis = analysis(run).join(" "),
        log = verbatim(&run.log_lines()),
    )
}

/// Returns the goal as people write it.
fn goal() -> String {
    format!("{:.1} %", GOAL * 100.0)
}

/// Says how the run ended.
fn end(run: &RunRecord) -> &'static str {
    match run.end {
        Some(End::Finished) => "finished as planned",
        Some(End::Stopped) => "stopped by hand",
        Some(End::Failed(_)) => "ended by a failure",
        None => "not finished yet",
    }
}

/// Returns the net's layers.
fn model(dropout: f64) -> String {
    let parameters = |count: usize| thousands(u32::try_from(count).unwrap_or(u32::MAX));
    let row = |row: Row| vec![row.name, row.output, parameters(row.parameters)];
    let mut rows: Vec<Vec<String>> = model_summary::rows(dropout).into_iter().map(row).collect();
    rows.push(vec![
        "**Trainable parameters**".to_owned(),
        String::new(),
        format!("**{}**", parameters(parameter_count())),
    ]);
    table(&["Layer", "Output", "Parameters"], &rows)
}

/// Returns the epoch with the highest test accuracy, the first of several, and the last epoch.
fn best_and_last(epochs: &[EpochResult]) -> Option<(&EpochResult, &EpochResult)> {
    let best = epochs.iter().reduce(|best, next| if next.test_accuracy > best.test_accuracy { next } else { best })?;
    Some((best, epochs.last()?))
}

/// Says whether the target was reached, if there is one.
fn result(run: &RunRecord) -> String {
    let epochs = &run.epochs;
    let Some((best, last)) = best_and_last(epochs) else {
        return "No epoch has ended, so there is no result.".to_owned();
    };
    let counted = |result: &EpochResult| {
        format!(
            "{} after epoch {} ({} of {} test images)",
            percent(result.test_accuracy),
            result.epoch,
            thousands(result.correct),
            thousands(result.of)
        )
    };
    let verdict = match reached(epochs) {
        _ if !has_goal(&run.data) => return format!("Best: {}. Last: {}.", counted(best), counted(last)),
        Some(epoch) if epoch < EPOCHS => {
            format!(
                "**The target was reached:** {} of the test images were right for the first time after epoch {epoch}.",
                goal()
            )
        }
        Some(epoch) => format!(
            "**The target was not reached:** {} of the test images were right, but only after epoch {epoch}.",
            goal()
        ),
        None => format!("**The target was not reached:** the test accuracy stayed below {}.", goal()),
    };
    format!("{verdict} Best: {}. Last: {}.", counted(best), counted(last))
}

/// Says in sentences what the curve did.
fn analysis(run: &RunRecord) -> Vec<String> {
    let epochs = &run.epochs;
    let Some(((best, last), first)) = best_and_last(epochs).zip(epochs.first()) else {
        return vec!["There is no curve yet.".to_owned()];
    };
    if epochs.len() < 2 {
        return vec![format!(
            "One epoch has ended, with {} of the test images right. A curve needs at least two.",
            percent(first.test_accuracy)
        )];
    }
    let mut sentences = vec![format!(
        "The test accuracy went from {} after epoch {} to {} after epoch {}.",
        percent(first.test_accuracy),
        first.epoch,
        percent(last.test_accuracy),
        last.epoch
    )];
    let gain = best.test_accuracy - first.test_accuracy;
    let half = epochs.iter().find(|result| result.test_accuracy >= first.test_accuracy + gain / 2.0);
    if let Some(half) = half.filter(|half| gain > 0.0 && half.epoch < best.epoch) {
        sentences.push(format!(
            "Half of the gain up to the best epoch, {}, was there after epoch {}.",
            best.epoch, half.epoch
        ));
    }
    sentences.push(flat(epochs, best));
    sentences.push(gap(run, last));
    sentences.push(losses(epochs, first, last));
    sentences
}

/// Says from where on the curve is flat.
fn flat(epochs: &[EpochResult], best: &EpochResult) -> String {
    let near = |result: &EpochResult| best.test_accuracy - result.test_accuracy <= FLAT;
    let flat = epochs.iter().rev().take_while(|result| near(result)).last();
    match flat {
        Some(from) if epochs.last().is_some_and(|last| last.epoch > from.epoch) => format!(
            "From epoch {} on it stayed within 0.1 percentage points of its best: the curve is flat there.",
            from.epoch
        ),
        Some(_) => {
            "The curve was not flat yet: only the last epoch is within 0.1 percentage points of the best.".to_owned()
        }
        None => "At the end it was more than 0.1 percentage points below its best.".to_owned(),
    }
}

/// Compares the accuracy on training images with that on test images.
fn gap(run: &RunRecord, last: &EpochResult) -> String {
    let gap = last.train_accuracy - last.test_accuracy;
    let points = format!("{:.2} percentage points", gap.abs() * 100.0);
    let accuracies = format!(
        "In the last epoch {} of the training images and {} of the test images were right",
        percent(last.train_accuracy),
        percent(last.test_accuracy)
    );
    let recipe = &run.plan.recipe;
    let is_changed = recipe.augmentation.shift > 0.0 || recipe.augmentation.rotation > 0.0;
    if gap > NOTABLE {
        format!("{accuracies}: the net is {points} better on the images that it learned from.")
    } else if gap < -NOTABLE {
        let harder = match (recipe.dropout > 0.0, is_changed) {
            (true, true) => " There, dropout and random shifts and rotations make the task harder.",
            (true, false) => " There, dropout makes the task harder.",
            (false, true) => " There, random shifts and rotations make the task harder.",
            (false, false) => "",
        };
        format!(
            "{accuracies}: the net was {points} worse on training images, which are counted while it still learns.{harder}"
        )
    } else {
        format!("{accuracies}, which is about the same.")
    }
}

/// Says what the losses did.
fn losses(epochs: &[EpochResult], first: &EpochResult, last: &EpochResult) -> String {
    let losses = format!(
        "The mean training loss went from {:.4} to {:.4}, and the test loss from {:.4} to {:.4}",
        first.train_loss, last.train_loss, first.test_loss, last.test_loss
    );
    let lowest = epochs.iter().reduce(|low, next| if next.test_loss < low.test_loss { next } else { low });
    match lowest.filter(|lowest| lowest.epoch < last.epoch) {
        Some(lowest) => format!("{losses}; it was lowest after epoch {}, with {:.4}.", lowest.epoch, lowest.test_loss),
        None => format!("{losses}, its lowest value."),
    }
}
