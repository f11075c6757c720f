//! The progress bars: one for the whole run, and one for the current epoch.

use leptos::prelude::*;

/// The largest number of epochs for which the bar has room for ticks.
const MOST_TICKS: u32 = 60;

/// Two bars: one for the whole run, with a tick at the end of each of its `epochs`, and one for the current epoch. Both
/// values go from 0 to 1; `None` means that the value is unknown.
#[component]
pub(crate) fn RunProgress(whole: Memo<Option<f64>>, epoch: Memo<Option<f64>>, epochs: Memo<u32>) -> impl IntoView {
    let ticks = move || match epochs.get() {
        ticks @ 2..=MOST_TICKS => ticks.to_string(),
        _ => "1".to_owned(),
    };
    view! {
        // A progress element without a value is "indeterminate": the browser shows that work is going on.
        <div class="run-progress" style:--epochs=ticks>
            <progress
                aria-label="Progress" max="1"
                value=move || whole.get().map(|share| share.to_string())
                aria-valuetext=move || whole.get().map(percent)
            ></progress>
        </div>
        <progress
            class="epoch-progress" aria-label="Epoch" max="1"
            value=move || epoch.get().unwrap_or_default().to_string()
            aria-valuetext=move || epoch.get().map(percent)
        ></progress>
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
