//! The network as a picture of the current row: nodes, edges, and their values.

use leptos::prelude::*;

use super::formula_html::mark_class;
use super::state::SheetState;
use crate::sheet::{Column, Phase, Row, insight};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::text;
use crate::ui::kit::memo::memo;

/// A place in the drawing's own units.
pub(crate) type Point = (f64, f64);

/// A circle, with the columns whose values stand in or under it.
pub(crate) struct Node {
    pub(crate) at: Point,
    pub(crate) radius: f64,
    /// The column whose symbol stands in the circle.
    main: Column,
    /// What stands beyond it, from top to bottom: above the upper units and below the others, away from the edges.
    pub(crate) values: &'static [Column],
}

/// A weight's edge, from one circle's centre to another's.
pub(crate) struct Edge {
    pub(crate) weight: Column,
    gradient: Column,
    pub(crate) from: Point,
    pub(crate) to: Point,
    /// Where the label stands on the edge, 0 at its start and 1 at its end.
    label: f64,
}

pub(crate) const WIDTH: f64 = 680.0;
pub(crate) const HEIGHT: f64 = 312.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = 228.0;
const I: [Point; 2] = [(46.0, TOP), (46.0, BOTTOM)];
const H: [Point; 2] = [(236.0, TOP), (236.0, BOTTOM)];
const O: [Point; 2] = [(426.0, TOP), (426.0, BOTTOM)];
const E: [Point; 2] = [(546.0, TOP), (546.0, BOTTOM)];
const TOTAL: Point = (626.0, (TOP + BOTTOM) / 2.0);
/// Height of a line of text, and the width of one of its letters.
const LINE: f64 = 16.0;
const LETTER: f64 = 7.2;

const fn node(at: Point, radius: f64, main: Column, values: &'static [Column]) -> Node {
    Node { at, radius, main, values }
}

pub(crate) const NODES: [Node; 9] = {
    use Column::*;
    [
        node(I[0], 22.0, I1, &[I1]),
        node(I[1], 22.0, I2, &[I2]),
        node(H[0], 26.0, AH1, &[H1, AH1]),
        node(H[1], 26.0, AH2, &[H2, AH2]),
        node(O[0], 26.0, AO1, &[O1, AO1, T1]),
        node(O[1], 26.0, AO2, &[O2, AO2, T2]),
        node(E[0], 20.0, E1, &[E1]),
        node(E[1], 20.0, E2, &[E2]),
        node(TOTAL, 26.0, ETotal, &[ETotal]),
    ]
};

pub(crate) const EDGES: [Edge; 8] = {
    use Column::*;
    // Labels of crossing edges stand off the crossing.
    const fn edge(weight: Column, gradient: Column, from: Point, to: Point, straight: bool) -> Edge {
        Edge { weight, gradient, from, to, label: if straight { 0.5 } else { 0.3 } }
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

/// The links from outputs over errors to the total error, which bear no weight.
pub(crate) const LINKS: [(Point, Point); 4] = [(O[0], E[0]), (O[1], E[1]), (E[0], TOTAL), (E[1], TOTAL)];

impl Edge {
    /// Where its label stands.
    pub(crate) fn label_at(&self) -> Point {
        let Self { from, to, label, .. } = *self;
        (from.0 + (to.0 - from.0) * label, from.1 + (to.1 - from.1) * label)
    }
}

impl Node {
    /// The unit's own name, which is that of its net input: `h1`, not `a_h1`.
    pub(crate) const fn unit(&self) -> (&'static str, &'static str) {
        match self.main {
            Column::AH1 => Column::H1.symbol(),
            Column::AH2 => Column::H2.symbol(),
            Column::AO1 => Column::O1.symbol(),
            Column::AO2 => Column::O2.symbol(),
            Column::ETotal => ("E", "t"),
            other => other.symbol(),
        }
    }
}

/// The figure "Network". It shows weights on the edges, or gradients while one of those is selected.
#[component]
pub(crate) fn NetworkDiagram() -> impl IntoView {
    let state: SheetState = expect_context();
    let current = state.row;
    let row = memo(move || state.row_at(current.get()));
    let backward = memo(move || state.phase.get().is_backward());
    let summary = move || {
        row.with(|row| {
            let value = |column: Column| format!("{} {}", column.name(), state.rounded(row.get(column)));
            let columns = [Column::AH1, Column::AH2, Column::AO1, Column::AO2, Column::ETotal];
            format!("The 2-2-2 network in row {}: {}.", current.get(), columns.map(value).join(", "))
        })
    };
    let links = LINKS.map(|(from, to)| view! { <line class="link" x1=from.0 y1=from.1 x2=to.0 y2=to.1/> });
    view! {
        // On a phone it is wider than the screen, so it can be scrolled, by the keyboard too.
        <figure class="network" aria-label="Network" tabindex="0">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=summary>
                // Hatched: a saturated unit.
                <defs>
                    <pattern id="saturated" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                        <rect class="backing" width="6" height="6"/>
                        <line x1="0" y1="0" x2="0" y2="6" stroke-width="2" stroke-opacity="0.35"/>
                    </pattern>
                </defs>
                {links.into_iter().collect_view()}
                {EDGES.into_iter().map(|edge| view! { <EdgeView edge row backward/> }).collect_view()}
                {NODES.into_iter().map(|node| view! { <NodeView node row/> }).collect_view()}
            </svg>
        </figure>
    }
}

#[component]
fn EdgeView(edge: Edge, row: Memo<Row>, backward: Memo<bool>) -> impl IntoView {
    let state: SheetState = expect_context();
    let at = edge.label_at();
    let Edge { weight, gradient, from, to, .. } = edge;
    let shown = move || if backward.get() { gradient } else { weight };
    let value = memo(move || row.with(|row| row.get(shown())));
    let mark = memo(move || state.mark(weight).max(state.mark(gradient)));
    // Weights and gradients of a step differ in size by far, so the width grows with the root of the value.
    let width = move || 1.0 + 3.0 * value.get().abs().min(1.0).sqrt();
    // What the present phase computes, or multiplies by, stands out.
    let active = move || match state.phase.get() {
        Phase::Given | Phase::Update => true,
        Phase::Hidden | Phase::HiddenGradients => weight <= Column::W4,
        Phase::Output | Phase::OutputGradients => weight >= Column::W5,
        Phase::Error => false,
    };
    let class = move || {
        let active = if active() { "active" } else { "" };
        format!("edge {} {} {active}", shown().quantity().class(), mark_class(mark.get()))
    };
    // The colour too: faint near zero, full from 1.
    let opacity = move || 0.3 + 0.7 * value.get().abs().min(1.0).sqrt();
    view! {
        <g class=class on:click=move |_| state.select(shown())>
            <line
                x1=from.0 y1=from.1 x2=to.0 y2=to.1 stroke-width=width
                stroke-opacity=opacity stroke-dasharray=move || if value.get() < 0.0 { "5 4" } else { "none" }
            />
            <Label column=Signal::derive(shown) value at/>
        </g>
    }
}

#[component]
fn NodeView(node: Node, row: Memo<Row>) -> impl IntoView {
    let state: SheetState = expect_context();
    let (letter, subscript) = node.unit();
    let Node { at, radius, main, values } = node;
    let mark = memo(move || values.iter().map(|&column| state.mark(column)).max().unwrap_or_default());
    let lines = values.iter().enumerate().map(|(line, &column)| {
        let value = memo(move || row.with(|row| row.get(column)));
        let line = line as f64;
        let y = if at.1 == TOP {
            at.1 - radius - 10.0 - LINE * (values.len() as f64 - 1.0 - line)
        } else {
            at.1 + radius + 12.0 + LINE * line
        };
        let at = (at.0, y);
        let class = move || format!("{} {}", column.quantity().class(), mark_class(state.mark(column)));
        view! {
            <g class=class on:click=move |_| state.select(column)>
                <Label column=Signal::derive(move || column) value at/>
            </g>
        }
    });
    let saturated = memo(move || row.with(|row| insight::is_saturated(row, main)));
    let class = move || {
        let saturated = if saturated.get() { "saturated" } else { "" };
        format!("node {} {} {saturated}", main.quantity().class(), mark_class(mark.get()))
    };
    view! {
        <g class=class on:click=move |_| state.select(main)>
            <circle cx=at.0 cy=at.1 r=radius/>
            <text class="unit" x=at.0 y=at.1 + 6.0>{letter}<tspan class="subscript" dy="5">{subscript}</tspan></text>
        </g>
        {lines.collect_view()}
    }
}

/// A symbol and its value on one line, centred, on a piece of paper that hides the edge below.
#[component]
fn Label(column: Signal<Column>, value: Memo<f64>, at: Point) -> impl IntoView {
    let state: SheetState = expect_context();
    let name = move || {
        let (letter, subscript) = column.get().symbol();
        match column.get() {
            Column::ETotal => "E".to_owned(),
            column if column.is_gradient() => format!("∂{letter}{subscript}"),
            _ => format!("{letter}{subscript}"),
        }
    };
    let width = move || LETTER * (name().chars().count() + 2 + state.rounded(value.get()).chars().count()) as f64;
    view! {
        <rect class="backing" x=move || at.0 - width() / 2.0 y=at.1 - LINE / 2.0 width=width height=LINE/>
        <text class="value" x=at.0 y=at.1 + 4.0>
            <tspan class="name">{text(name)}</tspan> " " {text(move || state.rounded(value.get()))}
        </text>
    }
}
