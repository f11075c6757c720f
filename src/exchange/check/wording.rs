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
    let mut merged: Vec<Vec<Explained>> = Vec::new();
    for new in others {
        // Steps with each other's gradients are one mistake.
        let is_same = |known: &Explained| {
            known.guess.clause == new.guess.clause
                || [&known.guess, &new.guess].iter().all(|guess| guess.family == Family::OtherGradient)
        };
        match merged.iter_mut().find(|known| known.iter().any(is_same)) {
            Some(known) => known.push(new),
            None => merged.push(vec![new]),
        }
    }
    let with_places = |same: Vec<Explained>| {
        let places: Vec<Place> = same.iter().flat_map(|explained| &explained.places).copied().collect();
        (sentence(&same, &columns(&places)), places)
    };
    merged.into_iter().map(with_places).chain(with_biases(biases)).collect()
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

/// Returns the sentence for one mistake in these columns.
fn sentence(same: &[Explained], columns: &[Column]) -> String {
    let is_all = is_of_error(columns.iter().copied());
    let with_errors = columns.iter().any(|column| matches!(column, Column::E1 | Column::E2));
    let clause = match same.first().map(|explained| explained.guess.family) {
        Some(Family::Twice) if is_all && with_errors => {
            "the error is E = (t − a)², without the ½, so the errors and all gradients are twice as large".to_owned()
        }
        Some(Family::Twice) if is_all => {
            "the gradients are those of E = (t − a)², without the ½, so they are twice as large".to_owned()
        }
        Some(Family::Half) if is_all => "every gradient is multiplied by ½, as if it were an error".to_owned(),
        Some(Family::Sign) if is_all => {
            "the difference is the wrong way round in every gradient, t − a instead of a − t".to_owned()
        }
        Some(Family::Tanh) if columns.iter().all(|column| column.is_gradient()) => {
            "the slope is 1 − a², which is that of tanh, and not a·(1 − a)".to_owned()
        }
        _ => joined(same.iter().map(|explained| &explained.guess.clause)),
    };
    match joined(same.iter().filter_map(|explained| explained.other.as_ref())) {
        other if other.is_empty() => format!("Likely mistake: {clause}."),
        other => format!("Likely mistake: {clause}, or {other}. Both give the same numbers here."),
    }
}

/// Joins clauses, each of them once.
fn joined<'a>(clauses: impl Iterator<Item = &'a String>) -> String {
    let mut all: Vec<&str> = Vec::new();
    for clause in clauses {
        if !all.contains(&clause.as_str()) {
            all.push(clause);
        }
    }
    match all.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{}, and {last}", others.join(", ")),
        _ => all.concat(),
    }
}
