//! What a chart shows, as plain data.

use std::sync::Arc;

use super::colour::Colour;
use super::format::Format;
use super::scale::{Range, Scale, Span};
use super::view::View;

/// A line chart. Drawing never changes it; a new state of the world is a new `Chart`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The curves, in the order of the legend.
    pub series: Vec<Series>,
    /// Reference lines.
    pub marks: Vec<Mark>,
    /// The quiet sentence shown while there is nothing to draw.
    pub empty: String,
    /// Whether each curve bears its name at its right end.
    pub end_labels: bool,
    /// The part that is shown.
    pub view: View,
}

impl Chart {
    /// An empty chart between two axes.
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

    /// Sets the sentence shown while there is nothing to draw.
    pub fn empty(mut self, message: impl Into<String>) -> Self {
        self.empty = message.into();
        self
    }

    /// Writes the name of each curve at its right end.
    pub fn end_labels(mut self) -> Self {
        self.end_labels = true;
        self
    }

    /// Whether both axes have a place for this point. Every other point breaks its line.
    pub fn drawable(&self, point: (f64, f64)) -> bool {
        self.x.scale.accepts(point.0) && self.y.scale.accepts(point.1)
    }

    /// Whether this chart and another one look the same apart from their strong curves, and so without a look at where
    /// those take the axes.
    pub fn same_back(&self, other: &Self) -> bool {
        let same = |(a, b): (&Series, &Series)| match (a.emphasis, b.emphasis) {
            (Emphasis::Strong, Emphasis::Strong) => true,
            _ => a == b,
        };
        // Labels at the ends of curves make way for each other.
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

/// One axis: its title, how values are spread along it, how much of it is shown, how its numbers read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// The title; empty for none.
    pub label: String,
    /// What the drawn title adds to that, such as where a logarithmic axis begins.
    pub note: String,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// The values shown.
    pub range: Range,
    /// How tick labels and read-outs are written.
    pub format: Format,
}

impl Axis {
    /// A linear axis whose range follows the data.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// Adds something to the drawn title.
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
    /// What the legend and the read-out call it.
    pub name: String,
    /// Its points, ascending in x. A point that is not finite (or not positive on a logarithmic axis) breaks the line.
    /// Those of an area come in pairs of one x, the lower one first.
    pub points: Arc<[(f64, f64)]>,
    /// Its colour.
    pub colour: Colour,
    /// Its dash pattern, so that colour is never the only difference.
    pub dash: Dash,
    /// Stroke width in CSS pixels.
    pub width: f64,
    /// How much it stands out.
    pub emphasis: Emphasis,
    /// Whether each point gets a dot; for series of few points, such as one an epoch.
    pub markers: bool,
    /// Whether it is an area, filled between the lower and the upper points.
    pub area: bool,
    /// What a click on it does, such as "Use η = 0.1"; empty for nothing.
    pub action: String,
}

impl Series {
    /// A solid curve in ink.
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

    /// The points that are drawn for this part of the x axis: those in sight, and a neighbour on either side.
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

    /// The width it is drawn with, in CSS pixels.
    pub fn stroke_width(&self) -> f64 {
        match self.emphasis {
            Emphasis::Strong => self.width + 0.75,
            Emphasis::Normal => self.width,
            Emphasis::Quiet => (self.width - 0.25).max(1.0),
        }
    }

    /// Says what a click on the curve does.
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// Fills what lies between each pair of points.
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
    /// As it is.
    #[default]
    Normal,
    /// In front of the others, and heavier.
    Strong,
}

/// Dash patterns that can be told apart without colour.
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
    /// All patterns, from the heaviest to the lightest impression.
    pub const ALL: [Self; 7] =
        [Self::Solid, Self::Long, Self::DashDot, Self::Dashed, Self::DashDotDot, Self::Short, Self::Dotted];

    /// Lengths of line and gap in turn, in CSS pixels for a stroke of usual width; empty when unbroken. As
    /// `stroke-dasharray` it draws the same line in an HTML legend.
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
    /// Where it lies.
    pub place: Place,
    /// What is written along it; empty for nothing.
    pub label: String,
    /// Its colour.
    pub colour: Colour,
    /// Its dash pattern.
    pub dash: Dash,
}

/// Where a reference line lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Vertical, at this x.
    X(f64),
    /// Horizontal, at this y. An automatic range makes room for it.
    Y(f64),
}

impl Mark {
    /// A vertical line at `x`.
    pub fn vertical(x: f64, label: impl Into<String>) -> Self {
        Self::at(Place::X(x), label)
    }

    /// A horizontal line at `y`.
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
    fn only_another_strong_curve_leaves_the_back_as_it_is() {
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
