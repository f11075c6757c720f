//! The sheet's tools in the bar of the page. Each opens a dialog or the presenter.

use leptos::prelude::*;

use super::files_dialog::FileButton;
use super::practice::dialog::PracticeButton;
use super::presenter::PresentButton;
use super::share_dialog::ShareButton;

/// All tools in a row.
#[component]
pub(crate) fn SheetTools() -> impl IntoView {
    view! {
        <div class="tools" role="group" aria-label="Tools">
            <FileButton/>
            <PracticeButton/>
            <ShareButton/>
            <PresentButton/>
        </div>
    }
}
