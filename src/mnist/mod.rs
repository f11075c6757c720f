//! The MNIST digits: IDX files in, seeded batches of normalised pixels out. Nothing but bytes.

mod augment;
mod batches;
mod idx;
mod own;

pub use augment::{Changes, Movement};
pub use batches::{Normalisation, order};
pub use idx::{DataError, Problem, parse_images, parse_labels};

/// Side of an image in pixels.
pub const SIDE: usize = 28;
/// Pixels of an image, one byte each: 0 is paper, 255 is ink.
pub const PIXELS: usize = SIDE * SIDE;
/// The classes: the digits 0 to 9.
pub const CLASSES: usize = 10;

/// The shipped data set, as it is called in records of runs.
pub const NAME: &str = "MNIST";

/// The four files of the data set: training images and labels, test images and labels.
pub const FILES: [&str; 4] = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

/// Where one of the files lies, relative to the page.
pub fn address(file: &str) -> String {
    ["assets/mnist/", file].concat()
}

/// Images to learn from, and others to test with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// The images the net learns from.
    pub train: Split,
    /// The images that it is tested with.
    pub test: Split,
}

impl Dataset {
    /// Parses the four files, given by name and content in the order of [`FILES`], gzipped or not.
    ///
    /// # Errors
    /// The first file that is damaged, or whose number of labels does not match its images.
    pub fn parse(files: [(&str, &[u8]); 4]) -> Result<Self, DataError> {
        let [train_images, train_labels, test_images, test_labels] = files;
        Ok(Self { train: Split::parse(train_images, train_labels)?, test: Split::parse(test_images, test_labels)? })
    }
}

impl Dataset {
    /// The training images without the last so many, which take the place of the test images; `None` if there are too
    /// few. So recipes can be compared without looking at the test set.
    pub fn validation(&self, held_out: usize) -> Option<Self> {
        let kept = self.train.len().checked_sub(held_out).filter(|kept| *kept > 0 && held_out > 0)?;
        let (images, labels) = (&self.train.images, &self.train.labels);
        let part = |range: std::ops::Range<usize>| Split {
            images: images[range.start * PIXELS..range.end * PIXELS].to_vec(),
            labels: labels[range].to_vec(),
        };
        Some(Self { train: part(0..kept), test: part(kept..self.train.len()) })
    }
}

/// Images and their labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    images: Vec<u8>,
    labels: Vec<u8>,
}

impl Split {
    /// Parses a file of images and a file of labels, each given by name and content.
    ///
    /// # Errors
    /// What is wrong with the first damaged one, or that their counts differ.
    pub fn parse(images: (&str, &[u8]), labels: (&str, &[u8])) -> Result<Self, DataError> {
        let (labels_file, label_bytes) = labels;
        let images = parse_images(images.0, images.1)?;
        let labels = parse_labels(labels_file, label_bytes)?;
        let (pictures, names) = (images.len() / PIXELS, labels.len());
        if pictures != names {
            return Err(DataError::new(labels_file, Problem::Unequal { images: pictures, labels: names }));
        }
        Ok(Self { images, labels })
    }

    /// How many images there are; never zero.
    #[expect(clippy::len_without_is_empty, reason = "a split always holds an image")]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// The pixels of all images, image after image.
    pub fn images(&self) -> &[u8] {
        &self.images
    }

    /// The pixels of one image, row by row.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn image(&self, index: usize) -> &[u8] {
        &self.images[index * PIXELS..(index + 1) * PIXELS]
    }

    /// The digit that one image shows.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn label(&self, index: usize) -> u8 {
        self.labels[index]
    }
}
