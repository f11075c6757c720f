//! What the page calls a run.

use crate::trainer::run::record::{RunKey, RunRecord};

thread_local! {
    /// What writes date and time. Making it takes the browser a hundred times longer than using it.
    static FORMAT: js_sys::Function = format();
}

fn format() -> js_sys::Function {
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "medium")] {
        // Setting a property of a fresh object cannot fail.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    js_sys::Intl::DateTimeFormat::new(&js_sys::Array::of1(&"en-GB".into()), &options).format()
}

/// When a run was started, as date and time, to the second: several runs may start within a minute.
pub(crate) fn started(key: RunKey) -> String {
    let text = FORMAT.with(|format| format.call1(&wasm_bindgen::JsValue::UNDEFINED, &key.started().into()));
    // A number is a date, so this never throws.
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// The name of a run, or the time when it was started if it has no name.
pub(crate) fn title(record: &RunRecord) -> String {
    if record.name.is_empty() { started(record.key) } else { record.name.clone() }
}
