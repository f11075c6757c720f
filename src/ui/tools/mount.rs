//! Mounts the tools in the page, and opens whichever the page asks for.

use leptos::mount::mount_to;
use leptos::prelude::*;

use super::files_dialog::FileTool;
use super::files_state::Files;
use super::paper::Paper;
use super::share_dialog::ShareTool;
use crate::ui::bridge::{self, Ask};
use crate::ui::kit::slot;

/// Mounts the tools in their slot of the page.
pub fn mount_tools() {
    if let Some(slot) = slot::take("tools") {
        mount_to(slot, || view! { <Tools/> }).forget();
    }
}

#[component]
fn Tools() -> impl IntoView {
    let files = Files::new();
    provide_context(files);
    let share = RwSignal::new(false);
    bridge::hear(move |ask| match ask {
        Ask::File => files.show_dialog(),
        Ask::Print => files.show_printing(),
        Ask::Share => share.set(true),
        Ask::Worksheet(exercise) => files.print_worksheet(exercise),
        Ask::Dropped(dropped) => {
            files.dropped.set(dropped);
            files.show_dialog();
        }
    });
    view! {
        <FileTool/>
        <ShareTool open=share/>
        <Paper/>
    }
}
