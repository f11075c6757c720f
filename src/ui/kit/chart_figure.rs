//! A chart as a figure: caption, tools, legend, canvas, tooltip, and a description for screen readers.

use std::sync::Arc;

use leptos::html::Canvas;
use leptos::prelude::*;

use super::chart_tools::{ChartTools, Csv};
use super::chart_tooltip::Tooltip;
use super::context::expect_context;
use super::dynamic::{Show, part, words};
use super::memo::{effect, memo};
use super::swatch::{Swatch, swatch_width};
use super::theme::Dark;
use crate::charts::canvas::CanvasHost;
use crate::charts::{Axis, Chart, Colour, Dash, Readout, Series, View};

/// Returns the value of a series, given by its index, at a whole x.
type LookUp = dyn Fn(usize, usize) -> Option<f64> + Send + Sync;
/// Called with the index of the series that the user picked.
type Pick = dyn Fn(usize) + Send + Sync;

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
    /// Called when the user clicks the legend entry of a series that has an action.
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

    effect(move || {
        let Some(canvas) = canvas.get() else { return };
        match CanvasHost::new(canvas) {
            Ok(new) => {
                new.on_hover(move |found| readout.set(found));
                new.on_view(move |changed| view.set(changed));
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
        let style = |series: &Series| (series.action.clone(), series.colour, series.dash, swatch_width(series));
        chart.with(|chart| chart.series.iter().map(style).collect::<Vec<_>>())
    });
    let legend = part(move || {
        let entry = |(index, (action, colour, dash, width)): (usize, (String, Colour, Dash, f64))| {
            let name = words(move || {
                chart.with(|chart| chart.series.get(index).map(|series| series.name.clone())).unwrap_or_default()
            });
            let label = view! { <Swatch colour dash width/> <span prop:textContent=name></span> };
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
                    <ChartTools title host view csv/>
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
