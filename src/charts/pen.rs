//! A pen that draws in CSS pixels on a plotters backend.

use std::fmt;

use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};

use super::colour::Rgb;
use super::layout::Frame;

/// An error of a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawError(String);

impl DrawError {
    pub(super) fn new(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for DrawError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the chart could not be drawn: {}", self.0)
    }
}

impl std::error::Error for DrawError {}

/// The style of a line: its colour, its opacity from 0 to 1, and its width in CSS pixels.
#[derive(Clone, Copy)]
pub(super) struct Stroke {
    pub(super) colour: Rgb,
    pub(super) opacity: f64,
    pub(super) width: f64,
}

/// The style of a text, and the point of the text that lies at its position.
#[derive(Clone, Copy)]
pub(super) struct Lettering<'a> {
    pub(super) family: &'a str,
    /// The font size in CSS pixels.
    pub(super) size: f64,
    pub(super) colour: Rgb,
    pub(super) horizontal: HPos,
    pub(super) vertical: VPos,
}

/// Any plotters backend. Through this trait all drawing code is compiled once, not once for each backend.
pub trait Surface {
    /// Draws an unbroken line.
    ///
    /// # Errors
    /// When the backend fails.
    fn path(&mut self, points: Vec<(i32, i32)>, style: &ShapeStyle) -> Result<(), DrawError>;

    /// Draws a filled polygon.
    ///
    /// # Errors
    /// When the backend fails.
    fn polygon(&mut self, points: Vec<(i32, i32)>, style: &ShapeStyle) -> Result<(), DrawError>;

    /// Draws a filled rectangle between two corners.
    ///
    /// # Errors
    /// When the backend fails.
    fn rect(&mut self, from: (i32, i32), to: (i32, i32), style: &ShapeStyle) -> Result<(), DrawError>;

    /// Draws a filled circle.
    ///
    /// # Errors
    /// When the backend fails.
    fn circle(&mut self, centre: (i32, i32), radius: u32, style: &ShapeStyle) -> Result<(), DrawError>;

    /// Draws a text.
    ///
    /// # Errors
    /// When the backend fails.
    fn text(&mut self, text: &str, style: &TextStyle<'_>, place: (i32, i32)) -> Result<(), DrawError>;
}

impl<DB: DrawingBackend> Surface for DB {
    fn path(&mut self, points: Vec<(i32, i32)>, style: &ShapeStyle) -> Result<(), DrawError> {
        self.draw_path(points, style).map_err(DrawError::new)
    }

    fn polygon(&mut self, points: Vec<(i32, i32)>, style: &ShapeStyle) -> Result<(), DrawError> {
        self.fill_polygon(points, style).map_err(DrawError::new)
    }

    fn rect(&mut self, from: (i32, i32), to: (i32, i32), style: &ShapeStyle) -> Result<(), DrawError> {
        self.draw_rect(from, to, style, true).map_err(DrawError::new)
    }

    fn circle(&mut self, centre: (i32, i32), radius: u32, style: &ShapeStyle) -> Result<(), DrawError> {
        self.draw_circle(centre, radius, style, true).map_err(DrawError::new)
    }

    fn text(&mut self, text: &str, style: &TextStyle<'_>, place: (i32, i32)) -> Result<(), DrawError> {
        self.draw_text(text, style, place).map_err(DrawError::new)
    }
}

/// Draws on a frame of a backend, in CSS pixels.
pub(super) struct Pen<'a> {
    surface: &'a mut dyn Surface,
    frame: Frame,
}

impl<'a> Pen<'a> {
    pub(super) fn new(surface: &'a mut dyn Surface, frame: &Frame) -> Self {
        Self { surface, frame: *frame }
    }

    /// Converts CSS pixels of the frame to units of the backend.
    fn place(&self, point: (f64, f64)) -> (i32, i32) {
        let unit = self.frame.unit();
        let (left, top) = self.frame.origin;
        (((left + point.0) * unit).round() as i32, ((top + point.1) * unit).round() as i32)
    }

    /// Draws a polyline.
    pub(super) fn line(&mut self, points: &[(f64, f64)], stroke: Stroke) -> Result<(), DrawError> {
        let style = ShapeStyle {
            color: rgba(stroke.colour, stroke.opacity),
            filled: false,
            stroke_width: ((stroke.width * self.frame.unit()).round() as u32).max(1),
        };
        let places: Vec<_> = points.iter().map(|&point| self.place(point)).collect();
        self.surface.path(places, &style)
    }

    /// Draws the area between two lines that both go from left to right.
    pub(super) fn area(
        &mut self,
        lower: &[(f64, f64)],
        upper: &[(f64, f64)],
        colour: Rgb,
        opacity: f64,
    ) -> Result<(), DrawError> {
        let style = ShapeStyle { color: rgba(colour, opacity), filled: true, stroke_width: 0 };
        let places = lower.iter().chain(upper.iter().rev()).map(|&point| self.place(point)).collect();
        self.surface.polygon(places, &style)
    }

    /// Draws a sharp horizontal or vertical line, a whole number of device pixels wide.
    pub(super) fn rule(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke) -> Result<(), DrawError> {
        let (from, to, stroke) = self.crisp(from, to, stroke);
        self.line(&[from, to], stroke)
    }

    /// Moves a horizontal or vertical line so that its edges lie between device pixels.
    pub(super) fn crisp(&self, from: (f64, f64), to: (f64, f64), stroke: Stroke) -> ((f64, f64), (f64, f64), Stroke) {
        let ratio = self.frame.pixel_ratio;
        let thickness = (stroke.width * ratio).round().max(1.0);
        let middle = |v: f64| ((v * ratio - thickness / 2.0).round() + thickness / 2.0) / ratio;
        let (from, to) = if from.0 == to.0 {
            ((middle(from.0), from.1), (middle(to.0), to.1))
        } else {
            ((from.0, middle(from.1)), (to.0, middle(to.1)))
        };
        (from, to, Stroke { width: thickness / ratio, ..stroke })
    }

    /// Draws a filled rectangle.
    pub(super) fn rect(&mut self, from: (f64, f64), to: (f64, f64), colour: Rgb) -> Result<(), DrawError> {
        let style = ShapeStyle { color: rgba(colour, 1.0), filled: true, stroke_width: 0 };
        let (from, to) = (self.place(from), self.place(to));
        self.surface.rect(from, to, &style)
    }

    /// Draws a filled circle.
    pub(super) fn dot(&mut self, centre: (f64, f64), radius: f64, colour: Rgb, opacity: f64) -> Result<(), DrawError> {
        let style = ShapeStyle { color: rgba(colour, opacity), filled: true, stroke_width: 0 };
        let radius = ((radius * self.frame.unit()).round() as u32).max(1);
        let centre = self.place(centre);
        self.surface.circle(centre, radius, &style)
    }

    /// Draws a text in one line.
    pub(super) fn text(&mut self, text: &str, place: (f64, f64), lettering: Lettering<'_>) -> Result<(), DrawError> {
        let size = lettering.size * self.frame.unit() * self.frame.text_factor;
        let colour = rgba(lettering.colour, 1.0);
        let style = TextStyle::from(FontDesc::new(FontFamily::Name(lettering.family), size, FontStyle::Normal))
            .color(&colour)
            .pos(Pos::new(lettering.horizontal, lettering.vertical));
        let place = self.place(place);
        self.surface.text(text, &style, place)
    }
}

fn rgba(Rgb(red, green, blue): Rgb, opacity: f64) -> RGBAColor {
    RGBAColor(red, green, blue, opacity)
}
