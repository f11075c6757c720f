//! The bar above the sheet during an exercise: the task, the student's progress, the feedback and the buttons.

use leptos::prelude::*;

use super::dialog::random_task_number;
use super::feedback::Tone;
use crate::sheet::markup;
use crate::sheet::practice::BugHunt;
use crate::sheet::{Exercise, Practice, number};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Show, text, words};
use crate::ui::kit::memo::memo;
use crate::ui::sheet::cell_focus::{focus_exercise, focus_field, focus_when_rendered};
use crate::ui::sheet::state::SheetState;

/// The region "Exercise"; shown only during an exercise.
#[component]
pub(crate) fn PracticeBar() -> impl IntoView {
    let state: SheetState = expect_context();
    view! { <Show when=move || state.is_practising()><Bar/></Show> }
}

#[component]
fn Bar() -> impl IntoView {
    let state: SheetState = expect_context();
    let read = move |read: fn(&Practice) -> String| {
        words(move || state.practice.with(|practice| practice.as_ref().map(read).unwrap_or_default()))
    };
    let title = read(|practice| format!("{}, task {}", practice.exercise().title(), practice.exercise().seed()));
    let task = read(|practice| {
        format!("{} η\u{a0}=\u{a0}{}.", practice.task(), number::full(practice.lesson().learning_rate))
    });
    let progress = read(Practice::progress);
    let is_hunt = memo(move || state.practice.with(|practice| matches!(practice, Some(Practice::Bug(_)))));
    let new_task = move |_| {
        let seed = random_task_number();
        state.start_exercise(if is_hunt.get_untracked() {
            Exercise::FindTheBug { seed }
        } else {
            Exercise::FillTheCells { seed }
        });
        focus_exercise(state.cell.get_untracked());
    };
    // The button leaves the page, and with it the focus.
    let exit = move |_| {
        state.leave_exercise();
        focus_when_rendered(state.cell.get_untracked());
    };
    view! {
        <section class="practice" aria-label="Exercise">
            <p class="practice-task"><strong prop:textContent=title></strong> " " <span prop:textContent=task></span></p>
            <p class="practice-progress" prop:textContent=progress></p>
            // The element is always in the page: a screen reader reads out only what changes in an element that it
            // knows.
            <p
                class=move || format!("practice-feedback {}", state.feedback.with(|feedback| feedback.tone.class())) role="status"
                inner_html=text(move || state.feedback.with(|feedback| markup::typeset(&feedback.text)))
            ></p>
            <div class="buttons">
                <Show when=move || is_hunt.get() fallback=|| view! { <FillButtons/> }><HuntButtons/></Show>
                <button type="button" on:click=new_task>"New task"</button>
                <button type="button" on:click=exit>"Exit"</button>
            </div>
        </section>
    }
}

/// The buttons of the exercise "Find the bug".
#[component]
fn HuntButtons() -> impl IntoView {
    let state: SheetState = expect_context();
    let is_over = memo(move || state.is_exercise_over());
    let column = memo(move || state.cell.get().column);
    let guess = move |_| {
        let column = column.get_untracked();
        if state.with_bug_hunt(|hunt| hunt.guess(column)) == Some(true) {
            state.explain_solved_bug();
            // The button is switched off now and loses the focus.
            focus_when_rendered(state.cell.get_untracked());
        } else {
            state.give_feedback(Tone::NotYet, format!("No, the formula of {} is right.", column.label()));
        }
    };
    let hint = move |_| {
        let hint = state.with_bug_hunt(BugHunt::hint).unwrap_or_default();
        state.give_feedback(Tone::Plain, hint);
    };
    let give_up = move |_| {
        state.with_bug_hunt(BugHunt::show);
        if let Some(column) = state.with_bug_hunt(|hunt| hunt.bug().columns()[0]) {
            state.select(column);
        }
        state.explain_solved_bug();
        focus_when_rendered(state.cell.get_untracked());
    };
    view! {
        <button
            type="button" class="primary" disabled=is_over on:click=guess
            aria-label=move || format!("This column is wrong: {}", column.get().label())
        >
            "This column is wrong: " <span inner_html=text(move || markup::symbol(column.get()))></span>
        </button>
        <button type="button" disabled=is_over on:click=hint>"Hint"</button>
        <button type="button" disabled=is_over on:click=give_up>"Give up"</button>
    }
}

/// The buttons of the exercise "Fill the cells".
#[component]
fn FillButtons() -> impl IntoView {
    let state: SheetState = expect_context();
    let is_over = memo(move || state.is_exercise_over());
    let is_open = memo(move || state.is_open_blank(state.cell.get()));
    let next = move |_| {
        if let Some(cell) = state.next_blank() {
            state.select_cell(cell);
            state.give_feedback(Tone::Plain, String::new());
            request_animation_frame(|| {
                focus_field();
            });
        }
    };
    let hint = move |_| {
        let cell = state.cell.get_untracked();
        let hint = state.with_fill_in(|fill| fill.hint(cell)).unwrap_or_default();
        state.give_feedback(Tone::Plain, hint);
        // Whoever has read the hint types next.
        focus_field();
    };
    let show = move |_| {
        let cell = state.cell.get_untracked();
        // The formula would not do: its terms may be blanks too.
        let value = state.with_fill_in(|fill| {
            fill.show(cell);
            fill.blanks().value(cell)
        });
        let value = value.map(|value| state.write(value)).unwrap_or_default();
        state.give_feedback(Tone::Plain, format!("{} is {value}.", cell.column.label()));
        focus_when_rendered(cell);
    };
    view! {
        <button type="button" class="primary" disabled=is_over on:click=next>"Next blank"</button>
        <button type="button" disabled=move || !is_open.get() on:click=hint>"Hint"</button>
        <button type="button" disabled=move || !is_open.get() on:click=show>"Show answer"</button>
    }
}
