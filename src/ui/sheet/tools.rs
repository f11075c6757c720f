//! The sheet's tools in the bar of the page. File, Share and whatever is printed are a wasm of their own, which the page
//! asks for them.

use leptos::ev;
use leptos::prelude::*;

use super::practice::dialog::PracticeButton;
use super::presenter::{PresentButton, Presenting};
use super::state::SheetState;
use crate::ui::bridge::{Ask, Tools};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::file_drop;
use crate::ui::kit::keys::is_letter;
use crate::ui::kit::tool_button::ToolButton;

/// All tools in a row. Files may also be dropped anywhere on the page while the sheet is shown.
#[component]
pub(crate) fn SheetTools() -> impl IntoView {
    let tools: Tools = expect_context();
    let listener = file_drop::listen(move |dropped| tools.ask(Ask::Dropped(dropped)));
    let (presenting, sheet): (Presenting, SheetState) = (expect_context(), expect_context());
    let print = window_event_listener(ev::keydown, move |event| {
        let is_free = !presenting.on.get_untracked() && !untrack(|| sheet.is_practising());
        let is_plain = (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key();
        if is_free && is_plain && is_letter(&event, 'p') {
            event.prevent_default();
            tools.ask(Ask::Print);
        }
    });
    on_cleanup(move || {
        listener.remove();
        print.remove();
    });
    view! {
        <div class="tools" role="group" aria-label="Tools">
            <ToolButton name="File" icon="M5 2.5h6.5L15 6v11.5H5zM11 2.5V6.5h4" on_click=move || tools.ask(Ask::File)/>
            <PracticeButton/>
            <ToolButton name="Share" icon="M10 12.500V3 M6.500 6.500L10 3l3.500 3.500 M4.500 10v6.500h11V10" on_click=move || tools.ask(Ask::Share)/>
            <PresentButton/>
        </div>
    }
}
