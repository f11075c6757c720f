//! The table of the net's layers and parameters, and the check of the net against PyTorch.

use leptos::prelude::*;

use super::state::TrainerState;
use crate::format::thousands;
use crate::trainer::engine::architecture;
use crate::trainer::engine::architecture::Layer;
use crate::trainer::recipe::text::RecipeText;
use crate::trainer::run::reports::CheckReport;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part};
use crate::ui::kit::memo::effect;

/// A number of parameters as text.
fn parameters(count: usize) -> String {
    thousands(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The region "Model": the table and the check.
#[component]
pub(crate) fn ModelSummary() -> impl IntoView {
    let state: TrainerState = expect_context();
    let dropout = RwSignal::new(0.0);
    effect(move || {
        // While the form is invalid, the table shows the last valid dropout rate.
        let typed = state.text.with(RecipeText::parse).map(|recipe| recipe.dropout);
        if let Some(share) = typed.ok().filter(|share| *share != dropout.get_untracked()) {
            dropout.set(share);
        }
    });
    let rows = move || {
        let row = |layer: Layer| {
            view! {
                <tr>
                    <th scope="row" prop:textContent=Words::from(layer.name)></th>
                    <td translate="no" prop:textContent=Words::from(layer.output)></td>
                    <td class="number" translate="no" prop:textContent=Words::from(parameters(layer.parameters))></td>
                </tr>
            }
        };
        architecture::layers(dropout.get()).into_iter().map(row).collect_view()
    };
    view! {
        <section class="model" aria-label="Model">
            <h2>"Model"</h2>
            <table aria-label="Model summary">
                <thead>
                    <tr><th scope="col">"Layer"</th><th scope="col">"Output"</th><th scope="col" class="number">"Parameters"</th></tr>
                </thead>
                <tbody>{part(rows)}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row" colspan="2">"Trainable parameters"</th>
                        <td class="number">{parameters(architecture::parameter_count())}</td>
                    </tr>
                </tfoot>
            </table>
            <Check/>
        </section>
    }
}

/// The button that compares the net on the user's own device with PyTorch, and the result.
#[component]
fn Check() -> impl IntoView {
    let state: TrainerState = expect_context();
    view! {
        <div class="check">
            <button type="button" on:click=move |_| state.start_check() disabled=state.running>"Check against PyTorch"</button>
            {part(move || match state.check.get() {
                Some(report) => view! { <Report report/> }.into_any(),
                None => view! {
                    <p class="hint">"Runs ten steps on one fixed batch of 128 images, on the device chosen in the settings, and compares the results with PyTorch’s."</p>
                }.into_any(),
            })}
        </div>
    }
}

/// The result of the check.
#[component]
fn Report(report: CheckReport) -> impl IntoView {
    let verdict = if report.passes() { "passes" } else { "fails" };
    let line = |name: &'static str, difference: f64, tolerance: f64| {
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="number" translate="no" prop:textContent=Words::from(format!("{difference:.1e}"))></td>
                <td class="number" translate="no">{format!("{tolerance:.0e}")}</td>
            </tr>
        }
    };
    view! {
        <p>
            <strong class=verdict prop:textContent=Words::from(format!("The check {verdict}"))></strong> " on "
            <span translate="no" prop:textContent=Words::from(report.backend.name.clone())></span>"."
        </p>
        <table aria-label="Check against PyTorch">
            <thead><tr><th scope="col">"Largest difference"</th><th scope="col" class="number">"Measured"</th><th scope="col" class="number">"Allowed"</th></tr></thead>
            <tbody>
                {line("Logits, step 1", report.logits, CheckReport::STEP_1)}
                {line("Gradients, step 1", report.gradients, CheckReport::STEP_1)}
                {line("Loss after 10 steps", report.loss_after_10, CheckReport::STEP_10)}
            </tbody>
        </table>
        <p class="hint" prop:textContent=Words::from(format!("A step of 128 images took {:.0} ms (median).", report.ms_per_step))></p>
    }
}
