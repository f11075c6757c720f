//! The view "Experiments": ready-made settings, each with a sentence of what to watch.

use leptos::prelude::*;

use super::state::{Panel, SheetState};
use crate::sheet::gallery::{Exhibit, GALLERY};
use crate::sheet::number;
use crate::ui::kit::clicked;
use crate::ui::kit::context::expect_context;

/// Shows the list. A click on a setting shows it on the sheet, with its error curve.
#[component]
pub(crate) fn Experiments() -> impl IntoView {
    let state: SheetState = expect_context();
    let choose = move |event: leptos::ev::MouseEvent| {
        let index = clicked::part(&event, "data-exhibit").and_then(|(_, index)| index.parse::<usize>().ok());
        if let Some(exhibit) = index.and_then(|index| GALLERY.get(index)) {
            state.show_setup(exhibit.lesson, exhibit.updates);
            state.panel.set(Panel::Curves);
        }
    };
    let entry = |(index, exhibit): (usize, &Exhibit)| {
        format!(
            "<li><button type=\"button\" data-exhibit=\"{index}\"><strong>{}</strong> <span translate=\"no\">η = {}</span></button> <span>{}</span></li>",
            exhibit.name,
            number::full(exhibit.lesson.learning_rate),
            exhibit.watch
        )
    };
    let list: String = GALLERY.iter().enumerate().map(entry).collect();
    view! { <ul class="experiments" aria-label="Experiments" on:click=choose inner_html=list></ul> }
}

/// Returns the setting of the gallery that the sheet shows, if it shows one.
pub(crate) fn shown(state: SheetState) -> Option<&'static Exhibit> {
    let (lesson, updates) = (state.lesson.get(), state.own_updates.get());
    GALLERY.iter().find(|exhibit| exhibit.lesson == lesson && exhibit.updates == updates)
}
