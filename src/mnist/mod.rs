//! The MNIST digits: IDX files are read, images are put in a seeded order, normalised and augmented. All of this is
//! plain arithmetic on bytes.

mod augment;
mod batches;
mod foreign;
mod identity;
mod idx;
mod own;
mod packed;
mod showcase;

pub use augment::{Augmentation, Movement};
pub use batches::{Normalisation, order};
pub use identity::{NAME, images_of, is_same_data};
pub use idx::{DataError, Problem, check_start, parse_images, parse_labels};
pub use own::OwnData;
pub use showcase::{SHOWCASE, Showcase};

/// The width and height of an image in pixels.
pub const SIDE: usize = 28;
/// The number of pixels of an image. A pixel is one byte: 0 is paper, 255 is ink.
pub const PIXELS: usize = SIDE * SIDE;
/// The number of classes, the digits 0 to 9.
pub const CLASSES: usize = 10;
/// The number of MNIST's training images.
pub const TRAINING_IMAGES: u32 = 60_000;
/// The number of MNIST's test images.
const TEST_IMAGES: u32 = 10_000;
/// The largest number of images or labels that a file may have. No data set like MNIST has more, so a larger number in a
/// header is an error.
pub const MOST: u64 = 1_000_000;

/// The four files of the data set: training images and labels, test images and labels.
pub const FILES: [&str; 4] = [
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
];

/// The address of one of the files, relative to the page.
pub fn address(file: &str) -> String {
    ["assets/mnist/", file].concat()
}

/// Images for training, and others for testing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// The training images.
    pub train: Split,
    /// The test images.
    pub test: Split,
}

impl Dataset {
    /// Parses the four files, given by name and content in the order of [`FILES`]. Each may be a gzip file.
    ///
    /// # Errors
    /// The first file that is damaged, or whose number of labels differs from the number of its images.
    pub fn parse(files: [(&str, &[u8]); 4]) -> Result<Self, DataError> {
        let [train_images, train_labels, test_images, test_labels] = files;
        Ok(Self { train: Split::parse(train_images, train_labels)?, test: Split::parse(test_images, test_labels)? })
    }

    /// A data set in which the last `held_out` training images take the place of the test images, so that recipes can
    /// be compared without the test set; `None` if there are too few training images.
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
    /// The first file that is damaged, or the labels if their number differs from the number of images.
    pub fn parse(images: (&str, &[u8]), labels: (&str, &[u8])) -> Result<Self, DataError> {
        let read = parse_labels(labels.0, labels.1)?;
        Self::of(parse_images(images.0, images.1)?, read, labels.0)
    }

    /// Pairs images with the labels of a file of this name.
    ///
    /// # Errors
    /// When the number of labels differs from the number of images.
    fn of(images: Vec<u8>, labels: Vec<u8>, file: &str) -> Result<Self, DataError> {
        let (pictures, names) = (images.len() / PIXELS, labels.len());
        if pictures != names {
            return Err(DataError::new(file, Problem::Unequal { images: pictures, labels: names }));
        }
        Ok(Self { images, labels })
    }

    /// The number of images, at least one.
    #[expect(clippy::len_without_is_empty, reason = "a split always has an image")]
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
    /// If the index is too large.
    pub fn image(&self, index: usize) -> &[u8] {
        &self.images[index * PIXELS..(index + 1) * PIXELS]
    }

    /// The digit that one image shows.
    ///
    /// # Panics
    /// If the index is too large.
    pub fn label(&self, index: usize) -> u8 {
        self.labels[index]
    }
}
