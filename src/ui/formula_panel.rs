//! Where the selected cell's number comes from: formula, numbers, value.

use leptos::prelude::*;

use super::formula_html;
use super::number_field::NumberField;
use super::sheet_state::SheetState;
use crate::sheet::lesson::parse_constant;
use crate::sheet::{Column, number};

/// The region "Formula".
#[component]
pub(super) fn FormulaPanel() -> impl IntoView {
    let state: SheetState = expect_context();
    let column = Memo::new(move |_| state.cell.get().column);
    let row = state.row;
    let expr = state.formula;

    let title = move || {
        let column = column.get();
        format!("{} <span class=\"meaning\">{}</span>", formula_html::symbol(column), column.meaning())
    };
    let symbols = move || {
        let left = formula_html::symbol(column.get());
        expr.with(|expr| match expr {
            Some(expr) => {
                format!(
                    "{left} <span class=\"equals\">=</span> {}",
                    formula_html::symbols(expr, row.get().saturating_sub(1))
                )
            }
            None => {
                format!("{left} <span class=\"muted\">is given: the sheet starts from it. Try another value:</span>")
            }
        })
    };
    let in_words = move || {
        expr.with(|expr| match expr {
            Some(expr) => format!("{} = {}", column.get().name(), expr.symbols()),
            None => format!("{} is given: the sheet starts from it.", column.get().name()),
        })
    };
    let numbers = move || {
        expr.with(|expr| {
            let expr = expr.as_ref()?;
            let html = state.with_values(row.get(), |values| formula_html::numbers(expr, values));
            Some(format!("<span class=\"equals\">=</span> {html}"))
        })
    };
    let value = move || number::full(state.run.with(|run| run.row(row.get()).get(column.get())));

    view! {
        <section class="formula" aria-label="Formula">
            <div class="formula-head">
                <h2 class="formula-title"><span inner_html=title></span> <span class="formula-row">" in row " {row}</span></h2>
                <p class="formula-value"><output aria-label="Value at full precision">{value}</output></p>
            </div>
            <p class="formula-symbols" role="math" aria-label=in_words inner_html=symbols></p>
            <Show when=move || expr.with(Option::is_none)>
                {move || view! { <ConstantField column=column.get()/> }}
            </Show>
            <p class="formula-numbers" inner_html=move || numbers().unwrap_or_default()></p>
        </section>
    }
}

/// Where a given constant is changed.
#[component]
fn ConstantField(column: Column) -> impl IntoView {
    let state: SheetState = expect_context();
    let value = Signal::derive(move || state.run.with(|run| run.row(0).get(column)));
    view! {
        <NumberField
            name=format!("Value of {}", column.name()) value=value parse=parse_constant
            set=move |value| state.set_constant(column, value) leave=move || state.settle()
        />
    }
}
