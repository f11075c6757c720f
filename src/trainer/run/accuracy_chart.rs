//! The chart of the accuracy after each epoch, and of the samples between, for the page and for reports.

use super::epoch::EpochResult;
use super::record::RunRecord;
use super::samples::Sample;
use crate::charts::{Axis, Chart, Colour, Dash, Format, Mark, Range, Scale, Series};
use crate::mnist::NAME;

/// The test accuracy that the classic task asks for.
pub const GOAL: f64 = 0.994;
/// The name of the colour of both curves.
pub const TOKEN: &str = "--q-output";

/// Whether the goal means something for this data set: on other data, another accuracy is good. A run that has not begun yet
/// has no data set.
pub fn has_goal(data: &str) -> bool {
    data.is_empty() || data == NAME
}

/// Returns the first epoch whose test accuracy is the goal or better.
pub fn reached(results: &[EpochResult]) -> Option<u32> {
    results.iter().find(|result| result.test_accuracy >= GOAL).map(|result| result.epoch)
}

/// `Accuracies` holds what the chart shows of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Accuracies {
    /// The results of the epochs that have ended.
    pub results: Vec<EpochResult>,
    /// A point for each sample between the tests: the epochs until then, and the accuracy.
    pub samples: Vec<(f64, f64)>,
    /// The largest number of images in a sample; 0 if there is none.
    pub sampled: u32,
    /// The number of training images.
    pub images: u32,
    /// Whether there is a line at the goal.
    pub has_goal: bool,
}

impl Accuracies {
    /// Returns what the chart shows of a run.
    pub fn of(run: &RunRecord) -> Self {
        let per_epoch = f64::from(run.plan.recipe.steps_per_epoch().max(1));
        let point = |sample: Sample| (f64::from(sample.step) / per_epoch, drawn(sample.accuracy, sample.of));
        Self {
            results: run.epochs.clone(),
            samples: run.samples().map(point).collect(),
            sampled: run.samples().map(|sample| sample.of).max().unwrap_or(0),
            images: run.plan.recipe.images,
            has_goal: has_goal(&run.data),
        }
    }
}

/// Returns the chart of a run alone, as wide as its plan.
pub fn of_run(run: &RunRecord) -> Chart {
    chart(&Accuracies::of(run), run.plan.epochs(), true)
}

/// Returns the chart of a run on an axis of this many epochs. `nines` gives room to the accuracies just below 1. The
/// first two curves are those of the tests and of the training images; the samples, if there are any, are the third.
pub fn chart(run: &Accuracies, epochs: u32, nines: bool) -> Chart {
    let Accuracies { results, samples, sampled, images, has_goal } = run;
    let accuracy = Axis::new("Accuracy").format(Format::Percent);
    let accuracy = match nines {
        true => accuracy.note(", errors on a log scale").scale(Scale::Nines),
        false => accuracy.range(Range::Within(0.0, 1.0)),
    };
    let trained = points(results, |result| drawn(result.train_accuracy, *images));
    let reached = reached(results);
    let mut chart =
        Chart::new(Axis::new("Epoch").format(Format::Count).range(Range::Fixed(0.0, f64::from(epochs))), accuracy)
            .with(Series::new("test", tested(results)).colour(Colour::Token(TOKEN)).width(2.25).markers())
            .with(Series::new("training", trained).colour(Colour::Token(TOKEN)).dash(Dash::Dashed).width(1.5))
            .empty("The share of test images that the net gets right.");
    if !samples.is_empty() {
        let name = format!("sample of {sampled}");
        let samples = Series::new(name, samples.as_slice()).colour(Colour::Token(TOKEN)).dash(Dash::Dotted);
        chart = chart.with(samples.width(1.5).markers());
    }
    if !has_goal {
        return chart;
    }
    // The label is at the horizontal line: at the top of the chart it would cover the end of the curve.
    let label = match reached {
        Some(epoch) => format!("99.4 % at epoch {epoch}"),
        None => "99.4 %".to_owned(),
    };
    let chart = chart.mark(Mark::horizontal(GOAL, label));
    match reached {
        Some(epoch) => chart.mark(Mark::vertical(f64::from(epoch), "")),
        None => chart,
    }
}

/// Returns a point for the test accuracy of each epoch.
pub fn tested(results: &[EpochResult]) -> Vec<(f64, f64)> {
    points(results, |result| drawn(result.test_accuracy, result.of))
}

/// Returns the accuracy at which a point is drawn. The scale of nines has no place for 1, so there it is the accuracy
/// with half an image wrong.
fn drawn(accuracy: f64, of: u32) -> f64 {
    accuracy.min(1.0 - 0.5 / f64::from(of.max(1)))
}

/// Returns a point for each epoch.
fn points(results: &[EpochResult], value: impl Fn(&EpochResult) -> f64) -> Vec<(f64, f64)> {
    results.iter().map(|result| (f64::from(result.epoch), value(result))).collect()
}
