//! The address bar follows the sheet: its fragment is a link that opens the same sheet again.
//!
//! Every history entry that this page wrote also stores that link as its data. So a reload on the trainer still knows
//! the sheet, and the page can tell its own entries from a link that somebody opened.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;

use super::state::SheetState;
use crate::sheet::Permalink;
use crate::sheet::permalink::Reading;
use crate::ui::address::{Lab, TRAINER, entry_data, fragment, replace_entry};
use crate::ui::bridge;
use crate::ui::kit::debounced::debounced;
use crate::ui::kit::memo::{effect, memo};

/// The time without changes after which the address is written. Browsers allow a few hundred changes a minute.
const REST: Duration = Duration::from_millis(400);

/// The sentence after those that say what cannot be read of a link.
const REST_IS_USED: &str = "The rest of the link is used.";

/// The address as signals.
#[derive(Clone, Copy)]
pub(crate) struct Address {
    /// The lab that is shown.
    pub(crate) lab: RwSignal<Lab>,
    /// The link to the sheet that was written last.
    link: RwSignal<String>,
    /// What is wrong with the link that was opened, as a sentence for the user.
    pub(crate) notice: RwSignal<Option<String>>,
}

impl Address {
    /// Reads the address that the page was opened with; returns it and the sheet that it describes.
    pub(crate) fn open() -> (Self, Permalink) {
        let fragment = fragment();
        // After a reload on the trainer the link is in the entry's data.
        let (lab, link) = match Lab::of(&fragment) {
            Lab::Trainer => (Lab::Trainer, stored_link().unwrap_or_default()),
            Lab::Sheet => (Lab::Sheet, fragment),
        };
        let (link, notice) = match Permalink::read(&link) {
            Ok(Reading { link, problem }) => (link, problem.map(|problem| format!("{problem} {REST_IS_USED}"))),
            Err(reason) => (Permalink::DEFAULT, Some(format!("{reason} The page shows the standard example instead."))),
        };
        let address =
            Self { lab: RwSignal::new(lab), link: RwSignal::new(link.to_string()), notice: RwSignal::new(notice) };
        (address, link)
    }

    /// Makes the address follow the sheet, and the sheet follow links that are opened.
    pub(crate) fn follow(self, state: SheetState) {
        // The bar keeps a faulty link, so that the user can correct it.
        replace_entry(&self.link.get_untracked().into(), None);
        let listener = window_event_listener(ev::hashchange, move |_| self.open_fragment(state));
        on_cleanup(move || listener.remove());
        // While the sheet plays, its row changes too often to be written.
        let link = memo(move || (!state.playing.get()).then(|| state.permalink().to_string()));
        let write = debounced(REST, move || {
            if let Some(link) = link.get_untracked() {
                self.write(link);
            }
        });
        let mut is_first = true;
        effect(move || {
            // Reading computes the memo: one that is only tracked follows nothing.
            let rests = link.with(Option::is_some);
            if !std::mem::take(&mut is_first) && rests {
                write();
            }
        });
    }

    /// Returns the link to a lab, for the navigation; the sheet's link keeps what is on the sheet.
    pub(crate) fn link_to(self, lab: Lab) -> String {
        match lab {
            Lab::Sheet => format!("#{}", self.link.get()),
            Lab::Trainer => format!("#{TRAINER}"),
        }
    }

    /// Stores the sheet's link in the history entry, and writes it into the address while the sheet is shown.
    fn write(self, link: String) {
        let is_shown = self.lab.get_untracked() == Lab::Sheet;
        replace_entry(&link.as_str().into(), is_shown.then_some(link.as_str()));
        self.link.set(link);
    }

    /// Shows what the fragment says after it has changed: by a link, by hand, or by going through the history.
    fn open_fragment(self, state: SheetState) {
        let fragment = fragment();
        let before = self.lab.get_untracked();
        let now = Lab::of(&fragment);
        self.lab.set(now);
        // Going back and forth between the labs keeps what was changed on the sheet meanwhile.
        let is_ours = fragment == self.link.get_untracked() || (before != now && stored_link().is_some());
        if now == Lab::Sheet && !is_ours {
            match Permalink::read(&fragment) {
                Ok(Reading { link, problem }) => {
                    self.notice.set(problem.map(|problem| format!("{problem} {REST_IS_USED}")));
                    state.restore(link);
                }
                Err(reason) => {
                    self.notice.set(Some(format!("{reason} The sheet has not changed.")));
                    return;
                }
            }
        }
        self.write(untrack(|| state.permalink()).to_string());
    }
}

/// Lets the sheet's tools read and write the sheet as a link.
pub(crate) fn offer_sheet(state: SheetState) {
    bridge::offer_sheet(move |link| {
        if let Some(Ok(reading)) = link.map(|link| Permalink::read(&link)) {
            state.restore(reading.link);
        }
        untrack(|| state.permalink()).to_string()
    });
}

/// Returns the link that the present history entry stores, if this page wrote it.
fn stored_link() -> Option<String> {
    entry_data().as_string()
}
