//! The presenter: one phase of the computation on the full screen, large enough for the last row of a class. A remote
//! control for slides steps through it.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use super::formula_html;
use super::formula_panel;
use super::network_diagram::NetworkDiagram;
use super::state::SheetState;
use crate::sheet::number::Digits;
use crate::sheet::{Cell, Column, Phase};
use crate::ui::kit::browser;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part, words};
use crate::ui::kit::keys::{Modifier, is_letter, is_shortcut, target};
use crate::ui::kit::memo::{effect, memo};
use crate::ui::kit::tool_button::ToolButton;

/// Whether the presenter is shown, and which element had the focus before.
#[derive(Clone, Copy)]
pub(crate) struct Presenting {
    /// Whether the presenter is shown.
    pub(crate) on: RwSignal<bool>,
    focus: StoredValue<Option<web_sys::HtmlElement>, LocalStorage>,
}

impl Presenting {
    pub(crate) fn new() -> Self {
        Self { on: RwSignal::new(false), focus: StoredValue::new_local(None) }
    }

    fn start(self) {
        if !self.on.get_untracked() {
            self.focus.set_value(document().active_element().and_then(|element| element.dyn_into().ok()));
            self.on.set(true);
        }
    }

    fn stop(self) {
        self.on.set(false);
        // The page takes the focus again in the next frame, when it is no longer inert.
        request_animation_frame(move || {
            if let Some(element) = self.focus.try_update_value(Option::take).flatten() {
                // It fails only if the element has left the page meanwhile.
                let _ = element.focus();
            }
        });
    }
}

/// The button "Present", and the key P, which does the same.
#[component]
pub(crate) fn PresentButton() -> impl IntoView {
    let presenting: Presenting = expect_context();
    let listener = window_event_listener(ev::keydown, move |event| {
        if is_letter(&event, 'p') && is_shortcut(&event, Modifier::None) {
            event.prevent_default();
            presenting.start();
        }
    });
    on_cleanup(move || listener.remove());
    view! { <ToolButton name="Present" icon="M2.5 4h15v9.5h-15z M10 13.500v3 M6.500 17h7" on_click=move || presenting.start()/> }
}

/// The full screen. It covers the page, which is inert meanwhile.
#[component]
pub(crate) fn Presenter() -> impl IntoView {
    let state: SheetState = expect_context();
    let presenting: Presenting = expect_context();
    state.playing.set(false);

    let root = NodeRef::<html::Div>::new();
    effect(move || {
        if let Some(root) = root.get() {
            // Focusing an element in the page cannot fail. If the browser refuses the full screen, the presenter fills
            // the window.
            let _ = root.focus();
            let full_screen = browser::call(&root, "requestFullscreen", &JsValue::UNDEFINED);
            leptos::task::spawn_local(async move {
                let _ = full_screen.await;
            });
        }
    });
    // In full screen the browser handles the Escape key itself, and the page gets no key event.
    let on_full_screen = window_event_listener(ev::fullscreenchange, move |_| {
        if document().fullscreen_element().is_none() {
            presenting.stop();
        }
    });
    let on_key = window_event_listener(ev::keydown, move |event| {
        if is_shortcut(&event, Modifier::None) && act_on_key(&event, state, presenting) {
            event.prevent_default();
        }
    });
    on_cleanup(move || {
        on_full_screen.remove();
        on_key.remove();
    });

    let column = memo(move || state.cell.get().column);
    let error = move || state.rounded(state.row_at(state.row.get()).get(Column::ETotal));
    view! {
        <div class="presenter" role="dialog" aria-modal="true" aria-label="Presenter" tabindex="-1" node_ref=root>
            <header class="presenter-head">
                <p>"Row " <strong class="number" translate="no" prop:textContent=words(move || state.row.get())></strong></p>
                <h2 prop:textContent=words(move || state.phase.get().name())></h2>
                <p class="q-error"><span inner_html=formula_html::symbol(Column::ETotal)></span> " " <strong class="number" translate="no" prop:textContent=words(error)></strong></p>
            </header>
            <p class="presenter-words" aria-live="polite" prop:textContent=words(move || state.phase.get().sentence())></p>
            <div class="presenter-picture"><NetworkDiagram/></div>
            <Formula column/>
            <footer class="presenter-foot">
                <button type="button" on:click=move |_| state.back_phase()>"Back"</button>
                <Steps/>
                <button type="button" on:click=move |_| state.step_phase()>"Next"</button>
                <button type="button" on:click=move |_| presenting.stop()>"Exit"</button>
            </footer>
        </div>
    }
}

/// Does what a key means here; returns whether it means anything.
fn act_on_key(event: &ev::KeyboardEvent, state: SheetState, presenting: Presenting) -> bool {
    let is_on_button = || target(event).is_some_and(|element| element.tag_name() == "BUTTON");
    match event.key().as_str() {
        // These keys press the button that has the focus.
        " " | "Enter" if is_on_button() => return false,
        "PageDown" | "ArrowRight" | " " | "Enter" => state.step_phase(),
        "PageUp" | "ArrowLeft" => state.back_phase(),
        "ArrowDown" => state.select(neighbour(state, 1)),
        "ArrowUp" => state.select(neighbour(state, -1)),
        "Home" => state.select_cell(Cell { row: 0, column: Phase::Given.columns()[0] }),
        "Escape" => presenting.stop(),
        // Many remote controls send this key to start; the browser would reload the page.
        "F5" => {}
        _ => return false,
    }
    true
}

/// Returns the column a number of places further in the same phase, or the first or last column of the phase.
fn neighbour(state: SheetState, places: isize) -> Column {
    let cell = state.cell.get_untracked();
    let columns = Phase::of(cell).columns();
    let here = columns.iter().position(|&column| column == cell.column).unwrap_or_default();
    columns[here.saturating_add_signed(places).min(columns.len() - 1)]
}

/// The phases of the row, with the present one marked.
#[component]
fn Steps() -> impl IntoView {
    let state: SheetState = expect_context();
    let phases = memo(move || Phase::of_row(state.row.get()));
    let steps = move || {
        let step = |phase: Phase| {
            let current = move || (state.phase.get() == phase).then_some("step");
            view! { <li aria-current=current prop:textContent=Words::from(phase.name())></li> }
        };
        phases.get().map(step).into_iter().collect_view()
    };
    view! { <ol class="presenter-steps">{part(steps)}</ol> }
}

/// The columns of the present phase, and the selected one's formula in symbols, in numbers, and its value.
#[component]
fn Formula(column: Memo<Column>) -> impl IntoView {
    let state: SheetState = expect_context();
    let columns = move || {
        let symbol = |&column: &Column| {
            let current = move || (state.cell.get().column == column).then_some("true");
            view! { <li aria-current=current inner_html=formula_html::symbol(column)></li> }
        };
        state.phase.get().columns().iter().map(symbol).collect_view()
    };
    let expr = state.formula;
    let symbols = move || {
        let left = formula_html::symbol(column.get());
        let right = expr.with(|expr| match expr {
            Some(expr) => format!("= {}", formula_html::symbols(expr, state.row.get().saturating_sub(1))),
            None if state.is_open_blank(state.cell.get()) => "<span class=\"muted\">is a blank</span>".to_owned(),
            None => "<span class=\"muted\">is given</span>".to_owned(),
        });
        format!("{left} {right}")
    };
    let numbers = move || formula_panel::numbers(state, Digits::Six);
    let value = move || state.rounded(state.row_at(state.row.get()).get(column.get()));
    let in_words =
        move || expr.with(|expr| expr.as_ref().map(|expr| format!("{} = {}", column.get().name(), expr.symbols())));
    view! {
        <div class="presenter-formula">
            <ol class="presenter-columns" aria-label="Columns of this phase">{part(columns)}</ol>
            <p class="presenter-symbols" role="math" aria-label=in_words inner_html=symbols></p>
            <p class="presenter-numbers number" translate="no" inner_html=move || numbers().unwrap_or_default()></p>
            <p class="presenter-value">"= " <output aria-label=move || column.get().name() translate="no" prop:textContent=words(value)></output></p>
        </div>
    }
}
