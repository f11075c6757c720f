//! What the page and the sheet's tools say to each other. The tools are a wasm of their own, so all they share is the
//! window: the page asks with events, and the tools read and write the sheet as a link.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit, File};

use super::kit::file_input;
use crate::sheet::Permalink;

/// The event with which the page asks for a tool. Its detail is the name of the tool, or a list of files.
const ASKED: &str = "toolasked";
/// The event with which the tools say that they hear.
const READY: &str = "toolsready";
/// The window's function that returns the link to the sheet, after it has shown the sheet of another link if it was given
/// one.
const SHEET: &str = "gradsheetSheet";

/// What the page asks the tools for.
#[derive(Clone, PartialEq)]
pub(crate) enum Ask {
    /// The dialog "File".
    File,
    /// The dialog "File", with the focus on printing.
    Print,
    /// The dialog "Share".
    Share,
    /// The worksheet of an exercise on paper; the exercise as its link writes it.
    Worksheet(String),
    /// The dialog "File" with files that were dropped on the page.
    Dropped(Vec<File>),
}

impl Ask {
    fn to_js(&self) -> JsValue {
        match self {
            Self::File => "file".into(),
            Self::Print => "print".into(),
            Self::Share => "share".into(),
            Self::Worksheet(exercise) => format!("worksheet {exercise}").into(),
            Self::Dropped(files) => files.iter().collect::<js_sys::Array>().into(),
        }
    }

    fn from_js(detail: &JsValue) -> Option<Self> {
        let Some(text) = detail.as_string() else {
            return Some(Self::Dropped(file_input::list_of(detail.dyn_ref::<js_sys::Array>()?)));
        };
        let (name, rest) = text.split_once(' ').unwrap_or((&text, ""));
        Some(match name {
            "file" => Self::File,
            "print" => Self::Print,
            "share" => Self::Share,
            "worksheet" => Self::Worksheet(rest.to_owned()),
            _ => return None,
        })
    }
}

fn dispatch(name: &str, detail: &JsValue) {
    let options = CustomEventInit::new();
    options.set_detail(detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &options) {
        // The event is new, so it can be dispatched.
        let _ = window().dispatch_event(&event);
    }
}

/// The page's end: it keeps what was asked last until the tools are there.
#[derive(Clone, Copy)]
pub(crate) struct Tools {
    /// Whether the tools have been needed.
    pub(crate) needed: RwSignal<bool>,
    waiting: StoredValue<Option<Ask>, LocalStorage>,
    are_ready: StoredValue<bool>,
}

impl Tools {
    pub(crate) fn new() -> Self {
        let tools = Self {
            needed: RwSignal::new(false),
            waiting: StoredValue::new_local(None),
            are_ready: StoredValue::new(false),
        };
        // The page listens as long as it lives.
        let _ = window_event_listener_untyped(READY, move |_| {
            tools.are_ready.set_value(true);
            if let Some(ask) = tools.waiting.try_update_value(Option::take).flatten() {
                tools.ask(ask);
            }
        });
        tools
    }

    /// Asks for a tool.
    pub(crate) fn ask(self, ask: Ask) {
        if self.are_ready.get_value() {
            dispatch(ASKED, &ask.to_js());
        } else {
            self.waiting.set_value(Some(ask));
            self.needed.set(true);
        }
    }
}

/// Lets the tools read and write the sheet: `answer` returns the link to it, after showing that of the link that it gets.
pub(crate) fn offer_sheet(answer: impl Fn(Option<String>) -> String + 'static) {
    let answer = Closure::<dyn Fn(JsValue) -> JsValue>::new(move |link: JsValue| answer(link.as_string()).into());
    // Setting a property of the window cannot fail.
    let _ = js_sys::Reflect::set(&window(), &SHEET.into(), answer.as_ref());
    answer.forget();
}

/// The tools' end: calls `act` with whatever the page asks for, and says that it hears.
pub(crate) fn hear(act: impl Fn(Ask) + 'static) {
    // The tools listen as long as they live.
    let _ = window_event_listener_untyped(ASKED, move |event| {
        let event: Result<CustomEvent, _> = event.dyn_into();
        if let Some(ask) = event.ok().and_then(|event| Ask::from_js(&event.detail())) {
            act(ask);
        }
    });
    dispatch(READY, &JsValue::NULL);
}

/// Returns the sheet as it is now.
pub(crate) fn read_sheet() -> Permalink {
    talk(&JsValue::UNDEFINED)
}

/// Shows another sheet, as a change that can be undone.
pub(crate) fn show_sheet(link: &Permalink) {
    talk(&link.to_string().into());
}

fn talk(link: &JsValue) -> Permalink {
    let function = js_sys::Reflect::get(&window(), &SHEET.into()).ok();
    let function = function.and_then(|function| function.dyn_into::<js_sys::Function>().ok());
    let answer = function.and_then(|function| function.call1(&JsValue::NULL, link).ok()?.as_string());
    // The page writes links that can be read; and it is there as long as its tools are.
    answer.and_then(|link| Permalink::read(&link).ok()).map_or(Permalink::DEFAULT, |reading| reading.link)
}
