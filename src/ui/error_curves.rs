//! The total error over the rows, for each learning rate.

use std::sync::Arc;

use leptos::prelude::*;

use super::chart_figure::ChartFigure;
use super::sheet_state::SheetState;
use crate::charts::{Axis, Chart, Colour, Dash, Emphasis, Format, Range, Scale, Series};
use crate::sheet::{Run, learning_rate, number};

/// Colours and dashes of the compared rates.
const LOOKS: [(&str, Dash); learning_rate::COMPARED.len()] = [
    ("--rate-1", Dash::Dotted),
    ("--rate-2", Dash::Short),
    ("--rate-3", Dash::Dashed),
    ("--rate-4", Dash::DashDotDot),
    ("--rate-5", Dash::DashDot),
    ("--rate-6", Dash::Long),
];

fn points(run: &Run) -> Arc<[(f64, f64)]> {
    run.errors().iter().enumerate().map(|(row, &error)| (row as f64, error)).collect()
}

/// The figure "Error curves".
#[component]
pub(super) fn ErrorCurves() -> impl IntoView {
    let state: SheetState = expect_context();
    let logarithmic = RwSignal::new(false);
    let compared = Memo::new(move |_| {
        state.race.with(|race| race.compared().each_ref().map(|run| (run.learning_rate(), points(run))))
    });
    let chart = Memo::new(move |_| {
        let scale = if logarithmic.get() { Scale::Log } else { Scale::Linear };
        let mut chart = Chart::new(
            Axis::new("Row").format(Format::Count).range(Range::Fixed(0.0, state.updates.get() as f64)),
            Axis::new("Total error E").scale(scale),
        );
        compared.with(|compared| {
            for ((rate, points), (token, dash)) in compared.iter().zip(LOOKS) {
                let series = Series::new(format!("η = {}", number::full(*rate)), Arc::clone(points));
                chart.series.push(series.colour(Colour::Token(token)).dash(dash));
            }
        });
        state.race.with(|race| {
            let run = race.own();
            let name = format!("yours, η = {}", number::full(run.learning_rate()));
            chart.series.push(Series::new(name, points(run)).emphasis(Emphasis::Strong).width(2.5));
        });
        chart
    });
    let cursor = Signal::derive(move || Some(state.cell.get().row as f64));
    let summary = Signal::derive(move || {
        let compared = learning_rate::COMPARED.map(number::full).join(", ");
        state.race.with(|race| {
            let (run, last) = (race.own(), race.own().last());
            let error = |row: usize| number::full(run.errors()[row]);
            format!(
                "Line chart of the total error over {last} updates. With your learning rate of {} it goes from {} to {}. \
                 Compared with the rates {compared}. Arrow keys read single rows.",
                number::full(run.learning_rate()),
                error(0),
                error(last)
            )
        })
    });
    view! {
        <ChartFigure title="Error curves" chart summary cursor>
            <label class="toggle">
                <input type="checkbox" prop:checked=logarithmic on:change=move |event| logarithmic.set(event_target_checked(&event))/>
                "Logarithmic"
            </label>
        </ChartFigure>
    }
}
