//! The dialog "File", which saves the sheet as a file, and opens and checks files.

use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::html::{Button, Div, Input};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

use super::files_state::{Files, Purpose};
use crate::exchange::protocol::{REPORT, SHOW, TAKE};
use crate::sheet::Column;
use crate::ui::kit::clicked;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::file_input;
use crate::ui::kit::memo::effect;
use crate::ui::kit::toggle::Toggle;

/// The kinds of file that the browser's dialog offers.
/// Some of them cannot be read, but then the page says what to do.
const KINDS: &str = ".xlsx,.xlsm,.csv,.tsv,.txt,.xls,.xlsb,.ods,.numbers";

/// The last row that is printed unless the user chooses another one: with row 0, as many as fit on a page.
const LAST_PRINTED: usize = 24;

/// The dialog "File".
#[component]
pub(crate) fn FileTool() -> impl IntoView {
    let files: Files = expect_context();
    view! { <Dialog open=files.open title="File"><FilesDialog/></Dialog> }
}

/// The content of the dialog.
#[component]
fn FilesDialog() -> impl IntoView {
    let files: Files = expect_context();
    let (compared, comma) = (RwSignal::new(true), RwSignal::new(false));
    let (first, last) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let print = move |event: SubmitEvent| {
        event.prevent_default();
        let text = |field: NodeRef<Input>| field.get_untracked().map(|field| field.value()).unwrap_or_default();
        files.print(text(first), text(last));
    };
    let purpose = RwSignal::new(Purpose::Open);
    let input = NodeRef::<Input>::new();
    let choose = move |chosen: Purpose| {
        purpose.set(chosen);
        file_input::open(input);
    };
    let chosen = move |_| {
        let chosen = file_input::chosen(input);
        if !chosen.is_empty() {
            files.read(chosen, purpose.get_untracked());
        }
    };
    let button = move |name: &'static str, act: Box<dyn Fn()>| {
        view! { <button type="button" disabled=move || files.is_busy() on:click=move |_| act()>{name}</button> }
            .into_any()
    };
    let is_off = move || files.is_busy() || files.is_practising();
    let save = move |name: &'static str, act: Box<dyn Fn()>| {
        view! { <button type="button" disabled=is_off on:click=move |_| act()>{name}</button> }.into_any()
    };
    let last_row = files.sheet.with_untracked(|sheet| sheet.updates).min(LAST_PRINTED).to_string();
    let print_button = NodeRef::<Button>::new();
    effect(move || {
        if let Some(button) = print_button.get()
            && files.is_printing.get()
        {
            // The dialog is open one frame later. Focusing a button in the page cannot fail.
            request_animation_frame(move || drop(button.focus()));
        }
    });
    view! {
        <div class="files">
            <div class="file-actions">
                // The file would hold the user's own sheet, which the exercise hides.
                <p class="file-note" hidden=move || !files.is_practising()>
                    "You are working on an exercise. Exit it first to save your own sheet."
                </p>
                {save("Save as Excel workbook", Box::new(move || files.save_workbook(compared.get_untracked())))}
                <div>
                    <p class="hint">"Working formulas and a chart. Change η in cell G31."</p>
                    <Toggle name="A sheet for each compared learning rate" on=compared/>
                </div>
                {save("Save as CSV", Box::new(move || files.save_csv(comma.get_untracked())))}
                <div>
                    <p class="hint">"All rows, with all digits."</p>
                    <Toggle name="Decimal commas, as in German spreadsheets" on=comma/>
                </div>
                {save("Save lab report", Box::new(move || files.save_report(None)))}
                <p class="hint">"One zip file: the report with all formulas, the charts and the workbook."</p>
                <form class="file-print" on:submit=print>
                    <button type="submit" disabled=is_off node_ref=print_button>"Print…"</button>
                    <div>
                        <p class="print-rows">
                            <label>"Rows " <input type="text" inputmode="numeric" class="number" value="0" node_ref=first/></label>
                            <label>" to " <input type="text" inputmode="numeric" class="number" value=last_row node_ref=last/></label>
                        </p>
                        <p class="hint">"Starting values, error curves and all columns, on A4 or Letter."</p>
                    </div>
                </form>
            </div>
            <div class="file-actions">
                {button("Open a workbook…", Box::new(move || choose(Purpose::Open)))}
                <p class="hint">"Loads its starting values and η."</p>
                {button("Check a workbook…", Box::new(move || choose(Purpose::Check)))}
                <p class="hint">"Checks every cell and names the likely mistakes."</p>
                <p class="hint file-note">
                    "Excel (.xlsx) or CSV, up to 20 MB each. You can choose several files at once, or drop them on the page. Your files stay on this computer."
                </p>
            </div>
            <input type="file" class="visually-hidden" tabindex="-1" aria-label="Files to read" multiple accept=KINDS node_ref=input on:change=chosen/>
            <Dropped/>
            <Answer/>
        </div>
    }
}

/// Asks what dropped files are for.
#[component]
fn Dropped() -> impl IntoView {
    let files: Files = expect_context();
    let names = move || files.dropped.with(|dropped| file_input::names(dropped));
    let question = move || match files.dropped.with(Vec::len) {
        1 => ": load its values, or check it?",
        _ => ": load their values, or check them?",
    };
    let button = move |name: &'static str, purpose: Purpose| {
        let read = move |_| {
            files.read(files.dropped.get_untracked(), purpose);
        };
        view! { <button type="button" disabled=move || files.is_busy() on:click=read>{name}</button> }
    };
    view! {
        <div class="file-message" hidden=move || files.dropped.with(Vec::is_empty)>
            <p><span translate="no" prop:textContent=words(names)></span><span prop:textContent=words(question)></span></p>
            <div class="buttons">{button("Open", Purpose::Open)} {button("Check", Purpose::Check)}</div>
        </div>
    }
}

/// The status of the last request: a sentence, and the worker's markup.
#[component]
fn Answer() -> impl IntoView {
    let files: Files = expect_context();
    let place = NodeRef::<Div>::new();
    Effect::new(move |before: Option<()>| {
        files.status.track();
        // A status from before the dialog was opened is not scrolled to.
        if before.is_some() {
            request_animation_frame(move || {
                if let Some(place) = place.get_untracked() {
                    place.scroll_into_view();
                }
            });
        }
    });
    // Clicks on the buttons in the worker's markup.
    let on_click = move |event: MouseEvent| {
        let attribute = |name: &str| clicked::part(&event, name).map(|(_, value)| value);
        if attribute(REPORT).is_some() {
            let list = place.get_untracked().and_then(|place| place.query_selector("select").ok()?);
            files.save_report(list.map(|list| list.unchecked_into::<HtmlSelectElement>().value()));
        } else if let Some(index) = attribute(TAKE).and_then(|index| index.parse().ok()) {
            files.take(index);
        } else if let Some(cell) = attribute(SHOW) {
            let mut numbers = cell.split(' ').map_while(|number| number.parse::<usize>().ok());
            if let (Some(row), Some(column), Some(rows)) = (numbers.next(), numbers.next(), numbers.next())
                && let Some(&column) = Column::ALL.get(column)
            {
                files.show(row, column, rows);
            }
        }
    };
    let has_no_text = move || files.status.with(|status| status.text.is_empty());
    view! {
        <div role="status" class="file-status" class:empty=move || has_no_text() && files.status.with(|status| status.html.is_empty()) node_ref=place on:click=on_click>
            <div class="file-message" hidden=has_no_text>
                <p
                    class:busy=move || files.is_busy() class:file-failed=move || files.status.with(|status| status.failed)
                    prop:textContent=words(move || files.status.with(|status| status.text.clone()))
                ></p>
                <button type="button" hidden=move || !files.is_busy() on:click=move |_| files.cancel()>"Cancel"</button>
            </div>
            <div class="file-html" inner_html=move || files.status.with(|status| status.html.clone())></div>
        </div>
    }
}
