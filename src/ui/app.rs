//! The frame of the page: the bar, and the two labs, one of which is shown.

use leptos::prelude::*;

use super::address::Lab;
use super::bridge::Tools;
use super::kit::dynamic::Show;
use super::kit::file_drop;
use super::kit::notice::Notice;
use super::kit::slot::{self, Slot};
use super::kit::theme::{ThemeButton, provide_dark};
use super::sheet::address::{Address, offer_sheet};
use super::sheet::lab::SheetLab;
use super::sheet::presenter::{Presenter, Presenting};
use super::sheet::state::SheetState;
use super::sheet::tools::SheetTools;

/// The whole page. The lab that is not shown stays in the page, so training continues while the user looks at the
/// sheet.
#[component]
pub fn App() -> impl IntoView {
    provide_dark();
    let (address, sheet) = Address::open();
    let state = SheetState::new(sheet);
    state.keep_progress();
    address.follow(state);
    provide_context(state);
    offer_sheet(state);
    let tools = Tools::new();
    provide_context(tools);
    let presenting = Presenting::new();
    provide_context(presenting);
    let is_presenting = move || presenting.on.get() && address.lab.get() == Lab::Sheet;
    let lab = address.lab;
    // The trainer is fetched when it is first shown, and kept from then on.
    let trainer_seen =
        Memo::new(move |seen: Option<&bool>| seen.copied().unwrap_or(false) || lab.get() == Lab::Trainer);

    file_drop::stay_on_page();
    let _ = file_drop::listen(move |_| {
        // Nobody takes the files before the trainer is there.
        if address.lab.get_untracked() == Lab::Trainer && !slot::is_shown("lab") {
            address.notice.set(Some("The trainer is still loading. Drop the files again when you see it.".to_owned()));
        }
    });

    let link = move |target: Lab, name: &'static str| {
        let current = move || (lab.get() == target).then_some("page");
        view! { <a href=move || address.link_to(target) aria-current=current>{name}</a> }
    };
    view! {
        <header class="bar" inert=is_presenting>
            <h1 class="brand">"Gradsheet"</h1>
            <nav aria-label="Labs">{link(Lab::Sheet, "Sheet")} {link(Lab::Trainer, "Trainer")}</nav>
            <Show when=move || lab.get() == Lab::Sheet><SheetTools/></Show>
            <ThemeButton/>
        </header>
        <Notice message=address.notice/>
        <main inert=is_presenting>
            <section class="lab" aria-label="Sheet" hidden=move || lab.get() != Lab::Sheet>
                <SheetLab/>
            </section>
            <section class="lab" aria-label="Trainer" hidden=move || lab.get() != Lab::Trainer>
                <Show when=move || trainer_seen.get()>
                    <Slot code="lab" name="The trainer"/>
                </Show>
            </section>
        </main>
        <aside class="tool-slot" aria-label="Tools"><Show when=move || tools.needed.get()><Slot code="tools" name="This tool"/></Show></aside>
        <Show when=is_presenting>
            <Presenter/>
        </Show>
    }
}
