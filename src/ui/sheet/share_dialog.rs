//! The tool "Share": a dialog with the link to the sheet, to be copied, sent, or scanned as a QR code.

use std::fmt::Write as _;

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::address::link_to_share;
use super::state::SheetState;
use crate::exchange::client;
use crate::exchange::protocol::{Request, Response};
use crate::ui::kit::browser;
use crate::ui::kit::clipboard;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::dynamic::{Words, part, words};
use crate::ui::kit::tool_button::ToolButton;

/// The width of the white margin that a QR code needs, in modules.
const MARGIN: u32 = 4;

/// The button "Share" and its dialog.
#[component]
pub(crate) fn ShareButton() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <ToolButton name="Share" icon="M10 12.500V3 M6.500 6.500L10 3l3.500 3.500 M4.500 10v6.500h11V10" on_click=move || open.set(true)/>
        <Dialog open title="Share this sheet"><Share/></Dialog>
    }
}

/// The link to the sheet at the time when the dialog opens, and its QR code.
#[component]
fn Share() -> impl IntoView {
    let state: SheetState = expect_context();
    let link = StoredValue::new(link_to_share(state));
    let field = NodeRef::<html::Input>::new();
    let select = move || {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    let message = RwSignal::new("");
    let copy = move |_| {
        clipboard::write(link.get_value(), move |done| {
            if done.is_ok() {
                message.try_set("Copied.");
                return;
            }
            // The older method also works outside secure contexts.
            select();
            let copied = browser::call(&document(), "execCommand", &"copy".into());
            leptos::task::spawn_local(async move {
                let copied = copied.await.is_ok_and(|copied| copied.is_truthy());
                message.try_set(if copied {
                    "Copied."
                } else {
                    "The browser did not allow copying. Press Ctrl+C to copy the link."
                });
            });
        });
    };
    let send = browser::has(&window().navigator(), "share").then(|| {
        let send = move |_| {
            let data = js_sys::Object::new();
            // Setting a property of a plain object cannot fail.
            let _ = js_sys::Reflect::set(&data, &"url".into(), &link.get_value().into());
            let sent = browser::call(&window().navigator(), "share", &data);
            leptos::task::spawn_local(async move {
                // An error means that the user cancelled.
                let _: Result<JsValue, JsValue> = sent.await;
            });
        };
        view! { <button type="button" on:click=send>"Send…"</button> }
    });
    view! {
        <p>"This link opens the sheet as it is now: starting values, learning rate, number of rows, selected cell and, if there is one, the exercise."</p>
        <div class="share-link">
            <input type="text" readonly aria-label="Link" value=link.get_value() node_ref=field on:focus=move |_| select()/>
            <button type="button" class="primary" on:click=copy>"Copy"</button>
            {send}
        </div>
        <p class="share-message hint" role="status" prop:textContent=words(move || message.get())></p>
        <QrCode text=link.get_value()/>
    }
}

/// The QR code of a text, made by the exchange worker, or a sentence if that fails.
#[component]
fn QrCode(text: String) -> impl IntoView {
    let reply = RwSignal::new(None::<Result<(u32, String), String>>);
    client::request(Request::Qr { text }, None, move |answer| {
        // The signal is missing if the dialog has been closed meanwhile.
        reply.try_set(Some(match answer {
            Ok((Response::Qr { size, modules }, _)) => Ok((size, outline(size, &modules))),
            Ok(_) => Err("No QR code could be made for this link.".to_owned()),
            Err(reason) => Err(reason),
        }));
    });
    let code = move || {
        reply.get().map(|reply| match reply {
            Ok((size, outline)) => {
                let side = size + 2 * MARGIN;
                view! {
                    <svg viewBox=format!("0 0 {side} {side}") role="img" aria-label="QR code of the link" shape-rendering="crispEdges">
                        <rect width=side height=side fill="#fff"/>
                        <path transform=format!("translate({MARGIN} {MARGIN})") d=outline fill="#000"/>
                    </svg>
                }
                .into_any()
            }
            Err(reason) => view! { <p class="hint" role="status" prop:textContent=Words::from(reason)></p> }.into_any(),
        })
    };
    view! { <div class="qr">{part(code)}</div> }
}

/// Returns the dark modules as an SVG path in which a module is one unit wide: one rectangle for each run of dark
/// modules in a row.
fn outline(size: u32, modules: &[bool]) -> String {
    let mut path = String::new();
    for (y, row) in modules.chunks(size.max(1) as usize).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            let length = run.len();
            if run[0] {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            x += length;
        }
    }
    path
}
