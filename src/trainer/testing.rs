//! Classifying test images, besides training.

use super::architecture::CLASSES;
use super::batch::Batcher;
use super::learner::Learner;
use super::protocol::Event;
use super::session::{CHUNK, Flow, Host, Interruption, is_best, negative_log_likelihood};
use crate::mnist::Split;

/// What the logits of the images at `indices`, `[images, 10]`, come to: their summed loss in nats, and how many are right.
pub(super) fn tally(logits: &[f32], split: &Split, indices: &[usize]) -> (f64, u32) {
    let rows = logits.chunks_exact(CLASSES).zip(indices);
    rows.fold((0.0, 0), |(loss, correct), (row, &index)| {
        let label = usize::from(split.label(index));
        (loss + negative_log_likelihood(row, label), correct + u32::from(is_best(row, label)))
    })
}

/// Classifies all images of a split. Returns their mean loss in nats, not a number where the net overflows, and how many
/// were right.
///
/// # Errors
/// How it ended before: by the host, or by a failure of the device.
pub async fn test<L: Learner, H: Host>(learner: &mut L, split: &Split, host: &mut H) -> Result<(f64, u32), Event> {
    let batcher = Batcher::new(split);
    let all: Vec<usize> = (0..split.len()).collect();
    let (mut loss, mut correct, mut done) = (0.0, 0, 0);
    for indices in all.chunks(CHUNK) {
        let logits = learner.classify(batcher.to_test(indices)).await.map_err(Interruption::from)?;
        let (more_loss, more_correct) = tally(&logits, split, indices);
        (loss, correct, done) = (loss + more_loss, correct + more_correct, done + indices.len());
        host.emit(Event::Evaluating { done: done as u32, of: split.len() as u32 });
        if host.breathe().await == Flow::Stop {
            return Err(Event::Stopped);
        }
    }
    Ok((loss / split.len() as f64, correct))
}
