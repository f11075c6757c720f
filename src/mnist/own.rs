//! A data set of the user's own: which of some files is which, whatever they are called, and what they hold.

use super::idx::{Kind, kind_and_count};
use super::{DataError, Dataset};

/// A file's name, and what it holds.
type File<'a> = (&'a str, &'a [u8]);

/// The words of names that tell which files are for testing, and which for training.
const TESTING: [&str; 4] = ["t10k", "test", "val", "eval"];
const TRAINING: [&str; 1] = ["train"];

/// What a file is: images or labels, how many, and for what as its name tells.
struct Known<'a> {
    file: File<'a>,
    kind: Kind,
    count: u64,
    testing: Option<bool>,
}

impl Dataset {
    /// Parses four files in any order: images and labels to train with and to test with, gzipped or not. Images are told
    /// from labels by how they begin; what they are for by their names, or else the larger pair is for training.
    ///
    /// # Errors
    /// A sentence for the user: which file is damaged, missing or one too many.
    pub fn of_files(files: &[(&str, &[u8])]) -> Result<Self, String> {
        Self::parse(sort(files)?).map_err(|error| error.to_string())
    }

    /// What a record calls it, and the files of training images and of test images. The name has the first file's, how
    /// many images there are, and a checksum of all of them, by which the data is known again.
    ///
    /// # Errors
    /// These files are no data set.
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
fn sort<'a>(files: &[File<'a>]) -> Result<[File<'a>; 4], String> {
    if files.len() != 4 {
        let found = match files {
            [] => "There is none".to_owned(),
            [(name, _)] => format!("There is only “{name}”"),
            files => format!("There are {}", files.len()),
        };
        return Err(format!(
            "A data set is four files: images and labels to train with, images and labels to test with. {found}. Choose \
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

/// The two files of a kind: to train with, and to test with.
fn pair<'a>(known: &[Known<'a>], kind: Kind) -> Result<(File<'a>, File<'a>), String> {
    let mut of_kind = known.iter().filter(|file| file.kind == kind);
    let (Some(first), Some(second), None) = (of_kind.next(), of_kind.next(), of_kind.next()) else {
        let count = |kind| known.iter().filter(|file| file.kind == kind).count();
        return Err(format!(
            "Two files of images and two of labels are needed; these are {} of images and {} of labels.",
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
                "“{}” and “{}”: which is for training, and which for testing? Call the one train, the other test.",
                first.file.0, second.file.0
            ));
        }
    };
    Ok(if first_is_for_testing { (second.file, first.file) } else { (first.file, second.file) })
}

/// Whether a file is for testing, as far as its name tells.
fn by_name(name: &str) -> Option<bool> {
    let name = name.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match (says(&TRAINING), says(&TESTING)) {
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
    fn files_are_known_by_their_names_in_any_order_packed_or_not() {
        let data = set(&[
            ("t10k-labels-idx1-ubyte.gz", gzip(&labels(5))),
            ("train-images", images(3)),
            ("t10k-images-idx3-ubyte.gz", gzip(&images(5))),
            ("train-labels", labels(3)),
        ])
        .expect("they fit");
        assert_eq!((data.train.len(), data.test.len()), (3, 5), "names count for more than sizes");
    }

    #[test]
    fn without_a_word_in_the_names_the_larger_pair_is_for_training() {
        let data = set(&[("a", images(2)), ("b", labels(4)), ("c", labels(2)), ("d", images(4))]).expect("they fit");
        assert_eq!((data.train.len(), data.test.len()), (4, 2));
        let told = set(&[("a", images(2)), ("b", labels(2)), ("c", labels(2)), ("d", images(2))]);
        assert!(told.expect_err("nobody can know").contains("“a” and “d”: which is for training"));
        let one = set(&[("a", images(2)), ("b", labels(2)), ("test x", labels(2)), ("test y", images(2))]);
        assert_eq!(one.expect("one word will do").test.len(), 2);
    }

    #[test]
    fn what_is_missing_or_too_many_is_told() {
        let told = |files: &[(&str, Vec<u8>)]| set(files).expect_err("it is no data set");
        assert!(told(&[]).contains("There is none."));
        assert!(told(&[("x.idx", images(1))]).contains("There is only “x.idx”."));
        assert!(told(&[("a", images(1)), ("b", labels(1)), ("c", labels(1))]).contains("There are 3."));
        let three = [("a", images(1)), ("b", labels(1)), ("c", labels(2)), ("d", labels(3))];
        assert!(told(&three).contains("these are 1 of images and 3 of labels"));
    }

    #[test]
    fn what_is_malformed_is_named() {
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
        assert!(with("test j", large).contains("these are 3 of images"));
    }

    #[test]
    fn the_name_tells_data_apart() {
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
        assert_eq!(named(&packed), name, "neither order nor packing counts");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(a: Vec<u8>, b: Vec<u8>, gz: bool, cut: prop::sample::Index) {
            let good = images(2);
            let a = if gz { gzip(&a) } else { a };
            let _ = set(&[("train", a), ("b", b), ("c", good[..cut.index(good.len())].to_vec()), ("d", labels(2))]);
        }
    }
}
