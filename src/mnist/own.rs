//! The user's own data set: which file is which, whatever the names are, and what the data needs before a run may use it.

use super::idx::{Header, Kind, check_labels, parse_any_labels};
use super::packed::is_same_content;
use super::{CLASSES, DataError, Dataset, Split, order, parse_images};

/// A file's name and content.
type File<'a> = (&'a str, &'a [u8]);

/// The words in file names that mean testing.
const TESTING: [&str; 4] = ["t10k", "test", "val", "eval"];
/// The words in file names that mean training.
const TRAINING: [&str; 1] = ["train"];
/// The word in the names of EMNIST's files.
const EMNIST: &str = "emnist";

/// A file and what is known about it.
struct Known<'a> {
    file: File<'a>,
    kind: Kind,
    /// The number of images or labels.
    count: u64,
    /// Whether the file is for testing, if the name says so.
    testing: Option<bool>,
}

/// `OwnData` holds a data set of the user's own files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnData {
    /// The images and labels. The training images are in a fixed random order: files are often sorted by class, and a run
    /// may use only the first images.
    pub set: Dataset,
    /// The name in records, with the number of images and a checksum.
    pub name: String,
    /// The names of the files with the training images and the test images.
    pub files: [String; 2],
    /// Sentences for the user about what is unusual in the data.
    pub notes: Vec<String>,
}

impl OwnData {
    /// Reads images and labels for training, and images and labels for testing, from files in any order. Each may be
    /// packed. The first bytes of a file tell whether it has images or labels. Its name tells whether it is for training or
    /// for testing; without such names, the larger pair is for training. A second copy of a file and files of other kinds
    /// are left out if four files remain.
    ///
    /// # Errors
    /// A sentence for the user: which file is damaged, or which files are missing or too many.
    pub fn read(files: &[(&str, &[u8])]) -> Result<Self, String> {
        let sorted = sort(files)?;
        let (mut set, first) = parse(sorted).map_err(|error| error.to_string())?;
        let mut notes = Vec::new();
        if first > 0 {
            let last = usize::from(first) + CLASSES - 1;
            notes.push(format!("The labels {first} to {last} were read as the classes 0 to 9."));
        }
        notes.extend(missing_classes(&set.train, first));
        let [(train, _), _, (test, _), _] = sorted;
        if train.to_ascii_lowercase().contains(EMNIST) {
            notes.push(
                "EMNIST’s images lie on their side. That does not matter for training, but weights that were trained on \
                 MNIST do not fit them."
                    .to_owned(),
            );
        }
        let name = set.name_with_checksum(&format!("{train} and others"));
        set.train.shuffle();
        Ok(Self { set, name, files: [train, test].map(str::to_owned), notes })
    }
}

/// Returns a sentence for the user about the classes that no training image shows; `None` if there are none. `first` is the
/// label that the first class has in the files.
fn missing_classes(train: &Split, first: u8) -> Option<String> {
    let mut is_there = [false; CLASSES];
    (0..train.len()).for_each(|index| is_there[usize::from(train.label(index))] = true);
    let missing = (first..).zip(is_there).filter(|(_, is_there)| !is_there).map(|(label, _)| label.to_string());
    let missing: Vec<String> = missing.collect();
    let (last, others) = missing.split_last()?;
    let labels = match others {
        [] => format!("the label {last}"),
        others => format!("any of the labels {} and {last}", others.join(", ")),
    };
    Some(format!("No training image has {labels}, so the net cannot learn to recognise what is missing."))
}

/// Parses the four files, given in the order of [`super::FILES`]. Returns the data set, with labels from 0 to 9, and the
/// label that the first class has in the files.
fn parse(files: [File<'_>; 4]) -> Result<(Dataset, u8), DataError> {
    let [train_images, train_labels, test_images, test_labels] = files;
    let mut labels =
        [parse_any_labels(train_labels.0, train_labels.1)?, parse_any_labels(test_labels.0, test_labels.1)?];
    let mut all = labels.iter().flatten();
    // Labels from 1 to 10, as some programs write them, cannot be told from labels from 0 to 9 unless a 10 occurs.
    let first = u8::from(all.clone().all(|label| (1..=10).contains(label)) && all.any(|label| *label == 10));
    for (labels, (file, _)) in labels.iter_mut().zip([train_labels, test_labels]) {
        check_labels(file, labels, first)?;
        labels.iter_mut().for_each(|label| *label -= first);
    }
    let [for_training, for_testing] = labels;
    let train = Split::of(parse_images(train_images.0, train_images.1)?, for_training, train_labels.0)?;
    let test = Split::of(parse_images(test_images.0, test_images.1)?, for_testing, test_labels.0)?;
    Ok((Dataset { train, test }, first))
}

impl Split {
    /// Puts the images into a random order, which is always the same for the same number of images.
    fn shuffle(&mut self) {
        let (mut images, mut labels) = (Vec::with_capacity(self.images.len()), Vec::with_capacity(self.len()));
        for index in order(self.len(), 0, 0) {
            images.extend_from_slice(self.image(index));
            labels.push(self.label(index));
        }
        *self = Self { images, labels };
    }
}

/// Returns the four files in the order of [`super::FILES`].
///
/// # Errors
/// A sentence for the user if the files are not a data set.
fn sort<'a>(files: &[File<'a>]) -> Result<[File<'a>; 4], String> {
    let mut known: Vec<Known<'a>> = Vec::with_capacity(files.len());
    let mut refused = None;
    for &(name, bytes) in files {
        match Header::read(bytes) {
            Ok(Header { kind, count }) => {
                // Torchvision's folder has each file twice: packed and unpacked.
                let is_same = |other: &Known<'_>| {
                    (other.kind, other.count) == (kind, count) && unpacked_name(other.file.0) == unpacked_name(name)
                };
                match known.iter().find(|other| is_same(other)) {
                    None => known.push(Known { file: (name, bytes), kind, count, testing: by_name(name) }),
                    Some(copy) if is_same_content(copy.file.1, bytes) => {}
                    Some(other) => {
                        let other = other.file.0;
                        return Err(format!(
                            "There are two different files: “{other}” and “{name}”. They seem to be of two data sets. Choose \
                             the four files of one data set."
                        ));
                    }
                }
            }
            Err(problem) => refused = refused.or(Some(DataError::new(name, problem))),
        }
    }
    if known.len() != 4 {
        if let Some(error) = refused {
            return Err(error.to_string());
        }
        let found = match files {
            [] => "No file was chosen".to_owned(),
            [(name, _)] => format!("Only “{name}” was chosen"),
            files => format!("{} files were chosen", files.len()),
        };
        let advice = if known.len() > 4 { "Choose the four files of one data set" } else { "Choose all four at once" };
        return Err(format!(
            "A data set has four files: images and labels for training, images and labels for testing. {found}. {advice}."
        ));
    }
    let (train_images, test_images) = pair(&known, Kind::Images)?;
    let (train_labels, test_labels) = pair(&known, Kind::Labels)?;
    Ok([train_images, train_labels, test_images, test_labels])
}

/// Returns a file's name without the ending of packed files.
fn unpacked_name(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    name.strip_suffix(".gz").map(str::to_owned).unwrap_or(name)
}

/// The two files of a kind: first the one for training, then the one for testing.
fn pair<'a>(known: &[Known<'a>], kind: Kind) -> Result<(File<'a>, File<'a>), String> {
    let mut of_kind = known.iter().filter(|file| file.kind == kind);
    let (Some(first), Some(second), None) = (of_kind.next(), of_kind.next(), of_kind.next()) else {
        let count = |kind| known.iter().filter(|file| file.kind == kind).count();
        return Err(format!(
            "Two files with images and two with labels are needed. You chose {} with images and {} with labels.",
            count(Kind::Images),
            count(Kind::Labels)
        ));
    };
    let first_is_for_testing = match (first.testing, second.testing) {
        (Some(first), Some(second)) if first != second => first,
        (Some(first), None) => first,
        (None, Some(second)) => !second,
        (None, None) if first.count != second.count => first.count < second.count,
        _ => {
            return Err(format!(
                "Which file is for training, “{}” or “{}”? Put “train” into its name, and “test” into the other.",
                first.file.0, second.file.0
            ));
        }
    };
    Ok(if first_is_for_testing { (second.file, first.file) } else { (first.file, second.file) })
}

/// Whether a file is for testing, if its name says so.
fn by_name(name: &str) -> Option<bool> {
    let name = name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match (has(&TRAINING), has(&TESTING)) {
        (true, false) => Some(false),
        (false, true) => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;
    use crate::mnist::PIXELS;

    fn images(count: u8) -> Vec<u8> {
        let header = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28];
        header.into_iter().chain((0..usize::from(count) * PIXELS).map(|index| index as u8)).collect()
    }

    fn labels(count: u8) -> Vec<u8> {
        [0, 0, 8, 1, 0, 0, 0, count].into_iter().chain((0..count).map(|index| index % 10)).collect()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn own(files: &[(&str, Vec<u8>)]) -> Result<OwnData, String> {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        OwnData::read(&files)
    }

    fn set(files: &[(&str, Vec<u8>)]) -> Result<Dataset, String> {
        own(files).map(|own| own.set)
    }

    #[test]
    fn names_tell_files_apart_in_any_order_packed_or_not() {
        let data = set(&[
            ("t10k-labels-idx1-ubyte.gz", gzip(&labels(5))),
            ("train-images", images(3)),
            ("t10k-images-idx3-ubyte.gz", gzip(&images(5))),
            ("train-labels", labels(3)),
        ])
        .expect("they fit");
        assert_eq!((data.train.len(), data.test.len()), (3, 5), "names are more important than sizes");
    }

    #[test]
    fn without_a_word_in_the_names_the_larger_pair_is_for_training() {
        let data = set(&[("a", images(2)), ("b", labels(4)), ("c", labels(2)), ("d", images(4))]).expect("they fit");
        assert_eq!((data.train.len(), data.test.len()), (4, 2));
        let alike = set(&[("a", images(2)), ("b", labels(2)), ("c", labels(2)), ("d", images(2))]);
        assert!(alike.expect_err("nothing tells them apart").contains("for training, “a” or “d”?"));
        let one = set(&[("a", images(2)), ("b", labels(2)), ("test x", labels(2)), ("test y", images(2))]);
        assert_eq!(one.expect("one word is enough").test.len(), 2);
    }

    #[test]
    fn missing_and_additional_files_are_errors() {
        let error = |files: &[(&str, Vec<u8>)]| set(files).expect_err("it is not a data set");
        assert!(error(&[]).contains("No file was chosen."));
        assert!(error(&[("x.idx", images(1))]).contains("Only “x.idx” was chosen."));
        assert!(error(&[("a", images(1)), ("b", labels(1)), ("c", labels(1))]).contains("3 files were chosen."));
        let three = [("a", images(1)), ("b", labels(1)), ("c", labels(2)), ("d", labels(3))];
        assert!(error(&three).contains("You chose 1 with images and 3 with labels."));
    }

    #[test]
    fn a_malformed_file_is_named() {
        let with = |name: &'static str, bytes: Vec<u8>| {
            set(&[("train i", images(3)), ("train l", labels(3)), ("test i", images(2)), (name, bytes)])
                .expect_err("it is malformed")
        };
        assert!(with("notes.txt", b"Dear diary".to_vec()).starts_with("notes.txt is not an IDX file of bytes"));
        assert!(with("all.zip", b"PK\x03\x04archive".to_vec()).contains("all.zip is a zip archive. Unpack it"));
        assert!(with("x.csv", b"7,0,0,0,12,255\n".to_vec()).contains("table of numbers as text"));
        assert!(with("t.idx", vec![0, 0, 13, 3, 0, 0, 0, 1]).contains("numbers of type float in 3 dimensions"));
        assert!(with("test l.gz", gzip(&labels(2))[..9].to_vec()).starts_with("test l.gz is"));
        assert!(with("test l", labels(3)).contains("there are 2 images but 3 labels"));
        assert!(with("test l", vec![0, 0, 8, 1, 0, 0, 0, 2, 1, 77]).contains("label 1 is 77"));
        assert!(with("test l", labels(2)[..9].to_vec()).contains("test l is truncated"));
        assert!(with("test l", vec![0, 0]).contains("within its header"));
        let mut large = images(2);
        large[11] = 32;
        assert!(with("test j", large).contains("28 by 28"));
        assert!(with("test j", images(2)).contains("You chose 3 with images"));
    }

    #[test]
    fn different_data_has_different_names() {
        let files = [("train i", images(3)), ("train l", labels(3)), ("test i", images(2)), ("test l", labels(2))];
        let named = |files: &[(&str, Vec<u8>)]| own(files).map(|own| (own.name, own.files)).expect("they fit");
        let name = named(&files);
        assert!(name.0.starts_with("train i and others (images: 3 for training, 2 for tests, "), "{}", name.0);
        assert_eq!(name.1, ["train i", "test i"]);
        let mut other = files.clone();
        other[1].1[8] = 5;
        assert_ne!(named(&other), name);
        let mut packed = files.clone();
        packed[0].1 = gzip(&packed[0].1);
        packed.swap(1, 2);
        assert_eq!(named(&packed), name, "neither the order nor packing changes the name");
    }

    #[test]
    fn copies_and_files_of_other_kinds_are_left_out_if_four_remain() {
        let pack = |name: &'static str, bytes: Vec<u8>| [(name, bytes.clone()), (name, gzip(&bytes))];
        let mut files: Vec<(&str, Vec<u8>)> = Vec::new();
        for [plain, packed] in [
            pack("train-images", images(3)),
            pack("train-labels", labels(3)),
            pack("t10k-images", images(2)),
            pack("t10k-labels", labels(2)),
        ] {
            files.extend([plain, ([packed.0, ".gz"].concat().leak(), packed.1)]);
        }
        let data = set(&files).expect("torchvision's eight files are a data set");
        assert_eq!((data.train.len(), data.test.len()), (3, 2));
        files.push((".DS_Store", vec![0, 0, 0, 1, b'B', b'u', b'd', b'1']));
        assert!(set(&files).is_ok());
    }

    #[test]
    fn two_data_sets_at_once_are_refused() {
        let one = [
            ("train-images", images(3)),
            ("train-labels", labels(3)),
            ("t10k-images", images(2)),
            ("t10k-labels", labels(2)),
        ];
        let mut other = one.clone();
        other[1].1[8] = 7;
        let both = [one.as_slice(), &other].concat();
        let error = set(&both).expect_err("they are two");
        assert!(error.contains("two different files: “train-labels” and “train-labels”"), "{error}");
        let renamed = other.clone().map(|(name, bytes)| (&*[name, " (1)"].concat().leak(), bytes));
        let both = [one.as_slice(), &renamed].concat();
        assert!(
            set(&both)
                .expect_err("they are two")
                .contains("8 files were chosen. Choose the four files of one data set.")
        );
    }

    #[test]
    fn labels_from_1_to_10_are_shifted_and_further_classes_are_named() {
        let with = |train: &[u8], test: &[u8]| {
            let idx = |labels: &[u8]| [&[0, 0, 8, 1, 0, 0, 0, labels.len() as u8], labels].concat();
            let of = |labels: &[u8]| images(labels.len() as u8);
            own(&[("train i", of(train)), ("train l", idx(train)), ("test i", of(test)), ("test l", idx(test))])
        };
        let shifted = with(&[1, 5, 10], &[3, 2]).expect("they are ten classes");
        assert_eq!((0..2).map(|index| shifted.set.test.label(index)).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(shifted.notes[0], "The labels 1 to 10 were read as the classes 0 to 9.");
        assert!(shifted.notes[1].starts_with("No training image has any of the labels 2, 3, 4, 6, 7, 8 and 9, so"));
        let notes = |train: &[u8]| with(train, &[3, 2]).expect("ten classes or fewer").notes;
        assert!(notes(&[0, 1, 2, 3, 4, 5, 6, 7, 8])[0].starts_with("No training image has the label 9, so"));
        assert!(notes(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).is_empty());
        assert_eq!(with(&[1, 5, 9], &[3, 2]).expect("no shift").set.test.label(0), 3);
        let letters = with(&[1, 12, 26], &[3, 2]).expect_err("they are letters");
        assert!(
            letters.contains("train l has labels from 1 to 26, but this net tells only ten classes apart"),
            "{letters}"
        );
        assert!(with(&[0, 5, 10], &[3]).expect_err("one wrong label").contains("label 2 is 10"));
    }

    #[test]
    fn a_part_of_data_that_is_sorted_by_class_holds_all_classes() {
        let sorted = [&[0, 0, 8, 1, 0, 0, 0, 200][..], &(0..200).map(|index| index / 20).collect::<Vec<u8>>()].concat();
        let data = own(&[("train i", images(200)), ("train l", sorted), ("test i", images(2)), ("test l", labels(2))])
            .expect("they fit")
            .set;
        let mut first: Vec<u8> = (0..60).map(|index| data.train.label(index)).collect();
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), CLASSES);
        // The first pixel of the image with the index i in the file is 16·i modulo 256, so it tells i modulo 16.
        for index in 0..200 {
            let (label, pixel) = (usize::from(data.train.label(index)), usize::from(data.train.image(index)[0]));
            assert!((label * 20..label * 20 + 20).any(|place| place * PIXELS % 256 == pixel), "image {index}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic(a: Vec<u8>, b: Vec<u8>, gz: bool, cut: prop::sample::Index) {
            let good = images(2);
            let a = if gz { gzip(&a) } else { a };
            let _ = set(&[("train", a), ("b", b), ("c", good[..cut.index(good.len())].to_vec()), ("d", labels(2))]);
        }
    }
}
