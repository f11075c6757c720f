//! The run at a glance: Train, Stop, what goes on, how far it is, and what it has reached.

use leptos::prelude::*;

use super::context::expect_context;
use super::memo::memo;
use super::trainer_state::TrainerState;
use crate::trainer::protocol::FailureKind;
use crate::trainer::run_view::{Phase, RunView, duration, percent, thousands};

/// Numbers that change many times a second are written at most this often.
const READABLE_MS: f64 = 250.0;

/// The strip on top of the trainer.
#[component]
pub(super) fn RunStrip() -> impl IntoView {
    let state: TrainerState = expect_context();
    let shown = throttled(state);
    let running = state.running;
    let best = move || shown.with(|run| run.record.best().map(|best| percent(best.test_accuracy)));
    let last = move || shown.with(|run| run.record.epochs.last().map(|last| percent(last.test_accuracy)));
    let loss = move || shown.with(|run| run.recent_loss().map(|loss| format!("{loss:.4}")));
    let speed = move || {
        let speed = shown.with(|run| run.images_per_second);
        (speed > 0.0).then(|| thousands(speed.round() as u32))
    };
    let left = move || shown.with(|run| run.seconds_left.map(duration));
    let steps = move || {
        shown.with(|run| {
            let step = run.record.step();
            (step > 0).then(|| format!("{} / {}", thousands(step), thousands(run.total_steps())))
        })
    };
    view! {
        <div class="strip">
            <div class="buttons">
                <button type="button" class="primary" on:click=move |_| state.train() disabled=running>"Train"</button>
                <button type="button" on:click=move |_| state.stop() disabled=move || !running.get()>"Stop"</button>
            </div>
            <div class="strip-state">
                <p class="strip-status" aria-label="Status">{move || shown.with(RunView::status)}</p>
                <Progress shown/>
                <p class="strip-device" aria-label="Device in use">{move || shown.with(device)}</p>
            </div>
            <dl class="figures">
                <Figure name="Test accuracy" value=last strong=true/>
                <Figure name="Best" value=best/>
                <Figure name="Loss" value=loss/>
                <Figure name="Step" value=steps/>
                <Figure name="Images / s" value=speed/>
                <Figure name="Time left" value=left/>
            </dl>
            <p class="visually-hidden" role="status">{move || state.current().with(|run| run.announcement.clone())}</p>
            <FailureNotice/>
        </div>
    }
}

/// The run, but no newer than a reader can follow: ends and beginnings at once, the rest four times a second.
fn throttled(state: TrainerState) -> RwSignal<RunView> {
    let shown = RwSignal::new(RunView::default());
    Effect::new(move |last: Option<f64>| {
        let now = js_sys::Date::now();
        let due = last.is_none_or(|last| now - last >= READABLE_MS);
        let current = state.current();
        let turning = current.with(|run| {
            let old = shown.read_untracked();
            std::mem::discriminant(&old.phase) != std::mem::discriminant(&run.phase)
                || old.record.epochs.len() != run.record.epochs.len()
        });
        if due || turning {
            shown.set(current.get_untracked());
            now
        } else {
            last.unwrap_or(now)
        }
    });
    shown
}

fn device(run: &RunView) -> String {
    match run.record.device() {
        Some((name, why)) => format!("{name}. {why}"),
        None => "Training runs on your own machine; nothing leaves it.".to_owned(),
    }
}

#[component]
fn Progress(shown: RwSignal<RunView>) -> impl IntoView {
    let share = memo(move || shown.with(RunView::progress));
    // A progress element without a value says that it is not known how far the work is.
    view! {
        <progress
            aria-label="Progress" max="1"
            value=move || share.get().map(|share| share.to_string())
            aria-valuetext=move || share.get().map(|share| format!("{:.0} %", share * 100.0))
        ></progress>
    }
}

#[component]
fn Figure(
    name: &'static str,
    value: impl Fn() -> Option<String> + Send + Sync + 'static,
    #[prop(optional)] strong: bool,
) -> impl IntoView {
    view! {
        <div class="figure" class:strong=strong>
            <dt>{name}</dt>
            <dd>{move || value().unwrap_or_else(|| "–".to_owned())}</dd>
        </div>
    }
}

/// Says what went wrong, what to do, and offers it.
#[component]
fn FailureNotice() -> impl IntoView {
    let state: TrainerState = expect_context();
    let failure = memo(move || {
        state.current().with(|run| match &run.phase {
            Phase::Failed(failure) => Some(failure.clone()),
            _ => None,
        })
    });
    let retry = move |kind| {
        // A recipe is mended in its fields; everything else may go better the next time.
        (kind != FailureKind::Recipe)
            .then(|| view! { <button type="button" on:click=move |_| state.retry()>"Retry"</button> })
    };
    view! {
        <div class="failure" role="alert">
            {move || failure.get().map(|failure| view! { <p>{failure.message}</p> {retry(failure.kind)} })}
        </div>
    }
}
