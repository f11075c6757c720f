//! Draws a chart on a plotters backend. The background stays transparent.

use plotters::style::text_anchor::{HPos, VPos};

use super::clip::clip;
use super::dash::dashes;
use super::decimate::thin;
use super::hover::Readout;
use super::layout::{Frame, Layout, wrap};
pub use super::pen::{DrawError, Surface};
use super::pen::{Lettering, Pen, Stroke};
use super::spec::{Chart, Emphasis, Mark, Place, Series};
use super::theme::Theme;

/// The stroke width for which dash patterns are made, in CSS pixels.
pub(super) const USUAL_WIDTH: f64 = 1.75;

/// The opacity of an area.
pub(super) const AREA: f64 = 0.28;

/// The largest distance from the plot, in CSS pixels: farther than any screen, and small enough to compute with.
const FAR: f64 = 1e7;

/// Draws a chart and returns its layout.
///
/// # Errors
/// When the backend fails. No data can cause an error.
pub fn draw(surface: &mut dyn Surface, chart: &Chart, frame: &Frame, theme: &Theme) -> Result<Layout, DrawError> {
    let layout = Layout::new(chart, frame, theme);
    draw_back(surface, chart, &layout, theme)?;
    draw_front(surface, chart, &layout, theme)?;
    Ok(layout)
}

/// Draws everything except the strong curves. A curve that changes many times a second is strong, so that the rest need
/// not be drawn again with it.
///
/// # Errors
/// When the backend fails.
pub fn draw_back(surface: &mut dyn Surface, chart: &Chart, layout: &Layout, theme: &Theme) -> Result<(), DrawError> {
    if !layout.visible() {
        return Ok(());
    }
    let mut artist = Artist { pen: Pen::new(surface, &layout.frame), chart, theme, layout };
    artist.grid()?;
    artist.titles()?;
    if chart.is_empty() {
        return artist.message();
    }
    artist.marks()?;
    artist.curves(Emphasis::Quiet)?;
    artist.curves(Emphasis::Normal)?;
    artist.end_labels()
}

/// Draws the strong curves.
///
/// # Errors
/// When the backend fails.
pub fn draw_front(surface: &mut dyn Surface, chart: &Chart, layout: &Layout, theme: &Theme) -> Result<(), DrawError> {
    if !layout.visible() {
        return Ok(());
    }
    Artist { pen: Pen::new(surface, &layout.frame), chart, theme, layout }.curves(Emphasis::Strong)
}

/// Draws a cursor over a chart with this layout: a vertical line at the x of `readout`, and a dot on each of its
/// values. Both are fainter for a quiet emphasis, which the lasting cursor gets while the pointer reads values
/// elsewhere.
///
/// # Errors
/// When the backend fails.
pub fn draw_cursor(
    surface: &mut dyn Surface,
    chart: &Chart,
    layout: &Layout,
    theme: &Theme,
    readout: &Readout,
    emphasis: Emphasis,
) -> Result<(), DrawError> {
    let x = readout.x;
    if !layout.visible() || !layout.x.contains(x) {
        return Ok(());
    }
    let (opacity, size) = if emphasis == Emphasis::Quiet { (0.3, 0.75) } else { (0.6, 1.75) };
    let mut pen = Pen::new(surface, &layout.frame);
    let (px, plot) = (layout.px_x(x), layout.plot);
    pen.rule((px, plot.top), (px, plot.bottom), Stroke { colour: theme.ink, opacity, width: 1.0 })?;
    for &(index, y) in &readout.values {
        let Some(series) = chart.series.get(index) else { continue };
        if chart.drawable((x, y)) && layout.y.contains(y) {
            let place = (px, layout.px_y(y));
            pen.dot(place, series.stroke_width() + size + 1.5, theme.paper, 1.0)?;
            pen.dot(place, series.stroke_width() + size, theme.resolve(series.colour), 1.0)?;
        }
    }
    Ok(())
}

/// Returns the style of labels, which are aligned at this point.
fn lettering(theme: &Theme, horizontal: HPos, vertical: VPos) -> Lettering<'_> {
    Lettering { family: &theme.font, size: theme.font_size, colour: theme.muted, horizontal, vertical }
}

struct Artist<'a> {
    pen: Pen<'a>,
    chart: &'a Chart,
    theme: &'a Theme,
    layout: &'a Layout,
}

impl Artist<'_> {
    /// Draws the gridlines, the ticks with their labels, and the x axis.
    fn grid(&mut self) -> Result<(), DrawError> {
        let (layout, theme) = (self.layout, self.theme);
        let (plot, em) = (layout.plot, theme.font_size);
        // Without data the range of the y axis has no meaning, so only the x axis is drawn.
        let y_ticks = if self.chart.is_empty() { &[][..] } else { &layout.y_ticks };
        for tick in y_ticks {
            let y = layout.px_y(tick.value);
            let opacity = if tick.label.is_some() { 1.0 } else { 0.5 };
            let hairline = Stroke { colour: theme.hairline, opacity, width: 1.0 };
            self.pen.rule((plot.left, y), (plot.right, y), hairline)?;
            if let (Some(label), true) = (&tick.label, layout.labels) {
                self.pen.text(label, (plot.left - 0.6 * em, y), lettering(theme, HPos::Right, VPos::Center))?;
            }
        }
        let axis = Stroke { colour: theme.muted, opacity: 0.8, width: 1.0 };
        for tick in &layout.x_ticks {
            let x = layout.px_x(tick.value);
            let length = if tick.label.is_some() { 0.4 * em } else { 0.2 * em };
            self.pen.rule((x, plot.bottom), (x, (plot.bottom + length).min(layout.frame.height)), axis)?;
            if let (Some(label), true) = (&tick.label, layout.labels) {
                self.pen.text(label, (x, plot.bottom + 0.7 * em), lettering(theme, HPos::Center, VPos::Top))?;
            }
        }
        self.pen.rule((plot.left, plot.bottom), (plot.right, plot.bottom), axis)
    }

    /// Draws the title of the y axis above it, in horizontal text, and that of the x axis on the left of its tick labels, or
    /// below its right end.
    fn titles(&mut self) -> Result<(), DrawError> {
        let (layout, theme) = (self.layout, self.theme);
        let (plot, em) = (layout.plot, theme.font_size);
        if layout.titles && !self.chart.y.label.is_empty() {
            let place = (plot.left, plot.top - 0.6 * em);
            self.pen.text(&self.chart.y.title(), place, lettering(theme, HPos::Left, VPos::Bottom))?;
        }
        let title = self.chart.x.title();
        if layout.beside {
            self.pen.text(&title, (0.0, plot.bottom + 0.7 * em), lettering(theme, HPos::Left, VPos::Top))?;
        } else if layout.titles && !self.chart.x.label.is_empty() {
            let place = (plot.right, plot.bottom + 2.05 * em);
            self.pen.text(&title, place, lettering(theme, HPos::Right, VPos::Top))?;
        }
        Ok(())
    }

    /// Draws the sentence of an empty chart in the middle of the plot, if there is room.
    fn message(&mut self) -> Result<(), DrawError> {
        let (plot, em) = (self.layout.plot, self.theme.font_size);
        let lines = wrap(&self.chart.empty, plot.width().min(28.0 * em), em);
        let line_height = 1.5 * em;
        let height = lines.len() as f64 * line_height;
        if !self.layout.labels || height > plot.height() {
            return Ok(());
        }
        let mut y = f64::midpoint(plot.top, plot.bottom) - height / 2.0;
        for line in lines {
            y += line_height;
            let place = (f64::midpoint(plot.left, plot.right), y - line_height / 2.0);
            self.pen.text(&line, place, lettering(self.theme, HPos::Center, VPos::Center))?;
        }
        Ok(())
    }

    fn marks(&mut self) -> Result<(), DrawError> {
        for mark in &self.chart.marks {
            self.mark(mark)?;
        }
        Ok(())
    }

    fn mark(&mut self, mark: &Mark) -> Result<(), DrawError> {
        let (layout, plot, em) = (self.layout, self.layout.plot, self.theme.font_size);
        let (from, to) = match mark.place {
            Place::X(x) if layout.x.contains(x) => ((layout.px_x(x), plot.top), (layout.px_x(x), plot.bottom)),
            Place::Y(y) if layout.y.contains(y) => ((plot.left, layout.px_y(y)), (plot.right, layout.px_y(y))),
            _ => return Ok(()),
        };
        let colour = self.theme.resolve(mark.colour);
        let (from, to, stroke) = self.pen.crisp(from, to, Stroke { colour, opacity: 1.0, width: 1.0 });
        for dash in dashes(&[from, to], mark.dash.pattern()) {
            self.pen.line(&dash, stroke)?;
        }
        if mark.label.is_empty() || !layout.titles {
            return Ok(());
        }
        let (place, horizontal, vertical) = match mark.place {
            Place::Y(_) if from.1 - plot.top > 1.5 * em => {
                ((from.0 + 0.4 * em, from.1 - 0.3 * em), HPos::Left, VPos::Bottom)
            }
            Place::Y(_) => ((from.0 + 0.4 * em, from.1 + 0.35 * em), HPos::Left, VPos::Top),
            Place::X(_) if from.0 > f64::midpoint(plot.left, plot.right) => {
                ((from.0 - 0.4 * em, plot.top), HPos::Right, VPos::Top)
            }
            Place::X(_) => ((from.0 + 0.4 * em, plot.top), HPos::Left, VPos::Top),
        };
        self.pen.text(&mark.label, place, Lettering { colour, ..lettering(self.theme, horizontal, vertical) })
    }

    fn curves(&mut self, emphasis: Emphasis) -> Result<(), DrawError> {
        for series in self.chart.series.iter().filter(|series| series.emphasis == emphasis) {
            self.curve(series)?;
        }
        Ok(())
    }

    /// Draws the area between pairs of points. A pair that cannot be drawn leaves a gap.
    fn area(&mut self, series: &Series) -> Result<(), DrawError> {
        let (chart, layout, plot) = (self.chart, self.layout, self.layout.plot);
        let colour = self.theme.resolve(series.colour);
        let pairs: Vec<_> = series.points.chunks_exact(2).collect();
        let from = pairs.partition_point(|pair| pair[0].0 < layout.x.lo).saturating_sub(1);
        let to = (pairs.partition_point(|pair| pair[0].0 <= layout.x.hi) + 1).min(pairs.len());
        let drawable = |pair: &[(f64, f64)]| chart.drawable(pair[0]) && chart.drawable(pair[1]);
        // Pairs are so close to each other that a corner outside the plot can simply be moved to its edge.
        let place = |(x, y): (f64, f64)| {
            (layout.px_x(x).clamp(plot.left, plot.right), layout.px_y(y).clamp(plot.top, plot.bottom))
        };
        for run in pairs.get(from..to).unwrap_or_default().split(|pair| !drawable(pair)).filter(|run| run.len() > 1) {
            let side = |index: usize| run.iter().map(|pair| place(pair[index])).collect::<Vec<_>>();
            self.pen.area(&side(0), &side(1), colour, AREA)?;
        }
        Ok(())
    }

    fn curve(&mut self, series: &Series) -> Result<(), DrawError> {
        if series.area {
            return self.area(series);
        }
        let (chart, layout) = (self.chart, self.layout);
        let stroke = Stroke {
            colour: self.theme.resolve(series.colour),
            opacity: if series.emphasis == Emphasis::Quiet { 0.6 } else { 1.0 },
            width: series.stroke_width(),
        };
        let scale = (stroke.width / USUAL_WIDTH).max(1.0);
        let pattern: Vec<f64> = series.dash.pattern().iter().map(|length| length * scale).collect();
        let column = |x: f64| (layout.px_x(x) * layout.frame.pixel_ratio).floor() as i64;

        for run in series.points_within(&layout.x).split(|&point| !chart.drawable(point)).filter(|run| !run.is_empty())
        {
            let pixel = |value: f64| value.clamp(-FAR, FAR);
            let line = thin(run, column);
            let line: Vec<_> = line.into_iter().map(|(x, y)| (pixel(layout.px_x(x)), pixel(layout.px_y(y)))).collect();
            if series.markers || run.len() == 1 {
                let radius = if series.markers { stroke.width / 2.0 + 1.5 } else { stroke.width };
                for &place in line.iter().filter(|&&place| layout.plot.contains(place)) {
                    self.pen.dot(place, radius, stroke.colour, stroke.opacity)?;
                }
            }
            for part in clip(line, &layout.plot).into_iter().filter(|part| part.len() > 1) {
                for dash in dashes(&part, &pattern) {
                    self.pen.line(&dash, stroke)?;
                }
            }
        }
        Ok(())
    }

    /// Draws the names of the curves at their right ends, moved apart where they would overlap.
    fn end_labels(&mut self) -> Result<(), DrawError> {
        let (chart, layout, theme) = (self.chart, self.layout, self.theme);
        let (plot, line_height) = (layout.plot, 1.2 * theme.font_size);
        if !(chart.end_labels && layout.titles) {
            return Ok(());
        }
        let mut ends: Vec<(f64, &Series)> = Vec::new();
        for series in &chart.series {
            let in_sight = |point: &&(f64, f64)| chart.drawable(**point) && layout.x.contains(point.0);
            if let Some(&(_, y)) = series.points.iter().rev().find(in_sight) {
                ends.push((layout.px_y(y).clamp(plot.top, plot.bottom), series));
            }
        }
        ends.sort_by(|a, b| a.0.total_cmp(&b.0));
        for index in 1..ends.len() {
            ends[index].0 = ends[index].0.max(ends[index - 1].0 + line_height);
        }
        // Names that were moved below the plot move back up and push the ones above them.
        let mut floor = plot.bottom - 0.3 * theme.font_size;
        for (y, _) in ends.iter_mut().rev() {
            *y = y.min(floor);
            floor = *y - line_height;
        }
        for (y, series) in ends {
            let colour = theme.resolve(series.colour);
            let lettering = Lettering { colour, ..lettering(theme, HPos::Left, VPos::Center) };
            self.pen.text(&series.name, (plot.right + 0.5 * theme.font_size, y), lettering)?;
        }
        Ok(())
    }
}
