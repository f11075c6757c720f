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
