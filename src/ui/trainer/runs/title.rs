//! What the page calls a run.

use crate::trainer::run::record::{RunKey, RunRecord};

/// When a run was started, as date and time, to the second: several runs may start within a minute.
pub(crate) fn started(key: RunKey) -> String {
    let date = js_sys::Date::new(&key.started().into());
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "medium")] {
        // Setting a property of a fresh object cannot fail.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    date.to_locale_string("en-GB", &options).into()
}

/// The name of a run, or the time when it was started if it has no name.
pub(crate) fn title(record: &RunRecord) -> String {
    if record.name.is_empty() { started(record.key) } else { record.name.clone() }
}
