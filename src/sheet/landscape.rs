//! The error landscape: E over two of the eight weights, while the others stay as they are in the current row.

use super::column::Column;
use super::network::{self, Constants, Row};
use super::number::rounded;
use super::run::Run;

/// The number of bands between the lowest and the highest error of a picture; a contour line separates two of them.
pub const BANDS: u8 = 16;
/// The number of points of the grid on which the error is computed, across and up. Between them it is interpolated.
const GRID: (usize, usize) = (64, 48);
/// The largest number of points of a path.
const MOST_POINTS: usize = 200;
/// The least distance from the centre of the picture to its edge, in units of a weight.
const LEAST_REACH: f64 = 1.0;
/// The share of that distance that is left free beyond the path.
const MARGIN: f64 = 0.25;

/// A point of the landscape: a value of the first weight, across, and of the second one, up.
pub type Place = (f64, f64);

/// The error over two weights, around the path of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Landscape {
    constants: Constants,
    axes: [usize; 2],
    /// The places of the rows up to the current one.
    pub path: Vec<Place>,
    /// The place of the current row.
    pub here: Place,
    /// The place after the next step.
    pub next: Place,
    /// The error in the current row, and after the next step.
    pub errors: (f64, f64),
    centre: Place,
    reach: f64,
}

impl Landscape {
    /// The landscape around row `index` of a run over the weights with these indices, from 0 to 7. `None` where a weight is
    /// not finite, because nothing can be drawn then.
    pub fn around(run: &Run, index: usize, axes: [usize; 2]) -> Option<Self> {
        let row = run.row(index);
        let weights = row.weights();
        let place = |weights: &[f64; 8]| (weights[axes[0]], weights[axes[1]]);
        let stride = index.div_ceil(MOST_POINTS).max(1);
        let path: Vec<Place> =
            (0..index).step_by(stride).chain([index]).map(|index| place(&run.row(index).weights())).collect();
        let after = network::step(&weights, row.gradients(), run.learning_rate());
        let (here, next) = (place(&weights), place(&after));
        // The whole path is seen, and the next step unless it is out of all proportion: then its direction is.
        let far = |from: Place, to: &Place| (to.0 - from.0).abs().max((to.1 - from.1).abs());
        let walked = path.iter().map(|point| far(here, point)).fold(LEAST_REACH, f64::max);
        let reach = (1.0 + MARGIN) * walked.max(far(here, &next).min(8.0 * walked));
        let Constants { targets, inputs, .. } = run.constants();
        let after = network::row(targets, inputs, &after).total_error();
        let finite = weights.iter().all(|weight| weight.is_finite()) && reach.is_finite();
        finite.then(|| Self {
            constants: Constants { weights, ..run.constants() },
            axes,
            path,
            here,
            next,
            errors: (row.total_error(), after),
            centre: here,
            reach,
        })
    }

    /// The lowest and the highest value of each axis, for a picture of this width and height. A unit is as long across as
    /// up.
    pub fn bounds(&self, width: f64, height: f64) -> (Place, Place) {
        let unit = 2.0 * self.reach / width.min(height);
        let (across, up) = (width * unit / 2.0, height * unit / 2.0);
        ((self.centre.0 - across, self.centre.1 - up), (self.centre.0 + across, self.centre.1 + up))
    }

    /// The same landscape in the frame of another picture, so that nothing moves while the point is dragged.
    pub fn framed_as(self, other: &Self) -> Self {
        Self { centre: other.centre, reach: other.reach, ..self }
    }

    /// The distance from the centre of the picture to its nearest edge, in units of a weight.
    pub fn reach(&self) -> f64 {
        self.reach
    }

    /// The row with the weights of a place.
    fn row_at(&self, place: Place) -> Row {
        let Constants { targets, inputs, weights } = self.starting_at(place);
        network::row(targets, inputs, &weights)
    }

    /// The constants of the sheet that starts at a place, with the other weights as they are in the current row.
    pub fn starting_at(&self, place: Place) -> Constants {
        let mut constants = self.constants;
        (constants.weights[self.axes[0]], constants.weights[self.axes[1]]) = place;
        constants
    }

    /// The band of each pixel, from 0 for the lowest error to [`BANDS`]` − 1` for the highest, line by line from the top.
    /// The bands divide the range of √E evenly, so that the bottom of a valley is not flat. Pixels where nothing can be
    /// computed are in the highest band.
    pub fn bands(&self, width: usize, height: usize) -> Vec<u8> {
        let (low, high) = self.bounds(width as f64, height as f64);
        let (columns, rows) = GRID;
        let between =
            |from: f64, to: f64, index: usize, count: usize| from + (to - from) * index as f64 / (count - 1) as f64;
        let mut grid = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            let y = between(high.1, low.1, row, rows);
            for column in 0..columns {
                let x = between(low.0, high.0, column, columns);
                grid.push(libm::sqrt(self.row_at((x, y)).total_error()));
            }
        }
        let finite = grid.iter().copied().filter(|error| error.is_finite());
        let (least, most) =
            finite.fold((f64::INFINITY, 0.0), |(least, most), error| (error.min(least), error.max(most)));
        let scale = f64::from(BANDS) / (most - least);
        let mut bands = Vec::with_capacity(width * height);
        let across = (columns - 1) as f64 / width.max(2).saturating_sub(1) as f64;
        let down = (rows - 1) as f64 / height.max(2).saturating_sub(1) as f64;
        for line in 0..height {
            let y = line as f64 * down;
            let top = (y as usize).min(rows - 2);
            let fy = y - top as f64;
            for pixel in 0..width {
                let x = pixel as f64 * across;
                let left = (x as usize).min(columns - 2);
                let fx = x - left as f64;
                let at = top * columns + left;
                let upper = grid[at] * (1.0 - fx) + grid[at + 1] * fx;
                let lower = grid[at + columns] * (1.0 - fx) + grid[at + columns + 1] * fx;
                let error = upper * (1.0 - fy) + lower * fy;
                // A cast of NaN gives 0, and flat land is one band.
                let band = if error.is_nan() { BANDS - 1 } else { ((error - least) * scale) as u8 };
                bands.push(band.min(BANDS - 1));
            }
        }
        bands
    }

    /// The picture in words.
    pub fn summary(&self) -> String {
        let [first, second] = self.axes.map(|axis| Column::WEIGHTS[axis].name());
        let (now, after) = self.errors;
        let seen = rounded(self.row_at(self.next).total_error());
        let all = rounded(after);
        let all =
            if seen == all { String::new() } else { format!(", and to {all} in truth, as all eight weights move") };
        let now = rounded(now);
        format!("E is {now}. The next step leads to {seen} in this picture of {first} and {second}{all}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classic(index: usize, axes: [usize; 2]) -> Landscape {
        Landscape::around(&Run::new(Constants::CLASSIC, 0.5, 1000), index, axes).expect("finite")
    }

    #[test]
    fn the_path_ends_at_the_current_row_and_the_next_step_follows_the_run() {
        let run = Run::new(Constants::CLASSIC, 0.5, 1000);
        let land = classic(10, [4, 6]);
        let place = |index: usize| (run.row(index).get(Column::W5), run.row(index).get(Column::W7));
        assert_eq!(land.path, (0..=10).map(place).collect::<Vec<_>>());
        assert_eq!((land.here, land.next), (place(10), place(11)));
        assert_eq!(land.errors, (run.errors()[10], run.errors()[11]));
        let long = classic(1000, [0, 1]);
        assert!(long.path.len() <= MOST_POINTS + 1 && long.path.last() == Some(&long.here));
    }

    #[test]
    fn everything_walked_is_within_the_picture() {
        for index in [0, 10, 1000] {
            let land = classic(index, [4, 7]);
            let (low, high) = land.bounds(300.0, 200.0);
            for (x, y) in land.path.iter().copied().chain([land.next]) {
                assert!((low.0..=high.0).contains(&x) && (low.1..=high.1).contains(&y), "row {index}: {x} {y}");
            }
            let (width, height) = (high.0 - low.0, high.1 - low.1);
            assert!((width / height - 1.5).abs() < 1e-12, "a unit is as long across as up");
        }
    }

    #[test]
    fn bands_rise_with_the_error() {
        let land = classic(0, [4, 6]);
        let (width, height) = (63, 47);
        let bands = land.bands(width, height);
        assert_eq!(bands.len(), width * height);
        assert!(bands.contains(&0) && bands.contains(&(BANDS - 1)));
        let (low, high) = land.bounds(width as f64, height as f64);
        let mut last = (0.0, 0);
        for (pixel, &band) in bands[..width].iter().enumerate() {
            let x = low.0 + (high.0 - low.0) * pixel as f64 / (width - 1) as f64;
            let error = land.row_at((x, high.1)).total_error();
            if pixel > 0 && error > last.0 {
                assert!(band >= last.1, "the error rises, the band does not fall");
            }
            last = (error, band);
        }
    }

    #[test]
    fn a_sheet_started_at_the_own_place_has_the_weights_of_the_row() {
        let run = Run::new(Constants::CLASSIC, 0.5, 1000);
        let land = classic(10, [4, 6]);
        assert_eq!(land.starting_at(land.here).weights, run.row(10).weights());
        let moved = land.starting_at((1.0, 2.0)).weights;
        assert_eq!((moved[4], moved[6], moved[0]), (1.0, 2.0, run.row(10).get(Column::W1)));
    }

    #[test]
    fn landscapes_of_absurd_sheets_do_not_panic() {
        let absurd = Constants { inputs: [f64::NAN, 1e300], ..Constants::CLASSIC };
        assert!(Landscape::around(&Run::new(absurd, 0.5, 3), 3, [0, 1]).is_none());
        let start = Landscape::around(&Run::new(absurd, 0.5, 3), 0, [4, 5]);
        assert!(start.is_none_or(|land| land.bands(8, 8).iter().all(|&band| band < BANDS)));
        let flat = Constants { targets: [0.5; 2], inputs: [0.0; 2], weights: [0.0; 8] };
        let flat = Landscape::around(&Run::new(flat, 0.5, 3), 0, [0, 1]).expect("finite");
        assert!(flat.bands(8, 8).iter().all(|&band| band == 0));
    }

    #[test]
    fn the_summary_tells_the_error_in_the_picture_from_the_error_of_the_step() {
        let touchy = Constants { targets: [0.3, 0.6], inputs: [5.0, 10.0], ..Constants::CLASSIC };
        let run = Run::new(touchy, 100.0, 5);
        let land = Landscape::around(&run, 0, [4, 6]).expect("finite");
        let mut constants = touchy;
        (constants.weights[4], constants.weights[6]) = (run.row(1).get(Column::W5), run.row(1).get(Column::W7));
        let seen = Run::new(constants, 100.0, 1).errors()[0];
        let says = land.summary();
        let [seen, all] = [seen, run.errors()[1]].map(rounded);
        assert!(
            says.contains(&format!("leads to {seen} in this picture of w5 and w7, and to {all} in truth")),
            "{says}"
        );
    }
}
