//! The object stores of the database.

/// `ObjectStore` names an object store.
#[derive(Clone, Copy)]
pub(crate) enum ObjectStore {
    Runs,
    Checkpoints,
    Names,
    Losses,
    Attempts,
}

impl ObjectStore {
    pub(crate) const ALL: [Self; 5] = [Self::Runs, Self::Checkpoints, Self::Names, Self::Losses, Self::Attempts];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Checkpoints => "snapshots",
            Self::Names => "names",
            Self::Losses => "losses",
            Self::Attempts => "attempts",
        }
    }
}
