//! The sentence under the settings that announces a large use of memory.

use js_sys::Reflect;
use leptos::prelude::*;

use crate::trainer::recipe::memory::{DeviceMemory, note};
use crate::trainer::recipe::text::RecipeText;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::memo::memo;
use crate::ui::trainer::state::TrainerState;

/// The sentence, or nothing where the batches are small.
#[component]
pub(crate) fn MemoryNote() -> impl IntoView {
    let state: TrainerState = expect_context();
    let device = device_memory();
    let sentence = memo(move || state.text.with(RecipeText::parse).ok().and_then(|recipe| note(&recipe, device)));
    view! {
        // The element is there from the beginning, so that a screen reader reads its text when it changes.
        <p class="hint memory-note" role="status" prop:textContent=move || sentence.get().unwrap_or_default()></p>
    }
}

/// Asks the browser how much memory the device has; only some browsers say.
fn device_memory() -> DeviceMemory {
    let navigator = window().navigator();
    let said = Reflect::get(&navigator, &"deviceMemory".into()).ok().and_then(|gib| gib.as_f64());
    match said {
        Some(gib) => DeviceMemory::Gib(gib),
        None if navigator.max_touch_points() > 0 => DeviceMemory::OfTouchDevice,
        None => DeviceMemory::Unknown,
    }
}
