//! Lays out a chart: places the plot inside the frame, and maps values to pixels and back.
//!
//! The width of a label is estimated from its characters. The browser could measure it, but that would force a layout
//! for every label of every frame.

use super::clip::Rect;
use super::scale::{Range, Span};
use super::spec::{Axis, Chart, Place};
use super::theme::Theme;
use super::ticks::{Tick, ticks};
use super::view::{self, View};

/// The part of a backend on which a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The width in CSS pixels.
    pub width: f64,
    /// The height in CSS pixels.
    pub height: f64,
    /// The position of the upper left corner on the backend, in CSS pixels.
    pub origin: (f64, f64),
    /// The number of device pixels in a CSS pixel.
    pub pixel_ratio: f64,
    /// The number of backend units in a device pixel. A backend takes whole numbers; if it can be scaled down, smaller
    /// units make smoother curves.
    pub subpixels: u32,
    /// A factor for the size of text, for a backend that draws text too small.
    pub text_factor: f64,
}

impl Frame {
    /// Makes a frame with one backend unit for each CSS pixel.
    pub fn new(width: f64, height: f64) -> Self {
        Self { width, height, origin: (0.0, 0.0), pixel_ratio: 1.0, subpixels: 1, text_factor: 1.0 }
    }

    /// Sets the number of device pixels in a CSS pixel.
    pub fn pixel_ratio(mut self, ratio: f64) -> Self {
        self.pixel_ratio = if ratio.is_finite() && ratio > 0.0 { ratio } else { 1.0 };
        self
    }

    /// Sets the number of backend units in a device pixel.
    pub fn subpixels(mut self, units: u32) -> Self {
        self.subpixels = units.max(1);
        self
    }

    /// Returns the number of backend units in a CSS pixel.
    pub fn unit(&self) -> f64 {
        self.pixel_ratio * f64::from(self.subpixels)
    }

    /// Rounds a length to whole device pixels.
    fn snap(&self, length: f64) -> f64 {
        (length * self.pixel_ratio).round() / self.pixel_ratio
    }
}

/// The positions of a chart's parts on a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The frame.
    pub frame: Frame,
    /// The plot, in CSS pixels.
    pub plot: Rect,
    /// The values shown from left to right.
    pub x: Span,
    /// The values shown from bottom to top.
    pub y: Span,
    /// The values that the x axis shows without zoom.
    pub whole_x: Span,
    /// The values that the y axis shows without zoom.
    pub whole_y: Span,
    /// The ticks of the x axis.
    pub x_ticks: Vec<Tick>,
    /// The horizontal gridlines.
    pub y_ticks: Vec<Tick>,
    /// Whether there is room for tick labels.
    pub labels: bool,
    /// Whether there is also room for axis titles and end labels.
    pub titles: bool,
    /// Whether the title of the x axis is short enough for the line of its tick labels, on the left of them.
    pub beside: bool,
}

/// The longest title of an x axis that is written beside its tick labels, in font sizes.
const LONGEST_BESIDE: f64 = 4.0;

impl Layout {
    /// Lays out a chart.
    pub fn new(chart: &Chart, frame: &Frame, theme: &Theme) -> Self {
        let em = theme.font_size;
        let (width, height) = (limited(frame.width), limited(frame.height));
        let labels = width >= 8.0 * em && height >= 5.0 * em;
        let titles = width >= 13.0 * em && height >= 9.0 * em;
        let title = |axis: &Axis| titles && !axis.label.is_empty();
        let name = text_width(&chart.x.title(), em);
        let beside = title(&chart.x) && name <= LONGEST_BESIDE * em;

        let mut plot = Rect { left: 0.0, top: 0.0, right: width, bottom: height };
        if labels {
            plot.top += if title(&chart.y) { 1.75 * em } else { 0.75 * em };
            plot.bottom -= if title(&chart.x) && !beside { 3.25 * em } else { 1.9 * em };
        }
        let about_x = (width / (6.0 * em)).clamp(1.0, 10.0);
        let about_y = (plot.height() / (3.0 * em)).clamp(1.0, 8.0);
        // A range is rounded to coarser steps than those of the ticks, so that it seldom changes.
        let whole_x = Span::resolve(chart.x.range, chart.x.scale, x_extent(chart), about_x.min(5.0));
        let fit_y = |x| Span::resolve(chart.y.range, chart.y.scale, y_extent(chart, x), about_y.min(5.0));
        let whole_y = fit_y(&whole_x);
        let x = view::shown(whole_x, chart.view.x);
        let y = match chart.view {
            View { x: Some(_), y: None } => fit_y(&x),
            View { y, .. } => view::shown(whole_y, y),
        };
        let y_ticks = ticks(&y, chart.y.format, about_y);
        let mut x_ticks = ticks(&x, chart.x.format, about_x);
        if labels {
            let widest = |ticks: &[Tick]| {
                ticks.iter().filter_map(|tick| Some(text_width(tick.label.as_ref()?, em))).fold(0.0, f64::max)
            };
            plot.left += widest(&y_ticks) + 0.75 * em;
            if beside {
                let first =
                    x_ticks.first().and_then(|tick| tick.label.as_ref()).map_or(0.0, |label| text_width(label, em));
                plot.left = plot.left.max(name + first / 2.0 + 0.75 * em);
            }
            let names = chart.series.iter().map(|series| text_width(&series.name, em)).fold(0.0, f64::max);
            plot.right -= if titles && chart.end_labels {
                (names + 0.9 * em).min(width * 0.3)
            } else {
                widest(&x_ticks) / 2.0 + 0.25 * em
            };
            // A narrow plot with long labels gets fewer ticks.
            let room = (plot.width() / (widest(&x_ticks) + 2.0 * em)).max(1.0);
            if room < about_x {
                x_ticks = ticks(&x, chart.x.format, room);
            }
        }
        plot.left = frame.snap(plot.left.min(width));
        plot.top = frame.snap(plot.top.min(height));
        plot.right = frame.snap(plot.right).max(plot.left);
        plot.bottom = frame.snap(plot.bottom).max(plot.top);
        Self { frame: *frame, plot, x, y, whole_x, whole_y, x_ticks, y_ticks, labels, titles, beside }
    }

    /// Whether the plot has a size at all.
    pub fn visible(&self) -> bool {
        self.plot.width() >= 1.0 && self.plot.height() >= 1.0
    }

    /// Returns the horizontal position of a value, in CSS pixels.
    pub fn px_x(&self, x: f64) -> f64 {
        self.plot.left + self.x.fraction(x) * self.plot.width()
    }

    /// Returns the vertical position of a value, in CSS pixels.
    pub fn px_y(&self, y: f64) -> f64 {
        self.plot.bottom - self.y.fraction(y) * self.plot.height()
    }

    /// Returns the value at a horizontal position.
    pub fn x_at(&self, px: f64) -> f64 {
        self.x.value((px - self.plot.left) / self.plot.width().max(1e-9))
    }

    /// Returns the value at a vertical position.
    pub fn y_at(&self, px: f64) -> f64 {
        self.y.value((self.plot.bottom - px) / self.plot.height().max(1e-9))
    }
}

/// Limits a length to what a backend can draw.
fn limited(length: f64) -> f64 {
    if length.is_finite() { length.clamp(0.0, 32_000.0) } else { 0.0 }
}

/// Returns the smallest and the largest x of the points that can be drawn; `None` if the range does not depend on them.
fn x_extent(chart: &Chart) -> Option<(f64, f64)> {
    if let Range::Fixed(..) = chart.x.range {
        return None;
    }
    extent(chart.series.iter().flat_map(|series| series.points.iter()).filter(|p| chart.drawable(**p)).map(|p| p.0))
}

/// Returns the smallest and the largest y of the visible points and the horizontal marks.
fn y_extent(chart: &Chart, x: &Span) -> Option<(f64, f64)> {
    let points = chart.series.iter().flat_map(|series| series.points_within(x));
    let points = points.filter(|point| chart.drawable(**point) && x.contains(point.0)).map(|point| point.1);
    let marks = chart.marks.iter().filter_map(|mark| match mark.place {
        Place::Y(y) if chart.y.scale.accepts(y) => Some(y),
        _ => None,
    });
    extent(points.chain(marks))
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |extent, value| match extent {
        None => Some((value, value)),
        Some((lo, hi)) => Some((lo.min(value), hi.max(value))),
    })
}

/// Estimates the width of a text in CSS pixels, with a font size of `em` CSS pixels. The estimate suits the widest of
/// the usual fonts, so that no text is cut off.
pub fn text_width(text: &str, em: f64) -> f64 {
    let width = |character: char| match character {
        '.' | ',' | ' ' | '\u{a0}' | ':' => 0.32,
        '⁻' | '⁰' | '¹' | '²' | '³' | '⁴'..='⁹' => 0.42,
        '%' => 0.9,
        'A'..='Z' | 'm' | 'w' => 0.74,
        _ => 0.63,
    };
    text.chars().map(width).sum::<f64>() * em
}

/// Breaks a sentence into lines of at most about this width in CSS pixels.
pub fn wrap(text: &str, width: f64, em: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(line, em) + text_width(word, em) + 0.3 * em <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{Scale, Series};

    fn chart() -> Chart {
        let points: Vec<_> = (0..=100).map(|n| (f64::from(n), 0.25 * f64::from(-n).exp() + 0.001)).collect();
        Chart::new(Axis::new("row"), Axis::new("error")).with(Series::new("η", points))
    }

    #[test]
    fn pixels_and_values_are_inverse() {
        for scale in [Scale::Linear, Scale::Log] {
            let mut chart = chart();
            chart.y.scale = scale;
            let layout = Layout::new(&chart, &Frame::new(640.0, 400.0), &Theme::default());
            for (x, y) in [(0.0, 0.2), (50.0, 0.001), (100.0, 0.05)] {
                assert!((layout.x_at(layout.px_x(x)) - x).abs() < 1e-9);
                assert!((layout.y_at(layout.px_y(y)) - y).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn the_plot_is_inside_a_frame_of_any_size() {
        for width in [0.0, 1.0, 30.0, 97.0, 160.0, 2000.0, f64::NAN, f64::INFINITY, -5.0] {
            for height in [0.0, 2.0, 61.0, 200.0, f64::NAN] {
                for ratio in [1.0, 1.5, 3.0] {
                    let frame = Frame::new(width, height).pixel_ratio(ratio);
                    let plot = Layout::new(&chart().end_labels(), &frame, &Theme::default()).plot;
                    assert!(plot.left >= 0.0 && plot.right <= limited(width) + 1.0 && plot.width() >= 0.0, "{plot:?}");
                    assert!(
                        plot.top >= 0.0 && plot.bottom <= limited(height) + 1.0 && plot.height() >= 0.0,
                        "{plot:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn sentences_wrap_between_words() {
        assert_eq!(wrap("one two three", 5.0 * 12.0, 12.0), ["one two", "three"]);
        assert_eq!(wrap("immeasurable", 10.0, 12.0), ["immeasurable"]);
        assert!(wrap(" ", 10.0, 12.0).is_empty());
    }

    #[test]
    fn the_axis_seldom_changes_while_points_are_added() {
        let theme = Theme::default();
        let layout = |last: i32| {
            let points: Vec<_> = (0..last).map(|n| (f64::from(n), 1.0 / f64::from(n + 1))).collect();
            Layout::new(&Chart::default().with(Series::new("loss", points)), &Frame::new(600.0, 300.0), &theme)
        };
        assert_eq!(layout(410).x, layout(490).x);
        assert_eq!(layout(410).plot, layout(490).plot);
    }
}
