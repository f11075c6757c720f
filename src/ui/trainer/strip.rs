//! The strip on top of the trainer: buttons, status, progress, and the most important numbers of the run.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;

use super::progress::RunProgress;
use super::runs::actions::{Decisions, RunButtons};
use super::runs::resume_notice::RemedyButton;
use super::runs::state::KeptRunsState;
use super::state::TrainerState;
use crate::format::{duration, percent, thousands};
use crate::trainer::run::failure::FailureKind;
use crate::trainer::run::phase::Phase;
use crate::trainer::run::recovery::Remedy;
use crate::trainer::run::view::RunView;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part, text, words};
use crate::ui::kit::memo::{effect, memo};

/// Numbers that change many times a second are updated at this interval at most, in milliseconds.
const READABLE_MS: f64 = 250.0;

/// Everything that the strip shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StripContent {
    phase: std::mem::Discriminant<Phase>,
    status: String,
    device: String,
    pub(crate) progress: Option<f64>,
    pub(crate) epoch_progress: Option<f64>,
    pub(crate) epochs: u32,
    /// Number of epochs that have ended.
    ended: usize,
    /// The newest test accuracy, in words.
    last: Option<String>,
    /// The highest test accuracy.
    best: Option<f64>,
    loss: Option<f64>,
    /// Number of steps taken.
    step: u32,
    /// Number of steps of the whole run.
    steps: u32,
    /// Images per second.
    speed: f64,
    /// Seconds left.
    left: Option<f64>,
}

impl StripContent {
    /// Status, progress and speed are those of the `current` activity; accuracy, loss and steps are those of the `run`.
    fn of(current: &RunView, run: &RunView) -> Self {
        let record = &run.record;
        let epoch_progress = current.epoch_progress();
        Self {
            phase: std::mem::discriminant(&current.phase),
            status: current.status(),
            device: device(current),
            progress: current.progress(),
            epoch_progress,
            epochs: if epoch_progress.is_some() { record.plan.epochs() } else { 1 },
            ended: record.epochs.len(),
            last: record.accuracy(),
            best: record.best().map(|best| best.test_accuracy),
            loss: run.recent_loss(),
            step: record.step(),
            steps: run.total_steps(),
            speed: current.images_per_second,
            left: current.seconds_left,
        }
    }
}

/// The strip.
#[component]
pub(crate) fn RunStrip() -> impl IntoView {
    let state: TrainerState = expect_context();
    let shown = throttled(state);
    follow_title(state);
    warn_before_leaving(state);
    let whole = memo(move || shown.with(|shown| shown.progress));
    let epoch = memo(move || shown.with(|shown| shown.epoch_progress));
    let epochs = memo(move || shown.with(|shown| shown.epochs));
    let best = move || shown.with(|shown| shown.best.map(percent));
    let last = move || shown.with(|shown| shown.last.clone());
    let loss = move || shown.with(|shown| shown.loss.map(|loss| format!("{loss:.4}")));
    let speed = move || shown.with(|shown| (shown.speed > 0.0).then(|| thousands(shown.speed.round() as u32)));
    let left = move || shown.with(|shown| shown.left.map(duration));
    let steps = move || {
        shown.with(|shown| (shown.step > 0).then(|| format!("{} / {}", thousands(shown.step), thousands(shown.steps))))
    };
    let status = move || shown.with(|shown| shown.status.clone());
    let device = move || shown.with(|shown| shown.device.clone());
    let warning = memo(move || state.run.with(|run| run.warning()));
    view! {
        <div class="strip">
            <RunButtons/>
            <div class="strip-state">
                <p class="strip-status" aria-label="Status" title=text(status) prop:textContent=words(status)></p>
                <RunProgress whole epoch epochs/>
                <p class="strip-device" aria-label="Device in use" title=text(device) prop:textContent=words(device)></p>
            </div>
            <dl class="figures">
                <Figure name="Test accuracy" value=last strong=true/>
                <Figure name="Best" value=best/>
                <Figure name="Loss" value=loss/>
                <Figure name="Step" value=steps/>
                <Figure name="Images / s" value=speed/>
                <Figure name="Time left" value=left/>
            </dl>
            <Decisions/>
            <p class="visually-hidden" role="status" prop:textContent=words(move || state.current().with(|run| run.announcement.clone()))></p>
            <p class="unsaved" role="alert" hidden=move || warning.with(Option::is_none) prop:textContent=words(move || warning.get().unwrap_or_default())></p>
            <FailureNotice/>
        </div>
    }
}

/// The content of the strip, updated no faster than a person can read: a new phase and the end of an epoch at once, all
/// else four times a second.
fn throttled(state: TrainerState) -> RwSignal<StripContent> {
    let nothing = RunView::default();
    let shown = RwSignal::new(StripContent::of(&nothing, &nothing));
    // A timer notifies `due` when a change that came too early is to be shown, even if no other change follows.
    let due = Trigger::new();
    let has_timer = StoredValue::new(false);
    Effect::new(move |last: Option<f64>| {
        due.track();
        let now = js_sys::Date::now();
        let wait = last.map_or(0.0, |last| last + READABLE_MS - now);
        let (phase, ended) = shown.with_untracked(|shown| (shown.phase, shown.ended));
        let (current, run) = (state.current(), state.run);
        let (current, run) = (current.read(), run.read());
        // The wait is too long if the clock was set back.
        let is_due = wait <= 0.0 || wait > READABLE_MS;
        if is_due || phase != std::mem::discriminant(&current.phase) || ended != run.record.epochs.len() {
            let new = StripContent::of(&current, &run);
            drop((current, run));
            shown.set(new);
            return now;
        }
        if !has_timer.get_value() {
            has_timer.set_value(true);
            let show = move || {
                has_timer.set_value(false);
                due.notify();
            };
            set_timeout(show, Duration::from_millis(wait as u64 + 1));
        }
        last.unwrap_or(now)
    });
    shown
}

/// Shows the progress of the run in the window's title, so that it can be read while another tab is open, and beside the
/// trainer's name in the bar, so that it can be read on the sheet (`style/base.css`). Afterwards both are as usual again.
fn follow_title(state: TrainerState) {
    let usual = document().title();
    let title = memo(move || state.run.with(RunView::title));
    effect(move || {
        let title = title.get();
        match &title {
            Some(title) => document().set_title(&format!("{title} – Gradsheet")),
            None => document().set_title(&usual),
        }
        if let Ok(Some(link)) = document().query_selector(".bar nav a:last-of-type") {
            // An element accepts every attribute with a valid name.
            let _ = link.set_attribute("data-run", &title.unwrap_or_default());
        }
    });
}

/// Lets the browser ask before the page is closed, if that would lose steps of the run.
fn warn_before_leaving(state: TrainerState) {
    let listener = window_event_listener(ev::beforeunload, move |event| {
        if state.would_lose() {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

/// The device in use and why it was chosen; before the first run, a sentence about privacy.
fn device(run: &RunView) -> String {
    match run.record.device() {
        Some((name, why)) => format!("{name}. {why}"),
        None => "Training runs on your own computer. Nothing is uploaded.".to_owned(),
    }
}

/// A number with its name; a dash while there is none.
#[component]
fn Figure(
    name: &'static str,
    value: impl Fn() -> Option<String> + Send + Sync + 'static,
    #[prop(optional)] strong: bool,
) -> impl IntoView {
    view! {
        <div class="figure" class:strong=strong>
            <dt>{name}</dt>
            <dd translate="no" prop:textContent=words(move || value().unwrap_or_else(|| "–".to_owned()))></dd>
        </div>
    }
}

/// The message of a failure, with a button for what the user can do about it.
#[component]
fn FailureNotice() -> impl IntoView {
    let state: TrainerState = expect_context();
    let runs: KeptRunsState = expect_context();
    let failure = memo(move || {
        state.current().with(|run| match &run.phase {
            Phase::Failed(failure) => Some(failure.clone()),
            _ => None,
        })
    });
    let is_deleted = memo(move || state.current().with(|run| run.is_deleted));
    let retry = move |kind| {
        // Invalid settings and too large learning rates fail again until they are changed in the form, and a deleted run does
        // not come back. If the run can continue from a checkpoint, that is offered instead.
        (!matches!(kind, FailureKind::Recipe | FailureKind::Diverged)
            && !is_deleted.get()
            && runs.remedy.with(|remedy| *remedy == Remedy::None))
        .then(|| view! { <button type="button" on:click=move |_| state.retry()>"Retry"</button> })
    };
    view! {
        <div class="failure" role="alert">
            {part(move || failure.get().map(|failure| view! { <p prop:textContent=Words::from(failure.message)></p> {retry(failure.kind)} }))}
            <RemedyButton/>
        </div>
    }
}
