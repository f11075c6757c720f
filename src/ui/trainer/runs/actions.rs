//! The user's actions on the current run: train, pause, resume, stop, change the learning rate in a pause, add epochs at
//! the end.

use leptos::ev;
use leptos::prelude::*;

use super::state::KeptRunsState;
use crate::trainer::recipe::change_text::{MORE_EPOCHS, rate_sentence, read_extension, read_rate, suggested_rate};
use crate::trainer::run::phase::Action;
use crate::ui::address::{Lab, fragment};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Show, words};
use crate::ui::kit::keys::{self, Modifier};
use crate::ui::kit::memo::{effect, memo};
use crate::ui::trainer::ownership::OWNED_ELSEWHERE;
use crate::ui::trainer::state::TrainerState;

/// The buttons "Train", "Pause" or "Resume", and "Stop". "Pause" and "Stop" change their labels right after a click.
#[component]
pub(crate) fn RunButtons() -> impl IntoView {
    let state: TrainerState = expect_context();
    let can = move |action| memo(move || state.allows(action));
    let (train, stop) = (can(Action::Train), can(Action::Stop));
    let (pause, resume) = (can(Action::Pause), can(Action::Resume));
    let pause_label = move || match (state.asked.get(), resume.get()) {
        (Some(Action::Pause), _) => "Pausing…",
        (_, true) => "Resume",
        _ => "Pause",
    };
    let listener = window_event_listener(ev::keydown, move |event| {
        if event.key() == " " && is_free(&event) && Lab::of(&fragment()) == Lab::Trainer {
            if pause.get_untracked() || resume.get_untracked() {
                event.prevent_default();
            }
            state.pause_or_resume();
        }
    });
    on_cleanup(move || listener.remove());
    view! {
        <div class="buttons">
            <button type="button" class="primary" on:click=move |_| state.train() disabled=move || !train.get()>"Train"</button>
            <button
                type="button" title="Pause or resume (space bar)" aria-keyshortcuts="Space"
                on:click=move |_| state.pause_or_resume() disabled=move || !(pause.get() || resume.get())
                prop:textContent=words(pause_label)
            ></button>
            <button
                type="button" on:click=move |_| state.stop() disabled=move || !stop.get()
                prop:textContent=words(move || if state.asked.get() == Some(Action::Stop) { "Stopping…" } else { "Stop" })
            ></button>
        </div>
    }
}

/// Whether a key was pressed while no field or button has the focus, so that it is free for a shortcut.
fn is_free(event: &ev::KeyboardEvent) -> bool {
    keys::is_shortcut(event, Modifier::None) && keys::is_unfocused(event) && !event.repeat()
}

/// The form for a decision that is possible now, in a row under the buttons; usually there is none.
#[component]
pub(crate) fn Decisions() -> impl IntoView {
    let state: TrainerState = expect_context();
    view! {
        <Show when=move || state.allows(Action::Resume)><RateField/></Show>
        <Show when=move || state.allows(Action::Continue)><MoreEpochs/></Show>
    }
}

/// The form that changes the learning rate of a paused run.
#[component]
fn RateField() -> impl IntoView {
    let state: TrainerState = expect_context();
    let rate = state.run.with_untracked(|run| run.record.plan.peak(run.record.step()));
    let text = RwSignal::new(rate.to_string());
    let message = RwSignal::new(String::new());
    let confirmation = RwSignal::new(String::new());
    let changes = memo(move || state.run.with(|run| run.record.plan.changes.len()));
    let before = changes.get_untracked();
    effect(move || {
        if changes.get() > before {
            confirmation.set(state.run.with_untracked(|run| rate_sentence(&run.record.plan, run.record.step())));
        }
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        match state.run.with_untracked(|run| read_rate(&run.record.plan, &text.get_untracked())) {
            Ok(rate) => {
                message.set(String::new());
                state.set_rate(rate);
            }
            Err(reason) => message.set(reason),
        }
    };
    view! {
        <form class="decision" aria-label="Change the learning rate" on:submit=submit novalidate>
            <label>"New learning rate" <DecisionField text message/></label>
            <button type="submit">"Change"</button>
            <span class="field-message" id="decision-message" role="alert" prop:textContent=words(move || message.get())></span>
            <span class="hint" role="status" prop:textContent=words(move || confirmation.get())></span>
        </form>
    }
}

/// The form that trains the run that has ended for more epochs.
#[component]
fn MoreEpochs() -> impl IntoView {
    let state: TrainerState = expect_context();
    let epochs = RwSignal::new(MORE_EPOCHS.to_string());
    let rate = RwSignal::new(state.run.with_untracked(|run| suggested_rate(&run.record.plan)).to_string());
    let message = RwSignal::new(String::new());
    let runs: KeptRunsState = expect_context();
    let is_elsewhere = memo(move || runs.is_current_elsewhere());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let change = state
            .run
            .with_untracked(|run| read_extension(&run.record.plan, &epochs.get_untracked(), &rate.get_untracked()));
        match change {
            Ok(change) => state.extend(change),
            Err(reason) => message.set(reason),
        }
    };
    view! {
        <form class="decision" aria-label="Continue the run" on:submit=submit novalidate>
            <label>"More epochs" <DecisionField text=epochs message/></label>
            <label>"with learning rate" <DecisionField text=rate message/></label>
            <button type="submit" disabled=is_elsewhere>"Continue"</button>
            <span class="hint" hidden=move || !is_elsewhere.get()>{OWNED_ELSEWHERE}</span>
            <span class="field-message" id="decision-message" role="alert" prop:textContent=words(move || message.get())></span>
        </form>
    }
}

/// A text field of a decision, which shows its error in `message`.
#[component]
fn DecisionField(text: RwSignal<String>, message: RwSignal<String>) -> impl IntoView {
    let type_in = move |event| {
        text.set(event_target_value(&event));
        message.set(String::new());
    };
    view! {
        <input
            class="number" type="text" inputmode="decimal" autocomplete="off" spellcheck="false" prop:value=text
            aria-invalid=move || message.with(|message| !message.is_empty()).to_string()
            aria-describedby="decision-message" on:input=type_in
        />
    }
}
