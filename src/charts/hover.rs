//! What lies under a pointer: the nearest x that has data, and the value of each series there.

use super::layout::Layout;
use super::spec::{Chart, Series};

/// The values at one x.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// The x of the data, not of the pointer.
    pub x: f64,
    /// The series that have a value here, by their index in [`Chart::series`], and the value.
    pub values: Vec<(usize, f64)>,
    /// Where x lies: CSS pixels from the left edge of the canvas, and the top of the highest value's dot.
    pub position: (f64, f64),
}

/// The x nearest to `x` at which any series has a drawable point.
pub fn nearest_x(chart: &Chart, x: f64) -> Option<f64> {
    let distance = |candidate: f64| match chart.x.scale {
        super::Scale::Linear => (candidate - x).abs(),
        super::Scale::Log => (candidate.ln() - x.ln()).abs(),
    };
    chart
        .series
        .iter()
        .flat_map(|series| neighbours(chart, series, x))
        .flatten()
        .map(|(x, _)| x)
        .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
}

/// The next x with data beyond `x`, to the right if `forward`; how the arrow keys walk.
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

/// The first or the last x with data.
pub fn end(chart: &Chart, last: bool) -> Option<f64> {
    step(chart, if last { f64::INFINITY } else { f64::NEG_INFINITY }, !last)
}

/// Reads a chart at `x`, where it has data: what a tooltip says. Points up to `reach` CSS pixels away count.
pub fn read(chart: &Chart, layout: &Layout, x: f64, reach: f64) -> Option<Readout> {
    if !chart.x.scale.accepts(x) {
        return None;
    }
    let px = layout.px_x(x);
    let reach = (layout.x_at(px + reach) - layout.x_at(px - reach)).abs() / 2.0;
    let values = values_at(chart, x, reach);
    let top = values.iter().map(|&(_, y)| layout.px_y(y)).fold(layout.plot.bottom, f64::min);
    Some(Readout { x, values, position: (px, top.max(layout.plot.top)) })
}

/// The value of each series at `x`: of its nearest drawable point, if that is no further off than `reach`.
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

/// The last drawable point before `x`, and the first at or after it.
fn neighbours(chart: &Chart, series: &Series, x: f64) -> [Option<(f64, f64)>; 2] {
    let (before, after) = series.points.split_at(series.points.partition_point(|point| point.0 < x));
    let drawable = |point: &&(f64, f64)| chart.drawable(**point);
    [before.iter().rev().find(drawable).copied(), after.iter().find(drawable).copied()]
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Scale};
    use super::*;

    fn chart() -> Chart {
        Chart::new(Axis::new("step"), Axis::new("loss"))
            .with(Series::new("batch", (1..=100).map(|n| (f64::from(n), f64::from(n) / 10.0)).collect::<Vec<_>>()))
            .with(Series::new("epoch", vec![(25.0, 1.0), (50.0, f64::NAN), (75.0, 3.0), (100.5, 4.0)]))
    }

    #[test]
    fn the_nearest_x_of_any_series_wins() {
        assert_eq!(nearest_x(&chart(), 25.4), Some(25.0));
        assert_eq!(nearest_x(&chart(), 25.6), Some(26.0));
        assert_eq!(nearest_x(&chart(), 100.4), Some(100.5));
        assert_eq!(nearest_x(&chart(), -7.0), Some(1.0));
        assert_eq!(nearest_x(&chart(), 1e9), Some(100.5));
        assert_eq!(nearest_x(&Chart::default(), 1.0), None);
    }

    #[test]
    fn nearness_on_a_logarithmic_axis_is_a_ratio() {
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
}
