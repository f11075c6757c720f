//! Grey pictures of any size.

/// `Picture` is a grey picture: in each pixel 0 is paper and 255 is ink, as in MNIST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    ink: Vec<u8>,
}

/// `Bounds` is a rectangle of whole pixels, with at least one in each direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The first column.
    pub left: usize,
    /// The first row.
    pub top: usize,
    /// The number of columns.
    pub width: usize,
    /// The number of rows.
    pub height: usize,
}

impl Picture {
    /// Makes a picture of these pixels, row by row. `None` if they are not as many as width and height say.
    pub fn new(width: usize, height: usize, ink: Vec<u8>) -> Option<Self> {
        (width.checked_mul(height) == Some(ink.len())).then_some(Self { width, height, ink })
    }

    /// Makes a picture in which nothing is drawn.
    pub(super) fn blank(width: usize, height: usize) -> Self {
        Self { width, height, ink: vec![0; width * height] }
    }

    /// Returns the number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Returns the number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Returns all pixels, row by row.
    pub fn ink(&self) -> &[u8] {
        &self.ink
    }

    /// Returns some pixels of a row, to change them.
    ///
    /// # Panics
    /// If one of them is outside.
    pub(super) fn row_mut(&mut self, row: usize, columns: std::ops::Range<usize>) -> &mut [u8] {
        &mut self.ink[row * self.width..][..self.width][columns]
    }

    /// Returns the smallest rectangle with all ink in it; `None` if there is none.
    pub fn bounds(&self) -> Option<Bounds> {
        let has_ink = |row: &[u8]| row.iter().any(|&ink| ink > 0);
        // A picture without columns has no rows to look at.
        let rows = || self.ink.chunks_exact(self.width.max(1));
        let top = rows().position(has_ink)?;
        let bottom = rows().rposition(has_ink)?;
        let left = rows().filter_map(|row| row.iter().position(|&ink| ink > 0)).min()?;
        let right = rows().filter_map(|row| row.iter().rposition(|&ink| ink > 0)).max()?;
        Some(Bounds { left, top, width: right - left + 1, height: bottom - top + 1 })
    }

    /// Returns a part of the picture.
    ///
    /// # Panics
    /// If it is not inside.
    pub(super) fn part(&self, bounds: Bounds) -> Self {
        let rows = self.ink.chunks_exact(self.width).skip(bounds.top).take(bounds.height);
        let ink: Vec<u8> = rows.flat_map(|row| &row[bounds.left..bounds.left + bounds.width]).copied().collect();
        assert_eq!(ink.len(), bounds.width * bounds.height, "the part is inside");
        Self { width: bounds.width, height: bounds.height, ink }
    }

    /// Returns the centre of mass in columns and rows, where the middle of the first pixel is 0; `None` without ink.
    pub fn centre_of_mass(&self) -> Option<(f64, f64)> {
        let (mut mass, mut x, mut y) = (0.0, 0.0, 0.0);
        for (row, pixels) in self.ink.chunks_exact(self.width.max(1)).enumerate() {
            for (column, &ink) in pixels.iter().enumerate() {
                mass += f64::from(ink);
                x += f64::from(ink) * column as f64;
                y += f64::from(ink) * row as f64;
            }
        }
        (mass > 0.0).then(|| (x / mass, y / mass))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_hold_all_ink_and_no_more() {
        let mut picture = Picture::blank(5, 4);
        assert_eq!((picture.bounds(), picture.centre_of_mass()), (None, None));
        picture.row_mut(1, 3..4)[0] = 1;
        picture.row_mut(2, 1..2)[0] = 3;
        assert_eq!(picture.bounds(), Some(Bounds { left: 1, top: 1, width: 3, height: 2 }));
        assert_eq!(picture.centre_of_mass(), Some((1.5, 1.75)));
        let bounds = picture.bounds().expect("there is ink");
        assert_eq!(picture.part(bounds).ink(), [0, 0, 1, 3, 0, 0]);
        assert_eq!(Picture::new(0, 7, Vec::new()).and_then(|nothing| nothing.bounds()), None);
        assert_eq!(Picture::new(2, 2, vec![0; 3]), None);
        assert_eq!(Picture::new(usize::MAX, 2, Vec::new()), None);
    }
}
