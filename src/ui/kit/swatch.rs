//! A short piece of a curve, as legends and tables show it.

use leptos::prelude::*;

use crate::charts::{Colour, Dash, Series};

/// The stroke width that stands for an area, in CSS pixels.
const AREA_WIDTH: f64 = 8.0;

/// Returns the width of a series in its swatch, in CSS pixels.
pub(crate) fn swatch_width(series: &Series) -> f64 {
    if series.area { AREA_WIDTH } else { series.stroke_width() }
}

/// Shows a short line in the colour, dash and width of a curve.
#[component]
pub(crate) fn Swatch(colour: Colour, dash: Dash, width: f64) -> impl IntoView {
    // An area is drawn as faintly as in the chart.
    let opacity = (width >= AREA_WIDTH).then_some("0.35");
    let pattern = dash.pattern().iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    view! {
        <svg class="swatch" viewBox="0 0 28 8" aria-hidden="true">
            <line x1="0" y1="4" x2="28" y2="4" stroke=css(colour) stroke-width=width stroke-dasharray=pattern opacity=opacity/>
        </svg>
    }
}

/// Returns a colour as CSS.
fn css(colour: Colour) -> String {
    match colour {
        Colour::Ink => "var(--ink)".to_owned(),
        Colour::Muted => "var(--muted)".to_owned(),
        Colour::Token(name) => format!("var({name})"),
        Colour::Rgb(rgb) => format!("rgb({} {} {})", rgb.0, rgb.1, rgb.2),
    }
}
