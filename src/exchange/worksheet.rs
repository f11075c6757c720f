//! An exercise on paper: a worksheet and its answer key, one page each, as markup.

use std::fmt::Write as _;

use crate::sheet::diagram_layout::{EDGES, HEIGHT, LINKS, NODES, WIDTH};
use crate::sheet::practice::FillIn;
use crate::sheet::{Cell, Column, Exercise, Practice, markup, number};

/// The number of rows of the sheet on paper.
const ROWS: usize = 3;

/// Returns both pages of an exercise.
pub fn html(exercise: Exercise) -> String {
    let task = Practice::start(exercise);
    page(&task, &task, false) + &page(&task, &solved(&task), true)
}

/// Returns the exercise with all blanks filled.
fn solved(task: &Practice) -> Practice {
    let mut solved = task.clone();
    if let Practice::Fill(fill) = &mut solved {
        let open: Vec<Cell> = fill.open().collect();
        open.into_iter().for_each(|cell| fill.show(cell));
    }
    solved
}

/// Returns a page as HTML: the task, with the values of `shown`. `key` makes it the answer key.
fn page(task: &Practice, shown: &Practice, key: bool) -> String {
    let exercise = task.exercise();
    let (title, seed, rate) = (exercise.title(), exercise.seed(), number::full(task.lesson().learning_rate));
    let (subtitle, corner) = if key {
        ("answer key", "")
    } else {
        ("", "<span>Name <i></i></span><span>Date <i class=\"short\"></i></span>")
    };
    let instruction = match task {
        _ if key => "",
        Practice::Bug(_) => "One formula of this sheet is wrong, and so are the numbers that depend on it. Find it.",
        Practice::Fill(_) => "Compute the blank cells to four significant digits.",
    };
    let left = match (task, key) {
        (Practice::Fill(fill), true) => answers(fill, shown),
        (Practice::Bug(hunt), true) => {
            let bug = hunt.bug();
            format!(
                "<h3>The bug</h3><p>{}</p><p>{}</p><h3>This sheet’s formulas</h3>{}",
                bug.explanation(),
                bug.proof(),
                formulas(task)
            )
        }
        (Practice::Fill(_), false) => format!("<h3>Formulas</h3>{}", formulas(task)),
        (Practice::Bug(_), false) => format!(
            "<h3>This sheet’s formulas</h3>{}<h3>Your answer</h3><p class=\"lines\">The wrong formula: <i></i></p>\
             <p class=\"lines\">It should be: <i></i></p><p class=\"lines\">How you can see it in the numbers: <i></i><i></i></p>",
            formulas(task)
        ),
    };
    format!(
        "<article class=\"worksheet\"><header><h2>{title} <small>task {seed} {subtitle}</small></h2><p>{corner}</p></header>\
         <p class=\"what\">A 2-2-2 network of sigmoid neurons learns by gradient descent with η = {rate}; each row is one update. {instruction}</p>\
         <div class=\"worksheet-columns\"><div>{}{left}</div>{}</div>\
         <footer>Gradsheet: Practice, {title}, task number {seed}</footer></article>",
        network(task),
        table(task, shown),
    )
}

/// Returns a drawing of the network with its starting weights, as SVG.
fn network(task: &Practice) -> String {
    let row = task.row(0);
    let mut svg = format!("<svg viewBox=\"0 40 {WIDTH} {}\" role=\"img\" aria-label=\"The network\">", HEIGHT - 80.0);
    for ((x1, y1), (x2, y2)) in EDGES.iter().map(|edge| (edge.from, edge.to)).chain(LINKS) {
        let _ = write!(svg, "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
    }
    let label = |column: Column, (x, y): (f64, f64)| {
        let (letter, index) = column.symbol();
        let text = format!("{letter}{index} = {}", number::full(row.get(column)));
        let width = 8.4 * text.chars().count() as f64;
        format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"20\"/><text class=\"{}\" x=\"{x}\" y=\"{}\">{text}</text>",
            x - width / 2.0,
            y - 10.0,
            column.quantity().class(),
            y + 5.0
        )
    };
    for edge in &EDGES {
        svg += &label(edge.weight, edge.label_at());
    }
    for node in &NODES {
        let ((x, y), (letter, index)) = (node.at, node.unit());
        let _ = write!(
            svg,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{}\"/><text x=\"{x}\" y=\"{}\"><tspan font-style=\"italic\">{letter}</tspan>\
             <tspan dy=\"5\" font-size=\"12\">{index}</tspan></text>",
            node.radius,
            y + 5.0
        );
        // The given inputs and targets are written above or below the circle.
        for &column in
            node.values.iter().filter(|column| matches!(column, Column::I1 | Column::I2 | Column::T1 | Column::T2))
        {
            let away = if y < HEIGHT / 2.0 { -node.radius - 12.0 } else { node.radius + 12.0 };
            svg += &label(column, (x, y + away));
        }
    }
    svg + "</svg>"
}

/// Returns all formulas of the sheet: the short ones in two columns, the long ones over the full width.
fn formulas(task: &Practice) -> String {
    let (mut short, mut long) = (String::new(), String::new());
    for column in Column::ALL {
        // Row 1 is the first row in which every column has a formula. Targets and inputs only copy the row above.
        if let Some(expr) = task.formula(column, false).filter(|_| column > Column::I2) {
            let list = if expr.precedents().len() > 4 || column.is_gradient() { &mut long } else { &mut short };
            // Writing to a String cannot fail.
            let _ = write!(list, "<li>{} = {}</li>", markup::symbol(column), markup::symbols(&expr, 0));
        }
    }
    format!(
        "<p>σ(x) = 1 / (1 + e<sup>−x</sup>). These are the formulas of row 1; a raised (0) marks a value of row 0.</p>\
         <ul class=\"formulas two\">{short}</ul><ul class=\"formulas\">{long}</ul>"
    )
}

/// Returns a number with few digits: all digits of a short constant, six decimals of any other number.
fn short(value: f64) -> String {
    let full = number::full(value);
    if full.len() <= 5 { full } else { number::rounded(value) }
}

/// Returns the answers, each with the numbers of its formula.
fn answers(fill: &FillIn, solved: &Practice) -> String {
    let mut html = "<h3>Answers</h3><ol class=\"answers\">".to_owned();
    for &cell in fill.blanks().cells() {
        let Cell { row, column } = cell;
        let (here, above) = (solved.row(row), solved.row(row.saturating_sub(1)));
        let learning_rate = solved.lesson().learning_rate;
        let values = crate::sheet::formula::Values { here: &here, above: &above, learning_rate };
        let numbers = solved.formula(column, row == 0).map(|expr| {
            expr.write(&|term| {
                let text = short(values.get(term));
                if text.starts_with('−') { format!("({text})") } else { text }
            })
        });
        let _ = write!(
            html,
            "<li>{} in row {row} = {} = <strong>{}</strong></li>",
            markup::symbol(column),
            numbers.unwrap_or_default().replace('·', " · "),
            number::rounded(here.get(column))
        );
    }
    html + "</ol>"
}

/// Returns the table of the first rows, one column on paper for each row; the blanks of the task are boxes.
fn table(task: &Practice, shown: &Practice) -> String {
    let mut html = "<table><thead><tr><th></th>".to_owned();
    (0..ROWS).for_each(|row| {
        let _ = write!(html, "<th>row {row}</th>");
    });
    html += "</tr></thead><tbody>";
    for column in Column::ALL {
        let group = if Column::GROUPS.iter().any(|group| group.first == column) { " class=\"first\"" } else { "" };
        let _ = write!(html, "<tr{group}><th>{}</th>", markup::symbol(column));
        for row in 0..ROWS {
            let cell = Cell { row, column };
            let class = if task.is_open(cell) { " class=\"blank\"" } else { "" };
            let text = if shown.is_open(cell) { String::new() } else { number::rounded(shown.row(row).get(column)) };
            let _ = write!(html, "<td{class}>{text}</td>");
        }
        html += "</tr>";
    }
    html + "</tbody></table>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_has_the_answers_and_the_task_has_not() {
        let exercise = Exercise::FillTheCells { seed: 123 };
        let html = html(exercise);
        let pages: Vec<&str> = html.split("<article").skip(1).collect();
        let Practice::Fill(fill) = Practice::start(exercise) else { panic!("a fill-in") };
        let blanks = fill.blanks().cells().len();
        let [task, key] = pages[..] else { panic!("{} pages", pages.len()) };
        assert_eq!(task.matches("class=\"blank\"></td>").count(), blanks);
        assert_eq!(key.matches("class=\"blank\"></td>").count(), 0);
        assert_eq!(key.matches("<li>").count(), blanks);
    }
}
