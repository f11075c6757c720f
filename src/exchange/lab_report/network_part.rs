//! The part of the report about the network: its constants, the three steps with all formulas, and the numbers of the
//! first rows.

use super::WORKBOOK;
use super::markdown::{display, inline, table};
use crate::exchange::{csv_out, latex};
use crate::sheet::{Column, Race};

/// Returns the text.
pub(super) fn text(race: &Race) -> String {
    let formulas =
        |columns: &[Column]| columns.iter().map(|&column| display(&latex::equation(column))).collect::<String>();
    let (given, forward, errors) = (given(), forward(), [Column::E1, Column::E2, Column::ETotal]);
    let (hidden, output) = Column::GRADIENTS.split_at(4);
    format!(
        "## The network\n\n\
         Two inputs, two hidden neurons and two outputs are joined by eight weights. There are no biases. The constants are:\n\n\
         {constants}\
         ## Step 1: forward pass\n\n\
         Each neuron adds up its weighted inputs and turns the sum $x$ into an activation with the logistic function:\n\n\
         {sigma}{forward}\
         ## Step 2: error\n\n\
         The error of an output is half the square of its distance from the target:\n\n\
         {errors}\
         ## Step 3: gradients and update\n\n\
         By the chain rule, a gradient is a product of slopes along the way from the weight to the error. The slope of \
         $\\sigma$ is $a \\cdot (1 - a)$, where $a$ is the activation. For the weights of the output layer:\n\n\
         {output}\
         A weight of the hidden layer acts on both outputs, so its gradient is a sum over both ways:\n\n\
         {hidden}\
         These are the same products in shorter steps. What a neuron passes back is called its $\\delta$:\n\n\
         {deltas}\
         So the gradient of a weight of the hidden layer is $\\delta$ of its neuron times the input:\n\n\
         {factored}\
         Gradient descent moves each weight against its gradient, by the learning rate {eta}. All eight weights change at \
         once, from row $k$ to row $k + 1$:\n\n\
         {updates}\
         Targets and inputs stay as they are:\n\n\
         {copies}\
         ## The numbers\n\n\
         These are the numbers of the first two rows and of the last one for {eta} = {rate}. The workbook `{WORKBOOK}` \
         computes every row with the formulas above.\n\n\
         {numbers}",
        constants = constants(race, &given),
        sigma = display("\\sigma(x) = \\frac{1}{1 + e^{-x}}"),
        forward = formulas(&forward),
        errors = formulas(&errors),
        output = formulas(output),
        hidden = formulas(hidden),
        deltas = formulas(&Column::DELTAS),
        factored = hidden.iter().map(|&gradient| display(&latex::factored(gradient))).collect::<String>(),
        eta = inline("\\eta"),
        updates = formulas(&Column::WEIGHTS),
        copies = formulas(&given[..4]),
        rate = csv_out::number(race.own().learning_rate()),
        numbers = numbers(race),
    )
}

/// Returns the columns that are given in row 0: targets and inputs, then weights.
fn given() -> Vec<Column> {
    [&[Column::T1, Column::T2, Column::I1, Column::I2], &Column::WEIGHTS[..]].concat()
}

/// Returns the columns of the forward pass.
fn forward() -> [Column; 8] {
    use Column::*;
    [H1, H2, AH1, AH2, O1, O2, AO1, AO2]
}

fn constants(race: &Race, given: &[Column]) -> String {
    let row = race.own().row(0);
    let mut rows: Vec<Vec<String>> = given
        .iter()
        .map(|&column| vec![inline(&latex::symbol(column)), column.meaning(), csv_out::number(row.get(column))])
        .collect();
    rows.push(vec![inline("\\eta"), "learning rate".to_owned(), csv_out::number(race.own().learning_rate())]);
    table(&["Quantity", "Meaning", "Value"], &rows)
}

/// Returns all numbers of row 0, row 1 and the last row.
fn numbers(race: &Race) -> String {
    let mut shown = vec![0, 1, race.updates()];
    shown.dedup();
    let heads: Vec<String> =
        std::iter::once("Quantity".to_owned()).chain(shown.iter().map(|row| format!("Row {row}"))).collect();
    let rows: Vec<_> = shown.iter().map(|&row| race.own().row(row)).collect();
    let lines: Vec<Vec<String>> = Column::ALL
        .into_iter()
        .map(|column| {
            let values = rows.iter().map(|row| csv_out::number(row.get(column)));
            std::iter::once(inline(&latex::symbol(column))).chain(values).collect()
        })
        .collect();
    table(&heads.iter().map(String::as_str).collect::<Vec<_>>(), &lines)
}
