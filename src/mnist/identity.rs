//! The identity of a data set in the records of runs: a name with a checksum of all images and labels, so that a run goes
//! on only with the data that it began with.

use super::{Dataset, Split, TEST_IMAGES, TRAINING_IMAGES};

/// The name of the built-in data set in the records of runs.
pub const NAME: &str = "MNIST";

/// The checksum of MNIST, as [`Dataset::checksum`] computes it.
const CHECKSUM: u32 = 0x1939_f699;

impl Dataset {
    /// Returns the CRC-32 of all pixels and labels.
    fn checksum(&self) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        for Split { images, labels } in [&self.train, &self.test] {
            hasher.update(images);
            hasher.update(labels);
        }
        hasher.finalize()
    }

    /// Returns the name, in records, of the data in the files that are served as MNIST: [`NAME`] if it is MNIST.
    pub fn name_as_served(&self) -> String {
        match self.checksum() {
            CHECKSUM => NAME.to_owned(),
            other => self.name_with(NAME, other),
        }
    }

    /// Returns a name with the number of images and the checksum behind it.
    pub(super) fn name_with_checksum(&self, name: &str) -> String {
        self.name_with(name, self.checksum())
    }

    fn name_with(&self, name: &str, checksum: u32) -> String {
        let (train, test) = (self.train.len(), self.test.len());
        format!("{name} (images: {train} for training, {test} for tests, {checksum:08x})")
    }
}

/// Whether two names of data sets in records mean the same data. The same data may come in files of other names, so the
/// number of images and the checksum decide where both names have them.
pub fn is_same_data(one: &str, other: &str) -> bool {
    match (identity(one), identity(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// Returns the number of images and the checksum in a name; `None` if it has none. Earlier builds wrote one number for all
/// images.
fn identity(name: &str) -> Option<(u64, &str)> {
    let (counts, checksum) = counts_and_checksum(name)?;
    Some((counts.into_iter().fold(0, u64::saturating_add), checksum))
}

/// Returns the numbers of images and the checksum in a name; `None` if it has none.
fn counts_and_checksum(name: &str) -> Option<(Vec<u64>, &str)> {
    let (_, identity) = name.strip_suffix(')')?.rsplit_once('(')?;
    let (counts, checksum) = identity.rsplit_once(' ')?;
    Some((counts.split(' ').filter_map(|word| word.parse().ok()).collect(), checksum))
}

/// The numbers of images that a data set has, as far as its name in records tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageCounts {
    /// The numbers of images for training and for testing.
    Both(u64, u64),
    /// The number of all images.
    All(u64),
}

impl ImageCounts {
    /// Whether a run can use this number of images for training and test with that one.
    pub fn allow(self, training: u32, testing: u32) -> bool {
        let (training, testing) = (u64::from(training), u64::from(testing));
        match self {
            Self::Both(most, all) => training <= most && testing == all,
            Self::All(all) => training + testing <= all,
        }
    }
}

/// Returns the numbers of images of the data set with this name in records; `None` if the name does not tell.
pub fn images_of(name: &str) -> Option<ImageCounts> {
    if name == NAME {
        return Some(ImageCounts::Both(TRAINING_IMAGES.into(), TEST_IMAGES.into()));
    }
    match *counts_and_checksum(name)?.0 {
        [all] => Some(ImageCounts::All(all)),
        [training, testing] => Some(ImageCounts::Both(training, testing)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_decides_not_the_name() {
        let a = "train-images and others (70000 images, 1234abcd)";
        assert!(is_same_data(a, "train (1) (copy) and others (70000 images, 1234abcd)"));
        assert!(!is_same_data(a, "train-images and others (70000 images, 1234abce)"));
        assert!(!is_same_data(a, NAME) && !is_same_data("MNIST (70000 images, 1234abcd)", NAME));
        assert!(is_same_data(NAME, NAME));
        let parted = "train-images and others (images: 60000 for training, 10000 for tests, 1234abcd)";
        assert!(is_same_data(parted, parted) && is_same_data(a, parted), "a run of an earlier build goes on");
        assert!(!is_same_data(a, "train-images and others (images: 60000 for training, 9999 for tests, 1234abcd)"));
    }

    #[test]
    fn a_name_tells_how_many_images_there_are() {
        assert!(images_of(NAME).is_some_and(|counts| counts.allow(60_000, 10_000) && !counts.allow(96, 9_999)));
        let own = images_of("a (1) and others (50 images, 1234abcd)").expect("it tells");
        assert!(own.allow(40, 10) && !own.allow(41, 10) && !own.allow(u32::MAX, 10));
        let parted = images_of("a and others (images: 40 for training, 10 for tests, 1234abcd)").expect("it tells");
        assert!(parted.allow(40, 10) && !parted.allow(41, 10) && !parted.allow(30, 9));
        assert_eq!(["own", "own (1)", "own (many images, 1)"].map(images_of), [None; 3]);
    }
}
