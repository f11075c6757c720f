//! The estimate of how long a run would take on this computer.

use leptos::prelude::*;

use crate::format::{duration, thousands};
use crate::trainer::recipe::Recipe;
use crate::trainer::recipe::text::RecipeText;
use crate::trainer::run::reports::Preflight;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part};
use crate::ui::kit::memo::memo;
use crate::ui::trainer::state::TrainerState;

/// The button that measures, and the result, as long as it is valid for the settings in the form.
#[component]
pub(crate) fn PreflightPanel() -> impl IntoView {
    let state: TrainerState = expect_context();
    let result = memo(move || {
        let recipe = state.text.with(RecipeText::parse).ok()?;
        state
            .measured
            .get()
            .map(|(measured, report)| (applies(&measured, &recipe), recipe.epochs, measured.epochs, report))
    });
    let hint = |text: &'static str| view! { <p class="hint" prop:textContent=Words::from(text)></p> }.into_any();
    let answer = part(move || match result.get() {
        None => hint("Runs a few steps and estimates the total time."),
        Some((false, ..)) => hint("The settings have changed. Measure again."),
        Some((true, epochs, measured, report)) => view! { <Report epochs measured report/> }.into_any(),
    });
    view! {
        <section class="preflight" aria-label="Time estimate">
            <button type="button" on:click=move |_| state.measure() disabled=state.running>"How long will it take here?"</button>
            <div role="status">{answer}</div>
        </section>
    }
}

/// Whether the measurement of one recipe is valid for another: everything that the time of a step depends on is equal.
fn applies(measured: &Recipe, recipe: &Recipe) -> bool {
    let work = |recipe: &Recipe| {
        let &Recipe { device, workers, batch_size, images, dropout, augmentation, averaging, .. } = recipe;
        let optimizer = std::mem::discriminant(&recipe.optimizer);
        (device, workers, batch_size, images, dropout > 0.0, augmentation.is_none(), averaging > 0.0, optimizer)
    };
    work(measured) == work(recipe)
}

/// The estimate, and the times of single steps.
#[component]
fn Report(
    /// Epochs of the recipe in the form.
    epochs: u32,
    /// Epochs of the recipe that was measured.
    measured: u32,
    report: Preflight,
) -> impl IntoView {
    let seconds = report.seconds * f64::from(epochs) / f64::from(measured.max(1));
    let details = format!(
        "{}. {} A step takes {} ms; the first one took {} ms.",
        report.backend.name,
        report.why,
        milliseconds(report.ms_per_step),
        milliseconds(report.first_step_ms),
    );
    let noun = if epochs == 1 { "epoch" } else { "epochs" };
    view! {
        <p class="preflight-answer">
            <span prop:textContent=Words::from(format!("{} {noun} will take about ", thousands(epochs)))></span>
            <strong translate="no" prop:textContent=Words::from(duration(seconds))></strong> " here."
        </p>
        <p class="hint" prop:textContent=Words::from(details)></p>
    }
}

/// Milliseconds as text, with one decimal below 10.
fn milliseconds(time: f64) -> String {
    if time < 10.0 { format!("{time:.1}") } else { thousands(time.round() as u32) }
}
