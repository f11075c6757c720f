//! The positions of the network's circles, edges and labels, for the diagram on the page and on worksheets.

use super::column::Column;

/// A place in the drawing, in its own units: x to the right, y down.
pub type Point = (f64, f64);

/// A circle of the network, and the columns whose values are written beside it.
pub struct Node {
    /// The centre.
    pub at: Point,
    /// The radius.
    pub radius: f64,
    /// The column that a click on the circle selects; its symbol is written in the circle, see [`Node::unit`].
    pub main: Column,
    /// The columns whose values are written outside the network, from top to bottom: above the upper circles and below
    /// the others.
    pub values: &'static [Column],
}

/// The edge of a weight, from the centre of one circle to the centre of another.
pub struct Edge {
    /// The weight of the edge.
    pub weight: Column,
    /// The gradient of that weight.
    pub gradient: Column,
    /// The centre of the circle at which the edge begins.
    pub from: Point,
    /// The centre of the circle at which the edge ends.
    pub to: Point,
    /// The position of the label on the edge: 0 is its start, 1 is its end.
    label: f64,
}

/// The width of the drawing.
pub const WIDTH: f64 = 800.0;
/// The height of the drawing, with room for three lines of small text above and below the circles.
pub const HEIGHT: f64 = 290.0;
/// The height of the upper circles.
pub const TOP: f64 = 90.0;
/// The height of the lower circles.
pub const BOTTOM: f64 = 200.0;
const I: [Point; 2] = [(56.0, TOP), (56.0, BOTTOM)];
const H: [Point; 2] = [(270.0, TOP), (270.0, BOTTOM)];
const O: [Point; 2] = [(490.0, TOP), (490.0, BOTTOM)];
const E: [Point; 2] = [(640.0, TOP), (640.0, BOTTOM)];
const TOTAL: Point = (742.0, (TOP + BOTTOM) / 2.0);

const fn node(at: Point, radius: f64, main: Column, values: &'static [Column]) -> Node {
    Node { at, radius, main, values }
}

/// The circles, from the inputs to the total error.
pub const NODES: [Node; 9] = {
    use Column::*;
    [
        node(I[0], 22.0, I1, &[I1]),
        node(I[1], 22.0, I2, &[I2]),
        node(H[0], 26.0, AH1, &[H1, AH1]),
        node(H[1], 26.0, AH2, &[H2, AH2]),
        node(O[0], 26.0, AO1, &[O1, AO1]),
        node(O[1], 26.0, AO2, &[O2, AO2]),
        node(E[0], 20.0, E1, &[T1, E1]),
        node(E[1], 20.0, E2, &[T2, E2]),
        node(TOTAL, 26.0, ETotal, &[ETotal]),
    ]
};

/// The edges of w1 to w8, in this order.
pub const EDGES: [Edge; 8] = {
    use Column::*;
    // The label of an edge that crosses another is beside the crossing, and clear of two lines on a level edge.
    const fn edge(weight: Column, gradient: Column, from: Point, to: Point, straight: bool) -> Edge {
        Edge { weight, gradient, from, to, label: if straight { 0.5 } else { 0.32 } }
    }
    [
        edge(W1, G1, I[0], H[0], true),
        edge(W2, G2, I[1], H[0], false),
        edge(W3, G3, I[0], H[1], false),
        edge(W4, G4, I[1], H[1], true),
        edge(W5, G5, H[0], O[0], true),
        edge(W6, G6, H[1], O[0], false),
        edge(W7, G7, H[0], O[1], false),
        edge(W8, G8, H[1], O[1], true),
    ]
};

/// The lines from the outputs to the errors and on to the total error. They have no weight.
pub const LINKS: [(Point, Point); 4] = [(O[0], E[0]), (O[1], E[1]), (E[0], TOTAL), (E[1], TOTAL)];

impl Edge {
    /// The centre of the label.
    pub fn label_at(&self) -> Point {
        let Self { from, to, label, .. } = *self;
        (from.0 + (to.0 - from.0) * label, from.1 + (to.1 - from.1) * label)
    }
}

impl Node {
    /// The letter and the subscript of the neuron's own name, which is that of its weighted sum: `h1`, not `a_h1`.
    pub const fn unit(&self) -> (&'static str, &'static str) {
        match self.main {
            Column::AH1 => Column::H1.symbol(),
            Column::AH2 => Column::H2.symbol(),
            Column::AO1 => Column::O1.symbol(),
            Column::AO2 => Column::O2.symbol(),
            other => other.symbol(),
        }
    }
}
