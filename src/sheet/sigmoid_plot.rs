//! A small plot of σ with the point of a neuron and the tangent there, whose slope is a(1 − a).

use std::fmt::Write as _;

use super::network::sigmoid;

/// The size of the drawing.
const WIDTH: f64 = 200.0;
const HEIGHT: f64 = 96.0;
/// The margin around the curve.
const MARGIN: f64 = 10.0;
/// The least distance from 0 to the ends of the axis of x.
const LEAST_REACH: f64 = 6.0;
/// The number of straight pieces of the curve.
const PIECES: u32 = 60;
/// The distance from the point to the ends of the tangent.
const TANGENT: f64 = 34.0;

/// The plot as SVG for a neuron's weighted sum. A sum that is not finite has a curve without a point.
pub fn svg(sum: f64, summary: &str) -> String {
    let reach = if sum.is_finite() { LEAST_REACH.max(1.15 * sum.abs()) } else { LEAST_REACH };
    let x = |value: f64| WIDTH / 2.0 + value / reach * (WIDTH / 2.0 - MARGIN);
    let y = |value: f64| HEIGHT - MARGIN - value * (HEIGHT - 2.0 * MARGIN);
    let mut curve = String::new();
    for piece in 0..=PIECES {
        let value = reach * (2.0 * f64::from(piece) / f64::from(PIECES) - 1.0);
        // Writing to a String cannot fail.
        let _ = write!(curve, "{:.1},{:.1} ", x(value), y(sigmoid(value)));
    }
    let mut svg = format!(
        "<svg class=\"sigmoid\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{summary}\">\
         <path class=\"axes\" d=\"M0 {zero}H{WIDTH}M0 {one}H{WIDTH}M{middle} 0V{HEIGHT}\"/>\
         <text x=\"2\" y=\"{}\">1</text><text x=\"2\" y=\"{}\">0</text><polyline points=\"{curve}\"/>",
        y(1.0) + 11.0,
        y(0.0) - 3.0,
        zero = y(0.0),
        one = y(1.0),
        middle = x(0.0),
    );
    if sum.is_finite() {
        let activation = sigmoid(sum);
        let at = (x(sum), y(activation));
        // The tangent in the units of the drawing, in which y points down.
        let slope = activation * (1.0 - activation) * (y(1.0) - y(0.0)) / (x(1.0) - x(0.0));
        let across = TANGENT / libm::sqrt(1.0 + slope * slope);
        let _ = write!(
            svg,
            "<path class=\"guide\" d=\"M{:.1} {:.1}V{:.1}\"/><line class=\"tangent\" x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>\
             <circle cx=\"{0:.1}\" cy=\"{2:.1}\" r=\"4\"/>",
            at.0,
            y(0.0),
            at.1,
            at.0 - across,
            at.1 - slope * across,
            at.0 + across,
            at.1 + slope * across,
        );
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(part: &str) -> Vec<f64> {
        part.split('"').filter_map(|text| text.parse().ok()).collect()
    }

    #[test]
    fn the_tangent_touches_the_curve_and_has_the_slope_of_sigma() {
        for sum in [-8.0, -1.0, 0.0, 0.3775, 2.0] {
            let svg = svg(sum, "σ");
            let tangent =
                svg.split("class=\"tangent\"").nth(1).and_then(|rest| rest.split("/>").next()).expect("a tangent");
            let [x1, y1, x2, y2] = numbers(tangent)[..] else { panic!("{tangent}") };
            let circle = svg.split("<circle").nth(1).and_then(|rest| rest.split("/>").next()).expect("a point");
            let [cx, cy, _] = numbers(circle)[..] else { panic!("{circle}") };
            assert!(((x1 + x2) / 2.0 - cx).abs() < 0.1 && ((y1 + y2) / 2.0 - cy).abs() < 0.1);
            // Measured on the drawing: its height is 1, and its width is twice the reach.
            let reach = LEAST_REACH.max(1.15 * sum.abs());
            let rise = -(y2 - y1) / (HEIGHT - 2.0 * MARGIN);
            let run = (x2 - x1) / (WIDTH / 2.0 - MARGIN) * reach;
            let slope = sigmoid(sum) * (1.0 - sigmoid(sum));
            assert!((rise / run - slope).abs() < 0.01, "{sum}: {} instead of {slope}", rise / run);
        }
    }

    #[test]
    fn a_sum_that_is_not_finite_has_no_point() {
        assert!(!svg(f64::NAN, "σ").contains("<circle"));
        assert!(svg(1e300, "σ").contains("<circle"));
    }
}
