//! Weights as a safetensors file. PyTorch loads it into the classic notebook's net with `strict=True`, and this module
//! reads what PyTorch writes.
//!
//! The names are the notebook's: `convblock1.0.weight` is the first convolution, `convblock1.2.running_mean` belongs to
//! the batch normalisation behind it and its ReLU, and so on.

use std::collections::{BTreeSet, HashMap};

use safetensors::tensor::{Dtype, SafeTensorError, TensorView};
use safetensors::{SafeTensors, serialize};

use super::learner::LearnerError;
use super::parameter_layout::Layout;
use super::weights_file_error::WeightsFileError;
use super::weights_numbers::{floats_of, is_whole, single};
use super::weights_repair::{say_why, without_metadata};
use crate::trainer::recipe::link;
use crate::trainer::recipe::preset::Preset;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::record::RunRecord;
use crate::trainer::run::training_state::TrainingState;

/// The notebook's blocks and the number of convolutions in each. ReLU, batch normalisation and dropout follow each
/// convolution, so the next convolution is four modules further.
const BLOCKS: [(&str, usize); 5] =
    [("convblock1", 2), ("transitionblock1", 1), ("convblock2", 2), ("transitionblock2", 1), ("convblock3", 1)];

/// The name of the number of steps, which PyTorch keeps with every batch normalisation.
const STEPS: &str = "num_batches_tracked";

/// The smallest running variance that is read. Rounding can make the variance of a constant a little less than zero; with
/// batch normalisation's ε of 1e-5 its square root still exists.
const SMALLEST_VARIANCE: f32 = -1e-6;

/// The most unknown arrays that are named to the user. The rest is counted.
const MOST_SURPLUS: usize = 20;

/// The length, in characters, at which an unknown array's name is cut.
const LONGEST_NAME: usize = 80;

/// `Imported` holds the content of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The weights and running statistics, without optimizer state. Averaged weights, if the run had them, are the
    /// weights of the file.
    pub training_state: TrainingState,
    /// The number of steps that the net was trained for, as the file says.
    pub steps: u64,
}

/// Writes the weights that are tested: the averaged ones when the recipe averages.
///
/// # Errors
/// When the checkpoint's training state does not fit this net.
pub fn write(checkpoint: &Checkpoint) -> Result<Vec<u8>, LearnerError> {
    let layout = Layout::new();
    let training_state = &checkpoint.training_state;
    training_state.check(&layout)?;
    let values = if training_state.average.is_empty() { training_state.flat() } else { training_state.average.clone() };
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
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

/// Reads weights that this module or PyTorch has written. Numbers of 16 and 64 bits are converted. A prefix that all names
/// have in common, such as `module.` or `_orig_mod.`, is left out.
///
/// # Errors
/// When the bytes are no whole safetensors file, or an array differs from this net's; the error lists all differences.
pub fn read(bytes: &[u8]) -> Result<Imported, WeightsFileError> {
    let repaired;
    let file = match SafeTensors::deserialize(bytes) {
        Ok(file) => file,
        Err(error) => {
            repaired = without_metadata(bytes).ok_or_else(|| say_why(bytes, &error))?;
            SafeTensors::deserialize(&repaired).map_err(|_| say_why(bytes, &error))?
        }
    };
    let names = file.names();
    let prefix = prefix(&names)?;
    let layout = Layout::new();
    let mut values = vec![0.0; layout.len()];
    let (mut steps, mut differences, mut known) = (0, Vec::new(), BTreeSet::new());
    let mut transposed = 0;
    for array in expected(&layout) {
        let name = [prefix, &array.name].concat();
        match file.tensor(&name) {
            // PyTorch does not need the number of steps, so some programs leave it out.
            Err(_) if array.range.is_none() => {}
            Err(_) => differences.push(format!("{name} is missing.")),
            Ok(view) => match array.read(&view) {
                Ok(Content::Numbers(range, numbers)) => values[range].copy_from_slice(&numbers),
                Ok(Content::Steps(taken)) => steps = steps.max(taken),
                Err(difference) => {
                    transposed += usize::from(array.is_transposed(view.shape()));
                    differences.push(format!("{name} {difference}."));
                }
            },
        }
        known.insert(name);
    }
    let mut surplus: Vec<&str> = names.iter().copied().filter(|name| !known.contains(*name)).collect();
    surplus.sort_unstable();
    differences.extend(surplus.iter().take(MOST_SURPLUS).map(|name| {
        let name: String = name.chars().take(LONGEST_NAME).collect();
        format!("{name} is not in this net.")
    }));
    if let Some(more @ 1..) = surplus.len().checked_sub(MOST_SURPLUS) {
        differences.push(format!("{more} more arrays are not in this net."));
    }
    match differences.len() {
        0 => Ok(Imported { training_state: TrainingState::from_flat(values, &layout), steps }),
        count if count == transposed => Err(WeightsFileError::Transposed(differences)),
        _ => Err(WeightsFileError::Different(differences)),
    }
}

/// Returns what the names of a file's arrays begin with, before the names of this net: nothing, or for example `module.`
/// from `DataParallel`, `_orig_mod.` from `torch.compile`, `model.` or `net.` from a class around the net.
///
/// # Errors
/// When there are several such prefixes, and so several nets.
fn prefix<'a>(names: &[&'a str]) -> Result<&'a str, WeightsFileError> {
    let first = [BLOCKS[0].0, ".0.weight"].concat();
    let mut prefixes: Vec<&str> = names
        .iter()
        .filter_map(|name| name.strip_suffix(first.as_str()))
        .filter(|prefix| prefix.is_empty() || prefix.ends_with('.'))
        .collect();
    prefixes.sort_unstable();
    match prefixes.as_slice() {
        [] | ["", ..] => Ok(""),
        [prefix] => Ok(prefix),
        several => Err(WeightsFileError::Several(several.iter().map(|prefix| (*prefix).to_owned()).collect())),
    }
}

/// `Expected` describes an array that the file must have.
struct Expected {
    name: String,
    shape: Vec<usize>,
    /// The range of its numbers in the layout. `None` for the number of steps.
    range: Option<std::ops::Range<usize>>,
}

/// `Content` is what an array holds.
enum Content {
    Numbers(std::ops::Range<usize>, Vec<f32>),
    Steps(u64),
}

/// Returns all arrays of the file, in the order of PyTorch's `state_dict`.
fn expected(layout: &Layout) -> Vec<Expected> {
    let mut arrays = Vec::new();
    let modules = BLOCKS.iter().flat_map(|(block, count)| (0..*count).map(move |index| (block, 4 * index)));
    for ((block, module), number) in modules.zip(1..) {
        for (own, module) in [(format!("conv{number}."), module), (format!("bn{number}."), module + 2)] {
            let before = arrays.len();
            for slot in layout.slots() {
                if let Some(part) = slot.name.strip_prefix(&own) {
                    let name = format!("{block}.{module}.{part}");
                    arrays.push(Expected { name, shape: slot.shape.clone(), range: Some(slot.range.clone()) });
                }
            }
            // The last convolution has no batch normalisation.
            if own.starts_with("bn") && arrays.len() > before {
                let name = format!("{block}.{module}.{STEPS}");
                arrays.push(Expected { name, shape: Vec::new(), range: None });
            }
        }
    }
    arrays
}

impl Expected {
    /// Reads the file's array of this name.
    ///
    /// # Errors
    /// When the array differs: the rest of a sentence that begins with its name.
    fn read(&self, view: &TensorView<'_>) -> Result<Content, String> {
        let mut wrong = Vec::new();
        // The number of steps may be a list of one number.
        let fits = view.shape() == self.shape || self.range.is_none() && view.shape().iter().all(|size| *size == 1);
        if !fits {
            wrong.push(format!("has the shape {} instead of {}", sizes(view.shape()), sizes(&self.shape)));
        }
        let numbers = floats_of(view);
        if self.range.is_none() && !is_whole(view.dtype()) {
            wrong.push(format!("is of type {} instead of I64", view.dtype()));
        } else if self.range.is_some() && numbers.is_none() {
            wrong.push(format!("is of type {} instead of F32", view.dtype()));
        }
        if !wrong.is_empty() {
            return Err(wrong.join(", and "));
        }
        let (Some(range), Some(numbers)) = (self.range.clone(), numbers) else {
            return single(view).map(Content::Steps).ok_or_else(|| "is negative".to_owned());
        };
        if let Some(index) = numbers.iter().position(|number| !number.is_finite()) {
            let what = if numbers[index].is_nan() { "not a number" } else { "infinite" };
            return Err(format!("has a value that is {what}, number {} of the array", index + 1));
        }
        if self.name.ends_with("running_var") && numbers.iter().any(|number| *number < SMALLEST_VARIANCE) {
            return Err("has a negative variance".to_owned());
        }
        Ok(Content::Numbers(range, numbers))
    }

    /// Whether a shape is that of this convolution's weights in the order of TensorFlow: height, width, in, out.
    fn is_transposed(&self, shape: &[usize]) -> bool {
        matches!((self.shape.as_slice(), shape), ([out, into, height, width], [h, w, i, o])
            if (h, w, i, o) == (height, width, into, out))
    }
}

/// Writes a shape for the user.
fn sizes(shape: &[usize]) -> String {
    match shape {
        [] => "of a single number".to_owned(),
        sizes => sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join("×"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::trainer::engine::weights::floats;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::run::record::RunKey;

    fn checkpoint() -> Checkpoint {
        let mut checkpoint = Checkpoint::begin(RunKey(1), Recipe { seed: 3, ..Recipe::quick() }, "MNIST".to_owned());
        checkpoint.record.losses = vec![0.5; 12];
        checkpoint
            .training_state
            .statistics
            .iter_mut()
            .zip(1_u8..)
            .for_each(|(number, index)| *number = f32::from(index) / 7.0);
        checkpoint
    }

    /// Returns the arrays of a good file, for a test to change.
    fn arrays() -> Vec<(String, Dtype, Vec<usize>, Vec<u8>)> {
        let bytes = write(&checkpoint()).expect("it is this net's");
        let file = SafeTensors::deserialize(&bytes).expect("it is a file");
        let arrays = file
            .iter()
            .map(|(name, view)| (name.to_owned(), view.dtype(), view.shape().to_vec(), view.data().to_vec()));
        arrays.collect()
    }

    fn pack(arrays: &[(String, Dtype, Vec<usize>, Vec<u8>)]) -> Vec<u8> {
        let views = arrays.iter().map(|(name, kind, shape, data)| {
            (name, TensorView::new(*kind, shape.clone(), data).expect("the sizes fit"))
        });
        serialize(views, None).expect("it can be written")
    }

    fn differences(arrays: &[(String, Dtype, Vec<usize>, Vec<u8>)]) -> Vec<String> {
        read(&pack(arrays)).expect_err("it differs").lines()
    }

    #[test]
    fn a_written_file_is_read_to_the_last_bit() {
        let checkpoint = checkpoint();
        let read = read(&write(&checkpoint).expect("it is this net's")).expect("it is this net's");
        assert_eq!((&read.training_state, read.steps), (&checkpoint.training_state, 12));
    }

    #[test]
    fn the_names_are_the_notebooks() {
        let names: Vec<String> = expected(&Layout::new()).into_iter().map(|array| array.name).collect();
        assert_eq!(names.len(), 7 * 2 + 6 * 5);
        for name in [
            "convblock1.0.weight",
            "convblock1.2.running_mean",
            "convblock1.4.bias",
            "convblock1.6.num_batches_tracked",
            "transitionblock1.2.running_var",
            "convblock2.6.weight",
            "transitionblock2.0.bias",
            "convblock3.0.weight",
        ] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        assert!(!names.iter().any(|name| name.starts_with("convblock3.2")));
    }

    #[test]
    fn averaged_weights_are_the_ones_that_are_written() {
        let mut checkpoint = checkpoint();
        checkpoint.training_state.average = (0..Layout::new().len()).map(|index| index as f32).collect();
        let read = read(&write(&checkpoint).expect("it is this net's")).expect("it is this net's");
        assert_eq!(read.training_state.parameters[..3], [0.0, 1.0, 2.0]);
        assert_eq!(read.training_state.statistics[0], 18_738.0);
        assert!(read.training_state.average.is_empty());
        checkpoint.training_state.average.pop();
        assert!(write(&checkpoint).is_err(), "it does not fit");
    }

    #[test]
    fn the_metadata_holds_steps_data_and_recipe() {
        let bytes = write(&checkpoint()).expect("it is this net's");
        let (_, metadata) = SafeTensors::read_metadata(&bytes).expect("it is a file");
        let facts = metadata.metadata().clone().expect("there are some");
        assert_eq!((facts["steps"].as_str(), facts["data"].as_str()), ("12", "MNIST"));
        let recipe = link::read(&facts["recipe"]).expect("it is one");
        assert_eq!(recipe, checkpoint().record.plan.recipe);
    }

    #[test]
    fn the_file_name_holds_recipe_seed_and_progress() {
        let mut record = checkpoint().record;
        assert_eq!(file_name(&record), "gradsheet-quick-seed3-step12.safetensors");
        record.losses = vec![0.5; 2 * record.plan.recipe.steps_per_epoch() as usize];
        assert_eq!(file_name(&record), "gradsheet-quick-seed3-epoch2.safetensors");
        record.plan.recipe.dropout = 0.3;
        assert_eq!(file_name(&record), "gradsheet-own-seed3-epoch2.safetensors");
    }

    #[test]
    fn all_differences_are_listed() {
        let mut arrays = arrays();
        for (name, kind, shape, data) in &mut arrays {
            match name.as_str() {
                "convblock1.0.weight" => *shape = vec![32, 25],
                "convblock1.0.bias" => (*kind, *data) = (Dtype::I16, vec![0; 64]),
                "convblock1.2.weight" => (*kind, *data) = (Dtype::U64, vec![0; 256]),
                "convblock1.2.running_mean" => data[4..8].copy_from_slice(&f32::NAN.to_le_bytes()),
                "convblock1.2.running_var" => data[..4].copy_from_slice(&(-1.0_f32).to_le_bytes()),
                "convblock1.2.num_batches_tracked" => (*kind, *data) = (Dtype::F32, vec![0; 4]),
                "convblock3.0.bias" => data[..4].copy_from_slice(&f32::INFINITY.to_le_bytes()),
                "convblock3.0.weight" => *name = "fc.weight".to_owned(),
                "transitionblock1.2.num_batches_tracked" => *data = vec![0xff; 8],
                "transitionblock1.2.bias" => (*kind, *shape, *data) = (Dtype::I64, vec![], vec![0; 8]),
                _ => {}
            }
        }
        assert_eq!(
            differences(&arrays),
            [
                "convblock1.0.weight has the shape 32×25 instead of 32×1×5×5.",
                "convblock1.0.bias is of type I16 instead of F32.",
                "convblock1.2.weight is of type U64 instead of F32.",
                "convblock1.2.running_mean has a value that is not a number, number 2 of the array.",
                "convblock1.2.running_var has a negative variance.",
                "convblock1.2.num_batches_tracked is of type F32 instead of I64.",
                "transitionblock1.2.bias has the shape of a single number instead of 16, and is of type I64 instead of F32.",
                "transitionblock1.2.num_batches_tracked is negative.",
                "convblock3.0.weight is missing.",
                "convblock3.0.bias has a value that is infinite, number 1 of the array.",
                "fc.weight is not in this net.",
            ]
        );
        let error = read(&pack(&arrays)).expect_err("it differs").to_string();
        assert_eq!(error, "These are not the weights of this net: 11 arrays differ.");
    }

    #[test]
    fn only_the_first_unknown_arrays_are_named() {
        let mut arrays = arrays();
        arrays.extend((0..30).map(|index| (format!("x{index:02}{}", "y".repeat(200)), Dtype::U8, vec![1], vec![0])));
        let differences = differences(&arrays);
        assert_eq!(differences.len(), 21);
        assert!(differences[0].starts_with("x00yyy") && differences[0].len() < 120);
        assert_eq!(differences[20], "10 more arrays are not in this net.");
    }

    #[test]
    fn malformed_files_are_explained() {
        let bytes = write(&checkpoint()).expect("it is this net's");
        let say = |bytes: &[u8]| read(bytes).expect_err("it is malformed").to_string();
        assert_eq!(say(b""), "The file is empty.");
        assert_eq!(say(b"name,value\nconv1,3"), "This is not a safetensors file.");
        assert_eq!(read(b"PK\x03\x04 archive/data.pkl"), Err(WeightsFileError::Pickle));
        assert_eq!(read(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."), Err(WeightsFileError::Pickle));
        assert_eq!(
            say(b"\n<!doctype html>"),
            "This is a web page. Perhaps the download failed: download the file again."
        );
        assert_eq!(say(&bytes[..200]), "The file is damaged: it ends inside its header.");
        assert!(say(&bytes[..bytes.len() - 1]).contains("its end is missing"));
        assert!(say(&[bytes.as_slice(), &[0]].concat()).contains("its length is wrong"));
    }

    #[test]
    fn other_types_prefixes_and_counters_are_read() {
        let good = read(&pack(&arrays())).expect("it is this net's");
        let close = |arrays: &[(String, Dtype, Vec<usize>, Vec<u8>)]| {
            let imported = read(&pack(arrays)).expect("it is this net's");
            let pairs = imported.training_state.flat().into_iter().zip(good.training_state.flat());
            pairs.fold(0.0, |largest: f32, (a, b)| largest.max((a - b).abs() / b.abs().max(1.0)))
        };
        let convert = |kind: Dtype, write: fn(f32) -> Vec<u8>| {
            let mut arrays = arrays();
            for (name, old, _, data) in &mut arrays {
                if *old == Dtype::F32 {
                    (*old, *data) = (kind, floats(data).into_iter().flat_map(write).collect());
                }
                *name = ["_orig_mod.module.", name].concat();
            }
            close(&arrays)
        };
        assert!(convert(Dtype::F16, |number| half::f16::from_f32(number).to_le_bytes().to_vec()) < 1e-3);
        assert!(convert(Dtype::BF16, |number| half::bf16::from_f32(number).to_le_bytes().to_vec()) < 1e-2);
        assert_eq!(convert(Dtype::F64, |number| f64::from(number).to_le_bytes().to_vec()), 0.0);

        let mut arrays = arrays();
        for (_, kind, shape, data) in arrays.iter_mut().filter(|(name, ..)| name.ends_with(STEPS)) {
            (*kind, *shape, *data) = (Dtype::I32, vec![1], vec![12, 0, 0, 0]);
        }
        assert_eq!(read(&pack(&arrays)).expect("it is this net's").steps, 12);
        arrays.retain(|(name, ..)| !name.ends_with(STEPS));
        assert_eq!(read(&pack(&arrays)).expect("it is this net's").steps, 0);
        let twice = arrays.iter().flat_map(|(name, kind, shape, data)| {
            ["a.", "b."].map(|prefix| ([prefix, name].concat(), *kind, shape.clone(), data.clone()))
        });
        let several = WeightsFileError::Several(vec!["a.".to_owned(), "b.".to_owned()]);
        assert_eq!(read(&pack(&twice.collect::<Vec<_>>())), Err(several));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            prop_assert!(read(&bytes).is_err());
        }

        #[test]
        fn no_header_makes_it_panic(header in r#"\{("[a-z0-9.]{0,8}":\{"dtype":"(F32|I64|F4)","shape":\[[0-9]{0,20}(,[0-9]{1,3})?\],"data_offsets":\[[0-9]{1,3},[0-9]{1,20}\]\},?){0,3}\}"#, body: Vec<u8>) {
            let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
            bytes.extend(header.as_bytes());
            bytes.extend(body);
            prop_assert!(read(&bytes).is_err());
        }

        #[test]
        fn no_change_and_no_cut_makes_it_panic(place: prop::sample::Index, byte: u8, end: prop::sample::Index) {
            let mut bytes = write(&checkpoint()).expect("it is this net's");
            let end = end.index(bytes.len());
            prop_assert!(read(&bytes[..end]).is_err());
            // Half of the changes are made in the header, which is the smaller part.
            let place = place.index(if byte % 2 == 0 { 4000 } else { bytes.len() });
            bytes[place] = byte;
            let _ = read(&bytes);
        }
    }
}
