//! The identity of a data set in the records of runs: a name with a checksum of all images and labels, so that a run goes
//! on only with the data that it began with.

use super::{Dataset, Split};

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
    let (_, identity) = name.strip_suffix(')')?.rsplit_once('(')?;
    let (counts, checksum) = identity.rsplit_once(' ')?;
    let images = counts.split(' ').filter_map(|word| word.parse::<u64>().ok()).sum();
    Some((images, checksum))
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
}
