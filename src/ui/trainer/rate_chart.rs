//! The chart of the learning rate: planned over the whole run, and used so far.

use std::sync::Arc;

use leptos::prelude::*;

use super::state::TrainerState;
use crate::charts::{Axis, Chart, Colour, Dash, Emphasis, Format, Range, Series, View};
use crate::format::thousands;
use crate::trainer::recipe::plan::Plan;
use crate::trainer::recipe::rate_curve::rate_curve;
use crate::trainer::recipe::text::RecipeText;
use crate::ui::kit::chart_figure::ChartFigure;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::memo::memo;

/// With more steps than this, the CSV table has the points of the curve instead of every step.
const MOST_ROWS: u32 = 200_000;

/// The figure "Learning rate".
#[component]
pub(crate) fn RateChart() -> impl IntoView {
    let state: TrainerState = expect_context();
    let view = RwSignal::new(View::WHOLE);
    // The plan of the current run, with the number of steps taken, if the form shows that run's settings; otherwise the plan
    // that the form describes.
    let plan = memo(move || {
        state.frame.track();
        let recipe = state.text.with(RecipeText::parse).ok();
        state.run.with_untracked(|run| match recipe {
            Some(recipe) if run.record.plan.recipe != recipe => Some((Plan::from(recipe), 0)),
            None if !run.is_running() => None,
            _ => Some((run.record.plan.clone(), run.record.step())),
        })
    });
    let chart = memo(move || {
        let part = view.get().x;
        let planned = plan.with(|plan| {
            plan.as_ref().map(|(plan, step)| {
                let range = part.unwrap_or((1.0, f64::from(plan.total_steps())));
                let mut taken = rate_curve(plan, (range.0, range.1.min(f64::from(*step))));
                taken.retain(|point| point.0 <= f64::from(*step));
                (plan.total_steps(), rate_curve(plan, range), taken)
            })
        });
        let (total, planned, taken) = planned.unwrap_or_else(|| (1, Vec::new(), Vec::new()));
        let begun = !taken.is_empty();
        let highest = planned.iter().map(|point| point.1).fold(0.0, f64::max);
        let mut chart = Chart::new(
            Axis::new("Step").format(Format::Count).range(Range::Fixed(0.0, f64::from(total))),
            Axis::new("Learning rate").range(Range::Including(0.0, highest)),
        )
        .with(Series::new("planned", planned).colour(Colour::Muted).dash(if begun { Dash::Short } else { Dash::Solid }))
        .empty("Fix the settings to see the learning rate.");
        if begun {
            chart = chart.with(Series::new("so far", taken).width(2.25).emphasis(Emphasis::Strong));
        }
        chart
    });
    let look_up = Arc::new(move |series: usize, step: usize| {
        plan.with_untracked(|plan| {
            let (plan, taken) = plan.as_ref()?;
            let last = if series == 0 { plan.total_steps() } else { *taken };
            let step = u32::try_from(step).ok().filter(|step| (1..=last).contains(step))?;
            Some(plan.rate(step - 1))
        })
    });
    // The summary does not change with every step: a screen reader would read without a pause.
    let summary = memo(move || {
        plan.with(|plan| match plan {
            None => "Line chart of the planned learning rate, empty: the settings have to be fixed first.".to_owned(),
            Some((plan, _)) => {
                let total = plan.total_steps();
                let curve = rate_curve(plan, (1.0, f64::from(total)));
                let highest = curve.iter().map(|point| point.1).fold(0.0, f64::max);
                let rate = |step: u32| Format::Plain.exact(plan.rate(step));
                format!(
                    "Line chart of the learning rate over {} steps: from {} to {}, at most {}. Schedule: {}.",
                    thousands(total),
                    rate(0),
                    rate(total.saturating_sub(1)),
                    Format::Plain.exact(highest),
                    state.text.with_untracked(|text| text.schedule.label())
                )
            }
        })
    });
    let csv = Arc::new(move || {
        let mut text = String::from("step,learning_rate\r\n");
        plan.with_untracked(|plan| {
            let Some((plan, _)) = plan else { return };
            let total = plan.total_steps();
            let all = if total <= MOST_ROWS {
                (1..=total).map(|step| (f64::from(step), plan.rate(step - 1))).collect()
            } else {
                rate_curve(plan, (1.0, f64::from(total)))
            };
            for (step, rate) in all {
                text += &format!("{step},{rate}\r\n");
            }
        });
        text
    });
    view! { <div class="rate-figure"><ChartFigure title="Learning rate" chart summary view look_up csv/></div> }
}
