//! The address bar: which lab is shown, and the sheet's state as a link that can be kept and passed on.
//!
//! Every entry of the browser's history that this page wrote bears the sheet's link as its data. So a reload on the
//! trainer knows the sheet as well, and an entry can be told from a link that somebody opened.
//!
//! A fragment that begins with `trainer` is the trainer's lab's own, which keeps its recipe there (`recipe_address`);
//! the page leaves it as it is.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::kit::dynamic::text;
use super::kit::memo::memo;
use super::sheet::state::SheetState;
use crate::sheet::Permalink;

/// The labs, as the address's fragment names them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lab {
    Sheet,
    Trainer,
}

/// The trainer's fragment, perhaps with a recipe behind a question mark; all others are links to a sheet.
pub(crate) const TRAINER: &str = "trainer";
/// How long the sheet rests before the address follows it; browsers allow some hundred changes a minute.
const REST: Duration = Duration::from_millis(400);

/// The address as signals.
#[derive(Clone, Copy)]
pub(crate) struct Address {
    /// The lab that is shown.
    pub(crate) lab: RwSignal<Lab>,
    /// The link to the sheet, as it was written last.
    link: RwSignal<String>,
    /// What is wrong with the link that was opened.
    notice: RwSignal<Option<String>>,
}

impl Address {
    /// Reads the address that the page was opened with, and the sheet that it asks for.
    pub(crate) fn open() -> (Self, Permalink) {
        let fragment = fragment();
        // On the trainer the link is in the entry's data, if the page was reloaded.
        let (lab, link) = match lab_of(&fragment) {
            Lab::Trainer => (Lab::Trainer, history_data().unwrap_or_default()),
            Lab::Sheet => (Lab::Sheet, fragment),
        };
        let (link, notice) = match link.parse::<Permalink>() {
            Ok(link) => (link, None),
            Err(reason) => (Permalink::DEFAULT, Some(format!("{reason} Here is the classic example instead."))),
        };
        let address =
            Self { lab: RwSignal::new(lab), link: RwSignal::new(link.to_string()), notice: RwSignal::new(notice) };
        (address, link)
    }

    /// From now on the address follows the sheet, and the sheet the address.
    pub(crate) fn follow(self, state: SheetState) {
        let listener = window_event_listener(ev::hashchange, move |_| self.moved(state));
        on_cleanup(move || listener.remove());
        // While playing the row is not worth an address.
        let link = memo(move || (!state.playing.get()).then(|| state.permalink().to_string()));
        Effect::new(move |timer: Option<Option<TimeoutHandle>>| {
            let opened = timer.is_none();
            if let Some(timer) = timer.flatten() {
                timer.clear();
            }
            let resting = link.with(Option::is_some);
            if opened {
                // A link with something wrong stays in the bar, to be corrected.
                replace_entry(&self.link.get_untracked(), None);
                None
            } else if resting {
                set_timeout_with_handle(move || self.write(state), REST).ok()
            } else {
                None
            }
        });
    }

    /// The link from one lab to the other, which does not lose the sheet.
    pub(crate) fn link_to(self, lab: Lab) -> String {
        match lab {
            Lab::Sheet => format!("#{}", self.link.get()),
            Lab::Trainer => format!("#{TRAINER}"),
        }
    }

    /// The address for people: the page's own, with the sheet as it is now.
    pub(crate) fn to_share(state: SheetState) -> String {
        let page = window().location().href().unwrap_or_default();
        let page = page.split('#').next().unwrap_or_default();
        format!("{page}#{}", untrack(|| state.permalink()))
    }

    /// Writes the sheet's link into the address and into the entry's data.
    fn write(self, state: SheetState) {
        let link = untrack(|| state.permalink()).to_string();
        self.link.set(link.clone());
        let fragment = (self.lab.get_untracked() == Lab::Sheet).then(|| format!("#{link}"));
        replace_entry(&link, fragment.as_deref());
    }

    /// The fragment has changed: by a link, by hand, or by going through the history.
    fn moved(self, state: SheetState) {
        let fragment = fragment();
        let before = self.lab.get_untracked();
        let now = lab_of(&fragment);
        self.lab.set(now);
        // Between the labs one goes back and forth without losing what was changed meanwhile.
        let ours = fragment == self.link.get_untracked() || (before != now && history_data().is_some());
        if now == Lab::Sheet && !ours {
            match fragment.parse() {
                Ok(link) => {
                    self.notice.set(None);
                    state.restore(link);
                }
                Err(reason) => {
                    self.notice.set(Some(format!("{reason} The sheet stays as it was.")));
                    return;
                }
            }
        }
        self.write(state);
    }
}

/// The lab that a fragment asks for.
fn lab_of(fragment: &str) -> Lab {
    match fragment.strip_prefix(TRAINER) {
        Some(rest) if rest.is_empty() || rest.starts_with('?') => Lab::Trainer,
        _ => Lab::Sheet,
    }
}

/// The address's fragment, without its `#`.
pub(crate) fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.strip_prefix('#').unwrap_or_default().to_owned()
}

/// The link that the present entry of the history bears, if this page wrote it.
fn history_data() -> Option<String> {
    window().history().ok()?.state().ok()?.as_string()
}

/// Gives the present entry of the history data and, if there is one, another address.
fn replace_entry(data: &str, fragment: Option<&str>) {
    if let Ok(history) = window().history() {
        // A browser refuses when there are too many changes; then the address comes with the next one.
        let _ = history.replace_state_with_url(&JsValue::from_str(data), "", fragment);
    }
}

/// The notice that a link could not be opened.
#[component]
pub(crate) fn AddressNotice(address: Address) -> impl IntoView {
    let notice = address.notice;
    view! {
        // It stands there from the beginning, so that its text is announced.
        <div class="address-notice" role="alert" hidden=move || notice.with(Option::is_none)>
            <p>{text(move || notice.get().unwrap_or_default())}</p>
            <button type="button" on:click=move |_| notice.set(None)>"Dismiss"</button>
        </div>
    }
}
