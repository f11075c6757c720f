//! The table of the net's layers and parameters, and the check of the net against PyTorch.

use leptos::prelude::*;

use super::state::TrainerState;
use crate::format::thousands;
use crate::trainer::engine::architecture::parameter_count;
use crate::trainer::engine::model_summary::{Row, Sizes, folded, rows};
use crate::trainer::recipe::text::RecipeText;
use crate::trainer::run::reports::CheckReport;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part, text, words};
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
    let is_folded = RwSignal::new(true);
    let rows = move || {
        let dropout = dropout.get();
        let rows = if is_folded.get() { folded(dropout) } else { rows(dropout) };
        rows.into_iter().map(|row| view! { <SummaryRow row/> }).collect_view()
    };
    let fold = move || if is_folded.get() { "All 26 rows" } else { "Fold to 8 rows" };
    let sizes = Sizes::of_the_net();
    let memory = format!(
        "Memory for one image, with four bytes a number: {:.2} MB for the image, {:.2} MB for all outputs on the way forward \
         and back, {:.2} MB for the parameters, {:.2} MB in all.",
        sizes.input,
        sizes.forward_and_back,
        sizes.parameters,
        sizes.total()
    );
    view! {
        <section class="model" aria-label="Model">
            <div class="recipe-head">
                <h2>"Model"</h2>
                <button type="button" class="quiet" on:click=move |_| is_folded.update(|is| *is = !*is) prop:textContent=words(fold)></button>
            </div>
            <p class="hint">"Click a row to see where its numbers come from."</p>
            <table aria-label="Model summary">
                <thead>
                    <tr><th scope="col">"Layer"</th><th scope="col">"Output"</th><th scope="col" class="number">"Parameters"</th></tr>
                </thead>
                <tbody>{part(rows)}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row" colspan="2">"Trainable parameters"</th>
                        <td class="number">{parameters(parameter_count())}</td>
                    </tr>
                    <tr>
                        <th scope="row" colspan="2">"Parameters that are not trained"</th>
                        <td class="number">"0"</td>
                    </tr>
                </tfoot>
            </table>
            <p class="hint">{memory}</p>
            <details class="more">
                <summary>"Why is the net built like this?"</summary>
                <p class="hint">
                    "A rim of zeros around the maps keeps what is at the edge of a digit in sight. In two layers the kernels move by two places, \
                    which makes the maps smaller as pooling would, but with weights that are learned. At the end the mean of each 5×5 map \
                    is a score: that needs no weights at all, where a usual last layer would need thousands."
                </p>
            </details>
            <Check/>
        </section>
    }
}

/// A row of the summary, with the arithmetic below it once it is clicked.
#[component]
fn SummaryRow(row: Row) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let sentences = row.arithmetic;
    let arithmetic = move || {
        let sentences = sentences.clone().into_iter();
        sentences.map(|sentence| view! { <p prop:textContent=Words::from(sentence)></p> }).collect_view()
    };
    view! {
        <tr>
            <th scope="row">
                <button
                    type="button" class="summary-row" aria-expanded=text(move || is_open.get())
                    on:click=move |_| is_open.update(|is| *is = !*is) prop:textContent=Words::from(row.name)
                ></button>
            </th>
            <td translate="no" prop:textContent=Words::from(row.output)></td>
            <td class="number" translate="no" prop:textContent=Words::from(parameters(row.parameters))></td>
        </tr>
        <tr class="arithmetic" hidden=move || !is_open.get()><td colspan="3">{part(arithmetic)}</td></tr>
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
