//! The user's own data set: which of four files is which, whatever their names are, and how the data set is named.

use super::idx::{Kind, kind_and_count};
use super::{DataError, Dataset};

/// A file's name and content.
type File<'a> = (&'a str, &'a [u8]);

/// The words in file names that mean testing.
const TESTING: [&str; 4] = ["t10k", "test", "val", "eval"];
/// The words in file names that mean training.
const TRAINING: [&str; 1] = ["train"];

/// A file and what is known about it.
struct Known<'a> {
    file: File<'a>,
    kind: Kind,
    /// The number of images or labels.
    count: u64,
    /// Whether the file is for testing, if the name says so.
    testing: Option<bool>,
}

impl Dataset {
    /// Parses four files in any order: images and labels for training, images and labels for testing. Each may be a
    /// gzip file. The first bytes of a file tell whether it has images or labels. Its name tells whether it is for
    /// training or for testing; without such names, the larger pair is for training.
    ///
    /// # Errors
    /// A sentence for the user: which file is damaged, or which files are missing or too many.
    pub fn of_files(files: &[(&str, &[u8])]) -> Result<Self, String> {
        Self::parse(sort(files)?).map_err(|error| error.to_string())
    }

    /// The name of the data set in records, and the names of the files with training images and with test images. The
    /// data set's name contains the number of images and a checksum, by which the same data is recognised later.
    ///
    /// # Errors
    /// A sentence for the user if the files are not a data set.
    pub fn name(&self, files: &[(&str, &[u8])]) -> Result<(String, [String; 2]), String> {
        let mut hasher = crc32fast::Hasher::new();
        for split in [&self.train, &self.test] {
            hasher.update(&split.images);
            hasher.update(&split.labels);
        }
        let [(train, _), _, (test, _), _] = sort(files)?;
        let (count, checksum) = (self.train.len() + self.test.len(), hasher.finalize());
        Ok((format!("{train} and others ({count} images, {checksum:08x})"), [train.to_owned(), test.to_owned()]))
    }
}

/// The files in the order of [`super::FILES`].
///
/// # Errors
/// A sentence for the user if the files are not a data set.
fn sort<'a>(files: &[File<'a>]) -> Result<[File<'a>; 4], String> {
    if files.len() != 4 {
        let found = match files {
            [] => "No file was chosen".to_owned(),
            [(name, _)] => format!("Only “{name}” was chosen"),
            files => format!("{} files were chosen", files.len()),
        };
        return Err(format!(
            "A data set has four files: images and labels for training, images and labels for testing. {found}. Choose \
             all four at once."
        ));
    }
    let mut known = Vec::with_capacity(files.len());
    for &(name, bytes) in files {
        let (kind, count) = kind_and_count(bytes).map_err(|problem| DataError::new(name, problem).to_string())?;
        known.push(Known { file: (name, bytes), kind, count, testing: by_name(name) });
    }
    let (train_images, test_images) = pair(&known, Kind::Images)?;
    let (train_labels, test_labels) = pair(&known, Kind::Labels)?;
    Ok([train_images, train_labels, test_images, test_labels])
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

    fn set(files: &[(&str, Vec<u8>)]) -> Result<Dataset, String> {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
        Dataset::of_files(&files)
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
        assert!(with("test l.gz", gzip(&labels(2))[..9].to_vec()).starts_with("test l.gz is"));
        assert!(with("test l", labels(3)).contains("there are 2 images but 3 labels"));
        assert!(with("test l", vec![0, 0, 8, 1, 0, 0, 0, 2, 1, 77]).contains("label 1 is 77"));
        assert!(with("test l", labels(2)[..9].to_vec()).contains("test l is truncated"));
        assert!(with("test l", vec![0, 0]).contains("within its header"));
        let mut large = images(2);
        large[11] = 32;
        assert!(with("test j", large).contains("You chose 3 with images"));
    }

    #[test]
    fn different_data_has_different_names() {
        let files = [("train i", images(3)), ("train l", labels(3)), ("test i", images(2)), ("test l", labels(2))];
        let named = |files: &[(&str, Vec<u8>)]| {
            let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
            Dataset::of_files(&files).and_then(|data| data.name(&files)).expect("they fit")
        };
        let name = named(&files);
        assert!(name.0.starts_with("train i and others (5 images, "), "{}", name.0);
        assert_eq!(name.1, ["train i", "test i"]);
        let mut other = files.clone();
        other[1].1[8] = 5;
        assert_ne!(named(&other), name);
        let mut packed = files.clone();
        packed[0].1 = gzip(&packed[0].1);
        packed.swap(1, 2);
        assert_eq!(named(&packed), name, "neither the order nor packing changes the name");
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
