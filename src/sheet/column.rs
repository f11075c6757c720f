//! The sheet's columns: their order, symbols and meanings. The classic table has 31; the four δ can be shown beside them.

/// A column of the sheet, in the order of the classic table. The four δ follow after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[expect(missing_docs, reason = "`symbol` and `meaning` describe each column")]
#[rustfmt::skip]
pub enum Column {
    T1, T2, I1, I2,
    W1, W2, W3, W4,
    H1, AH1, H2, AH2,
    W5, W6, W7, W8,
    O1, AO1, O2, AO2,
    E1, E2, ETotal,
    G1, G2, G3, G4, G5, G6, G7, G8,
    DO1, DO2, DH1, DH2,
}

/// The kind of number in a column. Each quantity has its own colour everywhere on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// A target value.
    Target,
    /// An input value.
    Input,
    /// A weight.
    Weight,
    /// The weighted sum into a hidden neuron, or its activation.
    Hidden,
    /// The weighted sum into an output neuron, or its activation.
    Output,
    /// An error.
    Error,
    /// A partial derivative of the total error, by a weight or by a neuron's weighted sum.
    Gradient,
}

impl Quantity {
    /// The CSS class with the quantity's colour.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Target => "q-target",
            Self::Input => "q-input",
            Self::Weight => "q-weight",
            Self::Hidden => "q-hidden",
            Self::Output => "q-output",
            Self::Error => "q-error",
            Self::Gradient => "q-gradient",
        }
    }
}

/// Neighbouring columns under one header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The header's text.
    pub name: &'static str,
    /// The first column.
    pub first: Column,
    /// The number of columns.
    pub len: usize,
}

impl Column {
    /// The number of columns of the classic table.
    pub const COUNT: usize = 31;

    /// The columns of the classic table, in order.
    #[rustfmt::skip]
    pub const ALL: [Self; Self::COUNT] = {
        use Column::*;
        [
            T1, T2, I1, I2, W1, W2, W3, W4, H1, AH1, H2, AH2, W5, W6, W7, W8, O1, AO1, O2, AO2, E1, E2, ETotal,
            G1, G2, G3, G4, G5, G6, G7, G8,
        ]
    };

    /// The columns of the table in which the δ are shown.
    pub const WITH_DELTAS: [Self; Self::COUNT + 4] = {
        let mut columns = [Self::T1; Self::COUNT + 4];
        let mut index = 0;
        while index < Self::COUNT {
            columns[index] = Self::ALL[index];
            index += 1;
        }
        while index < columns.len() {
            columns[index] = Self::DELTAS[index - Self::COUNT];
            index += 1;
        }
        columns
    };

    /// δ of the two output neurons, then of the two hidden ones.
    pub const DELTAS: [Self; 4] = [Self::DO1, Self::DO2, Self::DH1, Self::DH2];

    /// w1 to w8.
    pub const WEIGHTS: [Self; 8] = {
        use Column::*;
        [W1, W2, W3, W4, W5, W6, W7, W8]
    };

    /// ∂E_t/∂w1 to ∂E_t/∂w8.
    pub const GRADIENTS: [Self; 8] = {
        use Column::*;
        [G1, G2, G3, G4, G5, G6, G7, G8]
    };

    /// The groups, in order; together they cover every column. The last one holds the δ, which the classic table lacks.
    pub const GROUPS: [Group; 9] = [
        Group { name: "Targets", first: Self::T1, len: 2 },
        Group { name: "Inputs", first: Self::I1, len: 2 },
        Group { name: "Weights to hidden", first: Self::W1, len: 4 },
        Group { name: "Hidden layer", first: Self::H1, len: 4 },
        Group { name: "Weights to output", first: Self::W5, len: 4 },
        Group { name: "Output layer", first: Self::O1, len: 4 },
        Group { name: "Error", first: Self::E1, len: 3 },
        Group { name: "Gradients", first: Self::G1, len: 8 },
        Group { name: "Deltas", first: Self::DO1, len: 4 },
    ];

    /// The position in [`Column::WITH_DELTAS`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The symbol: a letter and its subscript, which the total error has not. A gradient has the symbol of its weight; see
    /// [`Column::is_gradient`].
    pub const fn symbol(self) -> (&'static str, &'static str) {
        use Column::*;
        match self {
            T1 => ("t", "1"),
            T2 => ("t", "2"),
            I1 => ("i", "1"),
            I2 => ("i", "2"),
            W1 | G1 => ("w", "1"),
            W2 | G2 => ("w", "2"),
            W3 | G3 => ("w", "3"),
            W4 | G4 => ("w", "4"),
            W5 | G5 => ("w", "5"),
            W6 | G6 => ("w", "6"),
            W7 | G7 => ("w", "7"),
            W8 | G8 => ("w", "8"),
            H1 => ("h", "1"),
            AH1 => ("a", "h1"),
            H2 => ("h", "2"),
            AH2 => ("a", "h2"),
            O1 => ("o", "1"),
            AO1 => ("a", "o1"),
            O2 => ("o", "2"),
            AO2 => ("a", "o2"),
            E1 => ("E", "1"),
            E2 => ("E", "2"),
            ETotal => ("E", ""),
            DO1 => ("δ", "o1"),
            DO2 => ("δ", "o2"),
            DH1 => ("δ", "h1"),
            DH2 => ("δ", "h2"),
        }
    }

    /// The weight's index among the eight, from 0; `None` for other columns.
    pub fn weight_index(self) -> Option<usize> {
        Self::WEIGHTS.iter().position(|&weight| weight == self)
    }

    /// Whether the column is a partial derivative of the total error by a weight.
    pub const fn is_gradient(self) -> bool {
        self.index() >= Self::G1.index() && self.index() <= Self::G8.index()
    }

    /// Whether the column is a neuron's δ, the partial derivative of the total error by the neuron's weighted sum.
    pub const fn is_delta(self) -> bool {
        self.index() >= Self::COUNT
    }

    /// The name in plain text, as in the classic table's header: `a_h1`, `E_Total`, `∂E_t/∂w1`.
    pub fn name(self) -> String {
        let (letter, subscript) = self.symbol();
        match self {
            Self::ETotal => "E_Total".to_owned(),
            _ if self.is_gradient() => format!("∂E_t/∂{letter}{subscript}"),
            _ if letter == "a" || self.is_delta() => format!("{letter}_{subscript}"),
            _ => format!("{letter}{subscript}"),
        }
    }

    /// The name that is read out: as [`Self::name`], but the total error is E, as it is drawn.
    pub fn label(self) -> String {
        let (letter, subscript) = self.symbol();
        match self {
            Self::ETotal => "E".to_owned(),
            _ if self.is_gradient() => format!("∂E/∂{letter}{subscript}"),
            _ => self.name(),
        }
    }

    /// The kind of number in the column.
    pub const fn quantity(self) -> Quantity {
        use Column::*;
        match self {
            T1 | T2 => Quantity::Target,
            I1 | I2 => Quantity::Input,
            W1 | W2 | W3 | W4 | W5 | W6 | W7 | W8 => Quantity::Weight,
            H1 | AH1 | H2 | AH2 => Quantity::Hidden,
            O1 | AO1 | O2 | AO2 => Quantity::Output,
            E1 | E2 | ETotal => Quantity::Error,
            G1 | G2 | G3 | G4 | G5 | G6 | G7 | G8 | DO1 | DO2 | DH1 | DH2 => Quantity::Gradient,
        }
    }

    /// The meaning of the column in words: "weighted sum into hidden neuron 1".
    pub fn meaning(self) -> String {
        use Column::*;
        let (_, subscript) = self.symbol();
        match self {
            T1 | T2 => format!("target of output {subscript}"),
            I1 | I2 => format!("input {subscript}"),
            W1 => "weight from input 1 to hidden neuron 1".to_owned(),
            W2 => "weight from input 2 to hidden neuron 1".to_owned(),
            W3 => "weight from input 1 to hidden neuron 2".to_owned(),
            W4 => "weight from input 2 to hidden neuron 2".to_owned(),
            W5 => "weight from hidden neuron 1 to output 1".to_owned(),
            W6 => "weight from hidden neuron 2 to output 1".to_owned(),
            W7 => "weight from hidden neuron 1 to output 2".to_owned(),
            W8 => "weight from hidden neuron 2 to output 2".to_owned(),
            H1 | H2 => format!("weighted sum into hidden neuron {subscript}"),
            AH1 => "activation of hidden neuron 1".to_owned(),
            AH2 => "activation of hidden neuron 2".to_owned(),
            O1 | O2 => format!("weighted sum into output {subscript}"),
            AO1 => "activation of output 1".to_owned(),
            AO2 => "activation of output 2".to_owned(),
            E1 | E2 => format!("error of output {subscript}"),
            ETotal => "total error".to_owned(),
            DO1 => "how much E changes if the sum into output 1 changes".to_owned(),
            DO2 => "how much E changes if the sum into output 2 changes".to_owned(),
            DH1 => "how much E changes if the sum into hidden neuron 1 changes".to_owned(),
            DH2 => "how much E changes if the sum into hidden neuron 2 changes".to_owned(),
            _ => format!("how much E changes if w{subscript} changes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_a_column_is_its_place_in_all() {
        for (index, column) in Column::WITH_DELTAS.into_iter().enumerate() {
            assert_eq!(column.index(), index);
        }
        assert_eq!(Column::WITH_DELTAS[..Column::COUNT], Column::ALL);
    }

    #[test]
    fn groups_cover_every_column_once() {
        let mut next = 0;
        for group in Column::GROUPS {
            assert_eq!(group.first.index(), next, "{}", group.name);
            next += group.len;
        }
        assert_eq!(next, Column::WITH_DELTAS.len());
    }
}
