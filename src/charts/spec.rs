//! The description of a chart as plain data.

use std::sync::Arc;

use super::colour::Colour;
use super::format::Format;
use super::scale::{Range, Scale, Span};
use super::view::View;

/// A line chart. Drawing never changes it; to show something else, make a new `Chart`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The curves, in the order of the legend.
    pub series: Vec<Series>,
    /// The reference lines.
    pub marks: Vec<Mark>,
    /// The sentence that is shown while there is nothing to draw.
    pub empty: String,
    /// Whether each curve has its name at its right end.
    pub end_labels: bool,
    /// The part of the axes that is shown.
    pub view: View,
}

impl Chart {
    /// Makes an empty chart between two axes.
    pub fn new(x: Axis, y: Axis) -> Self {
        Self { x, y, ..Self::default() }
    }

    /// Adds a curve.
    pub fn with(mut self, series: Series) -> Self {
        self.series.push(series);
        self
    }

    /// Adds a reference line.
    pub fn mark(mut self, mark: Mark) -> Self {
        self.marks.push(mark);
        self
    }

    /// Sets the sentence that is shown while there is nothing to draw.
    pub fn empty(mut self, message: impl Into<String>) -> Self {
        self.empty = message.into();
        self
    }

    /// Writes the name of each curve at its right end.
    pub fn end_labels(mut self) -> Self {
        self.end_labels = true;
        self
    }

    /// Whether this point has a position on both axes. Any other point breaks its line.
    pub fn drawable(&self, point: (f64, f64)) -> bool {
        self.x.scale.accepts(point.0) && self.y.scale.accepts(point.1)
    }

    /// Whether this chart and another one look the same except for their strong curves. The strong curves may still
    /// give them different axes.
    pub fn same_back(&self, other: &Self) -> bool {
        let same = |(a, b): (&Series, &Series)| match (a.emphasis, b.emphasis) {
            (Emphasis::Strong, Emphasis::Strong) => true,
            _ => a == b,
        };
        // The end labels of all curves depend on each other.
        !self.end_labels
            && !other.end_labels
            && (&self.x, &self.y, self.view) == (&other.x, &other.y, other.view)
            && (&self.marks, &self.empty) == (&other.marks, &other.empty)
            && self.series.len() == other.series.len()
            && self.series.iter().zip(&other.series).all(same)
            && self.is_empty() == other.is_empty()
    }

    /// Whether no series has a point to draw.
    pub fn is_empty(&self) -> bool {
        !self.series.iter().flat_map(|series| series.points.iter()).any(|&point| self.drawable(point))
    }
}

/// One axis of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// The title; empty for none.
    pub label: String,
    /// An addition to the drawn title, such as the first value of a logarithmic axis.
    pub note: String,
    /// The way in which values are spread along the axis.
    pub scale: Scale,
    /// The values that the axis shows.
    pub range: Range,
    /// The format of tick labels and read-outs.
    pub format: Format,
}

impl Axis {
    /// Makes a linear axis whose range follows the data.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// Returns the title as it is drawn.
    pub(super) fn title(&self) -> String {
        format!("{}{}", self.label, self.note)
    }

    /// Sets an addition to the drawn title.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Sets the scale.
    pub fn scale(mut self, scale: Scale) -> Self {
        self.scale = scale;
        self
    }

    /// Sets the range.
    pub fn range(mut self, range: Range) -> Self {
        self.range = range;
        self
    }

    /// Sets the format of the numbers.
    pub fn format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }
}

/// One curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The name in the legend and the read-out.
    pub name: String,
    /// The points, sorted by x. A point that has no position on an axis (for example, one that is not finite) breaks
    /// the line. An area has pairs of points with the same x, the lower point first.
    pub points: Arc<[(f64, f64)]>,
    /// The colour.
    pub colour: Colour,
    /// The dash pattern, so that colour is never the only difference.
    pub dash: Dash,
    /// The stroke width in CSS pixels.
    pub width: f64,
    /// How much the curve stands out.
    pub emphasis: Emphasis,
    /// Whether each point gets a dot; for series with few points, such as one for each epoch.
    pub markers: bool,
    /// Whether the series is an area, filled between the lower and the upper points.
    pub area: bool,
    /// The action of a click on the entry in the legend, such as "Use η = 0.1"; empty for no action.
    pub action: String,
}

impl Series {
    /// Makes a solid curve in the colour of text.
    pub fn new(name: impl Into<String>, points: impl Into<Arc<[(f64, f64)]>>) -> Self {
        Self {
            name: name.into(),
            points: points.into(),
            colour: Colour::Ink,
            dash: Dash::Solid,
            width: 1.75,
            emphasis: Emphasis::Normal,
            markers: false,
            area: false,
            action: String::new(),
        }
    }

    /// Returns the points that are drawn for this part of the x axis: the visible ones, and one neighbour on each side.
    pub fn points_within(&self, span: &Span) -> &[(f64, f64)] {
        let from = self.points.partition_point(|point| point.0 < span.lo).saturating_sub(1);
        let to = (self.points.partition_point(|point| point.0 <= span.hi) + 1).min(self.points.len());
        self.points.get(from..to).unwrap_or_default()
    }

    /// Sets the colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Sets the dash pattern.
    pub fn dash(mut self, dash: Dash) -> Self {
        self.dash = dash;
        self
    }

    /// Sets the stroke width in CSS pixels.
    pub fn width(mut self, width: f64) -> Self {
        self.width = width;
        self
    }

    /// Sets how much the curve stands out.
    pub fn emphasis(mut self, emphasis: Emphasis) -> Self {
        self.emphasis = emphasis;
        self
    }

    /// Returns the width with which the curve is drawn, in CSS pixels.
    pub fn stroke_width(&self) -> f64 {
        match self.emphasis {
            Emphasis::Strong => self.width + 0.75,
            Emphasis::Normal => self.width,
            Emphasis::Quiet => (self.width - 0.25).max(1.0),
        }
    }

    /// Sets the action of a click on the curve.
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// Makes the series an area.
    pub fn area(mut self) -> Self {
        self.area = true;
        self
    }

    /// Puts a dot on each point.
    pub fn markers(mut self) -> Self {
        self.markers = true;
        self
    }
}

/// How much a curve stands out from the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    /// Behind the others, and fainter.
    Quiet,
    /// As usual.
    #[default]
    Normal,
    /// In front of the others, and heavier.
    Strong,
}

/// Dash patterns that can be distinguished without colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dash {
    /// An unbroken line.
    #[default]
    Solid,
    /// Long dashes.
    Long,
    /// Dashes.
    Dashed,
    /// Short dashes.
    Short,
    /// Dots.
    Dotted,
    /// Dash, dot.
    DashDot,
    /// Dash, dot, dot.
    DashDotDot,
}

impl Dash {
    /// All patterns, from the one that looks heaviest to the lightest.
    pub const ALL: [Self; 7] =
        [Self::Solid, Self::Long, Self::DashDot, Self::Dashed, Self::DashDotDot, Self::Short, Self::Dotted];

    /// Returns the lengths of a line and a gap by turns, in CSS pixels for a stroke of usual width; empty for an
    /// unbroken line. The same numbers as `stroke-dasharray` draw the same line in an HTML legend.
    pub const fn pattern(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Long => &[14.0, 4.0],
            Self::Dashed => &[7.0, 4.0],
            Self::Short => &[4.0, 2.5],
            Self::Dotted => &[1.75, 2.5],
            Self::DashDot => &[9.0, 3.0, 2.0, 3.0],
            Self::DashDotDot => &[9.0, 3.0, 2.0, 3.0, 2.0, 3.0],
        }
    }
}

/// A straight reference line across the plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The position.
    pub place: Place,
    /// The text beside the line; may be empty.
    pub label: String,
    /// The colour.
    pub colour: Colour,
    /// The dash pattern.
    pub dash: Dash,
}

/// The position of a reference line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Vertical, at this x.
    X(f64),
    /// Horizontal, at this y. An automatic range includes it.
    Y(f64),
}

impl Mark {
    /// Makes a vertical line at `x`.
    pub fn vertical(x: f64, label: impl Into<String>) -> Self {
        Self::at(Place::X(x), label)
    }

    /// Makes a horizontal line at `y`.
    pub fn horizontal(y: f64, label: impl Into<String>) -> Self {
        Self::at(Place::Y(y), label)
    }

    fn at(place: Place, label: impl Into<String>) -> Self {
        Self { place, label: label.into(), colour: Colour::Muted, dash: Dash::Short }
    }

    /// Sets the colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Sets the dash pattern.
    pub fn dash(mut self, dash: Dash) -> Self {
        self.dash = dash;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_is_the_same_if_only_a_strong_curve_differs() {
        let line = |end: f64| vec![(0.0, 1.0), (1.0, end)];
        let chart = |compared: f64, own: f64| {
            Chart::new(Axis::new("x"), Axis::new("y"))
                .with(Series::new("compared", line(compared)))
                .with(Series::new("own", line(own)).emphasis(Emphasis::Strong))
        };
        assert!(chart(0.5, 0.2).same_back(&chart(0.5, 0.3)));
        assert!(!chart(0.5, 0.2).same_back(&chart(0.6, 0.2)));
        assert!(!chart(0.5, 0.2).same_back(&chart(0.5, 0.2).mark(Mark::horizontal(0.1, ""))));
        assert!(!chart(0.5, 0.2).same_back(&chart(0.5, 0.2).with(Series::new("more", line(0.1)))));
        let mut zoomed = chart(0.5, 0.2);
        zoomed.view.x = Some((0.0, 0.5));
        assert!(!chart(0.5, 0.2).same_back(&zoomed));
        assert!(!chart(0.5, 0.2).end_labels().same_back(&chart(0.5, 0.3).end_labels()), "its label moves");
    }
}
