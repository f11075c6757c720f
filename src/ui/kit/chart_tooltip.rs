//! The tooltip of a chart: the values at the pointer.

use leptos::prelude::*;

use super::dynamic::Words;
use super::swatch::{Swatch, swatch_width};
use crate::charts::{Chart, Readout};

/// Shows the values at the pointer's x, beside the pointer.
#[component]
pub(crate) fn Tooltip(chart: Signal<Chart>, readout: Readout) -> impl IntoView {
    let (left, _) = readout.position;
    let (title, rows) = chart.with_untracked(|chart| {
        let rows: Vec<_> = readout
            .values
            .iter()
            .filter_map(|&(index, value)| {
                let series = chart.series.get(index)?;
                Some((
                    series.name.clone(),
                    series.colour,
                    series.dash,
                    swatch_width(series),
                    chart.y.format.exact(value),
                ))
            })
            .collect();
        (format!("{} {}", chart.x.label, chart.x.format.exact(readout.x)), rows)
    });
    let rows = rows.into_iter().map(|(name, colour, dash, width, value)| {
        view! { <tr><th scope="row"><Swatch colour dash width/> <span prop:textContent=Words::from(name)></span></th><td class="number" prop:textContent=Words::from(value)></td></tr> }
    });
    view! {
        <div class="tooltip" role="status" translate="no" style:--left=format!("{left}px")>
            <p prop:textContent=Words::from(title)></p>
            <table><tbody>{rows.collect_view()}</tbody></table>
        </div>
    }
}
