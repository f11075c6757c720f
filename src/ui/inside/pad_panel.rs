//! The panel: the pad with its buttons, the steps of the preparation, and the answer.

use leptos::ev::{ClipboardEvent, DragEvent};
use leptos::html::{Div, Input};
use leptos::prelude::*;

use super::answer_view::AnswerView;
use super::pad_canvas::{HINT, PadCanvas};
use super::pad_state::PadState;
use super::steps_view::StepsView;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::file_input;

#[component]
pub(crate) fn PadPanel() -> impl IntoView {
    let state = PadState::new();
    provide_context(state);
    let (panel, input) = (NodeRef::<Div>::new(), NodeRef::<Input>::new());
    let take_first = move |files: Vec<web_sys::File>| {
        let file = files.into_iter().next();
        let is_there = file.is_some();
        file.into_iter().for_each(|file| state.take_photo(file));
        is_there
    };
    let on_drop = move |event: DragEvent| {
        // Outside of the pad, the trainer takes dropped files.
        if take_first(file_input::list(event.data_transfer().and_then(|transfer| transfer.files()))) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    // A paste goes to the page's body unless something that is typed in has the focus.
    let listener = window_event_listener(leptos::ev::paste, move |event: ClipboardEvent| {
        let is_shown = panel.get_untracked().is_some_and(|panel| panel.offset_parent().is_some());
        let files = file_input::list(event.clipboard_data().and_then(|data| data.files()));
        if is_shown && take_first(files) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
    let can_undo = move || state.image.with(Option::is_some) || state.drawing.with(|drawing| drawing.can_undo());
    view! {
        <div class="pad-panel" node_ref=panel on:drop=on_drop>
            <div class="pad-side">
                <PadCanvas/>
                <div class="buttons">
                    <button type="button" on:click=move |_| state.undo() disabled=move || !can_undo()>"Undo"</button>
                    <button type="button" on:click=move |_| state.clear() disabled=move || state.is_empty()>"Clear"</button>
                    <button type="button" on:click=move |_| file_input::open(input)>"Photo…"</button>
                </div>
                <input
                    type="file" class="visually-hidden" tabindex="-1" aria-label="Photo of a digit" accept="image/*" node_ref=input
                    on:change=move |_| { take_first(file_input::chosen(input)); }
                />
                <p class="pad-unread" role="alert" prop:textContent=words(move || state.unread.get().unwrap_or_default())></p>
                <p class="hint" id=HINT>
                    "With the keyboard: arrow keys move the pen, Space puts it down and lifts it. Delete clears, Ctrl+Z takes \
                     back the last line. A photo of a digit can be dropped or pasted, too."
                </p>
            </div>
            <AnswerView/>
            <StepsView/>
        </div>
    }
}
