//! A chart as a figure: caption, legend, canvas, read-out, and a sentence for those who cannot see it.

use leptos::html::Canvas;
use leptos::prelude::*;

use super::theme::Dark;
use crate::charts::canvas::CanvasHost;
use crate::charts::{Chart, Colour, Dash, Readout};

/// Shows a chart and keeps it up to date.
#[component]
pub(super) fn ChartFigure(
    /// The caption, and the figure's name.
    title: &'static str,
    /// What is drawn.
    #[prop(into)]
    chart: Signal<Chart>,
    /// The same in words, for screen readers.
    #[prop(into)]
    summary: Signal<String>,
    /// An x that is marked as long as it is there.
    #[prop(optional, into)]
    cursor: Option<Signal<Option<f64>>>,
    /// Buttons beside the caption.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Dark(dark) = expect_context();
    let canvas = NodeRef::<Canvas>::new();
    let readout = RwSignal::new(None::<Readout>);
    let host = StoredValue::new_local(None::<CanvasHost>);
    let broken = RwSignal::new(false);

    Effect::new(move || {
        let Some(canvas) = canvas.get() else { return };
        match CanvasHost::new(canvas) {
            Ok(new) => {
                new.on_hover(move |found| readout.set(found));
                host.set_value(Some(new));
            }
            Err(_) => broken.set(true),
        }
    });
    let with_host = move |act: &dyn Fn(&CanvasHost)| {
        canvas.track();
        host.with_value(|host| host.iter().for_each(act));
    };
    Effect::new(move || with_host(&|host| host.set(chart.get())));
    Effect::new(move || with_host(&|host| host.set_cursor(cursor.and_then(|cursor| cursor.get()))));
    Effect::new(move || {
        dark.track();
        with_host(&CanvasHost::refresh_theme);
    });
    on_cleanup(move || host.set_value(None));

    let legend = Memo::new(move |_| {
        let entry =
            |series: &crate::charts::Series| (series.name.clone(), series.colour, series.dash, series.stroke_width());
        chart.with(|chart| chart.series.iter().map(entry).collect::<Vec<_>>())
    });
    view! {
        <figure class="chart" aria-label=title>
            <figcaption>
                <span class="chart-title">{title}</span>
                {children.map(|children| children())}
                <ul class="legend" aria-label="Legend">
                    {move || {
                        legend.get().into_iter().map(|(name, colour, dash, width)| {
                            view! { <li><Swatch colour dash width/> {name}</li> }
                        }).collect_view()
                    }}
                </ul>
            </figcaption>
            <div class="chart-area">
                <canvas node_ref=canvas tabindex="0" role="img" aria-label=summary></canvas>
                <Show when=move || broken.get()>
                    <p class="chart-message">"This browser offers no 2D canvas, so there is no drawing. The numbers are all in the table."</p>
                </Show>
                {move || readout.get().map(|readout| view! { <Tooltip chart readout/> })}
            </div>
        </figure>
    }
}

/// A piece of a curve, as the legend shows it.
#[component]
fn Swatch(colour: Colour, dash: Dash, width: f64) -> impl IntoView {
    let pattern = dash.pattern().iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
    view! {
        <svg class="swatch" viewBox="0 0 28 8" aria-hidden="true">
            <line x1="0" y1="4" x2="28" y2="4" stroke=css(colour) stroke-width=width stroke-dasharray=pattern/>
        </svg>
    }
}

/// The values under the pointer, beside the place they belong to.
#[component]
fn Tooltip(chart: Signal<Chart>, readout: Readout) -> impl IntoView {
    let (left, _) = readout.position;
    let (title, rows) = chart.with(|chart| {
        let rows: Vec<_> = readout
            .values
            .iter()
            .filter_map(|&(index, value)| {
                let series = chart.series.get(index)?;
                Some((
                    series.name.clone(),
                    series.colour,
                    series.dash,
                    series.stroke_width(),
                    chart.y.format.exact(value),
                ))
            })
            .collect();
        (format!("{} {}", chart.x.label, chart.x.format.exact(readout.x)), rows)
    });
    let rows = rows.into_iter().map(|(name, colour, dash, width, value)| {
        view! { <tr><th scope="row"><Swatch colour dash width/> {name}</th><td class="number">{value}</td></tr> }
    });
    view! {
        <div class="tooltip" role="status" style:--left=format!("{left}px")>
            <p>{title}</p>
            <table><tbody>{rows.collect_view()}</tbody></table>
        </div>
    }
}

fn css(colour: Colour) -> String {
    match colour {
        Colour::Ink => "var(--ink)".to_owned(),
        Colour::Muted => "var(--muted)".to_owned(),
        Colour::Token(name) => format!("var({name})"),
        Colour::Rgb(rgb) => format!("rgb({} {} {})", rgb.0, rgb.1, rgb.2),
    }
}
