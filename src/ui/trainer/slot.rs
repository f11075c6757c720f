//! Where the trainer's lab goes. Its wasm is fetched when it is first looked at.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::ui::kit::dynamic::Show;
use crate::ui::kit::memo::effect;

/// The element that the lab is mounted to.
pub(crate) const SLOT: &str = "trainer-lab";
/// Trunk's loader of the lab's wasm, beside the page.
const LOADER: &str = "./lab_loader.js";

/// The place for the lab, and what is said until it is there.
#[component]
pub(crate) fn TrainerSlot() -> impl IntoView {
    let failed = RwSignal::new(false);
    let attempt = RwSignal::new(0_u32);
    effect(move || {
        failed.set(false);
        // A module that failed to load is kept by the browser as failed; another address is another module.
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
                    <p>"The trainer could not be loaded. Is the network there?"</p>
                    <button type="button" on:click=move |_| attempt.update(|attempt| *attempt += 1)>"Try again"</button>
                </div>
            </Show>
        </div>
    }
}

/// Adds a module to the page; `None` where that is impossible.
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
