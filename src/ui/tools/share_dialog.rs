//! The dialog "Share" with the link to the sheet, to be copied, sent, or scanned as a QR code.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::files_state::NOT_UNDERSTOOD;
use crate::exchange::client;
use crate::exchange::protocol::{Request, Response};
use crate::ui::address::link_with;
use crate::ui::bridge::read_sheet;
use crate::ui::kit::browser;
use crate::ui::kit::clipboard;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::dynamic::words;

/// The dialog "Share".
#[component]
pub(crate) fn ShareTool(open: RwSignal<bool>) -> impl IntoView {
    view! { <Dialog open title="Share this sheet"><Share/></Dialog> }
}

/// The link to the sheet at the time when the dialog opens, and its QR code.
#[component]
fn Share() -> impl IntoView {
    let link = StoredValue::new(link_with(&read_sheet().to_string()));
    let field = NodeRef::<html::Input>::new();
    let select = move || {
        if let Some(field) = field.get_untracked() {
            field.select();
        }
    };
    let message = RwSignal::new(String::new());
    // The warning and the QR code, as the worker's markup.
    let code = RwSignal::new(String::new());
    client::request(Request::Qr { text: link.get_value() }, None, move |answer| match answer {
        // The signals are missing if the dialog has been closed meanwhile.
        Ok((Response::Qr(html), _)) => drop(code.try_set(html)),
        Ok(_) => drop(message.try_set(NOT_UNDERSTOOD.to_owned())),
        Err(reason) => drop(message.try_set(reason)),
    });
    let copy = move |_| {
        clipboard::write(link.get_value(), move |done| {
            if done.is_ok() {
                message.try_set("Copied.".to_owned());
                return;
            }
            // The older method also works outside secure contexts.
            select();
            let copied = browser::call(&document(), "execCommand", &"copy".into());
            leptos::task::spawn_local(async move {
                let copied = copied.await.is_ok_and(|copied| copied.is_truthy());
                let sentence = match copied {
                    true => "Copied.",
                    false => "The browser did not allow copying. Press Ctrl+C to copy the link.",
                };
                message.try_set(sentence.to_owned());
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
        <div class="qr" aria-live="polite" inner_html=move || code.get()></div>
    }
}
