//! A button in the bar at the top of the page.

use leptos::prelude::*;

/// Shows a button as an icon, and on wide screens its name beside it.
#[component]
pub(crate) fn ToolButton(
    /// The name of the tool, one word.
    name: &'static str,
    /// The icon: the path of a drawing of 20 by 20 units, drawn as strokes.
    icon: &'static str,
    /// Called for each click.
    on_click: impl Fn() + 'static,
) -> impl IntoView {
    button(name, icon, Box::new(on_click))
}

/// Does the work of [`ToolButton`] for a boxed closure, so that it is compiled once.
fn button(name: &'static str, icon: &'static str, on_click: Box<dyn Fn()>) -> impl IntoView {
    let icon =
        format!("<svg viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"{icon}\"></path></svg><span>{name}</span>");
    view! { <button type="button" class="tool" title=name on:click=move |_| on_click() inner_html=icon></button> }
}
