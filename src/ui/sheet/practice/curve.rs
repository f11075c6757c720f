//! The error curve of the exercise's sheet.

use leptos::prelude::*;

use crate::charts::{Axis, Chart, Emphasis, Format, Series};
use crate::sheet::Practice;
use crate::ui::kit::chart_figure::ChartFigure;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::memo::memo;
use crate::ui::sheet::state::SheetState;

/// The chart "Error curve" of the exercise's sheet, with its bug if it has one.
#[component]
pub(crate) fn PracticeCurve() -> impl IntoView {
    let state: SheetState = expect_context();
    // Guesses and typed values do not change the errors.
    let errors =
        memo(move || state.practice.with(|practice| practice.as_ref().map(Practice::errors).unwrap_or_default()));
    let chart = memo(move || {
        let points: Vec<(f64, f64)> =
            errors.get().into_iter().enumerate().map(|(row, error)| (row as f64, error)).collect();
        let mut chart = Chart::new(Axis::new("Row").format(Format::Count), Axis::new("Total error E"));
        chart.series.push(Series::new("this sheet", points).emphasis(Emphasis::Strong).width(2.5));
        chart
    });
    let cursor = Signal::derive(move || Some(state.row.get() as f64));
    let summary = Signal::derive(move || {
        errors.with(|errors| {
            let end = |error: Option<&f64>| error.map(|error| state.write(*error)).unwrap_or_default();
            format!("Line chart of this sheet’s total error: from {} to {}.", end(errors.first()), end(errors.last()))
        })
    });
    view! { <ChartFigure title="Error curve" chart summary cursor>""</ChartFigure> }
}
