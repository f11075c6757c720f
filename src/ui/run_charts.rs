//! The run's two live charts.

use leptos::prelude::*;

use super::chart_figure::ChartFigure;
use super::context::expect_context;
use super::memo::memo;
use super::trainer_state::TrainerState;
use crate::charts::{Axis, Chart, Colour, Emphasis, Format, Mark, Range, Series};
use crate::trainer::run_view::{RunView, percent};

/// The accuracy that the classic task asks for.
const GOAL: f64 = 0.994;

fn epochs(run: &RunView) -> f64 {
    f64::from(run.record.plan.epochs())
}

/// The figure "Accuracy": the share of test images classified right, after each epoch.
#[component]
pub(super) fn AccuracyChart() -> impl IntoView {
    let state: TrainerState = expect_context();
    let results = memo(move || state.run.with(|run| (epochs(run), run.record.epochs.clone())));
    let chart = memo(move || {
        let (epochs, results) = results.get();
        let points: Vec<_> = results.iter().map(|result| (f64::from(result.epoch), result.test_accuracy)).collect();
        Chart::new(
            Axis::new("Epoch").format(Format::Count).range(Range::Fixed(0.0, epochs)),
            Axis::new("Test accuracy").range(Range::Within(0.0, 1.0)).format(Format::Percent),
        )
        .with(Series::new("test", points).colour(Colour::Token("--q-output")).width(2.25).markers())
        .mark(Mark::horizontal(GOAL, "99.4 %"))
        .empty("After each epoch, the share of the 10,000 test images that the net gets right.")
    });
    let summary = Signal::derive(move || {
        results.with(|(_, results)| match results.last() {
            Some(last) => format!(
                "Line chart of test accuracy. After epoch {}: {}. The goal is {}.",
                last.epoch,
                percent(last.test_accuracy),
                percent(GOAL)
            ),
            None => "Line chart of test accuracy over the epochs, still empty.".to_owned(),
        })
    });
    view! { <ChartFigure title="Accuracy" chart summary/> }
}

/// The figure "Loss": the mean loss of every batch.
#[component]
pub(super) fn LossChart() -> impl IntoView {
    let state: TrainerState = expect_context();
    let chart = memo(move || {
        state.run.with(|run| {
            let points: Vec<_> = run
                .record
                .losses
                .iter()
                .enumerate()
                .map(|(index, &loss)| (index as f64 + 1.0, f64::from(loss)))
                .collect();
            let mean: Vec<_> = run.running_mean().enumerate().map(|(index, loss)| (index as f64 + 1.0, loss)).collect();
            Chart::new(
                Axis::new("Step").format(Format::Count).range(Range::Fixed(0.0, f64::from(run.total_steps()))),
                Axis::new("Loss"),
            )
            .with(
                Series::new("each batch", points)
                    .colour(Colour::Token("--q-error"))
                    .width(1.0)
                    .emphasis(Emphasis::Quiet),
            )
            .with(Series::new("running mean", mean).colour(Colour::Token("--q-error")).width(2.0))
            .empty("The loss of every batch, as it is trained.")
        })
    });
    // Told once an epoch: a label that changes with every batch would never stop talking.
    let epochs = memo(move || state.run.with(|run| run.record.epochs.clone()));
    let summary = Signal::derive(move || {
        epochs.with(|epochs| match epochs.last() {
            Some(last) => {
                format!("Line chart of the loss of each batch. Mean over epoch {}: {:.4}.", last.epoch, last.train_loss)
            }
            None => "Line chart of the loss of each batch.".to_owned(),
        })
    });
    view! { <ChartFigure title="Loss" chart summary/> }
}
