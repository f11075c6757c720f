//! Draws a chart as a complete picture: on a background, with a title and a legend.

use plotters::style::text_anchor::{HPos, VPos};

use super::dash::dashes;
use super::draw::{AREA, USUAL_WIDTH, draw};
use super::layout::{Frame, text_width};
use super::pen::{DrawError, Lettering, Pen, Stroke, Surface};
use super::spec::Chart;
use super::theme::Theme;

/// The length of the sample of a curve in the legend, in CSS pixels.
const SWATCH: f64 = 28.0;

/// Draws a chart below its title and its legend, on a background that fills the frame.
///
/// # Errors
/// When the backend fails.
pub fn draw_poster(
    surface: &mut dyn Surface,
    chart: &Chart,
    title: &str,
    frame: &Frame,
    theme: &Theme,
) -> Result<(), DrawError> {
    let em = theme.font_size;
    let margin = 1.5 * em;
    let right = frame.width - margin;
    let mut pen = Pen::new(surface, frame);
    pen.rect((0.0, 0.0), (frame.width, frame.height), theme.paper)?;
    let ink = |size| Lettering {
        family: &theme.font,
        size,
        colour: theme.ink,
        horizontal: HPos::Left,
        vertical: VPos::Center,
    };
    let mut y = margin + 0.75 * em;
    pen.text(title, (margin, y), ink(1.5 * em))?;
    y += 2.25 * em;

    let mut x = margin;
    for series in &chart.series {
        let width = SWATCH + 0.5 * em + text_width(&series.name, em) + em;
        if x > margin && x + width > right {
            x = margin;
            y += 1.75 * em;
        }
        let stroke = Stroke { colour: theme.resolve(series.colour), opacity: 1.0, width: series.stroke_width() };
        let scale = (stroke.width / USUAL_WIDTH).max(1.0);
        let pattern: Vec<f64> = series.dash.pattern().iter().map(|length| length * scale).collect();
        if series.area {
            let edge = |dy: f64| [(x, y + dy), (x + SWATCH, y + dy)];
            pen.area(&edge(0.4 * em), &edge(-0.4 * em), stroke.colour, AREA)?;
        } else {
            for dash in dashes(&[(x, y), (x + SWATCH, y)], &pattern) {
                pen.line(&dash, stroke)?;
            }
        }
        pen.text(&series.name, (x + SWATCH + 0.5 * em, y), ink(em))?;
        x += width;
    }
    let top = y + 1.75 * em;
    let inner = Frame {
        width: right - margin,
        height: frame.height - top - 0.75 * em,
        origin: (frame.origin.0 + margin, frame.origin.1 + top),
        ..*frame
    };
    draw(surface, chart, &inner, theme)?;
    Ok(())
}
