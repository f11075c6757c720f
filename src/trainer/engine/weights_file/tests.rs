//! Tests of reading and writing.

use proptest::prelude::*;

use safetensors::tensor::{Dtype, TensorView};
use safetensors::{SafeTensors, serialize};

use super::arrays::{STEPS, expected};
use super::error::WeightsFileError;
use super::{file_name, read, write};
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::engine::weights::floats;
use crate::trainer::recipe::{Recipe, link};
use crate::trainer::run::checkpoint::Checkpoint;
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
    let arrays =
        file.iter().map(|(name, view)| (name.to_owned(), view.dtype(), view.shape().to_vec(), view.data().to_vec()));
    arrays.collect()
}

fn pack(arrays: &[(String, Dtype, Vec<usize>, Vec<u8>)]) -> Vec<u8> {
    let views = arrays
        .iter()
        .map(|(name, kind, shape, data)| (name, TensorView::new(*kind, shape.clone(), data).expect("the sizes fit")));
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
    assert_eq!(say(b"\n<!doctype html>"), "This is a web page. Perhaps the download failed: download the file again.");
    assert_eq!(say(&bytes[..200]), "The file is damaged: it ends inside its header. Download or export it again.");
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
