//! The view "Landscape": the error over two weights, the path walked so far, and the next step. The point can be dragged.

use leptos::ev::{KeyboardEvent, PointerEvent, TouchEvent};
use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use super::state::{Panel, SheetState};
use crate::sheet::history::Change;
use crate::sheet::landscape::{BANDS, Landscape, Place};
use crate::sheet::{Cell, Column, markup};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::keys::has_no_modifier;
use crate::ui::kit::memo::effect;
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
    let land = Memo::new(move |known: Option<&Option<Landscape>>| {
        // Behind another tab the picture needs no new landscape.
        if state.panel.get() != Panel::Landscape {
            return known.cloned().flatten();
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
            // A browser without a 2D canvas shows the summary alone.
            land.try_with_untracked(|land| land.as_ref().map(|land| draw(&canvas, land)));
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
        land.with(|land| {
            land.as_ref()
                .map_or_else(|| "Nothing to draw: a weight is infinite or not a number.".to_owned(), Landscape::summary)
        })
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
            <p class="landscape-summary" inner_html=move || markup::typeset(&summary())></p>
        </div>
    }
}

/// Draws the picture in the size of its element.
fn draw(canvas: &HtmlCanvasElement, land: &Landscape) -> Result<(), JsValue> {
    let ratio = window().device_pixel_ratio().clamp(1.0, 2.0);
    let (width, height) = (f64::from(canvas.client_width()) * ratio, f64::from(canvas.client_height()) * ratio);
    // Behind another tab there is no place to draw.
    if width < 1.0 || height < 1.0 {
        return Ok(());
    }
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d")?.ok_or("no 2D context")?.dyn_into()?;
    let style = window().get_computed_style(canvas)?.ok_or("no style")?;
    let colour = |property: &str| style.get_property_value(property);

    // The colour of the heights in bytes, whatever its notation.
    context.set_fill_style_str(&colour("outline-color")?);
    context.fill_rect(0.0, 0.0, 1.0, 1.0);
    let pixel = context.get_image_data(0.0, 0.0, 1.0, 1.0)?.data();
    let (across, down) = (canvas.width() as usize, canvas.height() as usize);
    let bands = land.bands(across, down);
    let mut pixels = Vec::with_capacity(4 * bands.len());
    for (index, &band) in bands.iter().enumerate() {
        let differs = |other: Option<&u8>| other.is_some_and(|&other| other != band);
        let is_contour =
            (index + 1) % across != 0 && differs(bands.get(index + 1)) || differs(bands.get(index + across));
        let opacity = u32::from(band) * 190 / u32::from(BANDS) + if is_contour { 60 } else { 0 };
        pixels.extend_from_slice(&[pixel[0], pixel[1], pixel[2], opacity.min(255) as u8]);
    }
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), across as u32, down as u32)?;
    context.put_image_data(&image, 0.0, 0.0)?;

    let (low, high) = land.bounds(width, height);
    let unit = width / (high.0 - low.0);
    let at = |(x, y): Place| ((x - low.0) * unit, (high.1 - y) * unit);
    let line = |points: &[Place]| {
        context.begin_path();
        for &point in points {
            let (x, y) = at(point);
            context.line_to(x, y);
        }
        context.stroke();
    };
    let dot = |place: Place, radius: f64| {
        let (x, y) = at(place);
        context.begin_path();
        context.arc(x, y, radius * ratio, 0.0, std::f64::consts::TAU)
    };
    let ink = colour("color")?;
    context.set_stroke_style_str(&ink);
    context.set_fill_style_str(&ink);
    context.set_line_width(2.0 * ratio);
    line(&land.path);
    for &point in &land.path {
        dot(point, 2.0)?;
        context.fill();
    }
    // The next step: a line in the colour of the gradient, with an open point at its end.
    context.set_stroke_style_str(&colour("caret-color")?);
    context.set_line_width(3.0 * ratio);
    line(&[land.here, land.next]);
    dot(land.next, 4.0)?;
    context.stroke();
    dot(land.here, 7.0)?;
    context.fill();
    context.stroke();
    Ok(())
}
