//! The total error over the rows, for each learning rate.

use std::sync::Arc;

use leptos::prelude::*;

use super::state::SheetState;
use crate::charts::{Axis, Chart, Colour, Dash, Emphasis, Format, Mark, Range, Scale, Series, View, refine, sample};
use crate::sheet::learning_rate::COMPARED;
use crate::sheet::{Race, Run, number};
use crate::ui::kit::chart_figure::ChartFigure;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::memo::memo;
use crate::ui::kit::toggle::Toggle;

/// Colours and dashes of the compared rates.
pub(crate) const LOOKS: [(&str, Dash); COMPARED.len()] = [
    ("--rate-1", Dash::Dotted),
    ("--rate-2", Dash::Short),
    ("--rate-3", Dash::Dashed),
    ("--rate-4", Dash::DashDotDot),
    ("--rate-5", Dash::DashDot),
    ("--rate-6", Dash::Long),
];

/// Parts of the plot in which a curve keeps its extremes: as many as a large screen has pixels there.
const BUCKETS: usize = 1024;

/// The runs in the order of the curves: the compared ones, and the user's own on top of them.
pub(crate) fn runs(race: &Race) -> impl Iterator<Item = &Run> {
    race.compared().iter().chain(std::iter::once(race.own()))
}

/// What a click on the curve of a run does: of the user's own, nothing.
pub(crate) fn action(index: usize) -> String {
    COMPARED.get(index).map_or_else(String::new, |&rate| format!("Use η = {}", number::full(rate)))
}

/// Makes a compared rate the sheet's.
pub(crate) fn use_rate(state: SheetState, index: usize) {
    if let Some(&rate) = COMPARED.get(index) {
        // By itself, so that it is undone by itself.
        state.settle();
        state.set_learning_rate(rate);
        state.settle();
    }
}

/// The sampled errors of a run, and what they were sampled from.
#[derive(Clone, PartialEq)]
struct Curve {
    of: ([u64; 13], usize),
    scale: Scale,
    part: Option<(f64, f64)>,
    /// All of the run.
    whole: Arc<[(f64, f64)]>,
    /// The same with the part that is shown more finely.
    points: Arc<[(f64, f64)]>,
}

impl Curve {
    /// Samples a run. Of an unchanged one the samples are at hand, so that a drag of the slider samples one run, not
    /// seven.
    fn of(run: &Run, scale: Scale, part: Option<(f64, f64)>, known: Option<&Self>) -> Self {
        let of = run.identity();
        let known = known.filter(|known| known.of == of && known.scale == scale);
        if let Some(known) = known.filter(|known| known.part == part) {
            return known.clone();
        }
        let sample = |range| sample(run.errors(), range, BUCKETS, scale);
        let whole = match known {
            Some(known) => Arc::clone(&known.whole),
            None => sample((0.0, run.last() as f64)).into(),
        };
        let points = match part {
            // A short run has all its points already.
            Some(range) if whole.len() < run.last() => refine(&whole, sample(range)).into(),
            _ => Arc::clone(&whole),
        };
        Self { of, scale, part, whole, points }
    }
}

/// The figure "Error curves".
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
        let (log_rows, last) = (scale(log_rows), updates as f64);
        let rows = match log_rows {
            // Row 0 has no place there.
            Scale::Log => Axis::new("Row")
                .note(", from row 1 on, logarithmic")
                .range(Range::Fixed(1.0, last.max(2.0)))
                .scale(Scale::Log),
            _ => Axis::new("Row").range(Range::Fixed(0.0, last)),
        };
        let log_error = scale(log_error);
        let error = Axis::new("Total error E").note(if log_error == Scale::Log { ", logarithmic" } else { "" });
        let mut chart = Chart::new(rows.format(Format::Count), error.scale(log_error))
            .empty("There is no error to draw here: the numbers are not finite, or too small for a logarithm.");
        curves.with(|curves| {
            for (index, curve) in curves.iter().enumerate() {
                let points = Arc::clone(&curve.points);
                chart.series.push(match LOOKS.get(index) {
                    Some(&(token, dash)) => Series::new(format!("η = {}", number::full(COMPARED[index])), points)
                        .colour(Colour::Token(token))
                        .dash(dash)
                        .action(action(index)),
                    None => Series::new(format!("yours, η = {}", number::full(rate)), points)
                        .emphasis(Emphasis::Strong)
                        .width(2.5),
                });
            }
            let broken = curves.last().and_then(|own| own.points.iter().find(|point| !point.1.is_finite()));
            if let Some(&(row, _)) = broken {
                chart.marks.push(Mark::vertical(row, format!("yours: not finite from row {row}")));
            }
        });
        chart
    });
    let cursor = Signal::derive(move || Some(state.row.get() as f64));
    let look_up = Arc::new(move |series: usize, row: usize| {
        state.race.with_untracked(|race| runs(race).nth(series)?.errors().get(row).copied())
    });
    let summary = Signal::derive(move || {
        let compared = COMPARED.map(number::full).join(", ");
        state.race.with(|race| {
            let (run, last) = (race.own(), race.own().last());
            let error = |row: usize| number::full(run.errors()[row]);
            format!(
                "Line chart of the total error over {last} updates. With your learning rate of {} it goes from {} to {}. \
                 Compared with the rates {compared}. Arrow keys read single rows, plus and minus zoom.",
                number::full(run.learning_rate()),
                error(0),
                error(last)
            )
        })
    });
    view! {
        <ChartFigure title="Error curves" chart summary cursor view look_up on_pick=Arc::new(move |index| use_rate(state, index))>
            <Toggle name="Log rows" on=log_rows/>
            <Toggle name="Log error" on=log_error/>
        </ChartFigure>
    }
}
