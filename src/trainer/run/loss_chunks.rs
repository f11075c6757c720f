//! Losses as the browser's database keeps them: in chunks of a fixed number of steps. A run that goes on changes only its
//! last chunk, so that each checkpoint writes what is new.

use super::checksummed::ChecksummedFormat;

/// The number of steps of a chunk, which has 64 KB.
pub const STEPS: usize = 1 << 14;

const FORMAT: ChecksummedFormat = ChecksummedFormat { magic: *b"GSLS", version: 1 };

/// Returns the number of chunks that hold this many losses.
pub fn count(steps: u32) -> u32 {
    steps.div_ceil(STEPS as u32)
}

/// Returns the chunks that hold the losses after step `from`, each with its number.
pub fn since(losses: &[f32], from: u32) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
    let chunks = losses.chunks(STEPS).enumerate().skip(from as usize / STEPS);
    chunks.map(|(number, chunk)| {
        let body: Vec<u8> = chunk.iter().flat_map(|loss| loss.to_le_bytes()).collect();
        (number, FORMAT.with_header(&body))
    })
}

/// Puts the first `steps` losses of a run together from its chunks, the first chunk first. Returns `None` if a chunk is
/// missing or damaged. There may be more losses than these: a checkpoint may be older than the record.
pub fn join(chunks: impl IntoIterator<Item = Option<Vec<u8>>>, steps: u32) -> Option<Vec<f32>> {
    let steps = steps as usize;
    let mut losses = Vec::new();
    let mut chunks = chunks.into_iter();
    while losses.len() < steps {
        let bytes = chunks.next()??;
        let (_, body) = FORMAT.body(&bytes).ok()?;
        let (numbers, rest) = body.as_chunks::<4>();
        losses.extend(numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)));
        // Only the last chunk may be short.
        if !rest.is_empty() || (numbers.len() != STEPS && losses.len() < steps) {
            return None;
        }
    }
    losses.truncate(steps);
    Some(losses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses(count: usize) -> Vec<f32> {
        (0..count).map(|step| 2.3 / (step as f32 + 1.0)).collect()
    }

    fn chunks(losses: &[f32], from: u32) -> Vec<Option<Vec<u8>>> {
        since(losses, from).map(|(_, bytes)| Some(bytes)).collect()
    }

    #[test]
    fn chunks_give_the_same_losses_and_any_number_of_the_first_ones() {
        for count in [0, 1, STEPS - 1, STEPS, STEPS + 1, 3 * STEPS + 7] {
            let losses = losses(count);
            let chunks = chunks(&losses, 0);
            assert_eq!(chunks.len(), super::count(count as u32) as usize);
            assert_eq!(join(chunks.clone(), count as u32).as_ref(), Some(&losses), "{count}");
            assert_eq!(join(chunks.clone(), count as u32 / 2).as_deref(), Some(&losses[..count / 2]));
            assert_eq!(join(chunks, count as u32 + 1), None, "there are no more");
        }
    }

    #[test]
    fn a_checkpoint_writes_only_what_is_new() {
        let losses = losses(60 * STEPS + 700);
        let numbers = |from: usize| since(&losses, from as u32).map(|(number, _)| number).collect::<Vec<_>>();
        assert_eq!(numbers(60 * STEPS + 100), [60]);
        assert_eq!(numbers(60 * STEPS), [60]);
        assert_eq!(numbers(60 * STEPS - 1), [59, 60]);
        let written: usize = since(&losses, 60 * STEPS as u32 + 100).map(|(_, bytes)| bytes.len()).sum();
        assert!(written < 3_000, "{written}");
    }

    #[test]
    fn a_missing_a_short_and_a_damaged_chunk_are_noticed() {
        let losses = losses(2 * STEPS + 10);
        let steps = losses.len() as u32;
        for spoilt in 0..3 {
            let mut missing = chunks(&losses, 0);
            missing[spoilt] = None;
            assert_eq!(join(missing, steps), None, "{spoilt}");
            let mut damaged = chunks(&losses, 0);
            damaged[spoilt].as_mut().expect("a chunk")[20] ^= 1;
            assert_eq!(join(damaged, steps), None, "{spoilt}");
            let mut short = chunks(&losses, 0);
            short[spoilt] = chunks(&losses[..5], 0)[0].clone();
            assert_eq!(join(short, steps), None, "{spoilt}");
        }
    }
}
