//! Writes the weights of a run.

use std::collections::HashMap;

use safetensors::serialize;
use safetensors::tensor::{Dtype, SafeTensorError, TensorView};

use super::arrays::expected;
use crate::trainer::engine::learner::LearnerError;
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::recipe::link;
use crate::trainer::recipe::preset::Preset;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::record::RunRecord;

/// Writes the weights that are tested: the averaged ones when the recipe averages.
///
/// # Errors
/// When the checkpoint's training state does not fit this net.
pub fn write(checkpoint: &Checkpoint) -> Result<Vec<u8>, LearnerError> {
    let layout = Layout::new();
    let training_state = &checkpoint.training_state;
    training_state.check(&layout)?;
    let bytes: Vec<u8> = training_state.tested().iter().flat_map(|value| value.to_le_bytes()).collect();
    let steps = i64::from(checkpoint.record.step()).to_le_bytes();
    let mut arrays = Vec::new();
    for array in expected(&layout) {
        let (kind, shape, data) = match array.range {
            Some(range) => (Dtype::F32, array.shape, &bytes[4 * range.start..4 * range.end]),
            None => (Dtype::I64, Vec::new(), steps.as_slice()),
        };
        arrays.push((array.name, TensorView::new(kind, shape, data).map_err(unwritable)?));
    }
    serialize(arrays, Some(facts(&checkpoint.record))).map_err(unwritable)
}

fn unwritable(error: SafeTensorError) -> LearnerError {
    LearnerError::TrainingState(format!("{error}."))
}

/// Returns facts about the run for the file's metadata.
fn facts(record: &RunRecord) -> HashMap<String, String> {
    let mut facts = HashMap::from([
        ("format".to_owned(), "pt".to_owned()),
        ("made by".to_owned(), "Gradsheet".to_owned()),
        ("recipe".to_owned(), link::write(&record.plan.recipe)),
        ("data".to_owned(), record.data.clone()),
        ("steps".to_owned(), record.step().to_string()),
    ]);
    if let Some(last) = record.epochs.last() {
        facts.insert("epochs".to_owned(), last.epoch.to_string());
        facts.insert("test accuracy".to_owned(), format!("{}/{}", last.correct, last.of));
        facts.insert("test loss".to_owned(), last.test_loss.to_string());
    }
    facts
}

/// Returns a name for the file, for example `gradsheet-quick-seed1-epoch4.safetensors`.
pub fn file_name(record: &RunRecord) -> String {
    let recipe = &record.plan.recipe;
    let preset = Preset::of(recipe).map_or_else(|| "own".to_owned(), |preset| preset.label().to_ascii_lowercase());
    let (step, per_epoch) = (record.step(), recipe.steps_per_epoch().max(1));
    let place = if step % per_epoch == 0 { format!("epoch{}", step / per_epoch) } else { format!("step{step}") };
    format!("gradsheet-{preset}-seed{}-{place}.safetensors", recipe.seed)
}
