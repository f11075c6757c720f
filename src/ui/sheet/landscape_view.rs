//! The view "Landscape": the error over two weights, the path walked so far, and the next step. The point can be dragged.

use leptos::ev::{KeyboardEvent, PointerEvent, TouchEvent};
use leptos::html::Canvas;
use leptos::prelude::*;

use super::landscape_canvas::draw;
use super::state::{Panel, SheetState};
use super::step_view::StepView;
use crate::sheet::history::Change;
use crate::sheet::landscape::{Landscape, Place};
use crate::sheet::{Cell, Column, markup};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::text;
use crate::ui::kit::keys::has_no_modifier;
use crate::ui::kit::memo::{effect, memo};
use crate::ui::kit::observed_size::observe_size;
use crate::ui::kit::theme::Dark;

/// How near to the point a press must be to take hold of it, in CSS pixels.
const GRASP: f64 = 28.0;
/// The share of the picture by which an arrow key moves the point.
const NUDGE: f64 = 0.05;

/// Shows the landscape of the user's own sheet.
#[component]
pub(crate) fn LandscapeView() -> impl IntoView {
    let state: SheetState = expect_context();
    let Dark(dark) = expect_context();
    let axes = RwSignal::new([4_usize, 6]);
    let canvas = NodeRef::<Canvas>::new();
    // The picture in whose frame the point is being dragged.
    let held = RwSignal::new(None::<Landscape>);
    // The landscape would give away the error that a class predicts.
    let is_hidden = memo(move || state.row_without_error().is_some());
    let land = Memo::new(move |known: Option<&Option<Landscape>>| {
        // Behind another tab the picture needs no new landscape.
        if state.panel.get() != Panel::Landscape {
            return known.cloned().flatten();
        }
        if is_hidden.get() {
            return None;
        }
        let land = state.race.with(|race| Landscape::around(race.own(), state.row.get(), axes.get()))?;
        Some(held.with(|held| match held {
            Some(held) => land.framed_as(held),
            None => land,
        }))
    });
    let paint = move || {
        // By the next frame the view may be gone.
        if let Some(canvas) = canvas.try_get_untracked().flatten() {
            // A browser without a 2D canvas shows the summary alone. A new width empties the picture.
            land.try_with_untracked(|land| match land {
                Some(land) => draw(&canvas, land).unwrap_or_default(),
                None => canvas.set_width(canvas.width()),
            });
        }
    };
    effect(move || {
        dark.track();
        canvas.track();
        land.with(|_| ());
        request_animation_frame(paint);
    });
    // Behind another tab nothing is drawn, so the picture is drawn again when it appears.
    observe_size(Box::new(move || canvas.get().map(Into::into)), Box::new(paint));

    // The place under the mouse, and the distance from there to the point in CSS pixels.
    let place_at = move |event: &PointerEvent, land: &Landscape| -> Option<(Place, f64)> {
        let area = canvas.get_untracked()?.get_bounding_client_rect();
        let (low, high) = land.bounds(area.width(), area.height());
        let unit = area.width() / (high.0 - low.0);
        let x = low.0 + (f64::from(event.client_x()) - area.left()) / unit;
        let y = high.1 - (f64::from(event.client_y()) - area.top()) / unit;
        let apart = libm::hypot((x - land.here.0) * unit, (y - land.here.1) * unit);
        Some(((x, y), apart))
    };
    // The sheet starts anew at this place.
    let start_at = move |land: &Landscape, place: Place| {
        let round = |value: f64| libm::round(value * 1e3) / 1e3;
        let constants = land.starting_at((round(place.0), round(place.1)));
        state.playing.set(false);
        state.change(Change::Everything, |lesson| lesson.constants = constants);
        let Cell { column, .. } = state.cell.get_untracked();
        state.select_cell(Cell { row: 0, column });
    };
    let on_press = move |event: PointerEvent| {
        let Some(land) = land.get_untracked() else { return };
        if place_at(&event, &land).is_some_and(|(_, apart)| apart <= GRASP) && event.button() == 0 {
            event.prevent_default();
            if let Some(canvas) = canvas.get_untracked() {
                // It fails only if the finger has already left.
                let _ = canvas.set_pointer_capture(event.pointer_id());
                let _ = canvas.focus();
            }
            state.end_edit();
            held.set(Some(land));
        }
    };
    // A finger that holds the point does not scroll the page. Elsewhere on the picture it does.
    let on_touch = move |event: TouchEvent| {
        if held.with_untracked(Option::is_some) {
            event.prevent_default();
        }
    };
    let on_move = move |event: PointerEvent| {
        if let Some(land) = held.get_untracked()
            && let Some((place, _)) = place_at(&event, &land)
        {
            start_at(&land, place);
        }
    };
    let on_release = move |_| {
        if held.get_untracked().is_some() {
            held.set(None);
            state.end_edit();
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let Some(land) = land.get_untracked().filter(|_| has_no_modifier(&event)) else { return };
        let step = NUDGE * land.reach();
        let (x, y) = land.here;
        let place = match event.key().as_str() {
            "ArrowLeft" => (x - step, y),
            "ArrowRight" => (x + step, y),
            "ArrowUp" => (x, y + step),
            "ArrowDown" => (x, y - step),
            _ => return,
        };
        event.prevent_default();
        start_at(&land, place);
        state.end_edit();
    };
    let choice = move |name: &'static str, axis: usize| {
        let choose = move |event| {
            if let Ok(weight) = event_target_value(&event).parse::<usize>() {
                axes.update(|axes| {
                    // The same weight twice would be no landscape: the axes change places.
                    if axes[1 - axis] == weight {
                        axes[1 - axis] = axes[axis];
                    }
                    axes[axis] = weight;
                });
            }
        };
        let options: String = Column::WEIGHTS
            .iter()
            .enumerate()
            .map(|(index, weight)| format!("<option value={index}>{}</option>", weight.name()))
            .collect();
        view! {
            <label>
                <span class="field-name">{name}</span>
                <select translate="no" aria-label=name prop:value=move || axes.get()[axis].to_string() on:change=choose inner_html=options></select>
            </label>
        }
    };
    let summary = move || {
        let why = if is_hidden.get() {
            "The landscape comes back when E is known."
        } else {
            "Nothing to draw: a weight is infinite or not a number."
        };
        land.with(|land| land.as_ref().map_or_else(|| why.to_owned(), Landscape::summary))
    };
    view! {
        <div class="landscape">
            <div class="landscape-tools">
                {choice("Across", 0)}
                {choice("Up", 1)}
                <span class="hint">"More colour is higher. Drag the point to start elsewhere."</span>
            </div>
            <canvas
                node_ref=canvas tabindex="0" role="img" class:held=move || held.with(Option::is_some)
                aria-label=move || format!("{} Arrow keys move the point.", summary())
                on:pointerdown=on_press on:touchstart=on_touch on:pointermove=on_move on:pointerup=on_release on:pointercancel=on_release on:keydown=on_key
            ></canvas>
            <p class="landscape-summary" inner_html=text(move || markup::typeset(&summary()))></p>
            <StepView/>
        </div>
    }
}
