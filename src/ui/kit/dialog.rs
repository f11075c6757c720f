//! A modal dialog. The browser's own element handles the focus, the Escape key and the backdrop.

use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;

use super::dynamic::{Show, words};
use super::memo::effect;

/// Shows its content over the page while `open` is true. The content is built anew each time the dialog opens.
#[component]
pub(crate) fn Dialog(
    /// Whether the dialog is shown. It becomes false when the user closes the dialog.
    open: RwSignal<bool>,
    /// The heading, which is also the accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// The content below the heading.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            // This fails only for a dialog that is open already or not in the page.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    // An event whose target is the dialog itself is on the backdrop; the frame inside covers everything else. A drag from
    // the inside to the backdrop, or back, ends with a click whose target is the dialog too.
    let is_on_backdrop = move |event: &MouseEvent| {
        let dialog = dialog.get_untracked().map(web_sys::EventTarget::from);
        event.target().is_some() && event.target() == dialog
    };
    let pressed = StoredValue::new(false);
    let on_press = move |event: MouseEvent| pressed.set_value(is_on_backdrop(&event));
    let on_release = move |event: MouseEvent| {
        let both = pressed.get_value() && is_on_backdrop(&event);
        pressed.set_value(both);
    };
    let on_click = move |event: MouseEvent| {
        if pressed.get_value() && is_on_backdrop(&event) {
            open.set(false);
        }
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-label=title on:close=move |_| open.set(false)
            on:mousedown=on_press on:mouseup=on_release on:click=on_click
       >
            <Show when=move || open.get()>
                <div class="dialog-frame">
                    <div class="dialog-head">
                        <h2 prop:textContent=words(move || title.get())></h2>
                        <button type="button" class="icon" aria-label="Close" on:click=move |_| open.set(false)>
                            <svg viewBox="0 0 20 20" aria-hidden="true"><path d="M5 5l10 10M15 5L5 15" stroke="currentColor" stroke-width="1.5"/></svg>
                        </button>
                    </div>
                    {children()}
                </div>
            </Show>
        </dialog>
    }
}
