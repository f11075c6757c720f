//! Finds what is under a pointer: the nearest x with data, and the value of each series there.

use super::layout::Layout;
use super::scale::Span;
use super::spec::{Chart, Series};

/// The values of a chart at one x.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// The x of the data points, not of the pointer.
    pub x: f64,
    /// The index in [`Chart::series`] and the value of each series that has a value here.
    pub values: Vec<(usize, f64)>,
    /// The position of x, in CSS pixels from the left edge of the canvas, and that of the highest value, from the top
    /// edge.
    pub position: (f64, f64),
}

/// Looks up values by row for a chart whose series hold only a sample of all rows.
pub struct Rows<'a> {
    /// Returns the value of a series, given by its index, at a row; `None` if there is none.
    pub value: &'a dyn Fn(usize, usize) -> Option<f64>,
}

impl Rows<'_> {
    /// Returns the row nearest to `x` on the axis.
    pub fn nearest_x(axis: &Span, x: f64) -> f64 {
        x.round().clamp(axis.lo.ceil(), axis.hi.floor().max(axis.lo.ceil()))
    }

    /// Returns the next row on the axis, to the right of `x` if `forward`, else to the left.
    pub fn step(axis: &Span, x: f64, forward: bool) -> Option<f64> {
        let next = if forward { x.floor() + 1.0 } else { x.ceil() - 1.0 };
        axis.contains(next).then_some(next)
    }

    /// Reads the values at the row `x`.
    pub fn read(&self, chart: &Chart, layout: &Layout, x: f64) -> Option<Readout> {
        if !chart.x.scale.accepts(x) || x < 0.0 {
            return None;
        }
        let value = |series: usize| Some((series, (self.value)(series, x as usize)?));
        Some(readout(layout, x, (0..chart.series.len()).filter_map(value).collect()))
    }
}

/// Returns the x nearest to `x` at which any series has a drawable point.
pub fn nearest_x(chart: &Chart, x: f64) -> Option<f64> {
    let distance = |candidate: f64| match chart.x.scale {
        super::Scale::Log => (candidate.ln() - x.ln()).abs(),
        _ => (candidate - x).abs(),
    };
    chart
        .series
        .iter()
        .flat_map(|series| neighbours(chart, series, x))
        .flatten()
        .map(|(x, _)| x)
        .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
}

/// Returns the next x with data, to the right of `x` if `forward`, else to the left. The arrow keys move by such steps.
pub fn step(chart: &Chart, x: f64, forward: bool) -> Option<f64> {
    let candidates = chart.series.iter().filter_map(|series| {
        let drawable = |point: &&(f64, f64)| chart.drawable(**point);
        if forward {
            let from = series.points.partition_point(|point| point.0 <= x);
            series.points[from..].iter().find(drawable)
        } else {
            let to = series.points.partition_point(|point| point.0 < x);
            series.points[..to].iter().rev().find(drawable)
        }
    });
    let candidates = candidates.map(|point| point.0);
    if forward { candidates.min_by(f64::total_cmp) } else { candidates.max_by(f64::total_cmp) }
}

/// Returns the first or the last x with data.
pub fn end(chart: &Chart, last: bool) -> Option<f64> {
    step(chart, if last { f64::INFINITY } else { f64::NEG_INFINITY }, !last)
}

/// Reads the values at `x`, which is an x with data. Points that are up to `reach` CSS pixels away count too.
pub fn read(chart: &Chart, layout: &Layout, x: f64, reach: f64) -> Option<Readout> {
    if !chart.x.scale.accepts(x) {
        return None;
    }
    let px = layout.px_x(x);
    let reach = (layout.x_at(px + reach) - layout.x_at(px - reach)).abs() / 2.0;
    Some(readout(layout, x, values_at(chart, x, reach)))
}

fn readout(layout: &Layout, x: f64, values: Vec<(usize, f64)>) -> Readout {
    let top = values.iter().map(|&(_, y)| layout.px_y(y)).fold(layout.plot.bottom, f64::min);
    Readout { x, values, position: (layout.px_x(x), top.max(layout.plot.top)) }
}

/// Returns the index and the value of each series at `x`: the value of the nearest drawable point, if it is no farther
/// from `x` than `reach`.
pub fn values_at(chart: &Chart, x: f64, reach: f64) -> Vec<(usize, f64)> {
    let value = |series: &Series| {
        neighbours(chart, series, x)
            .into_iter()
            .flatten()
            .filter(|point| (point.0 - x).abs() <= reach)
            .min_by(|a, b| (a.0 - x).abs().total_cmp(&(b.0 - x).abs()))
            .map(|point| point.1)
    };
    chart.series.iter().enumerate().filter_map(|(index, series)| Some((index, value(series)?))).collect()
}

/// Returns the last drawable point before `x`, and the first one at or after it.
fn neighbours(chart: &Chart, series: &Series, x: f64) -> [Option<(f64, f64)>; 2] {
    let (before, after) = series.points.split_at(series.points.partition_point(|point| point.0 < x));
    let drawable = |point: &&(f64, f64)| chart.drawable(**point);
    [before.iter().rev().find(drawable).copied(), after.iter().find(drawable).copied()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{Axis, Frame, Range, Scale, Theme};

    fn chart() -> Chart {
        Chart::new(Axis::new("step"), Axis::new("loss"))
            .with(Series::new("batch", (1..=100).map(|n| (f64::from(n), f64::from(n) / 10.0)).collect::<Vec<_>>()))
            .with(Series::new("epoch", vec![(25.0, 1.0), (50.0, f64::NAN), (75.0, 3.0), (100.5, 4.0)]))
    }

    #[test]
    fn the_nearest_x_of_any_series_is_found() {
        assert_eq!(nearest_x(&chart(), 25.4), Some(25.0));
        assert_eq!(nearest_x(&chart(), 25.6), Some(26.0));
        assert_eq!(nearest_x(&chart(), 100.4), Some(100.5));
        assert_eq!(nearest_x(&chart(), -7.0), Some(1.0));
        assert_eq!(nearest_x(&chart(), 1e9), Some(100.5));
        assert_eq!(nearest_x(&Chart::default(), 1.0), None);
    }

    #[test]
    fn distances_on_a_logarithmic_axis_are_ratios() {
        let mut chart = Chart::default().with(Series::new("x", vec![(1.0, 1.0), (10.0, 1.0)]));
        assert_eq!(nearest_x(&chart, 4.0), Some(1.0));
        chart.x.scale = Scale::Log;
        assert_eq!(nearest_x(&chart, 4.0), Some(10.0));
    }

    #[test]
    fn only_series_with_a_point_in_reach_are_read() {
        assert_eq!(values_at(&chart(), 25.0, 0.0), [(0, 2.5), (1, 1.0)]);
        assert_eq!(values_at(&chart(), 50.0, 2.0), [(0, 5.0)]);
        assert_eq!(values_at(&chart(), 74.0, 2.0), [(0, 7.4), (1, 3.0)]);
        assert_eq!(values_at(&chart(), 300.0, 2.0), []);
    }

    #[test]
    fn arrow_keys_visit_every_drawable_x_once() {
        let chart = chart();
        assert_eq!((end(&chart, false), end(&chart, true)), (Some(1.0), Some(100.5)));
        let right: Vec<_> = std::iter::successors(end(&chart, false), |&x| step(&chart, x, true)).collect();
        assert_eq!(right.len(), 101);
        let mut left: Vec<_> = std::iter::successors(end(&chart, true), |&x| step(&chart, x, false)).collect();
        left.reverse();
        assert_eq!(left, right);
    }

    #[test]
    fn a_gap_is_stepped_over() {
        let chart = Chart::default().with(Series::new("x", vec![(0.0, 1.0), (1.0, f64::NAN), (2.0, 1.0)]));
        assert_eq!(step(&chart, 0.0, true), Some(2.0));
        assert_eq!(nearest_x(&chart, 1.2), Some(2.0));
    }

    #[test]
    fn rows_between_the_sampled_ones_are_looked_up() {
        let mut chart = Chart::new(Axis::new("row").range(Range::Fixed(0.0, 1000.0)), Axis::new("error"))
            .with(Series::new("sampled", vec![(0.0, 0.0), (1000.0, 2000.0)]))
            .with(Series::new("short", vec![(0.0, 5.0)]));
        let value = |series: usize, row: usize| match series {
            0 => Some(2.0 * row as f64),
            _ => (row == 0).then_some(5.0),
        };
        let rows = Rows { value: &value };
        let layout = Layout::new(&chart, &Frame::new(400.0, 300.0), &Theme::default());
        let read = rows.read(&chart, &layout, 333.0).expect("there is a row");
        assert_eq!((read.x, &read.values[..]), (333.0, &[(0, 666.0)][..]));
        assert_eq!(rows.read(&chart, &layout, 0.0).map(|read| read.values.len()), Some(2));
        let axis = layout.whole_x;
        assert_eq!([-3.0, 12.4, 12.6, 5e9].map(|x| Rows::nearest_x(&axis, x)), [0.0, 12.0, 13.0, 1000.0]);
        assert_eq!([12.0, 12.5, 1000.0].map(|x| Rows::step(&axis, x, true)), [Some(13.0), Some(13.0), None]);
        assert_eq!([12.0, 12.5, 0.0].map(|x| Rows::step(&axis, x, false)), [Some(11.0), Some(12.0), None]);
        chart.x.scale = Scale::Log;
        assert_eq!(rows.read(&chart, &layout, 0.0), None, "row 0 has no place on a logarithmic axis");
    }
}
