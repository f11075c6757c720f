//! The phases of one row: what backpropagation does, a step at a time.

use super::column::Column;

/// A cell of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Its row, from 0.
    pub row: usize,
    /// Its column.
    pub column: Column,
}

/// A step of the computation. A cell's phase follows from its column, and for weights from its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Targets, inputs, and in row 0 the starting weights.
    Given,
    /// The eight weights of a later row, from those of the row above.
    Update,
    /// Forward through the hidden layer.
    Hidden,
    /// Forward through the output layer.
    Output,
    /// How far the outputs are from the targets.
    Error,
    /// Backward: the gradients of w5 to w8.
    OutputGradients,
    /// Backward: the gradients of w1 to w4.
    HiddenGradients,
}

impl Phase {
    /// The phases of a row, in the order of the computation; row 0 begins with [`Phase::Given`].
    pub const fn of_row(row: usize) -> [Self; 6] {
        let first = if row == 0 { Self::Given } else { Self::Update };
        [first, Self::Hidden, Self::Output, Self::Error, Self::OutputGradients, Self::HiddenGradients]
    }

    /// The phase that computes a cell.
    pub const fn of(cell: Cell) -> Self {
        use Column::*;
        match cell.column {
            T1 | T2 | I1 | I2 => Self::Given,
            W1 | W2 | W3 | W4 | W5 | W6 | W7 | W8 if cell.row == 0 => Self::Given,
            W1 | W2 | W3 | W4 | W5 | W6 | W7 | W8 => Self::Update,
            H1 | H2 | AH1 | AH2 => Self::Hidden,
            O1 | O2 | AO1 | AO2 => Self::Output,
            E1 | E2 | ETotal => Self::Error,
            G5 | G6 | G7 | G8 => Self::OutputGradients,
            G1 | G2 | G3 | G4 => Self::HiddenGradients,
        }
    }

    /// The columns that it computes, in the order of the computation.
    pub const fn columns(self) -> &'static [Column] {
        use Column::*;
        match self {
            Self::Given => &[I1, I2, T1, T2, W1, W2, W3, W4, W5, W6, W7, W8],
            Self::Update => &Column::WEIGHTS,
            Self::Hidden => &[H1, AH1, H2, AH2],
            Self::Output => &[O1, AO1, O2, AO2],
            Self::Error => &[E1, E2, ETotal],
            Self::OutputGradients => &[G5, G6, G7, G8],
            Self::HiddenGradients => &[G1, G2, G3, G4],
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Given => "Given",
            Self::Update => "Update",
            Self::Hidden => "Hidden layer",
            Self::Output => "Output layer",
            Self::Error => "Error",
            Self::OutputGradients => "Output gradients",
            Self::HiddenGradients => "Hidden gradients",
        }
    }

    /// What happens, in one sentence.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Given => "Two inputs, two targets and eight starting weights are all the network knows.",
            Self::Update => "Every weight takes a step of η times its gradient downhill, all eight at once.",
            Self::Hidden => "Each hidden unit adds up its weighted inputs, and σ squeezes the sum between 0 and 1.",
            Self::Output => "Each output adds up the weighted hidden activations, and σ squeezes the sum again.",
            Self::Error => "Half the squared distance to each target, added up, is what the network wants to lower.",
            Self::OutputGradients => {
                "Backward: how much E would change with each of w5 to w8 is the product of three factors along its path."
            }
            Self::HiddenGradients => {
                "Further backward: each hidden unit takes its share of the blame from both outputs, through w5 to w8."
            }
        }
    }

    /// Whether it goes from the error back to the weights.
    pub const fn is_backward(self) -> bool {
        matches!(self, Self::OutputGradients | Self::HiddenGradients)
    }
}

/// The first cell of the phase after a cell's; the phase after the last one of a row is the next row's update.
pub fn next_phase(cell: Cell) -> Cell {
    let Cell { row, .. } = cell;
    match Phase::of(cell) {
        Phase::Given | Phase::Update => Cell { row, column: Column::H1 },
        Phase::Hidden => Cell { row, column: Column::O1 },
        Phase::Output => Cell { row, column: Column::E1 },
        Phase::Error => Cell { row, column: Column::G5 },
        Phase::OutputGradients => Cell { row, column: Column::G1 },
        Phase::HiddenGradients => Cell { row: row + 1, column: Column::W1 },
    }
}

/// The first cell of the phase before a cell's; `None` before the first.
pub fn previous_phase(cell: Cell) -> Option<Cell> {
    let Cell { row, .. } = cell;
    let column = match Phase::of(cell) {
        Phase::Given | Phase::Update => {
            return row.checked_sub(1).map(|row| Cell { row, column: Column::G1 });
        }
        Phase::Hidden if row == 0 => Column::I1,
        Phase::Hidden => Column::W1,
        Phase::Output => Column::H1,
        Phase::Error => Column::O1,
        Phase::OutputGradients => Column::E1,
        Phase::HiddenGradients => Column::G5,
    };
    Some(Cell { row, column })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Term, formula};

    #[test]
    fn every_cell_is_computed_in_its_phase() {
        for row in [0, 1] {
            for column in Column::ALL {
                let phase = Phase::of(Cell { row, column });
                assert!(phase.columns().contains(&column), "{} in row {row}", column.name());
            }
        }
    }

    #[test]
    fn no_phase_needs_what_a_later_one_computes() {
        for row in [0, 1] {
            let order = Phase::of_row(row);
            let mut known: Vec<Column> = Phase::Given.columns().to_vec();
            for phase in order {
                for &column in phase.columns() {
                    for term in formula(column, row == 0).map(|expr| expr.precedents()).unwrap_or_default() {
                        if let Term::Here(needed) = term {
                            assert!(known.contains(&needed), "{} before {}", column.name(), needed.name());
                        }
                    }
                    known.push(column);
                }
            }
        }
    }

    #[test]
    fn stepping_visits_every_phase_of_every_row_and_back_again() {
        let mut cell = Cell { row: 0, column: Column::I1 };
        let mut visited = vec![cell];
        for row in 0..3 {
            for phase in Phase::of_row(row) {
                assert_eq!((cell.row, Phase::of(cell)), (row, phase));
                cell = next_phase(cell);
                visited.push(cell);
            }
        }
        for expected in visited.iter().rev().skip(1) {
            cell = previous_phase(cell).expect("there is one before");
            assert_eq!(cell, *expected);
        }
        assert_eq!(previous_phase(cell), None);
    }
}
