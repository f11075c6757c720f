//! The sheet's lab: formula and error curves above, controls, and the table to the bottom edge.

use leptos::prelude::*;

use super::error_curves::ErrorCurves;
use super::formula_panel::FormulaPanel;
use super::network_diagram::NetworkDiagram;
use super::sheet_controls::SheetControls;
use super::sheet_grid::SheetGrid;
use super::sheet_state::SheetState;

/// The lab that steps through backpropagation.
#[component]
pub(super) fn SheetLab() -> impl IntoView {
    provide_context(SheetState::new());
    view! {
        <div class="sheet">
            <FormulaPanel/>
            <NetworkDiagram/>
            <ErrorCurves/>
            <SheetControls/>
            <SheetGrid/>
        </div>
    }
}
