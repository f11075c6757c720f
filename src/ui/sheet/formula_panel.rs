//! The panel "Formula": the selected cell's formula in symbols and in numbers, its value, and links to related cells.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::formula_html;
use super::practice::blank_field::BlankField;
use super::state::SheetState;
use crate::sheet::lesson::parse_constant;
use crate::sheet::number::Digits;
use crate::sheet::{Cell, Column, Quantity, insight, number};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Show, part, words};
use crate::ui::kit::memo::memo;
use crate::ui::kit::number_field::NumberField;

/// Returns the selected cell's formula with its numbers, after an equals sign; `None` if there is no formula or an
/// exercise hides it.
pub(crate) fn numbers(state: SheetState, digits: Digits) -> Option<String> {
    state.formula.with(|expr| {
        let expr = expr.as_ref().filter(|_| state.shows_numbers(state.cell.get()))?;
        // In an exercise only empty blanks are NaN.
        let nan = if state.is_practising() { "?" } else { "NaN" };
        let html = state.with_values(state.row.get(), |values| formula_html::numbers(expr, values, digits, nan));
        Some(format!("<span class=\"equals\">=</span> {html}"))
    })
}

/// Returns the words before a constant's symbol: weights change in the rows below, inputs and targets do not.
fn constant_label(column: Column) -> &'static str {
    if column.quantity() == Quantity::Weight { "Starting value of" } else { "Given value of" }
}

/// Shows the panel.
#[component]
pub(crate) fn FormulaPanel() -> impl IntoView {
    let state: SheetState = expect_context();
    let column = memo(move || state.cell.get().column);
    let row = state.row;
    let expr = state.formula;

    let title = move || {
        let column = column.get();
        format!("{} <span class=\"meaning\">{}</span>", formula_html::symbol(column), column.meaning())
    };
    // An empty blank shows its formula only as a hint, and its value not at all.
    let is_open = memo(move || state.is_open_blank(state.cell.get()));
    let symbols = move || {
        let left = formula_html::symbol(column.get());
        expr.with(|expr| match expr {
            None if is_open.get() => format!("{left} <span class=\"equals\">=</span> ?"),
            Some(expr) => {
                format!(
                    "{left} <span class=\"equals\">=</span> {}",
                    formula_html::symbols(expr, row.get().saturating_sub(1))
                )
            }
            None => {
                let invitation = if state.is_practising() { "." } else { ". Change it:" };
                format!(
                    "<span class=\"muted\">{}</span> {left}<span class=\"muted\">{invitation}</span>",
                    constant_label(column.get())
                )
            }
        })
    };
    let in_words = move || {
        expr.with(|expr| match expr {
            Some(expr) => format!("{} = {}", column.get().name(), expr.symbols()),
            None if is_open.get() => format!("{} is a blank: compute its value.", column.get().name()),
            None => format!("{} {}.", constant_label(column.get()), column.get().name()),
        })
    };
    let numbers = move || numbers(state, Digits::Full);
    let value = move || number::full(state.row_at(row.get()).get(column.get()));
    let saturated = move || {
        let slope = insight::slope(&state.row_at(row.get()), column.get())?;
        (slope < insight::SATURATED_BELOW).then(|| {
            format!(
                "Saturated: the slope of σ, a(1 − a), is only {}. It multiplies every gradient through this neuron, so learning is slow here.",
                number::with_digits(slope, Digits::Four)
            )
        })
    };
    // A click on a term selects the cell that it refers to.
    let follow = move |event: leptos::ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let Some(term) = target.and_then(|target| target.closest("[data-column]").ok().flatten()) else { return };
        let index = term.get_attribute("data-column").and_then(|index| index.parse::<usize>().ok());
        if let Some(column) = index.and_then(|index| Column::ALL.get(index).copied()) {
            let row = row.get_untracked();
            state.select_cell(Cell {
                row: if term.has_attribute("data-above") { row.saturating_sub(1) } else { row },
                column,
            });
        }
    };
    view! {
        <section class="formula" aria-label="Formula" on:click=follow>
            <div class="formula-head">
                <h2 class="formula-title"><span inner_html=title></span> <span class="formula-row">" in row " <span translate="no" prop:textContent=words(move || row.get())></span></span></h2>
                <div class="formula-value">
                    <Show
                        when=move || is_open.get()
                        fallback=move || view! { <output aria-label="Value at full precision" translate="no" prop:textContent=words(value)></output> }
                    >
                        {part(move || view! { <BlankField cell=state.cell.get()/> })}
                    </Show>
                </div>
            </div>
            <p class="formula-symbols" role="math" aria-label=in_words inner_html=symbols></p>
            <Show when=move || expr.with(Option::is_none) && !state.is_practising()>
                {part(move || view! { <ConstantField column=column.get()/> })}
            </Show>
            <p class="formula-numbers" translate="no" inner_html=move || numbers().unwrap_or_default()></p>
            <p class="formula-note" role="status" prop:textContent=words(move || saturated().unwrap_or_default())></p>
            <Links/>
        </section>
    }
}

/// Links to the cells that the formula refers to, and to the cells whose formulas use the selected cell.
#[component]
fn Links() -> impl IntoView {
    let state: SheetState = expect_context();
    let link = move |cell: Cell| {
        let column = cell.column;
        let here = cell.row == state.row.get_untracked();
        let name = if here { column.name() } else { format!("{} in row {}", column.name(), cell.row) };
        view! {
            <button
                type="button" class=format!("link {}", column.quantity().class()) aria-label=name
                on:click=move |_| state.select_cell(cell) inner_html=formula_html::symbol(column)
            ></button>
        }
    };
    let from = move || state.precedents.get().into_iter().map(|(cell, _)| link(cell)).collect_view();
    let to = move || state.dependents.get().into_iter().map(link).collect_view();
    view! {
        <div class="formula-links">
            <p hidden=move || state.precedents.with(Vec::is_empty)><span class="hint" title="Ctrl+[ or F">"From "</span> {part(from)}</p>
            <p hidden=move || state.dependents.with(Vec::is_empty)><span class="hint" title="Ctrl+] or U">"Used in "</span> {part(to)}</p>
        </div>
    }
}

/// The field in which the user changes a constant.
#[component]
fn ConstantField(column: Column) -> impl IntoView {
    let state: SheetState = expect_context();
    let value = Signal::derive(move || state.row_at(0).get(column));
    view! {
        <NumberField
            name=format!("Value of {}", column.name()) value=value write=number::full parse=parse_constant keyboard="text"
            set=move |value| state.set_constant(column, value) leave=move || state.end_edit()
        />
    }
}
