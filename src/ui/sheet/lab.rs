//! The layout of the sheet's lab: the controls, the network beside the other views, the formula, then the table.

use leptos::prelude::*;

use super::controls::SheetControls;
use super::error_curves::ErrorCurves;
use super::experiments::Experiments;
use super::formula_panel::FormulaPanel;
use super::gradient_check::GradientCheck;
use super::grid::SheetGrid;
use super::landscape_view::LandscapeView;
use super::network_diagram::NetworkDiagram;
use super::phase_strip::PhaseStrip;
use super::practice::bar::PracticeBar;
use super::practice::curve::PracticeCurve;
use super::race_table::RaceTable;
use super::scrub::Scrub;
use super::start::Start;
use super::state::{Panel, SheetState};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::Show;
use crate::ui::kit::memo::memo;
use crate::ui::kit::narrow::narrow;
use crate::ui::kit::tabs::{Tabs, panel_id, tab_id};

/// The views and the names of their tabs.
const PANELS: [(Panel, &str); 6] = [
    (Panel::Network, "Network"),
    (Panel::Curves, "Error curves"),
    (Panel::Landscape, "Landscape"),
    (Panel::Rates, "Learning rates"),
    (Panel::Experiments, "Experiments"),
    (Panel::GradientCheck, "Gradient check"),
];

/// Whether a view is about the user's own sheet alone, and has no place in an exercise.
fn is_own(panel: Panel) -> bool {
    matches!(panel, Panel::Rates | Panel::Landscape | Panel::Experiments)
}

/// Shows the whole lab.
#[component]
pub(crate) fn SheetLab() -> impl IntoView {
    let state: SheetState = expect_context();
    let narrow = narrow();
    // In wide windows the network is always shown, so it has no tab. An exercise has its own sheet alone.
    let panels = Signal::derive(move || {
        let mut panels = PANELS[usize::from(!narrow.get())..].to_vec();
        panels.retain(|(panel, _)| !is_own(*panel) || !state.is_practising());
        panels
    });
    let shown = memo(move || match state.panel.get() {
        Panel::Network if !narrow.get() => Panel::Curves,
        panel if is_own(panel) && state.is_practising() => Panel::Curves,
        panel => panel,
    });
    let panel = move |panel: Panel, content: fn() -> AnyView| {
        let name = PANELS.iter().find(|(other, _)| *other == panel).map_or("", |(_, name)| name);
        // A panel is built when it is first shown, and kept from then on.
        let seen = Memo::new(move |seen: Option<&bool>| seen.copied().unwrap_or(false) || shown.get() == panel);
        view! {
            <div
                class="panel" role="tabpanel" id=panel_id("sheet", name) aria-labelledby=tab_id("sheet", name)
                hidden=move || shown.get() != panel
            >
                <Show when=move || seen.get()>{content()}</Show>
            </div>
        }
    };
    let scrub = Scrub::new(state);
    view! {
        <div class="sheet" class:practising=move || state.is_practising() on:pointerdown=move |event| scrub.press(&event)>
            <PracticeBar/>
            <SheetControls/>
            <Start/>
            <PhaseStrip/>
            <Show when=move || !narrow.get()><NetworkDiagram/></Show>
            <div class="panels">
                <Tabs label="Views" prefix="sheet" tabs=panels chosen=shown choose=move |panel| state.panel.set(panel)/>
                <Show when=move || narrow.get()>{panel(Panel::Network, || view! { <NetworkDiagram/> }.into_any())}</Show>
                {panel(Panel::Curves, || view! { <Curves/> }.into_any())}
                {panel(Panel::Landscape, || view! { <LandscapeView/> }.into_any())}
                {panel(Panel::Rates, || view! { <RaceTable/> }.into_any())}
                {panel(Panel::Experiments, || view! { <Experiments/> }.into_any())}
                {panel(Panel::GradientCheck, || view! { <GradientCheck/> }.into_any())}
            </div>
            <FormulaPanel/>
            <SheetGrid scrub/>
        </div>
    }
}

/// The error curves of the user's own sheet, or the error curve of the exercise.
#[component]
fn Curves() -> impl IntoView {
    let state: SheetState = expect_context();
    view! {
        <Show when=move || state.is_practising() fallback=|| view! { <ErrorCurves/> }>
            <PracticeCurve/>
        </Show>
    }
}
