//! Mounts the trainer in the page.

use leptos::mount::mount_to;
use leptos::prelude::*;

use super::lab::TrainerLab;
use crate::ui::kit::slot;
use crate::ui::kit::theme::provide_dark;

/// Mounts the trainer in its slot of the page.
pub fn mount_trainer() {
    if let Some(slot) = slot::take("lab") {
        mount_to(slot, || {
            provide_dark();
            view! { <TrainerLab/> }
        })
        .forget();
    }
}
