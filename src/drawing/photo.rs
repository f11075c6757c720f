//! A picture from elsewhere, such as a photo of a digit on paper: its paper and its noise are taken away.

use super::picture::Picture;

/// The share of the strongest contrast below which a pixel is paper: shadows and the grain of the paper.
const NOISE: f32 = 0.3;
/// The share of the pixels that may be darker or lighter than all ink, such as a damaged pixel.
const OUTLIERS: usize = 1000;
/// The smallest contrast, in steps of grey, that is a drawing and not noise.
const LEAST: u8 = 24;

impl Picture {
    /// Makes a picture of a grey one, where 0 is black and 255 is white, row by row. The grey of the paper is what most
    /// pixels have; ink is what differs most from it, whether it is darker or lighter. `None` if the pixels are not as many
    /// as width and height say.
    pub fn from_grey(width: usize, height: usize, grey: &[u8]) -> Option<Self> {
        let mut counts = [0_usize; 256];
        grey.iter().for_each(|&grey| counts[usize::from(grey)] += 1);
        let at = |rank: usize| {
            let mut seen = 0;
            let found = counts.iter().position(|count| {
                seen += count;
                seen > rank
            });
            found.unwrap_or_default() as u8
        };
        let outliers = grey.len() / OUTLIERS;
        let (darkest, paper, lightest) =
            (at(outliers), at(grey.len() / 2), at(grey.len().saturating_sub(outliers + 1)));
        let is_dark = paper - darkest >= lightest - paper;
        let contrast = if is_dark { paper - darkest } else { lightest - paper };
        if contrast < LEAST {
            return Self::new(width, height, vec![0; grey.len()]);
        }
        let ink = |&grey: &u8| {
            let difference = if is_dark { paper.saturating_sub(grey) } else { grey.saturating_sub(paper) };
            let share = f32::from(difference) / f32::from(contrast);
            (255.0 * ((share - NOISE) / (1.0 - NOISE)).clamp(0.0, 1.0)).round() as u8
        };
        Self::new(width, height, grey.iter().map(ink).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::drawing::Bounds;

    /// Makes a grey picture of 40 by 30 pixels with a bar of 4 by 12.
    fn bar(paper: u8, ink: u8) -> Vec<u8> {
        let mut grey: Vec<u8> = (0..40 * 30).map(|at| paper.saturating_add((at * 7 % 5) as u8)).collect();
        (5..17).for_each(|row| grey[row * 40 + 10..row * 40 + 14].fill(ink));
        grey
    }

    #[test]
    fn ink_is_what_differs_from_the_paper_whether_darker_or_lighter() {
        for (paper, ink) in [(200, 40), (240, 0), (20, 230), (110, 20)] {
            let picture = Picture::from_grey(40, 30, &bar(paper, ink)).expect("1,200 pixels");
            assert_eq!(picture.bounds(), Some(Bounds { left: 10, top: 5, width: 4, height: 12 }), "{paper} {ink}");
            assert_eq!(picture.ink()[6 * 40 + 11], 255);
        }
    }

    #[test]
    fn paper_with_grain_is_no_drawing() {
        assert_eq!(Picture::from_grey(40, 30, &bar(200, 190)).and_then(|picture| picture.bounds()), None);
        assert_eq!(Picture::from_grey(0, 0, &[]).and_then(|picture| picture.bounds()), None);
        assert_eq!(Picture::from_grey(40, 31, &bar(200, 40)), None);
    }

    proptest! {
        #[test]
        fn any_grey_picture_is_read_without_a_panic(grey in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(Picture::from_grey(grey.len(), 1, &grey).is_some());
        }
    }
}
