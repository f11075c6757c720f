//! The phases of one row: the steps of backpropagation.

use super::column::Column;

/// A cell of the sheet: a row and a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    /// The row, from 0.
    pub row: usize,
    /// The column.
    pub column: Column,
}

/// A step of the computation. The column decides the phase of a cell; for weights, the row does so too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Targets, inputs, and in row 0 the starting weights.
    Given,
    /// The eight weights of a later row, computed from the row above.
    Update,
    /// The forward pass through the hidden layer.
    Hidden,
    /// The forward pass through the output layer.
    Output,
    /// The errors of the outputs.
    Error,
    /// The gradients of w5 to w8, the first part of the way back.
    OutputGradients,
    /// The gradients of w1 to w4, the second part of the way back.
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
            G5 | G6 | G7 | G8 | DO1 | DO2 => Self::OutputGradients,
            G1 | G2 | G3 | G4 | DH1 | DH2 => Self::HiddenGradients,
        }
    }

    /// The columns that the phase computes, in the order of the computation.
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

    /// The name of the phase.
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

    /// What happens in the phase, in one or two sentences.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Given => {
                "Two inputs, two targets and eight starting weights: everything else is computed from these numbers."
            }
            Self::Update => {
                "Every weight takes a step downhill: new w = old w − η × gradient. All eight change at once."
            }
            Self::Hidden => {
                "Each hidden neuron adds up its weighted inputs. Then σ squeezes the sum to a value between 0 and 1."
            }
            Self::Output => {
                "Each output neuron adds up the weighted hidden activations. Then σ squeezes the sum again."
            }
            Self::Error => "Error = ½ (target − output)², added for both outputs. Training makes it smaller.",
            Self::OutputGradients => {
                "Going back: ∂E/∂w5 = (output error) × (slope of σ) × (activation). The same holds for w6 to w8."
            }
            Self::HiddenGradients => {
                "One layer further back: both outputs pass their error back to each hidden neuron through w5 to w8."
            }
        }
    }

    /// Whether the phase is part of the way back, from the error to the weights.
    pub const fn is_backward(self) -> bool {
        matches!(self, Self::OutputGradients | Self::HiddenGradients)
    }
}

/// The first cell of the phase that follows the phase of `cell`. After the last phase of a row comes the update of the
/// next row.
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

/// The cell that is computed after `cell`: the next one of its phase, or the first one of the phase that follows.
pub fn next_number(cell: Cell) -> Cell {
    let columns = Phase::of(cell).columns();
    let here = columns.iter().position(|&column| column == cell.column);
    match here.and_then(|here| columns.get(here + 1)) {
        Some(&column) => Cell { column, ..cell },
        None => next_phase(cell),
    }
}

/// The columns of a row that are computed from `cell` on, in the order of the computation.
pub fn from(cell: Cell) -> impl Iterator<Item = Column> {
    let all = Phase::of_row(cell.row).into_iter().flat_map(|phase| phase.columns().iter().copied());
    all.skip_while(move |&column| column != cell.column)
}

/// The first cell of the phase before the phase of `cell`; `None` where there is none.
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
    fn every_column_is_one_of_its_phase() {
        for row in [0, 1] {
            for column in Column::ALL {
                let phase = Phase::of(Cell { row, column });
                assert!(phase.columns().contains(&column), "{} in row {row}", column.name());
            }
        }
    }

    #[test]
    fn no_phase_needs_a_column_of_a_later_phase() {
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
    fn numbers_are_visited_in_the_order_in_which_they_are_computed() {
        let mut cell = Cell { row: 0, column: Column::I1 };
        let mut visited = vec![cell.column];
        while cell.row == 0 {
            cell = next_number(cell);
            visited.push(cell.column);
        }
        assert_eq!(visited.len(), Column::COUNT + 1, "each column once, and the first of the next row");
        assert_eq!(cell, Cell { row: 1, column: Column::W1 });
    }

    #[test]
    fn what_is_computed_from_a_cell_on_goes_to_the_end_of_its_row() {
        let columns = |row, column| from(Cell { row, column }).collect::<Vec<_>>();
        assert_eq!(columns(0, Column::I1).len(), Column::COUNT);
        assert_eq!(columns(1, Column::W1).len(), Column::COUNT - 4, "targets and inputs are copied");
        assert_eq!(columns(3, Column::G3), [Column::G3, Column::G4]);
        let rest = columns(0, Column::AO1);
        assert!(rest.contains(&Column::ETotal) && !rest.contains(&Column::O1));
    }

    #[test]
    fn steps_go_through_every_phase_of_every_row_and_back() {
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
