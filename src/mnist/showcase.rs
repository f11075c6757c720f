//! The test images that the page shows while a net learns, with the digits that they are.

use super::{CLASSES, PIXELS, Split};

/// The number of images in a showcase, where the test images are enough.
const SHOWN: usize = 40;

/// The address of the file with the bytes of MNIST's showcase, relative to the page. A test writes it
/// (`tests/mnist_data.rs`).
pub const SHOWCASE: &str = "assets/mnist/showcase.bin";

/// `Showcase` holds test images in the order of the digits that they show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Showcase {
    /// The labels of all images, then their pixels, image after image.
    bytes: Vec<u8>,
}

impl Showcase {
    /// Chooses the test images for the page: the first four of each class. Where a class has fewer, the next images of other
    /// classes fill its places. Returns the images' indices, in the order of their classes.
    pub fn choose(test: &Split) -> Vec<usize> {
        let mut counts = [0; CLASSES];
        let is_early = |index: &usize| {
            let count = &mut counts[usize::from(test.label(*index))];
            *count += 1;
            *count <= SHOWN / CLASSES
        };
        let (mut chosen, others): (Vec<usize>, Vec<usize>) = (0..test.len()).partition(is_early);
        chosen.extend(others.iter().take(SHOWN - chosen.len()));
        chosen.sort_by_key(|&index| (test.label(index), index));
        chosen
    }

    /// Makes a showcase of the test images with these indices.
    ///
    /// # Panics
    /// If an index is too large.
    pub fn of(test: &Split, images: &[usize]) -> Self {
        let labels = images.iter().map(|&index| test.label(index));
        Self { bytes: labels.chain(images.iter().flat_map(|&index| test.image(index)).copied()).collect() }
    }

    /// Reads the bytes of [`Showcase::bytes`]. Returns `None` for any other bytes.
    pub fn read(bytes: Vec<u8>) -> Option<Self> {
        let this = Self { bytes };
        let is_whole = !this.bytes.is_empty() && this.bytes.len().is_multiple_of(1 + PIXELS);
        (is_whole && this.labels().iter().all(|&label| usize::from(label) < CLASSES)).then_some(this)
    }

    /// Returns the labels of all images, then the pixels of all images, image after image. A pixel is one byte: 0 is
    /// paper, 255 is ink.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the digits that the images show.
    pub fn labels(&self) -> &[u8] {
        &self.bytes[..self.bytes.len() / (1 + PIXELS)]
    }

    /// Returns the pixels of each image, 28 rows of 28.
    pub fn images(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes[self.labels().len()..].chunks_exact(PIXELS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(labels: &[u8]) -> Split {
        Split { images: labels.iter().flat_map(|label| [*label; PIXELS]).collect(), labels: labels.to_vec() }
    }

    #[test]
    fn four_of_each_class_are_chosen_in_the_order_of_the_classes() {
        let labels: Vec<u8> = (0..100).map(|index| 9 - index % 10).collect();
        let test = split(&labels);
        let chosen = Showcase::choose(&test);
        assert_eq!(chosen[..5], [9, 19, 29, 39, 8]);
        let showcase = Showcase::of(&test, &chosen);
        assert_eq!(showcase.labels().len(), SHOWN);
        assert!(showcase.labels().iter().zip(showcase.images()).all(|(label, image)| *image == [*label; PIXELS]));
        assert_eq!(Showcase::read(showcase.bytes().to_vec()), Some(showcase));
    }

    #[test]
    fn classes_with_few_images_leave_their_places_to_others() {
        let labels: Vec<u8> = [7; 60].into_iter().chain([3]).collect();
        let chosen = Showcase::choose(&split(&labels));
        assert_eq!((chosen.len(), chosen[0], chosen[1], chosen[39]), (40, 60, 0, 38));
        assert_eq!(Showcase::choose(&split(&[5, 1])), [1, 0], "few images are all shown");
    }

    #[test]
    fn only_whole_images_of_digits_can_be_read() {
        let whole = Showcase::of(&split(&[5, 1]), &[0, 1]).bytes().to_vec();
        assert_eq!(Showcase::read(whole[1..].to_vec()), None);
        assert_eq!(Showcase::read(Vec::new()), None);
        let ten = [&[10], &whole[1..]].concat();
        assert_eq!(Showcase::read(ten), None, "10 is no digit");
    }
}
