//! The page's frame: two labs, one of which is shown.

use leptos::ev;
use leptos::prelude::*;

use super::sheet_lab::SheetLab;
use super::sheet_state::SheetState;
use super::sheet_tools::SheetTools;
use super::theme::{ThemeButton, provide_dark};
use super::trainer_lab::TrainerLab;

/// The labs, as the address's fragment names them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lab {
    Sheet,
    Trainer,
}

impl Lab {
    fn from_address() -> Self {
        match window().location().hash().as_deref() {
            Ok("#trainer") => Self::Trainer,
            _ => Self::Sheet,
        }
    }
}

/// The whole page. The lab that is not shown stays alive: a run goes on while the sheet is looked at.
#[component]
pub fn App() -> impl IntoView {
    provide_dark();
    provide_context(SheetState::new());
    let lab = RwSignal::new(Lab::from_address());
    let listener = window_event_listener(ev::hashchange, move |_| lab.set(Lab::from_address()));
    on_cleanup(move || listener.remove());
    // The trainer is built when it is first looked at, and kept from then on.
    let trainer_seen =
        Memo::new(move |seen: Option<&bool>| seen.copied().unwrap_or(false) || lab.get() == Lab::Trainer);

    let link = move |target: Lab, fragment: &'static str, name: &'static str| {
        let current = move || (lab.get() == target).then_some("page");
        view! { <a href=fragment aria-current=current>{name}</a> }
    };
    view! {
        <header class="bar">
            <h1 class="brand">"Gradsheet"</h1>
            <nav aria-label="Labs">{link(Lab::Sheet, "#sheet", "Sheet")} {link(Lab::Trainer, "#trainer", "Trainer")}</nav>
            <Show when=move || lab.get() == Lab::Sheet><SheetTools/></Show>
            <ThemeButton/>
        </header>
        <main>
            <section class="lab" aria-label="Sheet" hidden=move || lab.get() != Lab::Sheet>
                <SheetLab/>
            </section>
            <section class="lab" aria-label="Trainer" hidden=move || lab.get() != Lab::Trainer>
                <Show when=move || trainer_seen.get()>
                    <TrainerLab/>
                </Show>
            </section>
        </main>
    }
}
