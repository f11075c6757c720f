//! Which rows of the scrolled sheet are visible, and where they are placed. Browsers cannot scroll through 28 million
//! pixels, so a very long sheet gets a shorter scroll area, and its rows are placed relative to the visible part.

/// The largest height of the scroll area, in CSS pixels. Browsers have a limit of 33.5 million device pixels, of which
/// there are up to eight for a CSS pixel on a dense and zoomed screen.
const TALLEST: f64 = 4_000_000.0;

/// The first and the last of a range of rows or columns.
pub type Span = (usize, usize);

/// A scroll container with rows of one height. All lengths are in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Window {
    /// How far the container is scrolled down.
    pub top: f64,
    /// The height of the visible part.
    pub height: f64,
    /// The height of a row.
    pub row_height: f64,
    /// The number of rows.
    pub rows: usize,
}

impl Window {
    /// The height of the scroll area.
    pub fn scroll_height(self) -> f64 {
        self.natural_height().min(TALLEST.max(self.height))
    }

    fn natural_height(self) -> f64 {
        self.rows as f64 * self.row_height
    }

    /// How many pixels the rows move for each pixel scrolled: 1, or more if the sheet is too long.
    fn stretch(self) -> f64 {
        let room = self.scroll_height() - self.height;
        if room > 0.0 { ((self.natural_height() - self.height) / room).max(1.0) } else { 1.0 }
    }

    /// The row at the upper edge, with the hidden part of it as a fraction.
    fn first(self) -> f64 {
        if self.row_height > 0.0 { self.top * self.stretch() / self.row_height } else { 0.0 }
    }

    /// The number of whole rows that fit into the visible part, at least one.
    pub fn page(self) -> usize {
        if self.row_height > 0.0 { ((self.height / self.row_height) as usize).max(1) } else { 1 }
    }

    /// The first and the last row to render, with `margin` more rows on each side.
    pub fn span(self, margin: usize) -> Span {
        let last = self.rows.saturating_sub(1);
        let first = (self.first() as usize).min(last);
        (first.saturating_sub(margin), (first + self.page() + 1 + margin).min(last))
    }

    /// The distance of a row from the top of the scroll area. A row far out of sight is placed just outside of the area, where
    /// it is cut off.
    pub fn offset(self, row: usize) -> f64 {
        // Without stretching, this product has no rounding errors.
        if self.stretch() == 1.0 {
            row as f64 * self.row_height
        } else {
            let offset = self.top + (row as f64 - self.first()) * self.row_height;
            offset.clamp(-self.row_height, self.scroll_height())
        }
    }

    /// How far the container must be scrolled to show a whole row, with the smallest movement.
    pub fn reveal(self, row: usize) -> f64 {
        let first = self.first();
        let fitting = self.height / self.row_height.max(f64::MIN_POSITIVE);
        let row = row as f64;
        let wanted = if row < first { row } else { first.max(row + 1.0 - fitting) };
        if wanted == first { self.top } else { (wanted * self.row_height / self.stretch()).max(0.0) }
    }
}

impl Window {
    /// How far the container must be scrolled to have a row in the middle.
    pub fn centre(self, row: usize) -> f64 {
        let fitting = self.height / self.row_height.max(f64::MIN_POSITIVE);
        let first = (row as f64 + 0.5 - fitting / 2.0).max(0.0);
        first * self.row_height / self.stretch()
    }
}

impl Window {
    /// How far the container must be scrolled to have the same row at its upper edge as `before`, in which the sheet had
    /// another number of rows.
    pub fn same_top(self, before: Self) -> f64 {
        before.first() * self.row_height / self.stretch()
    }
}

/// The same container in the other direction, with columns of one width.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Across {
    /// How far the container is scrolled to the right.
    pub left: f64,
    /// The width of the visible part.
    pub width: f64,
    /// The width of a column.
    pub column_width: f64,
}

impl Across {
    /// The first and the last column that are visible or next to a visible one; all columns if the width is not known.
    pub fn span(self) -> Span {
        if self.column_width > 0.0 {
            let first = (self.left / self.column_width) as usize;
            (first.saturating_sub(1), ((self.left + self.width) / self.column_width) as usize + 1)
        } else {
            (0, usize::MAX)
        }
    }
}

/// Assigns the elements that show the rows `present` to the rows `wanted`, and returns an index into `present` for each
/// wanted row. An element that already shows the row stays; otherwise one is taken whose row is no longer wanted, or
/// `None` if none is left. Both lists are sorted.
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
    fn a_row_in_the_middle_has_as_many_rows_above_as_below() {
        // Ten rows fit, so five are above the middle of row 50.5.
        assert_eq!(window(101, 0.0).centre(50), 45.5 * 28.0);
        assert_eq!(window(101, 0.0).centre(2), 0.0);
    }

    #[test]
    fn a_short_sheet_has_its_natural_height() {
        let window = window(101, 56.0);
        assert_eq!(window.scroll_height(), 2828.0);
        assert_eq!(window.page(), 10);
        assert_eq!(window.span(0), (2, 13));
        assert_eq!(window.span(4), (0, 17));
        assert_eq!(window.offset(100), 2800.0);
    }

    #[test]
    fn a_long_sheet_has_the_largest_height_and_every_row_is_reached() {
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
    fn rows_in_sight_follow_each_other_and_no_other_row_is_in_sight() {
        let room = TALLEST - 280.0;
        for top in [0.0, 3.0, 123.4, TALLEST / 2.0, room - 40.0, room - 10.0, room - 0.5, room] {
            let window = window(1_000_001, top);
            let (first, last) = window.span(4);
            for row in first.max(1)..=last {
                let (before, offset) = (window.offset(row - 1), window.offset(row));
                let is_cut_off = before == -28.0 || offset == TALLEST;
                assert!(is_cut_off || offset - before > 27.9, "row {row} from {top}");
            }
            for row in [0, 1, 500_000, 999_999, 1_000_000] {
                let offset = window.offset(row);
                assert!((-28.0..=TALLEST).contains(&offset), "row {row} at {offset}, scrolled to {top}");
                let is_seen = offset + 28.0 > top.max(0.0) && offset < (top + 280.0).min(TALLEST);
                assert!(!is_seen || (first..=last).contains(&row), "row {row} at {offset}, scrolled to {top}");
            }
        }
    }

    #[test]
    fn a_sheet_that_becomes_longer_keeps_the_row_at_its_upper_edge() {
        let short = window(101, 45.0 * 28.0);
        let mut long = window(1_000_001, 0.0);
        long.top = long.same_top(short);
        assert_eq!(long.span(0).0, 45);
        assert_eq!(window(101, 0.0).same_top(long).round(), 45.0 * 28.0);
    }

    #[test]
    fn a_revealed_row_is_wholly_visible() {
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
    fn a_visible_row_needs_no_scrolling() {
        assert_eq!(window(101, 56.0).reveal(5), 56.0);
        assert_eq!(window(1_000_001, 500.0).reveal(window(1_000_001, 500.0).span(0).0 + 2), 500.0);
    }

    #[test]
    fn a_window_without_a_size_shows_some_rows() {
        let window = Window { rows: 101, ..Window::default() };
        assert_eq!(window.span(4), (0, 6));
        assert_eq!(window.page(), 1);
    }

    #[test]
    fn partly_visible_columns_count() {
        let across = |left| Across { left, width: 250.0, column_width: 100.0 }.span();
        assert_eq!(across(0.0), (0, 3));
        assert_eq!(across(199.0), (0, 5));
        assert_eq!(across(450.0), (3, 8));
        let (first, last) = Across::default().span();
        assert!(first == 0 && last > 30, "before the first measurement all are visible");
    }

    #[test]
    fn elements_keep_their_rows_and_the_others_are_used_again() {
        let some = |places: &[usize]| places.iter().copied().map(Some).collect::<Vec<_>>();
        assert_eq!(reuse(&[5, 6, 7], &[6, 7, 8]), some(&[1, 2, 0]));
        assert_eq!(reuse(&[5, 6, 7], &[3, 4, 5]), some(&[1, 2, 0]));
        assert_eq!(reuse(&[0, 5, 6], &[0, 20, 21]), some(&[0, 1, 2]));
        assert_eq!(reuse(&[5], &[4, 5, 6]), [None, Some(0), None]);
        assert_eq!(reuse(&[4, 5, 6], &[5]), some(&[1]));
        assert_eq!(reuse(&[], &[1]), [None]);
    }
}
