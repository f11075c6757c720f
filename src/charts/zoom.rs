//! Zooms and pans a view.

use super::layout::Layout;
use super::scale::Span;
use super::view::{CLOSEST, View};

impl View {
    /// Magnifies the view by `factor` around a place in CSS pixels, whose values do not move. A place outside the plot,
    /// where an axis has its labels, changes that axis only.
    pub fn zoom(self, layout: &Layout, factor: f64, at: (f64, f64)) -> Self {
        let plot = &layout.plot;
        let (across, up) = ((at.0 - plot.left) / plot.width(), (plot.bottom - at.1) / plot.height());
        let (on_x, on_y) = ((0.0..=1.0).contains(&across), (0.0..=1.0).contains(&up));
        let zoom = |span: &Span, part, at: f64| {
            let (lo, hi) = shares(span, part);
            let middle = lo + (hi - lo) * at;
            (middle - (middle - lo) / factor, middle + (hi - middle) / factor)
        };
        let part = |on, whole: &Span, part: Option<(f64, f64)>, shown: &Span, at| {
            if on { window(whole, zoom(whole, Some(part.unwrap_or((shown.lo, shown.hi))), at)) } else { part }
        };
        Self {
            x: part(on_x || !on_y, &layout.whole_x, self.x, &layout.x, across.clamp(0.0, 1.0)),
            y: part(on_y || !on_x, &layout.whole_y, self.y, &layout.y, up.clamp(0.0, 1.0)),
        }
    }

    /// Moves the chart by this number of CSS pixels, to the right and downwards.
    pub fn pan(self, layout: &Layout, by: (f64, f64)) -> Self {
        let pan = |whole: &Span, part: Option<(f64, f64)>, by: f64| {
            let (lo, hi) = shares(whole, Some(part?));
            let by = (hi - lo) * by;
            window(whole, (lo - by, hi - by))
        };
        Self {
            x: pan(&layout.whole_x, self.x, by.0 / layout.plot.width()),
            y: pan(&layout.whole_y, self.y, -by.1 / layout.plot.height()),
        }
    }
}

/// Returns the beginning and the end of a part, as shares of the whole axis.
fn shares(whole: &Span, part: Option<(f64, f64)>) -> (f64, f64) {
    part.map_or((0.0, 1.0), |(lo, hi)| (whole.fraction(lo), whole.fraction(hi)))
}

/// Returns the values at these shares of the whole axis, moved and cut so that they lie on it; `None` for the whole
/// axis.
fn window(whole: &Span, (lo, hi): (f64, f64)) -> Option<(f64, f64)> {
    let size = (hi - lo).max(CLOSEST);
    if size >= 1.0 - 1e-9 {
        return None;
    }
    let lo = (f64::midpoint(lo, hi) - size / 2.0).clamp(0.0, 1.0 - size);
    // A plot without a size leads to a division by zero.
    lo.is_finite().then(|| (whole.value(lo), whole.value(lo + size)))
}

#[cfg(test)]
mod tests {
    use super::super::view;
    use super::*;
    use crate::charts::{Axis, Chart, Frame, Range, Scale, Series, Theme};
    use proptest::prelude::*;

    fn layout(x: Scale, y: Scale, view: View) -> Layout {
        let points: Vec<_> = (0..=1000).map(|row| (f64::from(row), 1.0 / (f64::from(row) + 1.0))).collect();
        let from = if x == Scale::Log { 1.0 } else { 0.0 };
        let mut chart = Chart::new(
            Axis::new("row").scale(x).range(Range::Fixed(from, 1000.0)),
            Axis::new("error").scale(y).range(Range::Fixed(1e-3, 1.0)),
        );
        chart = chart.with(Series::new("η", points));
        chart.view = view;
        Layout::new(&chart, &Frame::new(640.0, 400.0), &Theme::default())
    }

    const SCALES: [(Scale, Scale); 4] = [
        (Scale::Linear, Scale::Linear),
        (Scale::Log, Scale::Linear),
        (Scale::Linear, Scale::Log),
        (Scale::Log, Scale::Log),
    ];

    #[test]
    fn the_values_under_the_pointer_do_not_move() {
        for (x, y) in SCALES {
            let before = layout(x, y, View::WHOLE);
            let at = (before.plot.left + 200.0, before.plot.top + 90.0);
            let view = View::WHOLE.zoom(&before, 4.0, at);
            let after = layout(x, y, view);
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs();
            // Wider labels may make the plot narrower, so the position is compared as a share of the plot.
            let share = |layout: &Layout, px: f64| layout.x_at(layout.plot.left + layout.plot.width() * px);
            assert!(near(share(&before, 200.0 / before.plot.width()), share(&after, 200.0 / before.plot.width())));
            assert!(near(before.y_at(at.1), after.y_at(at.1)));
            assert!((after.whole_x, after.whole_y) == (before.whole_x, before.whole_y));
            let whole = view.zoom(&after, 0.25, at);
            assert_eq!(whole, View::WHOLE);
        }
    }

    #[test]
    fn a_place_outside_the_plot_zooms_one_axis() {
        let layout = layout(Scale::Linear, Scale::Linear, View::WHOLE);
        let plot = layout.plot;
        let below = View::WHOLE.zoom(&layout, 2.0, (f64::midpoint(plot.left, plot.right), plot.bottom + 9.0));
        assert_eq!(below, View { x: Some((250.0, 750.0)), y: None });
        let left = View::WHOLE.zoom(&layout, 2.0, (plot.left - 9.0, plot.bottom));
        assert!(left.x.is_none() && left.y.is_some_and(|(lo, hi)| lo == 1e-3 && (hi - 0.5005).abs() < 1e-12));
    }

    #[test]
    fn panning_ends_at_the_end_of_the_axis() {
        for (x, y) in SCALES {
            let view = View { x: Some((200.0, 300.0)), y: Some((0.01, 0.1)) };
            let layout = layout(x, y, view);
            let moved = view.pan(&layout, (50.0, -20.0));
            assert!(moved.x.is_some_and(|(lo, hi)| lo < 200.0 && hi < 300.0));
            assert!(moved.y.is_some_and(|(lo, hi)| lo < 0.01 && hi < 0.1));
            let far = view.pan(&layout, (1e9, -1e9));
            assert!(far.x.is_some_and(|(lo, _)| (lo - layout.whole_x.lo).abs() < 1e-9), "{far:?}");
            assert!(far.y.is_some_and(|(lo, _)| (lo - layout.whole_y.lo).abs() < 1e-12), "{far:?}");
        }
        let layout = layout(Scale::Linear, Scale::Linear, View::WHOLE);
        assert_eq!(View::WHOLE.pan(&layout, (50.0, 50.0)), View::WHOLE);
    }

    #[test]
    fn a_part_beyond_the_axis_is_cut_or_ignored() {
        let whole = Span { lo: 0.0, hi: 100.0, scale: Scale::Linear };
        let shown = |lo, hi| (view::shown(whole, Some((lo, hi))).lo, view::shown(whole, Some((lo, hi))).hi);
        assert_eq!(shown(20.0, 30.0), (20.0, 30.0));
        assert_eq!(shown(50.0, 500.0), (50.0, 100.0));
        assert_eq!(shown(500.0, 600.0), (0.0, 100.0));
        assert_eq!(shown(30.0, 20.0), (0.0, 100.0));
        assert_eq!(shown(f64::NAN, f64::NAN), (0.0, 100.0));
    }

    proptest! {
        #[test]
        fn no_gesture_leaves_the_axes(
            gestures in proptest::collection::vec((0.01..100.0f64, -100.0..900.0f64, -100.0..900.0f64, any::<bool>()), 0..40),
            scales in 0..4usize,
        ) {
            let (x, y) = SCALES[scales];
            let mut view = View::WHOLE;
            for (factor, px, py, pan) in gestures {
                let before = layout(x, y, view);
                view = if pan { view.pan(&before, (px, py)) } else { view.zoom(&before, factor, (px, py)) };
                let after = layout(x, y, view);
                for (shown, whole) in [(after.x, after.whole_x), (after.y, after.whole_y)] {
                    prop_assert!(whole.lo <= shown.lo && shown.lo < shown.hi && shown.hi <= whole.hi, "{shown:?}");
                }
            }
        }
    }
}
