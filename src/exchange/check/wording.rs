//! The sentences for mistakes: each mistake is named once, for all the cells that it explains.

use super::comparison::Place;
use crate::exchange::mistakes::{Family, Guess, listed};
use crate::sheet::Column;

/// The number of gradients that must have the same unexplained factor so that the error's formula explains them all.
const MOST_GRADIENTS: usize = 5;

/// Cells with the same cause.
pub(super) struct Explained {
    /// The mistake that explains them.
    pub(super) guess: Guess,
    /// The clause of another mistake that fits the numbers as well.
    pub(super) other: Option<String>,
    /// The cells.
    pub(super) places: Vec<Place>,
}

/// Returns the sentence for each mistake, with its cells.
pub(super) fn causes(explained: Vec<Explained>) -> Vec<(String, Vec<Place>)> {
    let (biases, others): (Vec<_>, Vec<_>) =
        explained.into_iter().partition(|explained| matches!(explained.guess.family, Family::Bias(_)));
    let mut merged: Vec<Explained> = Vec::new();
    for new in others {
        match merged.iter_mut().find(|known| known.guess.clause == new.guess.clause) {
            Some(known) => {
                known.places.extend(new.places);
                known.other = known.other.take().or(new.other);
            }
            None => merged.push(new),
        }
    }
    let merged = merged.into_iter().map(|explained| (sentence(&explained), explained.places));
    merged.chain(with_biases(biases)).collect()
}

/// Returns one sentence for all biases, with their cells.
fn with_biases(biases: Vec<Explained>) -> Option<(String, Vec<Place>)> {
    let mut added: Vec<(f64, Vec<Place>)> = Vec::new();
    for explained in biases {
        let Family::Bias(bias) = explained.guess.family else { continue };
        match added.iter_mut().find(|(known, _)| *known == bias) {
            Some((_, places)) => places.extend(explained.places),
            None => added.push((bias, explained.places)),
        }
    }
    let parts: Vec<String> =
        added.iter().map(|(bias, places)| format!("{bias} in {}", listed(&columns(places)))).collect();
    let is_one = parts.len() == 1;
    let (biases, are) = if is_one { ("a bias", "is") } else { ("biases", "are") };
    let sentence =
        format!("Likely mistake: {biases} {are} added ({}), but the network on this page has none.", parts.join(", "));
    (!parts.is_empty()).then(|| (sentence, added.into_iter().flat_map(|(_, places)| places).collect()))
}

fn columns(places: &[Place]) -> Vec<Column> {
    let mut columns: Vec<Column> = places.iter().map(|place| place.column).collect();
    columns.sort();
    columns.dedup();
    columns
}

/// Whether a mistake in these columns is one of the error's formula, from which all gradients follow.
pub(super) fn is_of_error(columns: impl Iterator<Item = Column>) -> bool {
    columns.filter(|column| column.is_gradient()).count() >= MOST_GRADIENTS
}

fn sentence(explained: &Explained) -> String {
    let columns = columns(&explained.places);
    let is_all = is_of_error(columns.iter().copied());
    let with_errors = columns.iter().any(|column| matches!(column, Column::E1 | Column::E2));
    let clause = match explained.guess.family {
        Family::Twice if is_all && with_errors => {
            "the error is E = (t − a)², without the ½, so the errors and all gradients are twice as large"
        }
        Family::Twice if is_all => "the gradients are those of E = (t − a)², without the ½, so they are twice as large",
        Family::Half if is_all => "every gradient is multiplied by ½, as if it were an error",
        Family::Sign if is_all => "the difference is the wrong way round in every gradient, t − a instead of a − t",
        _ => &explained.guess.clause,
    };
    match &explained.other {
        Some(other) => format!("Likely mistake: {clause}, or {other}. Both give the same numbers here."),
        None => format!("Likely mistake: {clause}."),
    }
}
