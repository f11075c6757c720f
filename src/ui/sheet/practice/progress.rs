//! The student's progress, kept over a reload. The browser keeps it for this tab only: on a computer that students share,
//! the next one begins the same task anew.

use leptos::prelude::window;
use web_sys::Storage;

use crate::sheet::{Exercise, Practice};

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn key(exercise: Exercise) -> String {
    format!("practice-{exercise}")
}

/// Keeps the progress of an exercise.
pub(crate) fn write(practice: &Practice) {
    if let Some(storage) = storage() {
        // If the browser forbids it, a reload begins the exercise anew.
        let _ = storage.set_item(&key(practice.exercise()), &practice.progress_code());
    }
}

/// Returns an exercise with the progress that was kept, or from its beginning.
pub(crate) fn resume(exercise: Exercise) -> Practice {
    let code = storage().and_then(|storage| storage.get_item(&key(exercise)).ok().flatten());
    code.map_or_else(|| Practice::start(exercise), |code| Practice::resume(exercise, &code))
}
