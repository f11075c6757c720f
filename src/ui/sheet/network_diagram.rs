//! The network as a diagram of the current row: nodes, edges, and their values.

use leptos::prelude::*;

use super::diagram_layout::{EDGES, Edge, HEIGHT, LETTER, LINE, LINKS, NODES, Node, Point, TOP, WIDTH};
use super::state::SheetState;
use crate::sheet::{Column, Phase, Row, insight};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::memo::memo;

/// Shows the diagram "Network", with weights on the edges, or gradients in the phases that compute them.
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
        // On a phone the diagram is wider than the screen. With the focus it can be scrolled by keyboard.
        <figure class="network" aria-label="Network" tabindex="0" translate="no">
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=summary>
                // The pattern of a saturated neuron.
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

/// An edge, its weight or gradient, and its label.
#[component]
fn EdgeView(edge: Edge, row: Memo<Row>, backward: Memo<bool>) -> impl IntoView {
    let state: SheetState = expect_context();
    let at = edge.label_at();
    let Edge { weight, gradient, from, to, .. } = edge;
    let shown = move || if backward.get() { gradient } else { weight };
    let value = memo(move || row.with(|row| row.get(shown())));
    let mark = memo(move || state.mark(weight).max(state.mark(gradient)));
    // Weights are much larger than gradients, so the width grows with the square root of the value.
    let width = move || 1.0 + 3.0 * value.get().abs().min(1.0).sqrt();
    // Edges whose values the present phase computes or uses are emphasised.
    let is_active = move || match state.phase.get() {
        Phase::Given | Phase::Update => true,
        Phase::Hidden | Phase::HiddenGradients => weight <= Column::W4,
        Phase::Output | Phase::OutputGradients => weight >= Column::W5,
        Phase::Error => false,
    };
    let class = move || {
        let active = if is_active() { "active" } else { "" };
        format!("edge {} {} {active}", shown().quantity().class(), mark.get().class())
    };
    // The opacity grows in the same way, up to 1 for a value of 1.
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

/// A node and the values beside it.
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
        let class = move || format!("{} {}", column.quantity().class(), state.mark(column).class());
        view! {
            <g class=class on:click=move |_| state.select(column)>
                <Label column=Signal::derive(move || column) value at/>
            </g>
        }
    });
    let saturated = memo(move || row.with(|row| insight::is_saturated(row, main)));
    let class = move || {
        let saturated = if saturated.get() { "saturated" } else { "" };
        format!("node {} {} {saturated}", main.quantity().class(), mark.get().class())
    };
    view! {
        <g class=class on:click=move |_| state.select(main)>
            <circle cx=at.0 cy=at.1 r=radius/>
            <text class="unit" x=at.0 y=at.1 + 6.0>{letter}<tspan class="subscript" dy="5">{subscript}</tspan></text>
        </g>
        {lines.collect_view()}
    }
}

/// A symbol and its value on one line, centred. A rectangle in the colour of the page hides the edge behind them.
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
            <tspan class="name" prop:textContent=words(name)></tspan> " " <tspan prop:textContent=words(move || state.rounded(value.get()))></tspan>
        </text>
    }
}
