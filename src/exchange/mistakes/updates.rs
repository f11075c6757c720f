//! Wrong updates of a weight.

use super::{Family, Guess, Origin, gradient_of, product, used_instead};
use crate::sheet::rewrite::rewrite;
use crate::sheet::{Column, Expr, Term};

/// Returns the update of a weight with momentum: a share of the step before is added to each step. If `is_averaged` is true,
/// the new step counts only for the rest.
pub(in super::super) fn with_momentum(weight: Column, share: f64, is_averaged: bool) -> Option<Guess> {
    let step = product([Expr::Term(Term::LearningRate), Expr::above(gradient_of(weight)?)]);
    let not_alone = format!("the update is not −η·∂E_t/∂w alone: {share} times the step before is added");
    let (step, clause) = match is_averaged {
        true => (
            product([Expr::Number(1.0 - share), step]),
            format!("{not_alone}, and the new step counts only for the rest"),
        ),
        false => (step, not_alone),
    };
    let clause = format!("{clause}, which is called momentum");
    let expr = Expr::difference(Expr::above(weight), step);
    Some(Guess { step_before: Some((weight, share)), ..Guess::new(clause, expr) })
}

/// Returns the update of a weight with weight decay: a share of the weight is subtracted in each step.
pub(in super::super) fn with_decay(weight: Column, share: f64) -> Option<Guess> {
    let step = product([Expr::Term(Term::LearningRate), Expr::above(gradient_of(weight)?)]);
    let rest = product([Expr::Number(1.0 - share), Expr::above(weight)]);
    let clause = format!(
        "the update is not −η·∂E_t/∂w alone: {share} times the weight is subtracted, too, which is called weight decay"
    );
    Some(Guess::new(clause, Expr::difference(rest, step)))
}

/// Returns the guess of a classic bug in an update, in its family.
pub(super) fn in_family(guess: Guess, gradient: Column) -> Guess {
    let is_other = Column::GRADIENTS.into_iter().any(|other| guess.clause == used_instead(other, gradient));
    if is_other { Guess { family: Family::OtherGradient, ..guess } } else { guess }
}

/// Returns wrong updates of a weight.
pub(super) fn wrong_updates(weight: Column, gradient: Column, right: &Expr) -> Vec<Guess> {
    let rate = || Expr::Term(Term::LearningRate);
    let mut guesses = vec![
        Guess::new("+ is used instead of −, and η is left out", Expr::sum(Expr::above(weight), Expr::above(gradient))),
        Guess::new("the weight is not updated", Expr::above(weight)),
        Guess::moved(
            "every step starts from row 0, not from the row above",
            right,
            [Term::Above(weight)],
            Origin::Start,
        ),
        Guess::moved(
            "every step uses the gradient of row 0, not that of the row above: its reference is fixed",
            right,
            [Term::Above(gradient)],
            Origin::Start,
        ),
        Guess::moved(
            "the weight and the gradient are always those of row 0: the references are fixed",
            right,
            [Term::Above(weight), Term::Above(gradient)],
            Origin::Start,
        ),
        Guess::moved(
            "the gradient of the row before is used: its reference is one row too high",
            right,
            [Term::Above(gradient)],
            Origin::Above,
        ),
        Guess::moved(
            "the weight of the row before is used: its reference is one row too high",
            right,
            [Term::Above(weight)],
            Origin::Above,
        ),
        Guess::new(
            "the gradient of its own row is used, not that of the row above",
            Expr::difference(Expr::above(weight), product([rate(), Expr::here(gradient)])),
        ),
    ];
    let others = |own: Column, all: [Column; 8]| {
        all.into_iter().filter(move |&other| other != own).map(move |other| {
            let expr = rewrite(right.clone(), &|expr| if expr == Expr::above(own) { Expr::above(other) } else { expr });
            Guess::new(used_instead(other, own), expr)
        })
    };
    guesses.extend(others(gradient, Column::GRADIENTS).map(|guess| Guess { family: Family::OtherGradient, ..guess }));
    guesses.extend(others(weight, Column::WEIGHTS));
    guesses.extend(Column::GRADIENTS.into_iter().filter(|&other| other != gradient).map(|other| {
        let expr = Expr::difference(Expr::above(weight), product([rate(), Expr::above(other)]));
        Guess::new(format!("{} is used for other weights, too: its column is fixed", other.name()), expr)
    }));
    guesses.push(Guess::new(
        "η is multiplied in twice",
        Expr::difference(Expr::above(weight), product([rate(), rate(), Expr::above(gradient)])),
    ));
    guesses.push(Guess::new(
        "w − η is in brackets, so the whole difference is multiplied by the gradient",
        product([Expr::difference(Expr::above(weight), rate()), Expr::above(gradient)]),
    ));
    guesses.push(Guess::new(
        "only the step is in the cell: the old weight is left out",
        product([Expr::Number(-1.0), rate(), Expr::above(gradient)]),
    ));
    guesses
}
