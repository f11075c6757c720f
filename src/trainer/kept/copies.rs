//! Second copies of the records of kept runs, without their checkpoints: what the list shows of a run survives even if the
//! browser throws its database away.

use super::list::KeptRun;
use crate::store::copies;
use crate::trainer::run::record::{RunKey, RunRecord};
use crate::trainer::run::record_head::RecordHead;

/// Returns the keys of all copies.
pub(crate) fn keys() -> Vec<RunKey> {
    copies::keys().into_iter().map(RunKey).collect()
}

/// Keeps the copy of a record, in place of an earlier one.
pub(crate) fn keep(record: &RunRecord) {
    write(&RecordHead::of(record, js_sys::Date::now()), &record.losses);
}

/// Keeps the copy of a run in the list, without its losses.
pub(crate) fn keep_head(run: &KeptRun) {
    let head = RecordHead { record: run.record.clone(), steps: run.steps, changed: run.changed };
    // As in `write`, a record that cannot be encoded gets no copy.
    if let Ok(short) = head.to_bytes(&[]) {
        copies::keep_short(head.record.key.0, &short);
    }
}

/// Changes the name in a copy.
pub(crate) fn rename(key: RunKey, name: &str) {
    if let Some((mut head, losses)) = read(key) {
        name.clone_into(&mut head.record.name);
        write(&head, &losses);
    }
}

/// Reads a copy: the head of the record, and its losses if there was room for them. `None` if there is no copy, or a
/// damaged one.
pub(crate) fn read(key: RunKey) -> Option<(RecordHead, Vec<f32>)> {
    let (head, losses) = RecordHead::from_bytes(&copies::read(key.0)?)?;
    (head.record.key == key && head.record.check_head(head.steps).is_ok()).then_some((head, losses))
}

/// Deletes the copy of a run that the user has deleted.
pub(crate) fn forget(key: RunKey) {
    copies::forget(key.0);
}

fn write(head: &RecordHead, losses: &[f32]) {
    // A record that cannot be encoded could not be stored either, and the user has heard of that.
    let Ok(short) = head.to_bytes(&[]) else { return };
    // The losses of a million steps take the page long to encode, and would never have room.
    let may_fit = size_of_val(losses) <= copies::MOST_TEXT;
    let long = may_fit.then(|| head.to_bytes(losses).ok()).flatten();
    copies::keep(head.record.key.0, long.as_deref(), &short);
}
