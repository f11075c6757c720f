//! Which rows a scrolled window shows, and where. Browsers cannot scroll through 28 million pixels, so a long sheet is
//! scrolled through a shorter one, and its rows are placed relative to the window.

/// Lengths in CSS pixels. Browsers give up at 33.5 million device pixels, on a dense and zoomed screen at an eighth.
const TALLEST: f64 = 4_000_000.0;

/// The first and the last of some rows or columns.
pub type Span = (usize, usize);

/// A scroll container with rows of one height.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Window {
    /// How far it is scrolled.
    pub top: f64,
    /// The height for rows that it shows at once.
    pub height: f64,
    /// The height of a row.
    pub row_height: f64,
    /// The number of rows.
    pub rows: usize,
}

impl Window {
    /// The height of what is scrolled.
    pub fn scroll_height(self) -> f64 {
        self.natural_height().min(TALLEST.max(self.height))
    }

    fn natural_height(self) -> f64 {
        self.rows as f64 * self.row_height
    }

    /// Pixels of rows for each pixel scrolled; 1 unless the sheet is too long.
    fn stretch(self) -> f64 {
        let room = self.scroll_height() - self.height;
        if room > 0.0 { ((self.natural_height() - self.height) / room).max(1.0) } else { 1.0 }
    }

    /// The row at the upper edge, with its fraction.
    fn first(self) -> f64 {
        if self.row_height > 0.0 { self.top * self.stretch() / self.row_height } else { 0.0 }
    }

    /// Whole rows that fit, at least one.
    pub fn page(self) -> usize {
        if self.row_height > 0.0 { ((self.height / self.row_height) as usize).max(1) } else { 1 }
    }

    /// The first and the last row to render, with a margin on each side.
    pub fn span(self, margin: usize) -> Span {
        let last = self.rows.saturating_sub(1);
        let first = (self.first() as usize).min(last);
        (first.saturating_sub(margin), (first + self.page() + 1 + margin).min(last))
    }

    /// Where a row stands in what is scrolled.
    pub fn offset(self, row: usize) -> f64 {
        // The same as row · height where nothing is stretched, without rounding errors.
        if self.stretch() == 1.0 {
            row as f64 * self.row_height
        } else {
            self.top + (row as f64 - self.first()) * self.row_height
        }
    }

    /// Where to scroll so that a row is wholly in view: as little as possible.
    pub fn reveal(self, row: usize) -> f64 {
        let first = self.first();
        let fitting = self.height / self.row_height.max(f64::MIN_POSITIVE);
        let row = row as f64;
        let wanted = if row < first { row } else { first.max(row + 1.0 - fitting) };
        if wanted == first { self.top } else { (wanted * self.row_height / self.stretch()).max(0.0) }
    }
}

/// The same container seen from the side: columns of one width.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Across {
    /// How far it is scrolled.
    pub left: f64,
    /// The width for columns that it shows at once.
    pub width: f64,
    /// The width of a column.
    pub column_width: f64,
}

impl Across {
    /// The first and the last column in sight, or within a column's width of it; all where the width is not known.
    pub fn span(self) -> Span {
        if self.column_width > 0.0 {
            let first = (self.left / self.column_width) as usize;
            (first.saturating_sub(1), ((self.left + self.width) / self.column_width) as usize + 1)
        } else {
            (0, usize::MAX)
        }
    }
}

/// For each wanted row, the place among those present of what shows it, or else of something that shows a row that is
/// not wanted any more; `None` where there is nothing left. Both lists are in order.
pub fn reuse(present: &[usize], wanted: &[usize]) -> Vec<Option<usize>> {
    let mut free = (0..present.len()).filter(|&place| wanted.binary_search(&present[place]).is_err());
    wanted.iter().map(|row| present.binary_search(row).ok().or_else(|| free.next())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(rows: usize, top: f64) -> Window {
        Window { top, height: 280.0, row_height: 28.0, rows }
    }

    #[test]
    fn a_short_sheet_is_scrolled_as_it_is() {
        let window = window(101, 56.0);
        assert_eq!(window.scroll_height(), 2828.0);
        assert_eq!(window.page(), 10);
        assert_eq!(window.span(0), (2, 13));
        assert_eq!(window.span(4), (0, 17));
        assert_eq!(window.offset(100), 2800.0);
    }

    #[test]
    fn a_long_sheet_is_no_taller_than_a_browser_can_bear_and_every_row_is_reached() {
        let rows = 1_000_001;
        let start = window(rows, 0.0);
        assert_eq!(start.scroll_height(), TALLEST);
        assert_eq!(start.span(0).0, 0);
        let end = window(rows, TALLEST - 280.0);
        assert_eq!(end.span(0).1, 1_000_000);
        let bottom = end.offset(1_000_000) + 28.0;
        assert!((bottom - TALLEST).abs() < 1e-3, "the last row ends at {bottom}");
    }

    #[test]
    fn a_revealed_row_is_wholly_in_view() {
        for rows in [1, 5, 101, 200_000, 1_000_001] {
            for row in [0, 1, 9, 10, 50, 99, 123_456, 777_777, 999_999, 1_000_000] {
                let row = row.min(rows - 1);
                for top in [0.0, 0.3, 0.999].map(|share| share * (window(rows, 0.0).scroll_height() - 280.0).max(0.0)) {
                    let before = window(rows, top);
                    let after = Window { top: before.reveal(row), ..before };
                    let offset = after.offset(row) - after.top;
                    assert!(offset > -0.01 && offset + 28.0 < 280.01, "{row} of {rows} from {top}: {offset}");
                    let (first, last) = after.span(0);
                    assert!((first..=last).contains(&row));
                }
            }
        }
    }

    #[test]
    fn a_row_in_view_needs_no_scrolling() {
        assert_eq!(window(101, 56.0).reveal(5), 56.0);
        assert_eq!(window(1_000_001, 500.0).reveal(window(1_000_001, 500.0).span(0).0 + 2), 500.0);
    }

    #[test]
    fn a_window_without_a_size_shows_something() {
        let window = Window { rows: 101, ..Window::default() };
        assert_eq!(window.span(4), (0, 6));
        assert_eq!(window.page(), 1);
    }

    #[test]
    fn columns_that_are_partly_in_sight_count() {
        let across = |left| Across { left, width: 250.0, column_width: 100.0 }.span();
        assert_eq!(across(0.0), (0, 3));
        assert_eq!(across(199.0), (0, 5));
        assert_eq!(across(450.0), (3, 8));
        let (first, last) = Across::default().span();
        assert!(first == 0 && last > 30, "before the first measure all are in sight");
    }

    #[test]
    fn what_shows_a_row_goes_on_showing_it_and_the_rest_is_used_again() {
        let some = |places: &[usize]| places.iter().copied().map(Some).collect::<Vec<_>>();
        assert_eq!(reuse(&[5, 6, 7], &[6, 7, 8]), some(&[1, 2, 0]));
        assert_eq!(reuse(&[5, 6, 7], &[3, 4, 5]), some(&[1, 2, 0]));
        assert_eq!(reuse(&[0, 5, 6], &[0, 20, 21]), some(&[0, 1, 2]));
        assert_eq!(reuse(&[5], &[4, 5, 6]), [None, Some(0), None]);
        assert_eq!(reuse(&[4, 5, 6], &[5]), some(&[1]));
        assert_eq!(reuse(&[], &[1]), [None]);
    }
}
