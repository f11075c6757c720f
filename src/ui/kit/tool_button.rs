//! A button of the page's bar.

use leptos::prelude::*;

/// A tool's button: a picture, and on wide screens its name beside it.
#[component]
pub(crate) fn ToolButton(
    /// What it does, in a word.
    name: &'static str,
    /// The picture, as the path of a 20 by 20 drawing in strokes.
    icon: &'static str,
    /// What a click does.
    on_click: impl Fn() + 'static,
) -> impl IntoView {
    button(name, icon, Box::new(on_click))
}

/// The same for whatever `on_click` is, so that it is compiled once.
fn button(name: &'static str, icon: &'static str, on_click: Box<dyn Fn()>) -> impl IntoView {
    let icon =
        format!("<svg viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"{icon}\"></path></svg><span>{name}</span>");
    view! { <button type="button" class="tool" title=name on:click=move |_| on_click() inner_html=icon></button> }
}
