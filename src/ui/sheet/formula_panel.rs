//! The panel "Formula": the selected cell's formula in symbols and in numbers, its value, what it means, and links to
//! related cells.

use leptos::prelude::*;

use super::cell_click::column_of;
use super::cell_focus::focus_when_rendered;
use super::practice::blank_field::BlankField;
use super::state::{SheetState, Stride};
use crate::sheet::lesson::parse_constant;
use crate::sheet::number::Digits;
use crate::sheet::{Cell, Column, Expr, Quantity, Term, chain, insight, markup, number, sigmoid_plot, story};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Show, part, text, words};
use crate::ui::kit::memo::memo;
use crate::ui::kit::number_field::NumberField;

/// Returns the words before a constant's symbol: weights change in the rows below, inputs and targets do not.
fn constant_label(column: Column) -> &'static str {
    if column.quantity() == Quantity::Weight { "Starting value of" } else { "Given value of" }
}

/// Returns the named factors of the selected cell, if it is shown so.
fn factors(state: SheetState) -> Option<Vec<chain::Factor>> {
    chain::factors(state.cell.get().column).filter(|_| !state.one_line.get() && !state.is_practising())
}

/// Returns the role of the element that holds [`formula_html`]: one formula, or factors that can be pressed.
pub(crate) fn formula_role(state: SheetState) -> &'static str {
    if factors(state).is_some() { "group" } else { "math" }
}

/// Returns the selected cell's formula as markup: named factors for a gradient, otherwise a line of symbols and a line of
/// numbers; for an activation, a plot of σ too.
pub(crate) fn formula_html(state: SheetState) -> String {
    let cell = state.cell.get();
    let Cell { row, column } = cell;
    let left = markup::symbol(column);
    let digits = state.digits.get();
    // An empty blank shows its formula only as a hint, and its value not at all.
    let shows_numbers = state.shows_numbers(cell);
    let nan = if state.has_unknowns() { "?" } else { "NaN" };
    state.formula.with(|expr| {
        let Some(expr) = expr else {
            return match (state.is_open_blank(cell), state.is_practising()) {
                (true, _) => format!("<p class=\"formula-symbols\">{left} = ?</p>"),
                (false, practising) => format!(
                    "<p class=\"formula-symbols\"><span class=\"muted\">{}</span> {left}<span class=\"muted\">{}</span></p>",
                    constant_label(column),
                    if practising || cell.row > 0 { "." } else { ". Change it:" }
                ),
            };
        };
        let factors = factors(state);
        state.with_values(row, |values| {
            let value = |value: f64| match value {
                value if value.is_nan() => nan.to_owned(),
                value => number::with_digits(value, digits),
            };
            if let Some(factors) = factors {
                let factor = |factor: chain::Factor| {
                    // A factor that is a number of the table leads to it wherever it is pressed.
                    let column = match factor.expr {
                        Expr::Term(Term::Here(column)) => format!(" data-column=\"{}\"", column.index()),
                        _ => String::new(),
                    };
                    format!(
                        "<span class=\"factor\"{column}><span class=\"factor-name\">{}</span><span class=\"factor-symbols\">{}</span>\
                         <span class=\"factor-value\">{}</span></span>",
                        factor.name,
                        markup::buttons(&factor.expr),
                        value(factor.expr.evaluate(values))
                    )
                };
                let factors: Vec<_> = factors.into_iter().map(factor).collect();
                return format!(
                    "<p class=\"factors\"><span class=\"factor\"><span class=\"factor-name\">gradient</span>\
                     <span class=\"factor-symbols\">{left}</span><span class=\"factor-value\">{}</span></span>\
                     <span class=\"times\">=</span>{}</p>",
                    value(values.here.get(column)),
                    factors.join("<span class=\"times\">×</span>")
                );
            }
            let mut html = format!(
                "<p class=\"formula-symbols\">{left} <span class=\"equals\">=</span> {}</p>",
                markup::symbols(expr, row.saturating_sub(1))
            );
            if shows_numbers {
                html += &format!(
                    "<p class=\"formula-numbers\"><span class=\"equals\">=</span> {}</p>",
                    markup::numbers(expr, values, digits, nan)
                );
            }
            if let Some(sum) = insight::sum_of(column).map(|sum| values.here.get(sum)) {
                let summary = format!("σ with the point at {}, and the tangent there", value(sum));
                // The point would give an unknown activation away.
                let point = if values.here.get(column).is_nan() { f64::NAN } else { sum };
                html += &format!("<div class=\"sigma\">{}{}</div>", markup::SIGMA, sigmoid_plot::svg(point, &summary));
            }
            html
        })
    })
}

/// Returns what the selected number means, and what the last step did to E, as markup.
pub(crate) fn story_html(state: SheetState) -> String {
    let Cell { row, column } = state.cell.get();
    // An exercise must not tell, and neither may the answer to a prediction.
    if state.has_unknowns() {
        return if state.is_hidden.get() {
            match state.seconds.get() {
                seconds if seconds > 0 && state.playing.get() => format!(
                    "Predict this number. <strong class=\"countdown\">{seconds}</strong> s left; Step shows it now."
                ),
                _ => "Predict this number. Step shows it.".to_owned(),
            }
        } else {
            String::new()
        };
    }
    let digits = match state.digits.get() {
        Digits::Full => Digits::Ten,
        digits => digits,
    };
    let (here, rate) = (state.row_at(row), state.learning_rate.get());
    let above = row.checked_sub(1).map(|above| state.row_at(above));
    let mut html = markup::typeset(&story::sentence(column, &here, above.as_ref(), rate, digits));
    if let Some(above) = above {
        let step = story::step(&above, &here, rate, digits);
        html += &format!(" <span class=\"step-story\">{}</span>", markup::typeset(&step));
    }
    html
}

/// Shows the panel.
#[component]
pub(crate) fn FormulaPanel() -> impl IntoView {
    let state: SheetState = expect_context();
    let column = memo(move || state.cell.get().column);
    let row = state.row;

    let title = move || {
        let column = column.get();
        format!("{} <span class=\"meaning\">{}</span>", markup::symbol(column), markup::typeset(&column.meaning()))
    };
    let is_open = memo(move || state.is_open_blank(state.cell.get()));
    let in_words = move || {
        let name = column.get().label();
        state.formula.with(|expr| match expr {
            Some(expr) => format!("{name} = {}", expr.symbols()),
            None if is_open.get() => format!("{name} is a blank: compute its value."),
            None => format!("{} {name}.", constant_label(column.get())),
        })
    };
    let value = move || state.row_at(row.get()).get(column.get());
    let exact = move || {
        let value = value();
        if value.is_nan() { state.write(value) } else { number::full(value) }
    };
    let is_constant = memo(move || row.get() == 0 && state.formula.with(Option::is_none) && !state.is_practising());
    // A screen reader reads the sentence out when the user steps from phase to phase, not while the sheet plays.
    let live = move || {
        let stepping = state.stride.get() != Stride::Row && !state.playing.get();
        if stepping { "polite" } else { "off" }
    };
    // A click on a term selects the cell that it refers to.
    let follow = move |event: leptos::ev::MouseEvent| {
        if let Some((column, term)) = column_of(&event) {
            let row = row.get_untracked();
            let row = if term.has_attribute("data-above") { row.saturating_sub(1) } else { row };
            state.select_cell(Cell { row, column });
            // The term has left the page, and with it the focus.
            focus_when_rendered(Cell { row, column });
        }
    };
    view! {
        <section class="formula" aria-label="Formula" on:click=follow>
            <div class="formula-head">
                <h2 class="formula-title"><span inner_html=text(title)></span> <span class="formula-row">" in row " <span translate="no" prop:textContent=words(move || row.get())></span></span></h2>
                <div class="formula-value">
                    <Show
                        when=move || is_open.get()
                        fallback=move || view! {
                            <span class="headline" translate="no" prop:textContent=words(move || state.write(value()))></span>
                            <output aria-label="Value at full precision" translate="no" prop:textContent=words(exact)></output>
                        }
                    >
                        {part(move || view! { <BlankField cell=state.cell.get()/> })}
                    </Show>
                </div>
            </div>
            <div class="formula-body">
                <div class="math" role=move || formula_role(state) aria-label=in_words inner_html=text(move || formula_html(state))></div>
                <Show when=move || is_constant.get()>
                    {part(move || view! { <ConstantField column=column.get()/> })}
                </Show>
            </div>
            <p class="formula-story" aria-live=live inner_html=text(move || story_html(state))></p>
            <Links/>
        </section>
    }
}

/// Links to the cells that the formula refers to, and to the cells whose formulas use the selected cell.
#[component]
fn Links() -> impl IntoView {
    let state: SheetState = expect_context();
    // The links change with the selected cell, and the focus would leave the page with them.
    let go = move |cell: Cell| {
        state.select_cell(cell);
        focus_when_rendered(cell);
    };
    let link = move |cell: Cell| {
        let column = cell.column;
        let here = cell.row == state.row.get_untracked();
        let name = if here { column.label() } else { format!("{} in row {}", column.label(), cell.row) };
        view! {
            <button
                type="button" class=format!("link {}", column.quantity().class()) aria-label=name
                on:click=move |_| go(cell) inner_html=markup::symbol(column)
            ></button>
        }
    };
    let from = move || state.precedents.get().into_iter().map(|(cell, _)| link(cell)).collect_view();
    let to = move || state.dependents.get().into_iter().map(link).collect_view();
    view! {
        <div class="formula-links">
            <p class:empty=move || state.precedents.with(Vec::is_empty)><span class="hint" title="Ctrl+[ or F">"From "</span> {part(from)}</p>
            <p class:empty=move || state.dependents.with(Vec::is_empty)><span class="hint" title="Ctrl+] or U">"Used in "</span> {part(to)}</p>
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
            name=format!("Value of {}", column.label()) value=value write=number::typed parse=parse_constant keyboard="text"
            set=move |value| state.set_constant(column, value) leave=move || state.end_edit()
        />
    }
}
