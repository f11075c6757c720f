//! Other sizes of a picture, by averaging areas.

use super::picture::Picture;

/// `Axis` says where a picture's columns, or its rows, are in a grid of other cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    /// The number of cells.
    pub(super) cells: usize,
    /// Where the picture begins, in cells.
    pub(super) start: f64,
    /// The pixels of the picture in a cell.
    pub(super) pixels: f64,
}

impl Axis {
    /// Returns, for each cell, the pixels that it covers, each with its share of the cell. `length` is the number of pixels.
    fn covers(self, length: usize) -> Vec<Vec<(usize, f64)>> {
        let cell = |cell: usize| {
            let from = ((cell as f64 - self.start) * self.pixels).max(0.0);
            let to = ((cell as f64 + 1.0 - self.start) * self.pixels).min(length as f64);
            let pixels = from as usize..(to.ceil().max(0.0) as usize).min(length);
            let share = |pixel: usize| (to.min(pixel as f64 + 1.0) - from.max(pixel as f64)) / self.pixels;
            pixels.map(|pixel| (pixel, share(pixel))).filter(|(_, share)| *share > 0.0).collect()
        };
        (0..self.cells).map(cell).collect()
    }
}

/// Returns a picture of other pixels, in which each is the average of the area that it covers. Outside of the old picture
/// is paper.
pub(super) fn resample(picture: &Picture, columns: Axis, rows: Axis) -> Picture {
    let across = columns.covers(picture.width());
    let narrow: Vec<Vec<f64>> = picture
        .ink()
        .chunks_exact(picture.width().max(1))
        .map(|row| across.iter().map(|cell| cell.iter().map(|&(at, share)| f64::from(row[at]) * share).sum()).collect())
        .collect();
    let mut small = Picture::blank(columns.cells, rows.cells);
    for (row, cell) in rows.covers(picture.height()).iter().enumerate() {
        for (column, ink) in small.row_mut(row, 0..columns.cells).iter_mut().enumerate() {
            let average: f64 = cell.iter().map(|&(at, share)| narrow[at][column] * share).sum();
            *ink = average.round() as u8;
        }
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_is_the_average_of_the_area_that_it_covers() {
        let picture = Picture::new(3, 1, vec![0, 90, 240]).expect("three pixels");
        let one = Axis { cells: 1, start: 0.0, pixels: 1.0 };
        let ink = |cells, start, pixels| resample(&picture, Axis { cells, start, pixels }, one).ink().to_vec();
        assert_eq!(ink(3, 0.0, 1.0), [0, 90, 240]);
        assert_eq!(ink(1, 0.0, 3.0), [110]);
        // The first cell covers half of the second pixel, the other one its other half.
        assert_eq!(ink(2, 0.0, 1.5), [30, 190]);
        assert_eq!(ink(6, 0.0, 0.5), [0, 0, 90, 90, 240, 240]);
        assert_eq!(ink(5, 1.0, 1.0), [0, 0, 90, 240, 0]);
        assert_eq!(ink(4, 0.5, 1.0), [0, 45, 165, 120]);
    }
}
