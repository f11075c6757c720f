//! The table of the run's epochs: the numbers that the charts show.

use leptos::prelude::*;

use crate::charts::Extremes;
use crate::format::{counted, duration, percent, thousands};
use crate::trainer::run::epoch::EpochResult;
use crate::trainer::run::loss_curve::extremes_of_epoch;
use crate::trainer::run::record::RunRecord;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part, words};
use crate::ui::kit::memo::memo;
use crate::ui::trainer::state::TrainerState;

/// The number of epochs in the table at first, and how many each click adds: thousands of cells would hold up the page.
const AT_ONCE: usize = 100;

/// The table "Epochs": the last epochs, and those before at a click.
#[component]
pub(crate) fn RunEpochs() -> impl IntoView {
    let state: TrainerState = expect_context();
    let ended = memo(move || state.run.with(|run| (run.record.key, run.record.epochs.len())));
    let most = RwSignal::new(AT_ONCE);
    let hidden = move || ended.get().1.saturating_sub(most.get());
    let rows = part(move || {
        let before = hidden();
        state.run.with_untracked(|run| {
            let best = run.record.best().map(|best| best.epoch);
            let shown = run.record.epochs.iter().skip(before);
            shown.map(|result| row(&run.record, result, best == Some(result.epoch))).collect_view()
        })
    });
    let earlier = words(move || format!("Show {}", counted(hidden().min(AT_ONCE) as u32, "earlier epoch")));
    let head = |name: &'static str| view! { <th scope="col" class="number">{name}</th> };
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Epochs">
            <table class="epochs" aria-label="Epochs">
                <thead><tr>
                    {head("Epoch")} {head("Test accuracy")} {head("Correct")} {head("Test loss")} {head("Training accuracy")}
                    {head("Training loss")} {head("Lowest loss")} {head("Highest loss")} {head("Learning rate")} {head("Time")}
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            <button type="button" hidden=move || hidden() == 0 on:click=move |_| most.update(|most| *most += AT_ONCE) prop:textContent=earlier></button>
            <p class="hint" hidden=move || ended.get().1 > 0>"One row appears here after each epoch."</p>
        </div>
    }
}

/// The row of an epoch, with the lowest and the highest loss of its batches.
fn row(run: &RunRecord, result: &EpochResult, is_best: bool) -> AnyView {
    let Extremes { low, high } = extremes_of_epoch(run, result.epoch);
    let cells = [
        percent(result.test_accuracy),
        format!("{} / {}", thousands(result.correct), thousands(result.of)),
        format!("{:.4}", result.test_loss),
        percent(result.train_accuracy),
        format!("{:.4}", result.train_loss),
        extreme(low),
        extreme(high),
        format!("{:.3e}", result.learning_rate),
        duration(result.seconds),
    ];
    let cells = cells.map(|text| view! { <td class="number" translate="no" prop:textContent=Words::from(text)></td> });
    let epoch = if is_best { format!("{} best", result.epoch) } else { result.epoch.to_string() };
    view! { <tr class:best=is_best><th scope="row" class="number" prop:textContent=Words::from(epoch)></th>{cells.into_iter().collect_view()}</tr> }
        .into_any()
}

/// A loss as text; a dash where there is none.
fn extreme(loss: f32) -> String {
    if loss.is_finite() { format!("{loss:.4}") } else { "–".to_owned() }
}
