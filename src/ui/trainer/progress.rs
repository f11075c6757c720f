//! How far the run is: the whole of it, with a tick at each epoch's end, and the epoch under way.

use leptos::prelude::*;

/// More epochs than this have no room for ticks.
const MOST_TICKS: u32 = 60;

/// Two bars: the whole run, with a tick at the end of each of its `epochs`, and the epoch under way. Shares go from 0 to 1;
/// `None` says that the share is not known.
#[component]
pub(crate) fn RunProgress(whole: Memo<Option<f64>>, epoch: Memo<Option<f64>>, epochs: Memo<u32>) -> impl IntoView {
    let ticks = move || match epochs.get() {
        ticks @ 2..=MOST_TICKS => ticks.to_string(),
        _ => "1".to_owned(),
    };
    view! {
        // A progress element without a value says that it is not known how far the work is.
        <div class="run-progress" style:--epochs=ticks>
            <progress
                aria-label="Progress" max="1"
                value=move || whole.get().map(|share| share.to_string())
                aria-valuetext=move || whole.get().map(in_words)
            ></progress>
        </div>
        <progress
            class="epoch-progress" aria-label="Epoch" max="1"
            value=move || epoch.get().unwrap_or_default().to_string()
            aria-valuetext=move || epoch.get().map(in_words)
        ></progress>
    }
}

fn in_words(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
