//! The place of the trainer in the page. The trainer's wasm is fetched when the user first opens it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::ui::kit::dynamic::Show;
use crate::ui::kit::memo::effect;

/// The id of the element that the trainer is mounted to.
pub(crate) const SLOT: &str = "trainer-lab";
/// The address of the script that loads the trainer's wasm; Trunk writes it next to the page.
const LOADER: &str = "./lab_loader.js";

/// The trainer's place, with a message until the trainer is mounted there.
#[component]
pub(crate) fn TrainerSlot() -> impl IntoView {
    let failed = RwSignal::new(false);
    let attempt = RwSignal::new(0_u32);
    effect(move || {
        failed.set(false);
        // The browser remembers that a module failed to load. With another address it tries again.
        let source = match attempt.get() {
            0 => LOADER.to_owned(),
            attempt => format!("{LOADER}?{attempt}"),
        };
        if load(&source, move || failed.set(true)).is_none() {
            failed.set(true);
        }
    });
    view! {
        <div id=SLOT class="slot">
            <Show
                when=move || failed.get()
                fallback=|| view! { <p class="notice" role="status">"Loading the trainer…"</p> }
            >
                <div class="notice" role="alert">
                    <p>"The trainer could not be loaded. Are you online?"</p>
                    <button type="button" on:click=move |_| attempt.update(|attempt| *attempt += 1)>"Try again"</button>
                </div>
            </Show>
        </div>
    }
}

/// Adds a script module to the page. Returns `None` if the page refuses it.
fn load(source: &str, failed: impl FnOnce() + 'static) -> Option<()> {
    let page = document();
    let script = page.create_element("script").ok()?;
    script.set_attribute("type", "module").ok()?;
    script.set_attribute("src", source).ok()?;
    let failed = wasm_bindgen::closure::Closure::once_into_js(failed);
    script.add_event_listener_with_callback("error", failed.unchecked_ref()).ok()?;
    page.body()?.append_child(&script).ok()?;
    Some(())
}
