//! The buttons of a chart: zoom, and save as a file.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::download;
use crate::charts::View;
use crate::charts::canvas::CanvasHost;

/// Writes the chart's values as a CSV table.
pub(crate) type Csv = dyn Fn() -> String + Send + Sync;

/// The buttons for zooming and for saving the chart as a file.
#[component]
pub(crate) fn ChartTools(
    /// The title of the chart, which names the group of buttons and the files.
    title: &'static str,
    /// The canvas on which the chart is drawn.
    host: StoredValue<Option<CanvasHost>, LocalStorage>,
    /// The part of the chart that is shown.
    view: RwSignal<View>,
    /// Writes the values for the button "CSV"; without it there is no button.
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
