//! The picture beside the landscape: the error after the next step, for each learning rate that it could have.

use leptos::html::Div;
use leptos::prelude::*;

use super::state::{Panel, SheetState};
use crate::sheet::markup;
use crate::sheet::step_profile::StepProfile;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::text;
use crate::ui::kit::memo::memo;
use crate::ui::kit::observed_size::observe_size;

/// Shows the error along the next step of the current row.
#[component]
pub(crate) fn StepView() -> impl IntoView {
    let state: SheetState = expect_context();
    let frame = NodeRef::<Div>::new();
    let size = RwSignal::new((0.0, 0.0));
    let measure = move || {
        if let Some(frame) = frame.get_untracked() {
            size.set((f64::from(frame.client_width()), f64::from(frame.client_height())));
        }
    };
    observe_size(Box::new(move || frame.get().map(Into::into)), Box::new(measure));
    let profile = Memo::new(move |known: Option<&Option<StepProfile>>| {
        if state.panel.get() != Panel::Landscape {
            return known.cloned().flatten();
        }
        if state.row_without_error().is_some() {
            return None;
        }
        state.race.with(|race| StepProfile::new(race.own(), state.row.get()))
    });
    let summary = memo(move || profile.with(|profile| profile.as_ref().map_or_else(String::new, StepProfile::summary)));
    let picture = move || {
        let (width, height) = size.get();
        let drawn = |profile: &StepProfile| summary.with(|summary| profile.svg((width, height), summary));
        profile
            .with(|profile| profile.as_ref().filter(|_| width > 100.0 && height > 60.0).map(drawn))
            .unwrap_or_default()
    };
    view! {
        <div class="step-profile" node_ref=frame inner_html=text(picture)></div>
        <p class="landscape-summary" inner_html=text(move || summary.with(|summary| markup::typeset(summary)))></p>
    }
}
