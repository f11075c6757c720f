//! How a drawing becomes an image like MNIST's, in three pictures.

use std::sync::Arc;

use leptos::html::Canvas;
use leptos::prelude::*;

use super::pad_painter::draw_picture;
use super::pad_state::PadState;
use crate::drawing::{Picture, Steps};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::memo::effect;
use crate::ui::kit::theme::Dark;

/// The pictures with their captions.
#[component]
pub(crate) fn StepsView() -> impl IntoView {
    view! {
        <section class="pad-steps" aria-labelledby="pad-steps-title">
            <h3 id="pad-steps-title">"What the net gets to see"</h3>
            <p class="hint">"All digits that it learned from were prepared in this way, so your drawing is, too."</p>
            <ol>
                {step("Cut out", "cut", |steps| &steps.cut)}
                {step("Fit into 20×20", "fitted", |steps| &steps.fitted)}
                {step("Centre of mass to the middle of 28×28", "image", |steps| &steps.image)}
            </ol>
        </section>
    }
}

/// A picture. Where pixels are few, a cross marks the middle of the picture, and a point the centre of mass.
fn step(name: &'static str, class: &'static str, picture: fn(&Steps) -> &Picture) -> impl IntoView {
    let state: PadState = expect_context();
    let Dark(dark) = expect_context();
    let canvas = NodeRef::<Canvas>::new();
    effect(move || {
        dark.track();
        let steps: Option<Arc<Steps>> = state.steps.get();
        if let Some(canvas) = canvas.get() {
            // Without a 2D context there is nothing to draw on.
            let _ = draw_picture(&canvas, steps.as_deref().map(picture));
        }
    });
    // The middle of the first pixel is 0, and the picture begins half a pixel before it.
    let centre = move |axis: fn((f64, f64)) -> f64| {
        let share = |picture: &Picture| Some((axis(picture.centre_of_mass()?) + 0.5) / picture.width() as f64);
        let place = state.steps.with(|steps| share(picture(steps.as_deref()?)));
        place.map_or_else(String::new, |place| format!("{:.2}%", 100.0 * place))
    };
    view! {
        <li class=class data-drawn=move || state.steps.with(Option::is_some).to_string()>
            <span class="step-picture" style:--x=move || centre(|(x, _)| x) style:--y=move || centre(|(_, y)| y)>
                <canvas node_ref=canvas aria-hidden="true"></canvas>
            </span>
            <span class="step-name">{name}</span>
        </li>
    }
}
