//! The run's live charts: accuracy after each epoch, and the loss of every step.

use std::sync::Arc;

use leptos::prelude::*;

use super::chart_figure::ChartFigure;
use super::context::expect_context;
use super::memo::{effect, memo};
use super::toggle::Toggle;
use super::trainer_state::TrainerState;
use crate::charts::{Axis, Chart, Colour, Dash, Emphasis, Format, Mark, Range, Scale, Series, View};
use crate::trainer::loss_curve::{LossCurve, Losses};
use crate::trainer::protocol::EpochResult;
use crate::trainer::record::{RunKey, RunRecord};
use crate::trainer::run_log;
use crate::trainer::run_view::{RunView, percent};

/// The accuracy that the classic task asks for.
const GOAL: f64 = 0.994;

/// Colours and dashes of the other runs; never solid, so that the run under way stands out.
const LOOKS: [(&str, Dash); 6] = [
    ("--rate-6", Dash::Long),
    ("--rate-4", Dash::DashDot),
    ("--rate-2", Dash::Dashed),
    ("--rate-5", Dash::DashDotDot),
    ("--rate-1", Dash::Short),
    ("--rate-3", Dash::Dotted),
];

/// The curve of another run.
fn overlay(index: usize, run: &RunRecord, points: Vec<(f64, f64)>) -> Series {
    let (token, dash) = LOOKS[index % LOOKS.len()];
    Series::new(run.title(), points).colour(Colour::Token(token)).dash(dash).width(1.5).emphasis(Emphasis::Quiet)
}

/// A share as it is drawn. That nothing at all is missing to 1 has no place among nines: it is drawn at half an image.
fn place(share: f64, of: u32) -> f64 {
    share.min(1.0 - 0.5 / f64::from(of.max(1)))
}

fn points(results: &[EpochResult], value: impl Fn(&EpochResult) -> f64) -> Vec<(f64, f64)> {
    results.iter().map(|result| (f64::from(result.epoch), value(result))).collect()
}

fn tested(results: &[EpochResult]) -> Vec<(f64, f64)> {
    points(results, |result| place(result.test_accuracy, result.of))
}

/// The figure "Accuracy": the shares of test and training images classified right, after each epoch.
#[component]
pub(super) fn AccuracyChart() -> impl IntoView {
    let state: TrainerState = expect_context();
    let nines = RwSignal::new(true);
    let run = memo(move || {
        state.frame.track();
        state.run.with_untracked(|run| {
            let plan = &run.record.plan;
            (plan.epochs(), plan.recipe.images, run.first_reached(GOAL), run.record.epochs.clone())
        })
    });
    let chart = memo(move || {
        let (epochs, images, reached, results) = run.get();
        let others = state.overlays.get();
        let last = others.iter().map(|other| other.plan.epochs()).fold(epochs, u32::max);
        let accuracy = Axis::new("Accuracy").format(Format::Percent);
        let accuracy = match nines.get() {
            true => accuracy.note(", errors on a log scale").scale(Scale::Nines),
            false => accuracy.range(Range::Within(0.0, 1.0)),
        };
        let trained = points(&results, |result| place(result.train_accuracy, images));
        let mut chart =
            Chart::new(Axis::new("Epoch").format(Format::Count).range(Range::Fixed(0.0, f64::from(last))), accuracy)
                .with(Series::new("test", tested(&results)).colour(Colour::Token("--q-output")).width(2.25).markers())
                .with(
                    Series::new("training", trained).colour(Colour::Token("--q-output")).dash(Dash::Dashed).width(1.5),
                )
                // Beside the line, and not at the top, where the curve ends.
                .mark(Mark::horizontal(
                    GOAL,
                    match reached {
                        Some(epoch) => format!("99.4 % at epoch {epoch}"),
                        None => "99.4 %".to_owned(),
                    },
                ))
                .empty("After each epoch, the share of the 10,000 test images that the net gets right.");
        for (index, other) in others.iter().enumerate() {
            chart = chart.with(overlay(index, other, tested(&other.epochs)));
        }
        match reached {
            Some(epoch) => chart.mark(Mark::vertical(f64::from(epoch), "")),
            None => chart,
        }
    });
    let look_up = Arc::new(move |series: usize, epoch: usize| {
        let at = |results: &[EpochResult]| results.iter().find(|result| result.epoch as usize == epoch).cloned();
        match series {
            0 => state.run.with_untracked(|run| Some(at(&run.record.epochs)?.test_accuracy)),
            1 => state.run.with_untracked(|run| Some(at(&run.record.epochs)?.train_accuracy)),
            _ => state.overlays.with_untracked(|others| Some(at(&others.get(series - 2)?.epochs)?.test_accuracy)),
        }
    });
    let summary = Signal::derive(move || {
        run.with(|(_, _, reached, results)| match results.last() {
            Some(last) => format!(
                "Line chart of the accuracy. After epoch {}: {} of the test images and {} of the training images are \
                 right. {} The table Epochs has every number.",
                last.epoch,
                percent(last.test_accuracy),
                percent(last.train_accuracy),
                match reached {
                    Some(epoch) => format!("99.4 % of the test images were first reached after epoch {epoch}."),
                    None => "The goal of 99.4 % of the test images was not reached yet.".to_owned(),
                }
            ),
            None => "Line chart of the accuracy over the epochs, still empty.".to_owned(),
        })
    });
    let csv = Arc::new(move || state.run.with_untracked(|run| run_log::csv(&run.record)));
    view! {
        <ChartFigure title="Accuracy" chart summary look_up csv>
            <Toggle name="Log error" on=nines/>
        </ChartFigure>
    }
}

/// The run's loss curve, and how far it is smoothed.
#[derive(Default)]
struct Own {
    key: RunKey,
    curve: LossCurve,
}

impl Own {
    /// Takes in what is new.
    fn follow(&mut self, run: &RunView, smoothing: f64) {
        let steps = smoothed_over(run.total_steps(), smoothing);
        if (self.key, self.curve.steps()) != (run.record.key, steps) {
            *self = Self { key: run.record.key, curve: LossCurve::new(steps) };
        }
        self.curve.follow(&run.record.losses);
    }
}

fn smoothed_over(total: u32, smoothing: f64) -> u32 {
    (f64::from(LossCurve::usual_steps(total)) * smoothing).round() as u32
}

/// The figure "Loss": the loss of every step, and their mean.
#[component]
pub(super) fn LossChart() -> impl IntoView {
    let state: TrainerState = expect_context();
    let (log, smoothing) = (RwSignal::new(false), RwSignal::new(1.0));
    let view = RwSignal::new(View::WHOLE);
    let own = StoredValue::new(Own::default());
    let others = RwSignal::new(Vec::<LossCurve>::new());
    effect(move || {
        let curve = |run: &Arc<RunRecord>| {
            let mut curve = LossCurve::new(smoothed_over(run.plan.total_steps(), smoothing.get()));
            curve.follow(&run.losses);
            curve
        };
        others.set(state.overlays.with(|runs| runs.iter().map(curve).collect()));
    });
    let chart = memo(move || {
        state.frame.track();
        let (part, smoothing) = (view.get().x, smoothing.get());
        let red = |series: Series| series.colour(Colour::Token("--q-error"));
        let runs = state.overlays.get();
        let total = state.run.with_untracked(RunView::total_steps);
        let last = f64::from(runs.iter().map(|run| run.step()).fold(total, u32::max));
        let range = part.unwrap_or((1.0, last));
        let (steps, losses, smooth) = state.run.with_untracked(|run| {
            own.try_update_value(|own| {
                own.follow(run, smoothing);
                let (losses, smooth) = own.curve.part(&run.record.losses, range);
                (own.curve.steps(), losses, smooth)
            })
            .unwrap_or_else(|| (0, Losses::Each(Vec::new()), Vec::new()))
        });
        let (Losses::Each(drawn) | Losses::Between(drawn)) = &losses;
        let highest = drawn.iter().map(|point| point.1).filter(|loss| loss.is_finite()).fold(0.0, f64::max);
        let loss = match log.get() {
            true => Axis::new("Loss").note(", logarithmic").scale(Scale::Log),
            // Up to the highest loss and no further: a chart of little height has no room for the next round number.
            false => Axis::new("Loss").range(Range::Within(0.0, highest)),
        };
        let each = match losses {
            Losses::Each(each) => Series::new("each batch", each).width(1.0),
            Losses::Between(between) => Series::new("all batches", between).width(1.0).area(),
        };
        let mean = Series::new(format!("mean of {steps} steps"), smooth).width(2.0);
        let mut chart = Chart::new(Axis::new("Step").format(Format::Count).range(Range::Fixed(0.0, last)), loss)
            .with(red(each).emphasis(Emphasis::Quiet))
            .empty("The loss of every batch, as it is trained.")
            .with(red(mean));
        others.with(|curves| {
            for (index, (run, curve)) in runs.iter().zip(curves).enumerate() {
                chart.series.push(overlay(index, run, curve.part(&run.losses, range).1));
            }
        });
        chart
    });
    let look_up = Arc::new(move |series: usize, step: usize| {
        let loss = |losses: &[f32]| losses.get(step.checked_sub(1)?).map(|&loss| f64::from(loss));
        match series {
            0 => state.run.with_untracked(|run| loss(&run.record.losses)),
            1 => own.with_value(|own| own.curve.smoothed(step).map(f64::from)),
            _ => others.with_untracked(|curves| curves.get(series - 2)?.smoothed(step).map(f64::from)),
        }
    });
    // Told once an epoch: a label that changes with every batch would never stop talking.
    let last = memo(move || {
        state.frame.track();
        state.run.with_untracked(|run| run.record.epochs.last().map(|last| (last.epoch, last.train_loss)))
    });
    let summary = Signal::derive(move || match last.get() {
        Some((epoch, loss)) => format!(
            "Line chart of the loss of each batch and its smoothed mean. Mean over epoch {epoch}: {loss:.4}. The table \
             Epochs has every epoch’s mean, lowest and highest."
        ),
        None => "Line chart of the loss of each batch.".to_owned(),
    });
    let csv = Arc::new(move || {
        state.run.with_untracked(|run| {
            let steps = own.with_value(|own| own.curve.steps());
            let mut text = format!("step,loss,smoothed_over_{steps}_steps\r\n");
            for (index, loss) in run.record.losses.iter().enumerate() {
                let smooth = own.with_value(|own| own.curve.smoothed(index + 1)).unwrap_or(f32::NAN);
                text += &format!("{},{loss},{smooth}\r\n", index + 1);
            }
            text
        })
    });
    let choose = move |event| {
        if let Ok(factor) = event_target_value(&event).parse() {
            smoothing.set(factor);
        }
    };
    view! {
        <ChartFigure title="Loss" chart summary view look_up csv>
            <select aria-label="Smoothing" on:change=choose>
                <option value="0.2">"less smooth"</option>
                <option value="1" selected>"smooth"</option>
                <option value="5">"smoother"</option>
            </select>
            <Toggle name="Log loss" on=log/>
        </ChartFigure>
    }
}
