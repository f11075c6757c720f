//! A modal dialog: the browser's own, with its focus, its Escape key and its backdrop.

use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;

use super::dynamic::Show;
use super::memo::effect;

/// Shows its content over the page while `open` is true; the content is made anew each time.
#[component]
pub(crate) fn Dialog(
    /// Whether it is shown; closing it by whatever means makes this false.
    open: RwSignal<bool>,
    /// Its heading, and its name.
    #[prop(into)]
    title: Signal<String>,
    /// What stands below the heading.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            // It fails for a dialog that is open already or not in the page, and this one is neither.
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    // The backdrop belongs to the dialog, everything within to its frame.
    let on_click = move |event: MouseEvent| {
        let dialog = dialog.get_untracked().map(web_sys::EventTarget::from);
        if event.target().is_some() && event.target() == dialog {
            open.set(false);
        }
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-label=title on:close=move |_| open.set(false) on:click=on_click>
            <Show when=move || open.get()>
                <div class="dialog-frame">
                    <div class="dialog-head">
                        <h2>{title}</h2>
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
