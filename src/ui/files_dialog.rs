//! The "File" tool: the sheet as a file, and files into the sheet.

use leptos::ev;
use leptos::html::{Div, Input};
use leptos::prelude::*;
use web_sys::{DataTransfer, DragEvent, File};

use super::dialog::Dialog;
use super::files_report::Report;
use super::files_state::{Files, Outcome, Purpose};
use super::sheet_tools::ToolButton;

/// The kinds of file that a browser offers to choose.
const KINDS: &str = ".xlsx,.csv,.tsv,.txt";

/// The button and its dialog. A file may be dropped anywhere on the page.
#[component]
pub(super) fn FileButton() -> impl IntoView {
    let files: Files = expect_context();
    // Without this a browser would leave the page for the file.
    let over = window_event_listener(ev::dragover, |event: DragEvent| {
        if carried_file(&event).is_some() {
            event.prevent_default();
        }
    });
    let drop = window_event_listener(ev::drop, move |event: DragEvent| {
        let Some(transfer) = carried_file(&event) else { return };
        event.prevent_default();
        if let Some(file) = transfer.files().and_then(|dropped| dropped.get(0)) {
            files.dropped.set(Some(file));
            files.open.set(true);
        }
    });
    on_cleanup(move || {
        over.remove();
        drop.remove();
    });
    view! {
        <ToolButton name="File" icon="M5 2.5h6.5L15 6v11.5H5zM11 2.5V6.5h4" on_click=move || files.open.set(true)/>
        <Dialog open=files.open title="File"><FilesDialog/></Dialog>
    }
}

/// What a drag brings, if it brings a file and not a piece of text.
fn carried_file(event: &DragEvent) -> Option<DataTransfer> {
    event.data_transfer().filter(|transfer| transfer.types().includes(&"Files".into(), 0))
}

#[component]
fn FilesDialog() -> impl IntoView {
    let files: Files = expect_context();
    let compared = RwSignal::new(true);
    let purpose = RwSignal::new(Purpose::Open);
    let input = NodeRef::<Input>::new();
    let choose = move |chosen: Purpose| {
        purpose.set(chosen);
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let file = input.files().and_then(|files| files.get(0));
        // So that the same file can be chosen again, corrected.
        input.set_value("");
        if let Some(file) = file {
            files.read(&file, purpose.get_untracked());
        }
    };
    let button = move |name: &'static str, act: Box<dyn Fn()>| {
        view! { <button type="button" disabled=move || files.is_busy() on:click=move |_| act()>{name}</button> }
            .into_any()
    };
    view! {
        <div class="files">
            <div class="file-actions">
                {button("Save as Excel workbook", Box::new(move || files.save_workbook(compared.get_untracked())))}
                <div>
                    <p class="hint">"Live formulas, η in G31, and a chart."</p>
                    <label class="toggle">
                        <input type="checkbox" prop:checked=compared on:change=move |event| compared.set(event_target_checked(&event))/>
                        "A sheet for each compared learning rate"
                    </label>
                </div>
                {button("Save as CSV", Box::new(move || files.save_csv()))}
                <p class="hint">"Every row, every digit."</p>
            </div>
            <div class="file-actions">
                {button("Open a workbook…", Box::new(move || choose(Purpose::Open)))}
                <p class="hint">"Takes over its constants and η."</p>
                {button("Check a workbook…", Box::new(move || choose(Purpose::Check)))}
                <p class="hint">"Compares every cell, and names the likely mistakes."</p>
                <p class="hint file-note">
                    "Excel (.xlsx) or CSV, up to 20 MB. You can also drop a file on the page. Nothing leaves your machine."
                </p>
            </div>
            <input type="file" class="visually-hidden" tabindex="-1" aria-label="File to read" accept=KINDS node_ref=input on:change=chosen/>
            <Dropped/>
            <Told/>
        </div>
    }
}

/// Asks what a dropped file is for.
#[component]
fn Dropped() -> impl IntoView {
    let files: Files = expect_context();
    let button = move |name: &'static str, purpose: Purpose, file: &File| {
        let file = file.clone();
        view! {
            <button type="button" disabled=move || files.is_busy() on:click=move |_| files.read(&file, purpose)>{name}</button>
        }
    };
    move || {
        files.dropped.get().map(|file| {
            view! {
                <div class="file-told">
                    <p>"“" {file.name()} "”: take its values over, or check it?"</p>
                    <div class="buttons">{button("Open", Purpose::Open, &file)} {button("Check", Purpose::Check, &file)}</div>
                </div>
            }
        })
    }
}

/// What came of it.
#[component]
fn Told() -> impl IntoView {
    let files: Files = expect_context();
    let told = move || {
        match files.outcome.get() {
        Outcome::Nothing => ().into_any(),
        Outcome::Busy(what) => view! {
            <div class="file-told">
                <p class="busy">{what}</p>
                <button type="button" on:click=move |_| files.cancel()>"Cancel"</button>
            </div>
        }
        .into_any(),
        Outcome::Failed(message) => view! { <p class="file-told file-failed">{message}</p> }.into_any(),
        Outcome::Saved { name, note } => view! {
            <div class="file-told"><p>"“" {name} "” is among your downloads."</p> {note.map(|note| view! { <p>{note}</p> })}</div>
        }
        .into_any(),
        Outcome::Opened { sheets, taken } => {
            let sentence = sheets.get(taken).map(|sheet| files.taken(sheet));
            let others = (sheets.len() > 1).then(|| {
                let buttons = sheets.iter().enumerate().map(|(index, sheet)| {
                    let (name, sheets) = (sheet.sheet.clone(), sheets.clone());
                    view! {
                        <button
                            type="button" aria-pressed=(index == taken).to_string()
                            on:click=move |_| files.take(sheets.clone(), index)
                        >{name}</button>
                    }
                });
                let buttons = buttons.collect_view();
                view! {
                    <p id="other-sheets">"The file has several sheets. Take over:"</p>
                    <div class="buttons" role="group" aria-labelledby="other-sheets">{buttons}</div>
                }
            });
            view! { <div class="file-told"><p>{sentence} " Undo brings back what was there."</p> {others}</div> }.into_any()
        }
        Outcome::Checked(sheets) => sheets.into_iter().map(|check| view! { <Report check/> }).collect_view().into_any(),
    }
    };
    let place = NodeRef::<Div>::new();
    Effect::new(move |before: Option<()>| {
        files.outcome.track();
        // What was told before the dialog was opened can wait to be scrolled to.
        if before.is_some() {
            request_animation_frame(move || {
                if let Some(place) = place.get_untracked() {
                    place.scroll_into_view();
                }
            });
        }
    });
    view! { <div role="status" class="file-status" node_ref=place>{told}</div> }
}
