//! Augmentation: each time a training image is seen, it is turned and shifted a little, by random amounts.

use serde::{Deserialize, Serialize};

use super::SIDE;
use crate::random::{Purpose, Random};

/// The limits of the random changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Augmentation {
    /// The largest shift in pixels, horizontally and vertically.
    pub shift: f64,
    /// The largest angle in degrees, in both directions.
    pub rotation: f64,
}

impl Augmentation {
    /// The largest shift that may be chosen, in pixels: half of an image.
    pub const LARGEST_SHIFT: f64 = (SIDE / 2) as f64;
    /// The largest rotation that may be chosen, in degrees.
    pub const LARGEST_ROTATION: f64 = 180.0;

    /// Whether the images are not changed at all.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// A rotation about the centre of an image, followed by a shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Movement {
    /// The cosine of the angle.
    cosine: f32,
    /// The sine of the angle.
    sine: f32,
    /// The shift to the right in pixels.
    right: f32,
    /// The shift down in pixels.
    down: f32,
}

impl Movement {
    /// A rotation by an angle in degrees (anticlockwise) and a shift in pixels.
    pub fn new(degrees: f64, right: f64, down: f64) -> Self {
        let angle = degrees.to_radians();
        Self { cosine: libm::cos(angle) as f32, sine: libm::sin(angle) as f32, right: right as f32, down: down as f32 }
    }

    /// Draws the movement of the image at a place, counted from 0, in the order of an epoch, counted from 1. The
    /// movement depends on these numbers alone, so a run that continues in the middle of an epoch sees the same images.
    pub fn drawn(limits: Augmentation, seed: u64, epoch: u32, place: usize) -> Self {
        let mut random = Random::new(seed, Purpose::Augmentation { epoch, place: place as u32 });
        let mut within = |limit: f64| limit * (2.0 * f64::from(random.unit()) - 1.0);
        Self::new(within(limits.rotation), within(limits.shift), within(limits.shift))
    }

    /// The cosine and the sine of the angle, and the shifts to the right and down in pixels.
    pub fn numbers(self) -> [f32; 4] {
        [self.cosine, self.sine, self.right, self.down]
    }

    /// Writes the moved image to `moved`: each pixel is interpolated bilinearly from the four pixels around its origin.
    /// Beyond the edge of the image there is paper (0).
    pub fn apply(self, image: &[u8], moved: &mut [f32]) {
        const MIDDLE: f32 = (SIDE - 1) as f32 / 2.0;
        // With a border of paper, the pixels at the edge need no special case.
        const WIDTH: usize = SIDE + 2;
        let mut paper = [0.0_f32; WIDTH * WIDTH];
        for (row, pixels) in paper[WIDTH..].chunks_mut(WIDTH).zip(image.chunks(SIDE)) {
            for (paper, pixel) in row[1..].iter_mut().zip(pixels) {
                *paper = f32::from(*pixel);
            }
        }
        for (y, row) in moved.chunks_mut(SIDE).enumerate() {
            let down = y as f32 - MIDDLE - self.down;
            for (x, pixel) in row.iter_mut().enumerate() {
                let right = x as f32 - MIDDLE - self.right;
                // The origin of the pixel, by the inverse rotation; the y axis points down.
                let from_x = self.cosine * right - self.sine * down + MIDDLE + 1.0;
                let from_y = self.sine * right + self.cosine * down + MIDDLE + 1.0;
                let limit = (WIDTH - 1) as f32;
                *pixel = if from_x > 0.0 && from_x < limit && from_y > 0.0 && from_y < limit {
                    let (column, line) = (from_x as usize, from_y as usize);
                    let (part_x, part_y) = (from_x - column as f32, from_y - line as f32);
                    let at = |line: usize, column: usize| paper[line * WIDTH + column];
                    let above = at(line, column) + part_x * (at(line, column + 1) - at(line, column));
                    let below = at(line + 1, column) + part_x * (at(line + 1, column + 1) - at(line + 1, column));
                    above + part_y * (below - above)
                } else {
                    0.0
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mnist::PIXELS;

    fn moved(movement: Movement, image: &[u8]) -> Vec<f32> {
        let mut result = vec![0.0; PIXELS];
        movement.apply(image, &mut result);
        result
    }

    fn dot(x: usize, y: usize) -> Vec<u8> {
        let mut image = vec![0; PIXELS];
        image[y * SIDE + x] = 200;
        image
    }

    #[test]
    fn without_movement_an_image_is_unchanged() {
        let image: Vec<u8> = (0..PIXELS).map(|index| (index * 37 % 256) as u8).collect();
        let same: Vec<f32> = image.iter().map(|pixel| f32::from(*pixel)).collect();
        assert_eq!(moved(Movement::new(0.0, 0.0, 0.0), &image), same);
    }

    #[test]
    fn a_shift_moves_right_and_down_and_spreads_ink_over_pixels() {
        let result = moved(Movement::new(0.0, 1.0, 2.0), &dot(10, 5));
        assert_eq!((result[7 * SIDE + 11], result.iter().sum::<f32>()), (200.0, 200.0));
        let result = moved(Movement::new(0.0, 0.25, 0.0), &dot(10, 5));
        assert_eq!((result[5 * SIDE + 10], result[5 * SIDE + 11]), (150.0, 50.0));
    }

    #[test]
    fn a_quarter_turn_is_anticlockwise_about_the_centre() {
        // A dot at the right edge moves to the top.
        let result = moved(Movement::new(90.0, 0.0, 0.0), &dot(20, 13));
        let brightest = result.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(index, _)| index);
        assert_eq!(brightest, Some((SIDE - 1 - 20) * SIDE + 13));
    }

    #[test]
    fn ink_beyond_the_edge_is_lost() {
        assert_eq!(moved(Movement::new(0.0, 14.0, 0.0), &dot(20, 13)).iter().sum::<f32>(), 0.0);
    }

    #[test]
    fn movements_are_reproducible_different_and_within_their_limits() {
        let limits = Augmentation { shift: 2.0, rotation: 10.0 };
        let first = Movement::drawn(limits, 1, 1, 0);
        assert_eq!(first, Movement::drawn(limits, 1, 1, 0));
        assert_ne!(first, Movement::drawn(limits, 1, 1, 1));
        assert_ne!(first, Movement::drawn(limits, 1, 2, 0));
        assert_ne!(first, Movement::drawn(limits, 2, 1, 0));
        let all: Vec<_> = (0..2000).map(|place| Movement::drawn(limits, 1, 1, place)).collect();
        assert!(all.iter().all(|one| one.right.abs() <= 2.0 && one.down.abs() <= 2.0 && one.sine.abs() <= 0.1737));
        let mean = all.iter().map(|one| one.right).sum::<f32>() / 2000.0;
        let spread = all.iter().map(|one| one.right * one.right).sum::<f32>() / 2000.0;
        // A uniform distribution within ±2 has mean 0 and variance 4/3.
        assert!(mean.abs() < 0.13 && (spread - 4.0 / 3.0).abs() < 0.15, "{mean} {spread}");
    }
}
