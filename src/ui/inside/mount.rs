//! Mounts the pad in the trainer.

use leptos::mount::mount_to;
use leptos::prelude::*;

use super::pad_panel::PadPanel;
use crate::ui::kit::slot;
use crate::ui::kit::theme::provide_dark;

/// Mounts the pad in its slot of the trainer.
pub fn mount_inside() {
    if let Some(slot) = slot::take("inside") {
        mount_to(slot, || {
            provide_dark();
            view! { <PadPanel/> }
        })
        .forget();
    }
}
