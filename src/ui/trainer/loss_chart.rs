//! The chart of the loss of every step, with a smoothed curve.

use std::sync::Arc;

use leptos::prelude::*;

use super::runs::overlays::overlay;
use super::state::TrainerState;
use crate::charts::{Axis, Chart, Colour, Emphasis, Format, Range, Scale, Series, View};
use crate::trainer::run::loss_curve::{LossCurve, Losses};
use crate::trainer::run::record::{RunKey, RunRecord};
use crate::trainer::run::view::RunView;
use crate::ui::kit::chart_figure::ChartFigure;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::memo::{effect, memo};
use crate::ui::kit::toggle::Toggle;

/// The loss curve of the current run, and the run's key.
#[derive(Default)]
struct OwnCurve {
    key: RunKey,
    curve: LossCurve,
}

impl OwnCurve {
    /// Adds the run's new losses to the curve. `smoothing` is a factor on the usual number of steps to average.
    fn follow(&mut self, run: &RunView, smoothing: f64) {
        let steps = smoothed_over(run.total_steps(), smoothing);
        if (self.key, self.curve.steps()) != (run.record.key, steps) {
            *self = Self { key: run.record.key, curve: LossCurve::new(steps) };
        }
        self.curve.follow(&run.record.losses);
    }
}

/// The number of steps that the smoothed curve averages, for a run of `total` steps.
fn smoothed_over(total: u32, smoothing: f64) -> u32 {
    (f64::from(LossCurve::usual_steps(total)) * smoothing).round() as u32
}

/// The figure "Loss": the loss of every step, and the mean over some steps.
#[component]
pub(crate) fn LossChart() -> impl IntoView {
    let state: TrainerState = expect_context();
    let (log, smoothing) = (RwSignal::new(false), RwSignal::new(1.0));
    let view = RwSignal::new(View::WHOLE);
    let own = StoredValue::new(OwnCurve::default());
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
        let total = state.run.with_untracked(RunView::steps_to_draw);
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
            true => Axis::new("Loss").note(", log scale").scale(Scale::Log),
            // The axis ends at the highest loss, not at the next round number: a low chart has no room for more.
            false => Axis::new("Loss").range(Range::Within(0.0, highest)),
        };
        let each = match losses {
            Losses::Each(each) => Series::new("each batch", each).width(1.0),
            Losses::Between(between) => Series::new("all batches", between).width(1.0).area(),
        };
        let mean = Series::new(format!("mean of {steps} steps"), smooth).width(2.0);
        let mut chart = Chart::new(Axis::new("Step").format(Format::Count).range(Range::Fixed(0.0, last)), loss)
            .with(red(each).emphasis(Emphasis::Quiet))
            .empty("The loss of every batch, while the net trains.")
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
    // The summary changes once per epoch: with a change per batch, a screen reader would read without a pause.
    let last = memo(move || {
        state.frame.track();
        state.run.with_untracked(|run| run.record.epochs.last().map(|last| (last.epoch, last.train_loss)))
    });
    let summary = Signal::derive(move || match last.get() {
        Some((epoch, loss)) => format!(
            "Line chart of the loss of each batch, with a smoothed curve. Mean over epoch {epoch}: {loss:.4}. The table \
             Epochs has the mean, the lowest and the highest loss of every epoch."
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
                <option value="0.2">"Rough"</option>
                <option value="1" selected>"Smooth"</option>
                <option value="5">"Smoother"</option>
            </select>
            <Toggle name="Log loss" on=log/>
        </ChartFigure>
    }
}
