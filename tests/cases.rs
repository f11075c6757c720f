//! Files with weights and data that people really bring, under `fixtures/cases`: what the page makes of each.

use std::path::Path;

use gradsheet::mnist::OwnData;
use gradsheet::trainer::engine::weights::largest_difference;
use gradsheet::trainer::engine::weights_file::error::WeightsFileError;
use gradsheet::trainer::engine::weights_file::{Imported, read};

/// Returns the names and contents of the files in a folder under `fixtures/cases`, by name.
fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases").join(folder);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<(String, Vec<u8>)> = entries
        .map(|entry| {
            let entry = entry.expect("the folder can be read");
            let bytes = std::fs::read(entry.path()).expect("the file can be read");
            (entry.file_name().to_string_lossy().into_owned(), bytes)
        })
        .collect();
    files.sort();
    files
}

/// Reads the only file of weights whose name begins like this.
fn weights(start: &str) -> Result<Imported, WeightsFileError> {
    let (_, bytes) = files("weights").into_iter().find(|(name, _)| name.starts_with(start)).expect(start);
    read(&bytes)
}

/// Returns all numbers of a net.
fn numbers(imported: Imported) -> Vec<f32> {
    [imported.training_state.parameters, imported.training_state.statistics].concat()
}

fn data(folder: &str) -> Result<OwnData, String> {
    let files = files(&format!("data/{folder}"));
    let named: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    OwnData::read(&named)
}

#[test]
fn weights_of_other_types_names_and_counters_are_those_of_the_plain_file() {
    let plain = numbers(weights("w00").expect("it is plain"));
    for (start, tolerance) in [("w01", 1e-3), ("w04", 0.0), ("w09", 0.0), ("w13", 0.0), ("w18", 1e-5)] {
        let read = numbers(weights(start).unwrap_or_else(|error| panic!("{start}: {error}")));
        let differing = read.iter().zip(&plain).filter(|(a, b)| (*a - *b).abs() > tolerance * b.abs().max(1.0)).count();
        // w18 differs in one variance.
        assert!(differing <= usize::from(start == "w18"), "{start}: {differing} of {}", plain.len());
        assert!(largest_difference(&read, &plain).is_finite());
    }
}

#[test]
fn files_that_hold_no_weights_for_this_net_are_named() {
    let says = |start: &str| weights(start).expect_err(start);
    assert!(matches!(says("w15"), WeightsFileError::Transposed(differences) if !differences.is_empty()));
    assert!(says("w20").to_string().starts_with("This is a web page."));
    assert_eq!(says("w22"), WeightsFileError::Pickle);
    assert_eq!(says("w22").lines().len(), 2, "two lines of Python");
}

#[test]
fn data_sets_are_read_or_named() {
    let plain = data("d00_baseline").expect("it is plain");
    assert_eq!((plain.set.train.len(), plain.set.test.len()), (800, 200));
    let members = data("d02_multi_member_gzip_like_bgzip_or_cat").expect("gzip reads it");
    assert_eq!(members.set, plain.set);
    assert_eq!(members.name, plain.name);
    let letters = data("d06_emnist_letters_labels_1_to_26").expect_err("26 classes");
    assert!(letters.contains("has labels from 1 to 26, but this net tells only ten classes apart"), "{letters}");
    let single = data("d18_one_training_image_one_test_image").expect("one image is enough");
    assert_eq!((single.set.train.len(), single.set.test.len()), (1, 1));
}

#[test]
fn a_quarter_of_data_that_is_sorted_by_class_has_all_classes() {
    let sorted = data("d14_sorted_by_class_as_exported_from_folders").expect("it is plain").set.train;
    let mut classes: Vec<u8> = (0..sorted.len() / 4).map(|index| sorted.label(index)).collect();
    classes.sort_unstable();
    classes.dedup();
    assert_eq!(classes, (0..10).collect::<Vec<u8>>());
}
