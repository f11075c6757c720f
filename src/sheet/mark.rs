//! How a cell is related to the selected one, and the CSS class that shows it in the table and in the diagram.

/// How a cell is related to the selected one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// The cell has nothing to do with the selected one.
    #[default]
    None,
    /// The cell's own formula refers to the selected cell.
    Dependent,
    /// The selected cell's formula refers to this cell. The shade distinguishes two precedents of one quantity.
    Precedent {
        /// The position among the precedents of the same quantity.
        shade: usize,
    },
    /// The cell is the selected one.
    Selected,
}

impl Mark {
    /// The CSS class of the mark; empty for none.
    pub const fn class(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Dependent => "dependent",
            Self::Precedent { shade: 0 } => "precedent",
            Self::Precedent { .. } => "precedent shade",
            Self::Selected => "selected",
        }
    }
}
