//! A chart as a figure: caption, tools, legend, canvas, tooltip, and a description for screen readers.

use std::sync::Arc;

use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::context::expect_context;
use super::download;
use super::dynamic::{Show, part, text};
use super::memo::{effect, memo};
use super::theme::Dark;
use crate::charts::canvas::CanvasHost;
use crate::charts::{Axis, Chart, Colour, Dash, Readout, Series, View};

/// Returns the value of a series, given by its index, at a whole x.
type LookUp = dyn Fn(usize, usize) -> Option<f64> + Send + Sync;
/// Writes the chart's values as a CSV table.
type Csv = dyn Fn() -> String + Send + Sync;
/// Called with the index of the series that the user picked.
type Pick = dyn Fn(usize) + Send + Sync;

/// The stroke width of an area in the legend, in CSS pixels.
const AREA_WIDTH: f64 = 8.0;

/// Shows a chart and draws it again whenever it changes.
#[component]
pub(crate) fn ChartFigure(
    /// The caption, which is also the accessible name and the name of saved files.
    title: &'static str,
    /// The chart. Its own view is ignored: `view` says which part is shown.
    #[prop(into)]
    chart: Signal<Chart>,
    /// A description of the chart for screen readers.
    #[prop(into)]
    summary: Signal<String>,
    /// An x that is marked with a line; `None` for no mark.
    #[prop(optional, into)]
    cursor: Option<Signal<Option<f64>>>,
    /// The part of the chart that is shown.
    #[prop(default = RwSignal::new(View::WHOLE))]
    view: RwSignal<View>,
    /// Returns exact values for the tooltip where the series are only samples.
    #[prop(optional)]
    look_up: Option<Arc<LookUp>>,
    /// Called when the user clicks the curve or the legend entry of a series that has an action.
    #[prop(default = Arc::new(|_| ()))]
    on_pick: Arc<Pick>,
    /// Writes the values for the "CSV" button; without it there is no button.
    #[prop(optional)]
    csv: Option<Arc<Csv>>,
    /// Controls beside the caption.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Dark(dark) = expect_context();
    let canvas = NodeRef::<Canvas>::new();
    let readout = RwSignal::new(None::<Readout>);
    let host = StoredValue::new_local(None::<CanvasHost>);
    let broken = RwSignal::new(false);

    let picked = Arc::clone(&on_pick);
    effect(move || {
        let Some(canvas) = canvas.get() else { return };
        match CanvasHost::new(canvas) {
            Ok(new) => {
                new.on_hover(move |found| readout.set(found));
                new.on_view(move |changed| view.set(changed));
                let pick = Arc::clone(&picked);
                new.on_pick(move |index| pick(index));
                if let Some(look_up) = look_up.clone() {
                    new.look_up(move |series, x| look_up(series, x));
                }
                host.set_value(Some(new));
            }
            Err(_) => broken.set(true),
        }
    });
    let with_host = move |act: &dyn Fn(&CanvasHost)| {
        canvas.track();
        host.with_value(|host| host.iter().for_each(act));
    };
    effect(move || with_host(&|host| host.set(Chart { view: view.get(), ..chart.get() })));
    effect(move || with_host(&|host| host.set_cursor(cursor.and_then(|cursor| cursor.get()))));
    effect(move || {
        dark.track();
        with_host(&CanvasHost::refresh_theme);
    });
    on_cleanup(move || host.set_value(None));

    // Names change often. They are texts of their own, so that a change does not build the buttons anew, which would
    // take the focus from them.
    let styles = memo(move || {
        let width = |series: &Series| if series.area { AREA_WIDTH } else { series.stroke_width() };
        let style = |series: &Series| (series.action.clone(), series.colour, series.dash, width(series));
        chart.with(|chart| chart.series.iter().map(style).collect::<Vec<_>>())
    });
    let legend = part(move || {
        let entry = |(index, (action, colour, dash, width)): (usize, (String, Colour, Dash, f64))| {
            let name = text(move || {
                chart.with(|chart| chart.series.get(index).map(|series| series.name.clone())).unwrap_or_default()
            });
            let label = view! { <Swatch colour dash width/> {name} };
            if action.is_empty() {
                return view! { <li>{label}</li> }.into_any();
            }
            let (title, pick) = (action.clone(), Arc::clone(&on_pick));
            view! {
                <li>
                    <button type="button" class="legend-entry" aria-label=action title=title on:click=move |_| pick(index)>{label}</button>
                </li>
            }
            .into_any()
        };
        styles.get().into_iter().enumerate().map(entry).collect_view()
    });
    let description = move || {
        let shown = chart.with(|chart| describe_view(chart, view.get()));
        format!("{}{shown}", summary.get())
    };
    view! {
        <figure class="chart" aria-label=title>
            <figcaption>
                <span class="chart-title">{title}</span>
                <div class="chart-bar">
                    {children.map(|children| children())}
                    <Tools title host view csv/>
                </div>
                <ul class="legend" aria-label="Legend">{legend}</ul>
            </figcaption>
            <div class="chart-area">
                <canvas node_ref=canvas tabindex="0" role="img" aria-label=description></canvas>
                <Show when=move || broken.get()>
                    <p class="chart-message">"This browser cannot draw charts."</p>
                </Show>
                {part(move || readout.get().map(|readout| view! { <Tooltip chart readout/> }))}
            </div>
        </figure>
    }
}

/// Describes in a sentence which part of a chart is shown; empty for the whole chart.
fn describe_view(chart: &Chart, view: View) -> String {
    let range = |axis: &Axis, part: Option<(f64, f64)>| {
        part.map(|(lo, hi)| format!("{} from {} to {}", axis.label, axis.format.exact(lo), axis.format.exact(hi)))
    };
    let parts: Vec<_> = range(&chart.x, view.x).into_iter().chain(range(&chart.y, view.y)).collect();
    if parts.is_empty() { String::new() } else { format!(" Zoomed in: {}.", parts.join(", ")) }
}

/// The buttons for zooming and for saving the chart as a file.
#[component]
fn Tools(
    /// The chart's title.
    title: &'static str,
    host: StoredValue<Option<CanvasHost>, LocalStorage>,
    view: RwSignal<View>,
    csv: Option<Arc<Csv>>,
) -> impl IntoView {
    let with_host = move |act: &dyn Fn(&CanvasHost)| host.with_value(|host| host.iter().for_each(act));
    let name = move |extension: &str| format!("{}.{extension}", title.to_ascii_lowercase().replace(' ', "-"));
    let whole = move || view.get() == View::WHOLE;
    let failed = |error: &JsValue| web_sys::console::warn_2(&"chart:".into(), error);
    let svg = move |host: &CanvasHost| {
        let saved = host.svg(title).and_then(|text| download::save_text(&text, "image/svg+xml", &name("svg")));
        saved.unwrap_or_else(|error| failed(&error));
    };
    let csv = csv.map(|csv| {
        let save = move |_| download::save_text(&csv(), "text/csv", &name("csv")).unwrap_or_else(|error| failed(&error));
        view! { <button type="button" class="word" aria-label="Save as CSV" title="Save as CSV" on:click=save>"CSV"</button> }
    });
    let png = move |host: &CanvasHost| {
        let saved = host.png(title, move |blob| {
            download::save(&blob, &name("png")).unwrap_or_else(|error| failed(&error));
        });
        saved.unwrap_or_else(|error| failed(&error));
    };
    view! {
        <div class="chart-tools" role="group" aria-label=format!("{title}: zoom and save")>
            <button type="button" class="icon" aria-label="Zoom in" title="Zoom in (Ctrl + mouse wheel, or the + key)" on:click=move |_| with_host(&|host| host.zoom(true))>
                <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M10 5v10M5 10h10"/></svg>
            </button>
            <button type="button" class="icon" aria-label="Zoom out" title="Zoom out (Ctrl + mouse wheel, or the − key)" disabled=whole on:click=move |_| with_host(&|host| host.zoom(false))>
                <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M5 10h10"/></svg>
            </button>
            <button type="button" class="icon" aria-label="Show everything" title="Show everything (double-click, or the 0 key)" disabled=whole on:click=move |_| view.set(View::WHOLE)>
                <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4"/></svg>
            </button>
            <button type="button" class="word" aria-label="Save as PNG" title="Save as PNG" on:click=move |_| with_host(&png)>"PNG"</button>
            <button type="button" class="word" aria-label="Save as SVG" title="Save as SVG" on:click=move |_| with_host(&svg)>"SVG"</button>
            {csv}
        </div>
    }
}

/// Shows a short piece of a curve in the legend.
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

/// Shows the values at the pointer's x, beside the pointer.
#[component]
fn Tooltip(chart: Signal<Chart>, readout: Readout) -> impl IntoView {
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
                    if series.area { AREA_WIDTH } else { series.stroke_width() },
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

/// Returns a colour as CSS.
fn css(colour: Colour) -> String {
    match colour {
        Colour::Ink => "var(--ink)".to_owned(),
        Colour::Muted => "var(--muted)".to_owned(),
        Colour::Token(name) => format!("var({name})"),
        Colour::Rgb(rgb) => format!("rgb({} {} {})", rgb.0, rgb.1, rgb.2),
    }
}
