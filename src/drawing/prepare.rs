//! MNIST's own preparation, as LeCun describes it: the ink is fitted into 20 by 20 pixels, and its centre of mass is moved
//! to the middle of 28 by 28 pixels.
//!
//! Every step is kept, so that the page can show it.

use super::picture::{Bounds, Picture};
use super::resample::{Axis, resample};
use crate::mnist::SIDE;

/// The width and height into which a digit is fitted.
pub const FIT: usize = 20;
/// The column and row of the centre of mass in MNIST's images, where the first ones are 0.
const MIDDLE: f64 = (SIDE / 2) as f64;

/// `Steps` holds what becomes of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Where the ink is in the picture.
    pub bounds: Bounds,
    /// The picture, cut out along the bounds.
    pub cut: Picture,
    /// The ink, fitted into 20 by 20 pixels.
    pub fitted: Picture,
    /// The column and row of the image in which the fitted picture's corner comes to lie. Columns and rows of the fitted
    /// picture that are outside are paper.
    pub corner: (isize, isize),
    /// The image for the net, 28 by 28 pixels.
    pub image: Picture,
}

/// Prepares a picture as MNIST's images were prepared; `None` if there is nothing but paper.
///
/// The longer side of the ink becomes 20 pixels long, whether it was longer or shorter, and the shorter one in proportion,
/// but at least one pixel. Each pixel is the average of the area that it covers. Then the ink is moved by whole pixels, so
/// that its centre of mass is in the middle; but no ink is moved out of the image.
pub fn prepare(picture: &Picture) -> Option<Steps> {
    let bounds = picture.bounds()?;
    let cut = picture.part(bounds);
    let pixels = bounds.width.max(bounds.height) as f64 / FIT as f64;
    let fitted = resample(&cut, axis(bounds.width, pixels), axis(bounds.height, pixels));
    // Ink that is too faint for its size is gone.
    let inside = fitted.bounds()?;
    let (x, y) = fitted.centre_of_mass()?;
    let corner = (corner(x, inside.left, inside.width), corner(y, inside.top, inside.height));
    let image = place(&fitted.part(inside), (corner.0 + inside.left as isize, corner.1 + inside.top as isize));
    Some(Steps { bounds, cut, fitted, corner, image })
}

/// Returns how a side of the ink lies in the 20 cells. `pixels` is the number of pixels in a cell.
fn axis(length: usize, pixels: f64) -> Axis {
    let pixels = pixels.min(length as f64);
    // The quotient of the longer side is 20 but for rounding.
    let long = (length as f64 / pixels).min(FIT as f64);
    // Whole cells stay whole, so that a digit that was prepared before stays as it is.
    let cells = (long - 1e-9).ceil();
    Axis { cells: FIT, start: ((FIT as f64 - cells) / 2.0).floor() + (cells - long) / 2.0, pixels }
}

/// Returns where the fitted picture begins in the image, so that the centre of mass is in the middle and all ink, from the
/// cell `first` on, is inside.
fn corner(centre: f64, first: usize, length: usize) -> isize {
    let first = first as isize;
    // Of two places that are as good, the first one.
    ((MIDDLE - centre - 0.5).ceil() as isize).clamp(-first, (SIDE - length) as isize - first)
}

/// Returns an image with a picture at this column and row. The picture has to fit.
fn place(picture: &Picture, (column, row): (isize, isize)) -> Picture {
    let mut image = Picture::blank(SIDE, SIDE);
    let (column, row) = (column.unsigned_abs(), row.unsigned_abs());
    for (index, pixels) in picture.ink().chunks_exact(picture.width()).enumerate() {
        image.row_mut(row + index, column..column + picture.width()).copy_from_slice(pixels);
    }
    image
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::drawing::pad;
    use crate::drawing::strokes::Stroke;

    fn drawn(points: &[(f32, f32)]) -> Steps {
        let stroke = Stroke { points: points.to_vec(), width: pad::PEN };
        prepare(&pad::rasterise(&[stroke])).expect("there is ink")
    }

    fn size(steps: &Steps) -> (usize, usize) {
        let bounds = steps.image.bounds().expect("there is ink");
        (bounds.width, bounds.height)
    }

    fn is_centred(steps: &Steps) -> bool {
        let (x, y) = steps.image.centre_of_mass().expect("there is ink");
        (x - MIDDLE).abs() <= 0.5 && (y - MIDDLE).abs() <= 0.5
    }

    #[test]
    fn the_longer_side_becomes_20_pixels_and_the_shorter_one_stays_in_proportion() {
        for (x, y) in [(20.0, 20.0), (60.0, 44.0), (110.0, 90.0)] {
            // With half of a round pen at each end, 20 wide and 40 high.
            let half = pad::PEN / 2.0;
            let slanted = drawn(&[(x + half, y + half), (x + 20.0 - half, y + 40.0 - half)]);
            assert_eq!((slanted.bounds.width, slanted.bounds.height), (20, 40));
            assert_eq!(size(&slanted), (10, 20));
            assert!(is_centred(&slanted));
            // Its middle is ink through and through.
            assert_eq!(slanted.image.ink()[14 * SIDE + 14], 255);
        }
    }

    #[test]
    fn a_dot_fills_the_square_and_a_line_does_not() {
        let dot = drawn(&[(30.0, 100.0)]);
        assert_eq!((size(&dot), dot.corner), ((20, 20), (4, 4)));
        assert!(is_centred(&dot));
        let line = drawn(&[(70.0, 20.0), (70.0, 120.0)]);
        assert_eq!(size(&line), (3, 20));
        assert!(is_centred(&line));
        // A line of one pixel does not fade away.
        let hair = Picture::new(1, 1000, vec![255; 1000]).expect("it has 1,000 pixels");
        let hair = prepare(&hair).expect("there is ink");
        assert_eq!((size(&hair), hair.image.ink().iter().max()), ((1, 20), Some(&255)));
    }

    #[test]
    fn paper_is_nothing() {
        assert_eq!(prepare(&pad::rasterise(&[])), None);
        assert_eq!(prepare(&Picture::blank(0, 0)), None);
        // Two specks far apart are fainter than paper's noise once they are averaged.
        let mut specks = Picture::blank(1000, 1000);
        specks.row_mut(0, 0..1)[0] = 1;
        specks.row_mut(999, 999..1000)[0] = 1;
        assert_eq!(prepare(&specks), None);
    }

    #[test]
    fn no_ink_leaves_the_image_however_lopsided_it_is() {
        let mut picture = Picture::blank(100, 100);
        (0..100).for_each(|row| picture.row_mut(row, 0..1)[0] = 255);
        picture.row_mut(50, 0..100).fill(60);
        let steps = prepare(&picture).expect("there is ink");
        assert_eq!((size(&steps), steps.corner), ((20, 20), (8, 4)));
        let mass = |picture: &Picture| picture.ink().iter().map(|&ink| u32::from(ink)).sum::<u32>();
        assert_eq!(mass(&steps.image), mass(&steps.fitted));
    }

    proptest! {
        #[test]
        fn any_picture_is_prepared_without_a_panic(width in 0_usize..60, height in 0_usize..60, seed: u64, paper in 0_u64..255) {
            let noise = |at: usize| (at as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
            let ink = (0..width * height).map(|at| noise(at).saturating_sub(paper) as u8).collect();
            let picture = Picture::new(width, height, ink).expect("the number fits");
            if let Some(steps) = prepare(&picture) {
                let (wide, high) = size(&steps);
                prop_assert!(wide <= FIT && high <= FIT);
            }
        }

        #[test]
        fn what_is_prepared_is_in_the_middle_and_stays_as_it_is(
            points in proptest::collection::vec((-20_f32..160.0, -20_f32..160.0), 1..12),
        ) {
            let Some(once) = prepare(&pad::rasterise(&[Stroke { points, width: pad::PEN }])) else { return Ok(()) };
            let bounds = once.image.bounds().expect("there is ink");
            let touches = bounds.left == 0 || bounds.top == 0 || bounds.left + bounds.width == SIDE || bounds.top + bounds.height == SIDE;
            prop_assert!(touches || is_centred(&once));
            let twice = prepare(&once.image).expect("there is ink");
            for (&before, &after) in once.image.ink().iter().zip(twice.image.ink()) {
                prop_assert!(before.abs_diff(after) <= 1);
            }
        }
    }
}
