//! The chart "Error curves": the total error over the rows, for each learning rate.

use std::sync::Arc;

use leptos::prelude::*;

use super::compared_rates::{action, runs, use_rate};
use super::state::SheetState;
use super::verdict_words::VerdictWords;
use crate::charts::{Format, Scale, View, refine, sample};
use crate::error_chart::{self, BUCKETS};
use crate::sheet::learning_rate::COMPARED;
use crate::sheet::verdict::GOOD_ENOUGH;
use crate::sheet::{Run, Verdict, number};
use crate::ui::kit::chart_figure::ChartFigure;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::memo::memo;
use crate::ui::kit::toggle::Toggle;

/// The sampled errors of a run, and what they depend on.
#[derive(Clone, PartialEq)]
struct Curve {
    /// Identifies the run and how far it is computed, see [`Run::identity`].
    run: ([u64; 13], usize),
    /// The scale of the axis of rows.
    scale: Scale,
    /// The first and the last row that are shown; `None` for all.
    part: Option<(f64, f64)>,
    /// Samples of the whole run: row and error.
    whole: Arc<[(f64, f64)]>,
    /// The same samples, with more of them in the part that is shown.
    points: Arc<[(f64, f64)]>,
}

impl Curve {
    /// Samples a run. The samples of an unchanged run are taken from `known`, so that a drag of the slider samples one
    /// run and not seven.
    fn of(run: &Run, scale: Scale, part: Option<(f64, f64)>, known: Option<&Self>) -> Self {
        let identity = run.identity();
        let known = known.filter(|known| known.run == identity && known.scale == scale);
        if let Some(known) = known.filter(|known| known.part == part) {
            return known.clone();
        }
        let sample = |range| sample(run.errors(), range, BUCKETS, scale);
        let whole = match known {
            Some(known) => Arc::clone(&known.whole),
            None => sample((0.0, run.last() as f64)).into(),
        };
        let points = match part {
            // Samples of a short run are all its points.
            Some(range) if whole.len() < run.last() => refine(&whole, sample(range)).into(),
            _ => Arc::clone(&whole),
        };
        Self { run: identity, scale, part, whole, points }
    }
}

/// The identity of a run, see [`Run::identity`], and the verdict on it.
type Judged = (([u64; 13], usize), Verdict);

/// Shows the chart, with switches for logarithmic axes.
#[component]
pub(crate) fn ErrorCurves() -> impl IntoView {
    let state: SheetState = expect_context();
    let (log_rows, log_error) = (RwSignal::new(false), RwSignal::new(false));
    let view = RwSignal::new(View::WHOLE);
    let scale = |log: RwSignal<bool>| if log.get() { Scale::Log } else { Scale::Linear };

    let curves = Memo::new(move |known: Option<&Vec<Curve>>| {
        let (scale, part, known) = (scale(log_rows), view.get().x, known.map_or(&[][..], Vec::as_slice));
        state.race.with(|race| {
            let curve = |(index, run)| Curve::of(run, scale, part, known.get(index));
            runs(race).enumerate().map(curve).collect::<Vec<_>>()
        })
    });
    let chart = memo(move || {
        let (rate, updates) = state.race.with(|race| (race.own().learning_rate(), race.updates()));
        let mut chart = error_chart::empty(updates, scale(log_rows), scale(log_error));
        // A chart cannot tell more digits apart.
        let digits = state.digits.get().significant().unwrap_or(10);
        chart.y.format = Format::Significant(digits as u8);
        let hidden = state.row_without_error().map(|row| row as f64);
        curves.with(|curves| {
            for (index, curve) in curves.iter().enumerate() {
                let points = match hidden {
                    // The read-out must not tell what the class is to predict.
                    Some(row) => curve.points.iter().copied().filter(|point| point.0 != row).collect(),
                    None => Arc::clone(&curve.points),
                };
                if let Some(series) = error_chart::compared(index, Arc::clone(&points)) {
                    chart.series.push(series.action(action(index)));
                    continue;
                }
                let (series, mark) = error_chart::own(rate, points);
                chart.series.push(series);
                chart.marks.extend(mark);
            }
        });
        chart
    });
    let cursor = Signal::derive(move || Some(state.row.get() as f64));
    let look_up = Arc::new(move |series: usize, row: usize| match untrack(|| state.row_without_error()) {
        Some(hidden) if hidden == row => None,
        _ => state.race.with_untracked(|race| runs(race).nth(series)?.errors().get(row).copied()),
    });
    let summary = Signal::derive(move || {
        let compared = COMPARED.map(number::full).join(", ");
        state.race.with(|race| {
            let (run, last) = (race.own(), race.own().last());
            let hidden = state.row_without_error();
            let error = |row: usize| if hidden == Some(row) { "?".to_owned() } else { state.write(run.errors()[row]) };
            format!(
                "Line chart of the total error over {last} updates. With your learning rate of {} the error goes from {} to \
                 {}. The other curves have the learning rates {compared}. Arrow keys read one row at a time, plus and minus zoom.",
                number::full(run.learning_rate()),
                error(0),
                error(last)
            )
        })
    });
    // While the compared runs are computed, the verdict on the own one stays.
    let verdict = Memo::new(move |known: Option<&Option<Judged>>| {
        state.race.with(|race| {
            let own = race.own();
            let identity = own.identity();
            match known {
                _ if own.last() != race.updates() => None,
                Some(Some(known)) if known.0 == identity => Some(*known),
                _ => Some((identity, own.verdict(GOOD_ENOUGH))),
            }
        })
    });
    let note = move || {
        verdict.with(|verdict| {
            let verdict = verdict.map_or_else(|| "computing …".to_owned(), |(_, verdict)| verdict.to_string());
            format!("Yours: {verdict}.")
        })
    };
    let definition = move || {
        verdict.with(|verdict| verdict.map_or_else(String::new, |(_, verdict)| verdict.definition(GOOD_ENOUGH)))
    };
    view! {
        <div class="curve-note" role="status"><VerdictWords text=note definition/></div>
        <ChartFigure title="Error curves" chart summary cursor view look_up on_pick=Arc::new(move |index| use_rate(state, index))>
            <Toggle name="Log rows" on=log_rows/>
            <Toggle name="Log error" on=log_error/>
        </ChartFigure>
    }
}
