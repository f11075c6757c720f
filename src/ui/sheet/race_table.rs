//! The table "Learning rates": the error of each run in the current row, the first row in which it was small enough,
//! and how the run ended.

use leptos::prelude::*;

use super::compared_rates::{action, runs, use_rate};
use super::state::{Panel, SheetState};
use super::verdict_words::VerdictWords;
use crate::charts::{Colour, Dash};
use crate::error_chart::RATE_STYLES;
use crate::sheet::learning_rate::COMPARED;
use crate::sheet::verdict::{GOOD_ENOUGH, Verdict, first_below};
use crate::sheet::{Run, number};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::memo::memo;
use crate::ui::kit::number_field::NumberField;
use crate::ui::kit::swatch::Swatch;

/// The results of a run, and what they depend on.
#[derive(Clone, PartialEq)]
struct Outcome {
    /// Identifies the run and how far it is computed, see [`Run::identity`].
    run: ([u64; 13], usize),
    threshold: f64,
    rate: f64,
    /// The first row whose error is below the threshold.
    first_below: Option<usize>,
    last_error: f64,
    /// `None` until all rows are computed.
    verdict: Option<Verdict>,
}

impl Outcome {
    /// Evaluates a run. The outcome of an unchanged run is taken from `known`.
    fn of(run: &Run, updates: usize, threshold: f64, known: Option<&Self>) -> Self {
        let identity = run.identity();
        let complete = run.last() == updates;
        match known {
            Some(known) if (known.run, known.threshold, known.verdict.is_some()) == (identity, threshold, complete) => {
                known.clone()
            }
            _ => Self {
                run: identity,
                threshold,
                rate: run.learning_rate(),
                first_below: first_below(run.errors(), threshold),
                last_error: run.errors()[run.last()],
                verdict: complete.then(|| run.verdict(threshold)),
            },
        }
    }
}

/// Reads the error that counts as small enough.
fn parse_threshold(text: &str) -> Result<f64, String> {
    let value = number::parse(text)?;
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err("Type a number above 0.".to_owned()) }
}

/// Shows the table, and below it what the results mean.
#[component]
pub(crate) fn RaceTable() -> impl IntoView {
    let state: SheetState = expect_context();
    let threshold = RwSignal::new(GOOD_ENOUGH);
    let outcomes = Memo::new(move |known: Option<&Vec<Outcome>>| {
        let known = known.map_or(&[][..], Vec::as_slice);
        // Behind another tab the table needs no new results.
        if state.panel.get() != Panel::Rates {
            return known.to_vec();
        }
        let threshold = threshold.get();
        state.race.with(|race| {
            let outcome = |(index, run)| Outcome::of(run, race.updates(), threshold, known.get(index));
            runs(race).enumerate().map(outcome).collect()
        })
    });
    view! {
        <div class="race">
            <table aria-label="Learning rates">
                <thead>
                    <tr>
                        <th scope="col">"η"</th>
                        <th scope="col">"Result"</th>
                        <th scope="col">"E in row " <span translate="no" prop:textContent=words(move || state.row.get())></span></th>
                        <th scope="col" class="threshold">
                            <span>"First row where E is below"</span>
                            <NumberField name="Error that is good enough" value=threshold write=number::typed parse=parse_threshold set=move |value| threshold.set(value) leave=|| ()/>
                        </th>
                        <th scope="col">"Last E"</th>
                        <th scope="col"><span class="visually-hidden">"Action"</span></th>
                    </tr>
                </thead>
                <tbody>
                    {(0..=COMPARED.len()).map(|index| view! { <Line index outcomes/> }).collect_view()}
                </tbody>
            </table>
            <details class="race-verdicts">
                <summary>"What the results mean"</summary>
                <p>{Verdict::END} " The first description that fits is the result."</p>
                <dl>
                    {Verdict::ALL.map(|verdict| view! { <dt>{verdict.name()}</dt><dd prop:textContent=words(move || verdict.definition(threshold.get()))></dd> }).into_iter().collect_view()}
                </dl>
            </details>
        </div>
    }
}

/// The row of one run.
#[component]
fn Line(index: usize, outcomes: Memo<Vec<Outcome>>) -> impl IntoView {
    let state: SheetState = expect_context();
    let own = index == COMPARED.len();
    let (colour, dash, width) = match RATE_STYLES.get(index) {
        Some(&(token, dash)) => (Colour::Token(token), dash, 1.75),
        None => (Colour::Ink, Dash::Solid, 3.25),
    };
    let read = move |write: fn(&Outcome) -> String| {
        move || outcomes.with(|outcomes| outcomes.get(index).map(write).unwrap_or_default())
    };
    let here = memo(move || {
        let row = state.row.get();
        // In row 0 all runs have the same error.
        let error = |run: &Run| {
            if state.row_without_error() == Some(row) { Some(f64::NAN) } else { run.errors().get(row).copied() }
        };
        state.race.with(|race| runs(race).nth(index).and_then(error))
    });
    let shown = move |error: Option<f64>| error.map_or_else(|| "…".to_owned(), |error| state.write(error));
    let exact = |error: Option<f64>| error.filter(|error| !error.is_nan()).map(number::full);
    let first = read(|outcome| match outcome.first_below {
        Some(row) => row.to_string(),
        None if outcome.verdict.is_some() => "none".to_owned(),
        None => "…".to_owned(),
    });
    let verdict =
        read(|outcome| outcome.verdict.map_or_else(|| "computing …".to_owned(), |verdict| verdict.to_string()));
    let rate = read(|outcome| number::full(outcome.rate));
    let definition =
        read(|outcome| outcome.verdict.map_or_else(String::new, |verdict| verdict.definition(outcome.threshold)));
    let last = memo(move || {
        let is_hidden = state.row_without_error().is_some_and(|row| row == state.updates.get());
        outcomes.with(|outcomes| {
            let outcome = outcomes.get(index).filter(|outcome| outcome.verdict.is_some());
            outcome.map(|outcome| if is_hidden { f64::NAN } else { outcome.last_error })
        })
    });
    let button = (!own).then(|| {
        let in_use = move || state.learning_rate.get() == COMPARED[index];
        view! {
            <button type="button" aria-label=action(index) title="Use this learning rate on the sheet" aria-pressed=move || in_use().to_string() on:click=move |_| use_rate(state, index)>"Use"</button>
        }
    });
    view! {
        <tr class:own=own>
            <th scope="row"><Swatch colour dash width/> <span class="number">{own.then_some("yours, ")} <span translate="no" prop:textContent=words(rate)></span></span></th>
            <td class="verdict"><VerdictWords text=verdict definition/></td>
            <td class="number" title=move || exact(here.get()) translate="no" prop:textContent=words(move || shown(here.get()))></td>
            <td class="number" prop:textContent=words(first)></td>
            <td class="number" title=move || exact(last.get()) translate="no" prop:textContent=words(move || shown(last.get()))></td>
            <td>{button}</td>
        </tr>
    }
}
