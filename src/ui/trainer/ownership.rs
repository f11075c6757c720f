//! Which run this tab owns. A run has one owner: the tab that holds its lock. Each action on a run that could harm another
//! tab's work begins by asking for it.

use leptos::prelude::*;

use crate::store::locks::Hold;
use crate::trainer::run::record::RunKey;

/// The sentence about a run that another tab owns.
pub(crate) const OWNED_ELSEWHERE: &str = "This run is training in another tab. Stop it there, or close that tab.";

/// What this tab owns.
#[derive(Clone, Copy)]
pub(super) struct Ownership {
    /// The run that this tab trains or is about to store, if there is one.
    pub(super) own: StoredValue<Option<(RunKey, Hold)>, LocalStorage>,
    /// The run that this tab is about to train, while the browser says whether another tab owns it.
    pub(super) asked_for: RwSignal<Option<RunKey>>,
}

impl Ownership {
    pub(super) fn new() -> Self {
        Self { own: StoredValue::new_local(None), asked_for: RwSignal::new(None) }
    }

    /// The run that this tab owns, if there is one.
    pub(super) fn key(self) -> Option<RunKey> {
        self.own.with_value(|own| own.as_ref().map(|(key, _)| *key))
    }
}
