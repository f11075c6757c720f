//! The compared learning rates, as the error curves and the table "Learning rates" show them: their order, colours and
//! dashes, and what a click on one does.

use super::state::SheetState;
use crate::sheet::learning_rate::COMPARED;
use crate::sheet::{Race, Run, number};

/// Returns the runs in the order in which they are shown: the compared ones, then the user's own.
pub(crate) fn runs(race: &Race) -> impl Iterator<Item = &Run> {
    race.compared().iter().chain(std::iter::once(race.own()))
}

/// Returns the name of what a click on a run does; empty for the user's own run, where a click does nothing.
pub(crate) fn action(index: usize) -> String {
    COMPARED.get(index).map_or_else(String::new, |&rate| format!("Use η = {}", number::full(rate)))
}

/// Sets the sheet's learning rate to a compared one, as a change that is undone by itself.
pub(crate) fn use_rate(state: SheetState, index: usize) {
    if let Some(&rate) = COMPARED.get(index) {
        state.end_edit();
        state.set_learning_rate(rate);
        state.end_edit();
    }
}
