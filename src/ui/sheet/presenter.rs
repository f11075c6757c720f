//! The presenter: one phase of the computation on the full screen, large enough for the last row of a class. A remote
//! control for slides steps through it.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use super::cell_click::column_of;
use super::error_curves::ErrorCurves;
use super::formula_panel::{formula_html, formula_role, story_html};
use super::learning_rate_control::LearningRateControl;
use super::network_diagram::NetworkDiagram;
use super::practice::curve::PracticeCurve;
use super::state::SheetState;
use crate::sheet::diagram::LARGE_TEXT;
use crate::sheet::{Cell, Column, Phase, markup};
use crate::ui::kit::browser;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Show, Words, part, text, words};
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

    let error = move || state.write(state.row_at(state.row.get()).get(Column::ETotal));
    view! {
        <div class="presenter" role="dialog" aria-modal="true" aria-label="Presenter" tabindex="-1" node_ref=root>
            <header class="presenter-head">
                <p>"Row " <strong class="number" translate="no" prop:textContent=words(move || state.row.get())></strong></p>
                <Steps/>
                <p class="q-error"><span inner_html=markup::symbol(Column::ETotal)></span> " " <strong class="number" translate="no" prop:textContent=words(error)></strong></p>
            </header>
            <div class="presenter-picture"><NetworkDiagram text=LARGE_TEXT/></div>
            <Formula/>
            <p class="presenter-story" inner_html=text(move || story_html(state))></p>
            <div class="presenter-curve">
                <Show when=move || state.is_practising() fallback=|| view! { <ErrorCurves/> }><PracticeCurve/></Show>
            </div>
            <p class="presenter-words" aria-live="polite" inner_html=text(move || markup::typeset(state.phase.get().sentence()))></p>
            <footer class="presenter-foot">
                <button type="button" on:click=move |_| state.back_phase()>"Back"</button>
                <button type="button" class="primary" on:click=move |_| state.step_phase()>"Next"</button>
                <LearningRateControl/>
                <button type="button" on:click=move |_| presenting.stop()>"Exit"</button>
            </footer>
        </div>
    }
}

/// Does what a key means here; returns whether it means anything.
fn act_on_key(event: &ev::KeyboardEvent, state: SheetState, presenting: Presenting) -> bool {
    let is_on = |tag: &str| target(event).is_some_and(|element| element.tag_name() == tag);
    match event.key().as_str() {
        // These keys press the button that has the focus.
        " " | "Enter" if is_on("BUTTON") => return false,
        // These keys move the slider of the learning rate.
        "ArrowRight" | "ArrowLeft" | "ArrowUp" | "ArrowDown" | "Home" if is_on("INPUT") => return false,
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

/// The columns of the present phase, and the selected one's formula and number.
#[component]
fn Formula() -> impl IntoView {
    let state: SheetState = expect_context();
    let columns = move || {
        let symbol = |&column: &Column| {
            let current = move || (state.cell.get().column == column).then_some("true");
            view! { <li aria-current=current data-column=column.index() inner_html=markup::symbol(column)></li> }
        };
        state.phase.get().columns().iter().map(symbol).collect_view()
    };
    let select = move |event: ev::MouseEvent| {
        if let Some((column, _)) = column_of(&event) {
            state.select(column);
        }
    };
    let in_words = move || {
        let name = state.cell.get().column.label();
        state.formula.with(|expr| expr.as_ref().map(|expr| format!("{name} = {}", expr.symbols())))
    };
    let value = move || state.write(state.row_at(state.row.get()).get(state.cell.get().column));
    view! {
        <div class="presenter-formula" on:click=select>
            <ol class="presenter-columns" aria-label="Columns of this phase">{part(columns)}</ol>
            <div role=move || formula_role(state) aria-label=in_words inner_html=text(move || formula_html(state))></div>
            <p class="presenter-value">"= " <output aria-label=move || state.cell.get().column.label() translate="no" prop:textContent=words(value)></output></p>
        </div>
    }
}
