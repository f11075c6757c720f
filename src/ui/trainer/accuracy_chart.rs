//! The chart of the accuracy after each epoch, with samples between; on request on an axis that gives room to the values
//! from 98 to 99.6 %.

use std::sync::Arc;

use leptos::prelude::*;

use super::runs::overlays::overlay;
use super::state::TrainerState;
use crate::charts::{Colour, Emphasis, Series};
use crate::format::percent;
use crate::trainer::run::accuracy_chart::{self, Accuracies, reached, tested};
use crate::trainer::run::epoch::EpochResult;
use crate::trainer::run::log;
use crate::trainer::run::spread::{EpochSpread, Spread, spreads};
use crate::ui::kit::chart_figure::ChartFigure;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::memo::memo;
use crate::ui::kit::toggle::Toggle;

/// The highest accuracy that the scale of nines shows, where the number of images is not known.
const HIGHEST: f64 = 0.99999;

/// The range and the mean of runs that differ only in their seeds. The names include the settings unless this is the
/// `only` group of runs.
fn spread_series(spread: &Spread, only: bool) -> [Series; 2] {
    let at = |epoch: &EpochSpread, accuracy: f64| (f64::from(epoch.epoch), accuracy.min(HIGHEST));
    let area = spread.epochs.iter().flat_map(|epoch| [at(epoch, epoch.extent.low), at(epoch, epoch.extent.high)]);
    let mean = spread.epochs.iter().map(|epoch| at(epoch, epoch.extent.mean));
    let name = |what: &str| {
        let recipe = if only { String::new() } else { format!("{}: ", spread.recipe) };
        format!("{recipe}{what} of {} seeds", spread.runs)
    };
    [
        Series::new(name("range"), area.collect::<Vec<_>>()).colour(Colour::Muted).emphasis(Emphasis::Quiet).area(),
        Series::new(name("mean"), mean.collect::<Vec<_>>()).colour(Colour::Muted).width(2.0),
    ]
}

/// A sentence about the last epoch of runs that differ only in their seeds.
fn in_words(spread: &Spread) -> Option<String> {
    let last = spread.epochs.last()?;
    Some(format!(
        " {}, {} runs: after epoch {} the mean is {}, the lowest {}, the highest {}.",
        spread.recipe,
        spread.runs,
        last.epoch,
        percent(last.extent.mean),
        percent(last.extent.low),
        percent(last.extent.high)
    ))
}

/// The figure "Accuracy": the share of test images and of training images that the net classifies correctly, after each
/// epoch.
#[component]
pub(crate) fn AccuracyChart() -> impl IntoView {
    let state: TrainerState = expect_context();
    let nines = RwSignal::new(false);
    let run = memo(move || {
        state.frame.track();
        state.run.with_untracked(|run| (run.record.epochs_begun(), Accuracies::of(&run.record)))
    });
    let spreads = memo(move || {
        // The current run counts too, but only once if it is also among the kept runs that are drawn.
        run.with(|_| ());
        let others = state.overlays.get();
        state.run.with_untracked(|run| {
            let own = Some(&run.record).filter(|own| others.iter().all(|other| other.key != own.key));
            spreads(own.into_iter().chain(others.iter().map(|other| &**other)))
        })
    });
    let chart = memo(move || {
        let others = state.overlays.get();
        let mut chart = run.with(|(epochs, run)| {
            let last = others.iter().map(|other| other.epochs_begun()).fold(*epochs, u32::max);
            accuracy_chart::chart(run, last, nines.get())
        });
        for (index, other) in others.iter().enumerate() {
            chart = chart.with(overlay(index, other, tested(&other.epochs)));
        }
        let spreads = spreads.get();
        for spread in &spreads {
            let [area, mean] = spread_series(spread, spreads.len() == 1);
            chart = chart.with(area).with(mean);
        }
        chart
    });
    let look_up = Arc::new(move |series: usize, epoch: usize| {
        let at = |results: &[EpochResult]| results.iter().find(|result| result.epoch as usize == epoch).cloned();
        // Samples lie between the epochs, and have no value at one of them.
        let has_samples = run.with_untracked(|(_, run)| !run.samples.is_empty());
        let series = match series {
            2 if has_samples => return None,
            3.. if has_samples => series - 1,
            series => series,
        };
        match series {
            0 => state.run.with_untracked(|run| Some(at(&run.record.epochs)?.test_accuracy)),
            1 => state.run.with_untracked(|run| Some(at(&run.record.epochs)?.train_accuracy)),
            _ => state.overlays.with_untracked(|others| match (series - 2).checked_sub(others.len()) {
                None => Some(at(&others[series - 2].epochs)?.test_accuracy),
                // The series of a group are an area, which has no single value, and then a mean.
                Some(index) => spreads.with_untracked(|spreads| {
                    let spread = spreads.get(index / 2).filter(|_| index % 2 == 1)?;
                    Some(spread.epochs.iter().find(|at| at.epoch as usize == epoch)?.extent.mean)
                }),
            }),
        }
    });
    let summary = Signal::derive(move || {
        let own = run.with(|(_, Accuracies { results, samples, sampled, has_goal, .. })| match results.last() {
            Some(last) => format!(
                "Line chart of the accuracy. After epoch {}: {} of the test images and {} of the training images are \
                 classified correctly. {} The table Epochs has every number.",
                last.epoch,
                percent(last.test_accuracy),
                percent(last.train_accuracy),
                match reached(results) {
                    _ if !has_goal => String::new(),
                    Some(epoch) => format!("99.4 % of the test images were first reached after epoch {epoch}."),
                    None => "The goal of 99.4 % of the test images has not been reached yet.".to_owned(),
                }
            ),
            None => match samples.last() {
                Some((_, accuracy)) => format!(
                    "Line chart of the accuracy. No epoch has ended yet. Of a sample of {sampled} test images, about \
                     {} are classified correctly.",
                    percent(*accuracy)
                ),
                None => "Line chart of the accuracy, still empty.".to_owned(),
            },
        });
        spreads.with(|spreads| spreads.iter().filter_map(in_words).fold(own, |text, more| text + &more))
    });
    let csv = Arc::new(move || state.run.with_untracked(|run| log::csv(&run.record)));
    view! {
        <ChartFigure title="Accuracy" chart summary look_up csv>
            <Toggle name="Log error" on=nines/>
        </ChartFigure>
    }
}
