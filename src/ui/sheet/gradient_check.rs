//! The gradient check of the current row: the gradients of the chain rule beside measured ones.

use leptos::prelude::*;

use super::state::SheetState;
use crate::sheet::gradient_check::{Agreement, Check};
use crate::sheet::markup;
use crate::sheet::{Cell, number};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part, words};
use crate::ui::kit::memo::memo;

/// Shows the view "Gradient check".
#[component]
pub(crate) fn GradientCheck() -> impl IntoView {
    let state: SheetState = expect_context();
    let checks = memo(move || state.gradient_check());
    let line = move |check: Check| {
        let Check { weight, gradient, analytic, numeric, relative_error, agreement, .. } = check;
        let cell = Cell { row: state.row.get(), column: gradient };
        // The check must not give away the value of an empty blank, or of a number that is to be predicted.
        let is_open = state.is_unknown(cell);
        let digits = |value: f64| match value {
            _ if is_open => "?".to_owned(),
            value => state.write(value),
        };
        let (class, verdict) = match agreement {
            _ if is_open => ("", "? unknown"),
            Agreement::Agrees => ("agrees", "✓ agrees"),
            Agreement::Differs => ("differs", "✗ differs"),
            Agreement::Undefined => ("", "– cannot tell"),
        };
        let error = if is_open || relative_error.is_nan() { "–".to_owned() } else { number::brief(relative_error) };
        let current = move || (state.cell.get().column == gradient).then_some("true");
        view! {
            <tr class=class aria-current=current on:click=move |_| state.select(gradient)>
                <th scope="row">
                    <button type="button" class="link" aria-label=gradient.label() inner_html=markup::symbol(weight)></button>
                </th>
                <td translate="no" prop:textContent=Words::from(digits(analytic))></td>
                <td translate="no" prop:textContent=Words::from(digits(numeric))></td>
                <td translate="no" prop:textContent=Words::from(error)></td>
                <td class="verdict" prop:textContent=Words::from(verdict)></td>
            </tr>
        }
    };
    let summary = move || {
        let differ = checks.with(|checks| checks.iter().filter(|check| check.agreement == Agreement::Differs).count());
        let unknown = checks.with(|checks| checks.iter().any(|check| check.agreement == Agreement::Undefined));
        match differ {
            0 if unknown => "Some numbers are still unknown.".to_owned(),
            0 => "All 8 gradients agree.".to_owned(),
            1 => "1 of 8 gradients differs.".to_owned(),
            _ => format!("{differ} of 8 gradients differ."),
        }
    };
    view! {
        <div class="gradient-check">
            <p>
                <strong role="status" prop:textContent=words(summary)></strong>
                " Nudge each weight of row " <span translate="no" prop:textContent=words(move || state.row.get())></span> " a tiny bit up and down (by h = ∛ε ≈ 6·10⁻⁶, times |w| if that is more than 1), and measure how E changes: "
                <span class="nowrap" translate="no">"(E(w + h) − E(w − h)) / 2h."</span>
                " The chain rule must give the same number, to one part in 100,000."
            </p>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Gradients of this row">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Weight"</th>
                            <th scope="col">"Gradient"</th>
                            <th scope="col">"Measured slope"</th>
                            <th scope="col">"Relative error"</th>
                            <th scope="col">"Check"</th>
                        </tr>
                    </thead>
                    <tbody>{part(move || checks.get().map(line).into_iter().collect_view())}</tbody>
                </table>
            </div>
        </div>
    }
}
