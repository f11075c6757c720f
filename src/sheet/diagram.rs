//! The network of a row as a drawing: circles, edges, their numbers, and the way that leads to the selected number.

use std::fmt::Write as _;

use super::column::Column;
use super::diagram_layout::{BOTTOM, EDGES, Edge, HEIGHT, LINKS, NODES, Node, Point, TOP, WIDTH};
use super::insight;
use super::mark::Mark;
use super::network::Row;
use super::number;
use super::phase::{Cell, Phase};

/// The size of the text on the page, in units of the drawing.
pub const SMALL_TEXT: f64 = 14.0;
/// The size of the text on a projector, and where the drawing is small.
pub const LARGE_TEXT: f64 = 21.0;
/// The height of a line, as a share of the size of the text.
const LINE: f64 = 1.28;
/// The width of a letter, as a share of the size of the text.
const LETTER: f64 = 0.6;
/// How far a subscript is below its letter.
const DOWN: f64 = 4.0;
/// How much further apart the two heights of the circles are with large text, which has more lines between them.
const APART: f64 = 20.0;
/// The largest number of lines beside a circle.
const MOST_LINES: f64 = 3.0;

/// What the drawing shows.
pub struct Diagram<'a> {
    /// The values of the current row.
    pub row: &'a Row,
    /// The selected cell.
    pub cell: Cell,
    /// The size of the text, [`SMALL_TEXT`] or [`LARGE_TEXT`].
    pub text: f64,
    /// Writes a value.
    pub write: &'a dyn Fn(f64) -> String,
    /// Says how a column is related to the selected one.
    pub mark: &'a dyn Fn(Column) -> Mark,
}

/// The way of numbers that lead to the selected one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// The indices of edges, from 0 for w1.
    pub edges: Vec<usize>,
    /// The indices of the lines to the errors, in [`LINKS`].
    pub links: Vec<usize>,
    /// Whether the way leads back, from the error to the weights.
    pub is_backward: bool,
}

impl Way {
    /// The way to a cell.
    pub fn to(cell: Cell) -> Self {
        use Column::*;
        let forward = |edges: &[usize], links: &[usize]| Self {
            edges: edges.to_vec(),
            links: links.to_vec(),
            is_backward: false,
        };
        let back = |edges: &[usize], links: &[usize]| Self { is_backward: true, ..forward(edges, links) };
        match cell.column {
            H1 => forward(&[0, 1], &[]),
            H2 => forward(&[2, 3], &[]),
            O1 => forward(&[4, 5], &[]),
            O2 => forward(&[6, 7], &[]),
            E1 => forward(&[], &[0]),
            E2 => forward(&[], &[1]),
            ETotal => forward(&[], &[2, 3]),
            DO1 => back(&[], &[2, 0]),
            DO2 => back(&[], &[3, 1]),
            G5 => back(&[4], &[2, 0]),
            G6 => back(&[5], &[2, 0]),
            G7 => back(&[6], &[3, 1]),
            G8 => back(&[7], &[3, 1]),
            DH1 => back(&[4, 6], &[0, 1, 2, 3]),
            DH2 => back(&[5, 7], &[0, 1, 2, 3]),
            G1 => back(&[4, 6, 0], &[0, 1, 2, 3]),
            G2 => back(&[4, 6, 1], &[0, 1, 2, 3]),
            G3 => back(&[5, 7, 2], &[0, 1, 2, 3]),
            G4 => back(&[5, 7, 3], &[0, 1, 2, 3]),
            _ => Self::default(),
        }
    }
}

impl Diagram<'_> {
    /// The drawing as SVG. `summary` describes it to screen readers. Parts that can be clicked name their column.
    pub fn svg(&self, summary: &str) -> String {
        // Larger text needs more room above and below.
        let more = MOST_LINES * LINE * (self.text - SMALL_TEXT);
        let mut svg = format!(
            "<svg viewBox=\"0 {} {WIDTH} {}\" role=\"img\" aria-label=\"{summary}\" style=\"--text:{}px\"><defs>\
             <pattern id=\"saturated\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
             <rect class=\"backing\" width=\"6\" height=\"6\"/><line y2=\"6\" stroke-width=\"2\" stroke-opacity=\"0.35\"/></pattern></defs>",
            -more,
            HEIGHT + 2.0 * more + self.place((0.0, BOTTOM)).1 - BOTTOM,
            self.text
        );
        let way = Way::to(self.cell);
        let flow = |svg: &mut String, (from, to): (Point, Point)| {
            let (from, to) = if way.is_backward { (to, from) } else { (from, to) };
            self.line(svg, "flow", from, to, "");
        };
        for (index, link) in LINKS.into_iter().enumerate() {
            self.line(&mut svg, "link", link.0, link.1, "");
            if way.links.contains(&index) {
                flow(&mut svg, link);
            }
        }
        // The labels are above all lines.
        for edge in &EDGES {
            self.edge(&mut svg, edge);
        }
        for &index in &way.edges {
            flow(&mut svg, (EDGES[index].from, EDGES[index].to));
        }
        for edge in &EDGES {
            let (shown, at) = (self.shown(edge), self.place(edge.label_at()));
            // In large text, a gradient's name and value side by side are too wide for the room between two circles.
            let stacked = self.text > SMALL_TEXT && shown.is_gradient() && edge.from.1 == edge.to.1;
            self.label(&mut svg, shown, at, stacked);
        }
        for node in &NODES {
            self.node(&mut svg, node);
        }
        svg + "</svg>"
    }

    /// The place of a point of the layout.
    fn place(&self, (x, y): Point) -> Point {
        let more = if self.text > SMALL_TEXT { APART * (y - TOP) / (BOTTOM - TOP) } else { 0.0 };
        (x, y + more)
    }

    /// Adds a line.
    fn line(&self, svg: &mut String, class: &str, from: Point, to: Point, attributes: &str) {
        let (from, to) = (self.place(from), self.place(to));
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{attributes}/>",
            from.0, from.1, to.0, to.1
        );
    }

    /// The number on an edge: the gradient in the phase that computes it, else the weight, which the formulas use.
    fn shown(&self, edge: &Edge) -> Column {
        let is_output = edge.weight >= Column::W5;
        match Phase::of(self.cell) {
            Phase::OutputGradients if is_output => edge.gradient,
            Phase::HiddenGradients if !is_output => edge.gradient,
            _ => edge.weight,
        }
    }

    fn edge(&self, svg: &mut String, edge: &Edge) {
        let shown = self.shown(edge);
        let value = self.row.get(shown);
        // Weights are much larger than gradients, so width and opacity grow with the square root of the value.
        let size = libm::sqrt(value.abs().min(1.0));
        // Edges whose values the present phase computes or uses are emphasised.
        let is_output = edge.weight >= Column::W5;
        let is_active = match Phase::of(self.cell) {
            Phase::Given | Phase::Update | Phase::HiddenGradients => true,
            Phase::Hidden => !is_output,
            Phase::Output | Phase::OutputGradients => is_output,
            Phase::Error => false,
        };
        let class = format!(
            "edge {} {}{}",
            shown.quantity().class(),
            (self.mark)(shown).class(),
            if is_active { " active" } else { "" }
        );
        let dashes = if value < 0.0 { "5 4" } else { "none" };
        let looks = format!(
            " data-column=\"{}\" stroke-width=\"{:.2}\" stroke-opacity=\"{:.2}\" stroke-dasharray=\"{dashes}\"",
            shown.index(),
            1.0 + 3.0 * size,
            0.3 + 0.7 * size
        );
        self.line(svg, &class, edge.from, edge.to, &looks);
    }

    fn node(&self, svg: &mut String, node: &Node) {
        let Node { radius, main, values, .. } = *node;
        let at = self.place(node.at);
        let (letter, subscript) = node.unit();
        let saturated = if insight::is_saturated(self.row, main) { " saturated" } else { "" };
        // The circle is marked as the most important of its values.
        let mark = values.iter().map(|&column| (self.mark)(column)).max().unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<g class=\"node {} {}{saturated}\" data-column=\"{}\"><circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>\
             <text class=\"unit\" x=\"{}\" y=\"{}\">{letter}<tspan class=\"subscript\" dy=\"5\">{subscript}</tspan></text></g>",
            main.quantity().class(),
            mark.class(),
            main.index(),
            at.0,
            at.1,
            at.0,
            at.1 + 6.0,
        );
        // On the way back a neuron shows its δ, too.
        let delta = match (Phase::of(self.cell).is_backward(), main) {
            (true, Column::AO1) => Some(Column::DO1),
            (true, Column::AO2) => Some(Column::DO2),
            (true, Column::AH1) if Phase::of(self.cell) == Phase::HiddenGradients => Some(Column::DH1),
            (true, Column::AH2) if Phase::of(self.cell) == Phase::HiddenGradients => Some(Column::DH2),
            _ => None,
        };
        let height = LINE * self.text;
        let is_upper = at.1 == TOP;
        // From the circle outwards.
        let near: Vec<Column> = if is_upper { values.iter().rev().copied().collect() } else { values.to_vec() };
        for (place, column) in near.into_iter().chain(delta).enumerate() {
            let away = radius + 0.75 * height + height * place as f64;
            self.label(svg, column, (at.0, if is_upper { at.1 - away } else { at.1 + away }), false);
        }
    }

    /// A symbol and its value on one line, centred, or one below the other. A rectangle in the colour of the page hides the
    /// edge behind them, and the tooltip has all digits.
    fn label(&self, svg: &mut String, column: Column, at: Point, stacked: bool) {
        let (letter, subscript) = column.symbol();
        let prefix = if column.is_gradient() { "∂E/∂" } else { "" };
        let value = self.row.get(column);
        let text = (self.write)(value);
        let count = |text: &str| text.chars().count() as f64;
        let (name, line) = (count(prefix) + count(letter) + count(subscript), LINE * self.text);
        // A space between them, and half a letter of margin on each side.
        let letters = if stacked { name.max(count(&text)) + 1.0 } else { name + count(&text) + 2.0 };
        let (width, height) = (LETTER * self.text * letters, if stacked { 2.0 * line } else { line });
        let down = if subscript.is_empty() { 0.0 } else { DOWN };
        let place =
            if stacked { format!("x=\"{}\" dy=\"{:.1}\"", at.0, line - down) } else { format!("dy=\"{}\"", -down) };
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<g class=\"label {} {}\" data-column=\"{}\"><title>{}</title>\
             <rect class=\"backing\" x=\"{:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>\
             <text class=\"value\" x=\"{}\" y=\"{:.1}\"><tspan class=\"name\">{prefix}{letter}<tspan class=\"subscript\" dy=\"{DOWN}\">{subscript}</tspan></tspan>{}\
             <tspan {place}>{text}</tspan></text></g>",
            column.quantity().class(),
            (self.mark)(column).class(),
            column.index(),
            // The whole value of an empty blank is not given away, because it is not known.
            if value.is_nan() { text.clone() } else { number::full(value) },
            at.0 - width / 2.0,
            at.1 - height / 2.0,
            at.0,
            at.1 - height / 2.0 + 0.98 * self.text,
            if stacked { "" } else { " " },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::formula::{Term, formula};
    use crate::sheet::number::{Digits, with_digits};
    use crate::sheet::{Constants, Run};

    fn svg(column: Column, text: f64) -> String {
        let row = Run::new(Constants::CLASSIC, 0.5, 1).row(1);
        let write = |value| with_digits(value, Digits::Four);
        Diagram { row: &row, cell: Cell { row: 1, column }, text, write: &write, mark: &|_| Mark::None }
            .svg("The network")
    }

    /// The columns whose numbers are in a drawing.
    fn labels(svg: &str) -> Vec<Column> {
        let labels = svg.split("<g class=\"label").skip(1);
        let index = |label: &str| label.split("data-column=\"").nth(1)?.split('"').next()?.parse::<usize>().ok();
        labels.map(|label| Column::WITH_DELTAS[index(label).expect("an index")]).collect()
    }

    #[test]
    fn all_numbers_that_a_formula_uses_are_in_the_drawing() {
        for column in Column::WITH_DELTAS.into_iter().filter(|column| column.weight_index().is_none()) {
            let shown = labels(&svg(column, SMALL_TEXT));
            assert!(shown.contains(&column), "{}", column.name());
            let Some(expr) = formula(column, true) else { continue };
            for term in expr.precedents() {
                let Term::Here(needed) = term else { continue };
                assert!(shown.contains(&needed), "{} needs {}", column.name(), needed.name());
            }
        }
    }

    #[test]
    fn the_way_of_a_hidden_gradient_goes_through_the_weights_of_its_formula() {
        for column in Column::GRADIENTS {
            let way = Way::to(Cell { row: 0, column });
            let precedents = formula(column, true).map(|expr| expr.precedents()).unwrap_or_default();
            let own = column.index() - Column::G1.index();
            for (index, edge) in EDGES.iter().enumerate() {
                let is_used = precedents.contains(&Term::Here(edge.weight)) || index == own;
                assert_eq!(way.edges.contains(&index), is_used, "{} and {}", column.name(), edge.weight.name());
            }
            assert!(way.is_backward);
        }
        assert!(!Way::to(Cell { row: 0, column: Column::O1 }).is_backward);
    }

    #[test]
    fn a_label_has_room_between_the_circles_of_its_edge() {
        let longest = "0.0001883";
        for text in [SMALL_TEXT, LARGE_TEXT] {
            let row = Run::new(Constants::CLASSIC, 0.5, 1).row(0);
            let write = |_| longest.to_owned();
            let cell = Cell { row: 0, column: Column::G1 };
            let svg = Diagram { row: &row, cell, text, write: &write, mark: &|_| Mark::None }.svg("");
            let label = svg
                .split("<g class=\"label")
                .find(|label| label.contains(&format!("data-column=\"{}\"", Column::G1.index())));
            let width = label.and_then(|label| label.split("width=\"").nth(1)?.split('"').next()?.parse::<f64>().ok());
            // Half a letter of margin on each side may go behind the circles.
            let room = NODES[2].at.0 - NODES[0].at.0 - NODES[2].radius - NODES[0].radius + LETTER * text;
            assert!(width.expect("a label") <= room, "{width:?} in {room} at {text}");
        }
    }

    #[test]
    fn a_gradient_has_its_whole_name_in_every_size_of_text() {
        for text in [SMALL_TEXT, LARGE_TEXT] {
            for column in [Column::G1, Column::G5] {
                assert_eq!(svg(column, text).matches("<tspan class=\"name\">∂E/∂w<").count(), 4, "{text}");
            }
        }
    }

    #[test]
    fn no_two_labels_cover_each_other_and_none_leaves_the_drawing() {
        for text in [SMALL_TEXT, LARGE_TEXT] {
            for column in [Column::W1, Column::G1, Column::G5] {
                let svg = svg(column, text);
                let number = |rect: &str, name: &str| -> f64 {
                    rect.split(&format!(" {name}=\""))
                        .nth(1)
                        .and_then(|rest| rest.split('"').next())
                        .and_then(|n| n.parse().ok())
                        .expect("a number")
                };
                let boxes: Vec<[f64; 4]> = svg
                    .split("<rect class=\"backing\" x")
                    .skip(1)
                    .map(|rect| format!(" x{rect}"))
                    .map(|rect| ["x", "y", "width", "height"].map(|name| number(&rect, name)))
                    .collect();
                let more = MOST_LINES * LINE * (text - SMALL_TEXT);
                for (index, one) in boxes.iter().enumerate() {
                    assert!(one[0] >= 0.0 && one[0] + one[2] <= WIDTH, "{one:?} at {text}");
                    assert!(one[1] >= -more && one[1] + one[3] <= HEIGHT + more + APART, "{one:?} at {text}");
                    for other in &boxes[..index] {
                        // The numbers are rounded to tenths.
                        let beside = |from: f64, to: f64| from <= to + 0.05;
                        let apart = beside(one[0] + one[2], other[0])
                            || beside(other[0] + other[2], one[0])
                            || beside(one[1] + one[3], other[1])
                            || beside(other[1] + other[3], one[1]);
                        assert!(apart, "{one:?} covers {other:?} at {text} for {}", column.name());
                    }
                }
            }
        }
    }
}
