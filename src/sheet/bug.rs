//! Classic mistakes, seeded into the sheet's formulas: for "Find the bug", and to name the likely mistake behind a
//! wrong value.

use super::column::Column;
use super::formula::{Expr, Term, Values, formula};
use super::lesson::Lesson;
use super::network::{self, Row};
use crate::random::{Purpose, Random};

use Column::*;

/// What goes wrong. New kinds go to the end, so that a task's number keeps its bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// Output gradients without a_o·(1 − a_o).
    OutputSlopeMissing,
    /// Hidden gradients without a_h·(1 − a_h).
    HiddenSlopeMissing,
    /// t − a in place of a − t.
    SignTurned,
    /// Hidden gradients with w6 and w7 in each other's place.
    WeightsSwapped,
    /// A hidden gradient with the other input.
    WrongInput,
    /// An error without its ½.
    HalfMissing,
    /// An error without its square.
    SquareMissing,
    /// E1 − E2.
    ErrorsSubtracted,
    /// E1 + E1.
    ErrorCountedTwice,
    /// A net input with another unit's weight.
    WrongWeight,
    /// An output's net input from net inputs in place of activations.
    ActivationMissing,
    /// w + η·gradient.
    StepUphill,
    /// w − gradient.
    RateMissing,
    /// An update by another weight's gradient.
    WrongGradient,
    /// An update whose gradient takes output weights that were already updated.
    UpdatedTooEarly,
}

/// One mistake at one place of the sheet: it shows in the formulas of one column, or of a few that share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bug {
    kind: Kind,
    /// The first of [`Bug::columns`].
    at: Column,
}

/// Every kind with the columns at which it can sit; a place that shares the bug with others is their first.
const PLACES: [(Kind, &[Column]); 15] = [
    (Kind::OutputSlopeMissing, &[G5, G7]),
    (Kind::HiddenSlopeMissing, &[G1, G3]),
    (Kind::SignTurned, &[G5, G7]),
    (Kind::WeightsSwapped, &[G1]),
    (Kind::WrongInput, &[G1, G2, G3, G4]),
    (Kind::HalfMissing, &[E1, E2]),
    (Kind::SquareMissing, &[E1, E2]),
    (Kind::ErrorsSubtracted, &[ETotal]),
    (Kind::ErrorCountedTwice, &[ETotal]),
    (Kind::WrongWeight, &[H1, H2, O1, O2]),
    (Kind::ActivationMissing, &[O1, O2]),
    (Kind::StepUphill, &Column::WEIGHTS),
    (Kind::RateMissing, &Column::WEIGHTS),
    (Kind::WrongGradient, &Column::WEIGHTS),
    (Kind::UpdatedTooEarly, &[W1, W2, W3, W4]),
];

impl Bug {
    /// All bugs, the kinds in a fixed order.
    pub fn all() -> impl Iterator<Item = Self> {
        PLACES.into_iter().flat_map(|(kind, places)| places.iter().map(move |&at| Self { kind, at }))
    }

    /// A kind, and then a place for it, each as likely as any other.
    fn draw(random: &mut Random) -> Self {
        let (kind, places) = PLACES[random.below(PLACES.len())];
        Self { kind, at: places[random.below(places.len())] }
    }

    /// The columns whose formulas are wrong. Whoever marks one of them has found the bug.
    pub fn columns(self) -> &'static [Column] {
        const OUTPUT_1: &[Column] = &[G5, G6];
        const OUTPUT_2: &[Column] = &[G7, G8];
        const HIDDEN_1: &[Column] = &[G1, G2];
        const HIDDEN_2: &[Column] = &[G3, G4];
        match (self.kind, self.at) {
            (Kind::OutputSlopeMissing | Kind::SignTurned, G5) => OUTPUT_1,
            (Kind::OutputSlopeMissing | Kind::SignTurned, _) => OUTPUT_2,
            (Kind::HiddenSlopeMissing, G1) => HIDDEN_1,
            (Kind::HiddenSlopeMissing, _) => HIDDEN_2,
            (Kind::WeightsSwapped, _) => &[G1, G2, G3, G4],
            (_, at) => std::slice::from_ref(&Column::ALL[at.index()]),
        }
    }

    /// The formula of a column in the faulty sheet: as [`formula`], except for [`Bug::columns`].
    pub fn formula(self, column: Column, first: bool) -> Option<Expr> {
        let right = formula(column, first)?;
        Some(if self.columns().contains(&column) { self.spoil(column, right) } else { right })
    }

    /// Puts the mistake into a column's right formula.
    fn spoil(self, column: Column, right: Expr) -> Expr {
        match self.kind {
            Kind::OutputSlopeMissing | Kind::HiddenSlopeMissing => {
                let unit = self.unit(column);
                let slope = [Expr::here(unit), Expr::one_minus(unit)];
                match right {
                    Expr::Product(factors) => without(factors, &slope),
                    other => other,
                }
            }
            Kind::SignTurned => rewrite(right, &|expr| match expr {
                Expr::Difference(left, right) if matches!(*right, Expr::Term(Term::Here(T1 | T2))) => {
                    Expr::Difference(right, left)
                }
                other => other,
            }),
            Kind::WeightsSwapped => swap_terms(right, Term::Here(W6), Term::Here(W7)),
            Kind::WrongInput => swap_terms(right, Term::Here(I1), Term::Here(I2)),
            Kind::HalfMissing => match right {
                Expr::Product(factors) => without(factors, &[Expr::Number(0.5)]),
                other => other,
            },
            Kind::SquareMissing => rewrite(right, &|expr| match expr {
                Expr::Square(base) => *base,
                other => other,
            }),
            Kind::ErrorsSubtracted => match right {
                Expr::Sum(left, right) => Expr::Difference(left, right),
                other => other,
            },
            Kind::ErrorCountedTwice => replace_term(right, Term::Here(E2), Term::Here(E1)),
            Kind::WrongWeight => {
                let (of, by) = self.weights();
                replace_term(right, Term::Here(of), Term::Here(by))
            }
            Kind::ActivationMissing => {
                let first = replace_term(right, Term::Here(AH1), Term::Here(H1));
                replace_term(first, Term::Here(AH2), Term::Here(H2))
            }
            Kind::StepUphill => match right {
                Expr::Difference(left, right) => Expr::Sum(left, right),
                other => other,
            },
            Kind::RateMissing => rewrite(right, &|expr| match expr {
                Expr::Product(factors) => without(factors, &[Expr::Term(Term::LearningRate)]),
                other => other,
            }),
            Kind::WrongGradient => {
                let (own, other) = self.gradients();
                replace_term(right, Term::Above(own), Term::Above(other))
            }
            Kind::UpdatedTooEarly => match (right, formula(self.gradients().0, true)) {
                (Expr::Difference(weight, _), Some(Expr::Product(slope))) => {
                    // The gradient of the row above, except for the output weights: those are taken from this row.
                    let mut factors = vec![Expr::Term(Term::LearningRate)];
                    factors.extend(slope.into_iter().map(|factor| {
                        rewrite(factor, &|expr| match expr {
                            Expr::Term(Term::Here(column)) if !matches!(column, W5 | W6 | W7 | W8) => {
                                Expr::Term(Term::Above(column))
                            }
                            other => other,
                        })
                    }));
                    Expr::Difference(weight, Box::new(Expr::Product(factors)))
                }
                (right, _) => right,
            },
        }
    }

    /// The activation whose slope a gradient contains last: that of the unit which its weight leads to.
    const fn unit(self, gradient: Column) -> Column {
        match gradient {
            G1 | G2 => AH1,
            G3 | G4 => AH2,
            G5 | G6 => AO1,
            _ => AO2,
        }
    }

    /// For a net input: the weight that belongs there, and the one that [`Kind::WrongWeight`] takes.
    const fn weights(self) -> (Column, Column) {
        match self.at {
            H1 => (W2, W3),
            H2 => (W3, W2),
            O1 => (W6, W7),
            _ => (W7, W6),
        }
    }

    /// For a weight: its own gradient, and that of the other weight into the same unit.
    fn gradients(self) -> (Column, Column) {
        let index = self.at.weight_index().unwrap_or(0);
        (Column::GRADIENTS[index], Column::GRADIENTS[index ^ 1])
    }

    /// What is wrong, as a clause: "the slope a_o1·(1 − a_o1) is left out".
    pub fn mistake(self) -> String {
        let n = if matches!(self.at, E1 | O1 | G5 | G6) { 1 } else { 2 };
        match self.kind {
            Kind::OutputSlopeMissing | Kind::HiddenSlopeMissing => {
                let unit = self.unit(self.at).name();
                format!("the slope {unit}·(1 − {unit}) is left out")
            }
            Kind::SignTurned => format!("the difference is turned around, t{n} − a_o{n} for a_o{n} − t{n}"),
            Kind::WeightsSwapped => "w6 and w7 are swapped".to_owned(),
            Kind::WrongInput => match self.at {
                G1 | G3 => "i2 stands where i1 belongs".to_owned(),
                _ => "i1 stands where i2 belongs".to_owned(),
            },
            Kind::HalfMissing => "the ½ is left out".to_owned(),
            Kind::SquareMissing => "the difference is not squared".to_owned(),
            Kind::ErrorsSubtracted => "E2 is subtracted, not added".to_owned(),
            Kind::ErrorCountedTwice => "E1 is counted twice and E2 never".to_owned(),
            Kind::WrongWeight => {
                let (of, by) = self.weights();
                format!("{} stands where {} belongs", by.name(), of.name())
            }
            Kind::ActivationMissing => {
                "the net inputs h1 and h2 stand where the activations a_h1 and a_h2 belong".to_owned()
            }
            Kind::StepUphill => "the step goes up the slope, with + for −".to_owned(),
            Kind::RateMissing => "the learning rate η is left out".to_owned(),
            Kind::WrongGradient => {
                let (own, other) = self.gradients();
                format!("{} stands where {} belongs", other.name(), own.name())
            }
            Kind::UpdatedTooEarly => {
                "the gradient is computed with output weights that were already updated".to_owned()
            }
        }
    }

    /// What is wrong and where, and what is right.
    pub fn explanation(self) -> String {
        let names: Vec<String> = self.columns().iter().map(|column| column.name()).collect();
        let names = match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        };
        let right = formula(self.at, false).map(|expr| expr.symbols()).unwrap_or_default();
        let note = if right.contains('↑') { " (↑: the row above)" } else { "" };
        format!("In {names}, {}. Right is {} = {right}{note}.", self.mistake(), self.at.name())
    }

    /// How the gradient check shows the bug, or why it cannot.
    pub fn proof(self) -> &'static str {
        if self.at.is_gradient() {
            "The gradient check disagrees where the formula is wrong: move the weight a little, and the error changes at \
             another rate than the sheet says."
        } else if self.spoils_an_update() {
            "The gradient check agrees, so the gradients are right. Only the step to the next row is wrong: it is not \
             w − η·∂E_t/∂w."
        } else {
            "The gradients’ own formulas are right, but they are not the slopes of this total error: the gradient check \
             disagrees."
        }
    }

    /// Whether the bug sits in the update, which no gradient shows.
    pub fn spoils_an_update(self) -> bool {
        Column::WEIGHTS.contains(&self.at)
    }
}

/// The product of the factors that are not among `dropped`; a single factor stands for itself.
pub(crate) fn without(mut factors: Vec<Expr>, dropped: &[Expr]) -> Expr {
    factors.retain(|factor| !dropped.contains(factor));
    match <[Expr; 1]>::try_from(factors) {
        Ok([only]) => only,
        Err(factors) => Expr::Product(factors),
    }
}

/// The expression with `change` applied to every part, the innermost first.
pub(crate) fn rewrite(expr: Expr, change: &dyn Fn(Expr) -> Expr) -> Expr {
    let inside = |expr: Box<Expr>| Box::new(rewrite(*expr, change));
    change(match expr {
        Expr::Sum(left, right) => Expr::Sum(inside(left), inside(right)),
        Expr::Difference(left, right) => Expr::Difference(inside(left), inside(right)),
        Expr::Product(factors) => Expr::Product(factors.into_iter().map(|factor| rewrite(factor, change)).collect()),
        Expr::Square(base) => Expr::Square(inside(base)),
        Expr::Sigmoid(argument) => Expr::Sigmoid(inside(argument)),
        leaf @ (Expr::Number(_) | Expr::Term(_)) => leaf,
    })
}

fn replace_term(expr: Expr, of: Term, by: Term) -> Expr {
    rewrite(expr, &|expr| if expr == Expr::Term(of) { Expr::Term(by) } else { expr })
}

fn swap_terms(expr: Expr, one: Term, other: Term) -> Expr {
    rewrite(expr, &|expr| match expr {
        Expr::Term(term) if term == one => Expr::Term(other),
        Expr::Term(term) if term == other => Expr::Term(one),
        expr => expr,
    })
}

/// The bug that would give `found` in a cell whose right value is another. `values` are the cell's rows as they should
/// be, `first` says whether it is row 0, and `tolerance` is relative. The likelier mistakes come first.
pub fn likely_mistake(column: Column, first: bool, values: &Values<'_>, found: f64, tolerance: f64) -> Option<Bug> {
    let near = |a: f64, b: f64| (a - b).abs() <= tolerance * a.abs().max(b.abs());
    let right = values.here.get(column);
    Bug::all().filter(|bug| bug.columns().contains(&column)).find(|bug| {
        let wrong = bug.formula(column, first).map(|expr| expr.evaluate(values));
        wrong.is_some_and(|wrong| near(wrong, found) && !near(wrong, right))
    })
}

/// A sheet with a bug: every value is what its formulas give.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultySheet {
    bug: Bug,
    lesson: Lesson,
    rows: Vec<Row>,
}

/// The columns in an order in which each comes after those that its formula refers to in the same row. With
/// [`Kind::UpdatedTooEarly`] the weights to the hidden layer need those to the output.
#[rustfmt::skip]
const ORDER: [Column; Column::COUNT] = [
    T1, T2, I1, I2, W5, W6, W7, W8, W1, W2, W3, W4,
    H1, AH1, H2, AH2, O1, AO1, O2, AO2, E1, E2, ETotal,
    G1, G2, G3, G4, G5, G6, G7, G8,
];

impl FaultySheet {
    /// Updates after row 0.
    pub const UPDATES: usize = 100;

    /// How much of a column's value (of the step, where the column is a weight) the bug must change in each of its
    /// columns, so that it can be seen.
    const VISIBLE: f64 = 0.02;

    /// The sheet of a task: the number decides the bug, its place and the constants.
    pub fn from_seed(seed: u64) -> Self {
        let mut random = Random::new(seed, Purpose::Exercise);
        let bug = Bug::draw(&mut random);
        loop {
            let sheet = Self::new(bug, Lesson::draw(&mut random), Self::UPDATES);
            if sheet.is_visible() {
                return sheet;
            }
        }
    }

    /// Fills the rows from their formulas.
    pub fn new(bug: Bug, lesson: Lesson, updates: usize) -> Self {
        let formulas = |first| ORDER.map(|column| (column, bug.formula(column, first)));
        let fill = |formulas: &[(Column, Option<Expr>)], above: &Row| {
            let mut here = *above;
            for (column, expr) in formulas {
                if let Some(expr) = expr {
                    let values = Values { here: &here, above, learning_rate: lesson.learning_rate };
                    here.set(*column, expr.evaluate(&values));
                }
            }
            here
        };
        let constants = lesson.constants;
        // Of this row only the constants stay, as row 0 has a formula for everything else.
        let given = network::row(constants.targets, constants.inputs, &constants.weights);
        let mut rows = Vec::with_capacity(updates + 1);
        rows.push(fill(&formulas(true), &given));
        let later = formulas(false);
        for index in 0..updates {
            rows.push(fill(&later, &rows[index]));
        }
        Self { bug, lesson, rows }
    }

    /// The bug.
    pub fn bug(&self) -> Bug {
        self.bug
    }

    /// Constants and learning rate.
    pub fn lesson(&self) -> Lesson {
        self.lesson
    }

    /// The index of the last row.
    pub fn last(&self) -> usize {
        self.rows.len() - 1
    }

    /// Row `index`; the last one where there is no such row.
    pub fn row(&self, index: usize) -> Row {
        self.rows[index.min(self.last())]
    }

    /// The total error that the sheet's own formulas give for these weights.
    pub fn total_error(&self, weights: &[f64; 8]) -> f64 {
        let mut lesson = self.lesson;
        lesson.constants.weights = *weights;
        Self::new(self.bug, lesson, 0).rows[0].total_error()
    }

    /// Whether each wrong column is off by enough to be seen, in row 0 or, for a weight, in row 1.
    fn is_visible(&self) -> bool {
        let index = usize::from(self.bug.spoils_an_update());
        let (here, above) = (self.row(index), self.row(0));
        let values = Values { here: &here, above: &above, learning_rate: self.lesson.learning_rate };
        self.bug.columns().iter().all(|&column| {
            let Some(right) = formula(column, index == 0).map(|expr| expr.evaluate(&values)) else { return false };
            let from = if index == 0 { 0.0 } else { above.get(column) };
            (here.get(column) - right).abs() >= Self::VISIBLE * (right - from).abs()
        })
    }
}

impl Lesson {
    /// A lesson for an exercise, in numbers that are quickly typed: two decimals, all weights different.
    pub(super) fn draw(random: &mut Random) -> Self {
        const RATES: [f64; 4] = [0.2, 0.5, 0.8, 2.0];
        let mut hundredths = |from: usize, to: usize| (from + random.below(to - from + 1)) as f64 / 100.0;
        let targets = [hundredths(1, 20), hundredths(80, 99)];
        let inputs = [hundredths(5, 45), hundredths(55, 95)];
        // 0.10, 0.15 … 0.95, of which eight are drawn without putting any back.
        let mut pool: Vec<f64> = (2..20).map(|twentieths| f64::from(twentieths * 5) / 100.0).collect();
        let weights = std::array::from_fn(|_| pool.swap_remove(random.below(pool.len())));
        let constants = network::Constants { targets, inputs, weights };
        Self { constants, learning_rate: RATES[random.below(RATES.len())] }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::sheet::Run;
    use crate::sheet::gradient_check::{Agreement, gradient_check};

    fn classic(bug: Bug) -> FaultySheet {
        FaultySheet::new(bug, Lesson::CLASSIC, 3)
    }

    #[test]
    fn every_bug_changes_its_own_formulas_and_no_other() {
        for bug in Bug::all() {
            let first = !bug.spoils_an_update();
            for column in Column::ALL {
                let (wrong, right) = (bug.formula(column, first), formula(column, first));
                assert_eq!(wrong != right, bug.columns().contains(&column), "{bug:?} in {}", column.name());
            }
        }
    }

    #[test]
    fn every_bug_is_another_and_there_are_15_kinds() {
        let all: Vec<Bug> = Bug::all().collect();
        let different: HashSet<String> = all
            .iter()
            .map(|bug| {
                let written = bug.columns().iter().filter_map(|&column| bug.formula(column, false));
                format!("{:?} {}", bug.columns(), written.map(|expr| expr.symbols()).collect::<String>())
            })
            .collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(all.iter().map(|bug| bug.kind).collect::<HashSet<_>>().len(), 15);
    }

    #[test]
    fn the_mistakes_read_as_they_are_made() {
        let written = |kind, at: Column| {
            let bug = Bug { kind, at };
            bug.formula(at, false).map(|expr| expr.symbols()).unwrap_or_default()
        };
        assert_eq!(written(Kind::OutputSlopeMissing, G5), "(a_o1 − t1)·a_h1");
        assert_eq!(written(Kind::SignTurned, G7), "(t2 − a_o2)·a_o2·(1 − a_o2)·a_h1");
        assert_eq!(
            written(Kind::HiddenSlopeMissing, G3),
            "((a_o1 − t1)·a_o1·(1 − a_o1)·w6 + (a_o2 − t2)·a_o2·(1 − a_o2)·w8)·i1"
        );
        assert_eq!(
            written(Kind::WeightsSwapped, G1),
            "((a_o1 − t1)·a_o1·(1 − a_o1)·w5 + (a_o2 − t2)·a_o2·(1 − a_o2)·w6)·a_h1·(1 − a_h1)·i1"
        );
        assert!(written(Kind::WrongInput, G4).ends_with("·a_h2·(1 − a_h2)·i1"));
        assert_eq!(written(Kind::HalfMissing, E1), "(t1 − a_o1)²");
        assert_eq!(written(Kind::SquareMissing, E2), "½·(t2 − a_o2)");
        assert_eq!(written(Kind::ErrorsSubtracted, ETotal), "E1 − E2");
        assert_eq!(written(Kind::ErrorCountedTwice, ETotal), "E1 + E1");
        assert_eq!(written(Kind::WrongWeight, H1), "w1·i1 + w3·i2");
        assert_eq!(written(Kind::WrongWeight, O2), "w6·a_h1 + w8·a_h2");
        assert_eq!(written(Kind::ActivationMissing, O1), "w5·h1 + w6·h2");
        assert_eq!(written(Kind::StepUphill, W6), "w6↑ + η·∂E_t/∂w6↑");
        assert_eq!(written(Kind::RateMissing, W1), "w1↑ − ∂E_t/∂w1↑");
        assert_eq!(written(Kind::WrongGradient, W8), "w8↑ − η·∂E_t/∂w7↑");
        assert_eq!(
            written(Kind::UpdatedTooEarly, W2),
            "w2↑ − η·((a_o1↑ − t1↑)·a_o1↑·(1 − a_o1↑)·w5 + (a_o2↑ − t2↑)·a_o2↑·(1 − a_o2↑)·w7)·a_h1↑·(1 − a_h1↑)·i2↑"
        );
    }

    #[test]
    fn a_faulty_sheet_is_right_up_to_the_bug_and_consistent_with_its_own_formulas() {
        let right = Run::new(Lesson::CLASSIC.constants, Lesson::CLASSIC.learning_rate, 3);
        for bug in Bug::all() {
            let sheet = classic(bug);
            for column in ORDER.into_iter().take_while(|column| !bug.columns().contains(column)) {
                assert_eq!(sheet.row(0).get(column), right.row(0).get(column), "{bug:?}, {}", column.name());
            }
            for index in 0..=3 {
                let (here, above) = (sheet.row(index), sheet.row(index.saturating_sub(1)));
                let values = Values { here: &here, above: &above, learning_rate: Lesson::CLASSIC.learning_rate };
                for column in Column::ALL {
                    let Some(expr) = bug.formula(column, index == 0) else { continue };
                    assert_eq!(expr.evaluate(&values), here.get(column), "{bug:?}, {}", column.name());
                }
            }
        }
    }

    #[test]
    fn the_gradient_check_shows_every_bug_but_those_of_the_update() {
        for bug in Bug::all() {
            let sheet = classic(bug);
            for index in 0..=1 {
                // Row 1 has other weights; what they give is asked of the sheet's own formulas all the same.
                let checks = gradient_check(&sheet.row(index), &|weights| sheet.total_error(weights));
                let differ: Vec<Column> = checks
                    .iter()
                    .filter(|check| check.agreement == Agreement::Differs)
                    .map(|check| check.gradient)
                    .collect();
                if bug.spoils_an_update() {
                    assert_eq!(differ, [], "{bug:?}");
                } else if bug.at.is_gradient() {
                    assert_eq!(differ, bug.columns(), "{bug:?}");
                } else {
                    assert!(!differ.is_empty(), "{bug:?}");
                }
            }
        }
    }

    #[test]
    fn a_bug_in_the_update_shows_in_the_step() {
        for bug in Bug::all().filter(|bug| bug.spoils_an_update()) {
            let sheet = classic(bug);
            let (before, after) = (sheet.row(0), sheet.row(1));
            for (weight, gradient) in Column::WEIGHTS.into_iter().zip(before.gradients()) {
                let right = before.get(weight) - Lesson::CLASSIC.learning_rate * gradient;
                assert_eq!(after.get(weight) != right, weight == bug.at, "{bug:?}, {}", weight.name());
            }
        }
    }

    #[test]
    fn a_seed_is_a_task_forever() {
        let task = |seed| {
            let sheet = FaultySheet::from_seed(seed);
            let Lesson { constants, learning_rate } = sheet.lesson();
            (sheet.bug(), constants.inputs, constants.weights[0], learning_rate)
        };
        let pinned = |kind, at, inputs, weight, rate| (Bug { kind, at }, inputs, weight, rate);
        assert_eq!(task(1), pinned(Kind::SquareMissing, E2, [0.36, 0.77], 0.55, 0.8));
        assert_eq!(task(2), pinned(Kind::WrongWeight, H2, [0.12, 0.61], 0.45, 0.5));
        assert_eq!(task(123), pinned(Kind::ErrorCountedTwice, ETotal, [0.11, 0.94], 0.35, 0.2));
    }

    #[test]
    fn tasks_have_friendly_numbers_and_a_bug_that_can_be_seen() {
        let mut bugs = HashSet::new();
        for seed in 0..2000 {
            let sheet = FaultySheet::from_seed(seed);
            let Lesson { constants, learning_rate } = sheet.lesson();
            let given = [&constants.targets[..], &constants.inputs, &constants.weights].concat();
            for value in given {
                assert!((0.01..=0.99).contains(&value), "{value}");
                assert_eq!(value, libm::round(value * 100.0) / 100.0);
            }
            for (index, weight) in constants.weights.iter().enumerate() {
                assert!(!constants.weights[..index].contains(weight), "seed {seed}: two weights of {weight}");
            }
            assert_ne!(learning_rate, 1.0, "a forgotten η would not show");
            assert!(sheet.is_visible(), "seed {seed}");
            assert!(sheet.row(FaultySheet::UPDATES).values().iter().all(|value| value.is_finite()), "seed {seed}");
            let checks = gradient_check(&sheet.row(0), &|weights| sheet.total_error(weights));
            let differs = checks.iter().any(|check| check.agreement == Agreement::Differs);
            assert_eq!(differs, !sheet.bug().spoils_an_update(), "seed {seed}: {:?}", sheet.bug());
            bugs.insert(sheet.bug());
        }
        assert_eq!(bugs.len(), Bug::all().count(), "every bug turns up");
    }

    #[test]
    fn the_likely_mistake_is_recognised() {
        // With 0.5 and the classic inputs, η·∂E_t/∂w2 is ∂E_t/∂w1, and two mistakes would give the same.
        let learning_rate = 0.4;
        let run = Run::new(Lesson::CLASSIC.constants, learning_rate, 1);
        for bug in Bug::all() {
            let index = usize::from(bug.spoils_an_update());
            let (here, above) = (run.row(index), run.row(0));
            let values = Values { here: &here, above: &above, learning_rate };
            for &column in bug.columns() {
                let Some(wrong) = bug.formula(column, index == 0).map(|expr| expr.evaluate(&values)) else { continue };
                assert_eq!(likely_mistake(column, index == 0, &values, wrong, 1e-9), Some(bug), "{}", column.name());
                assert_eq!(likely_mistake(column, index == 0, &values, here.get(column), 1e-9), None);
                assert_eq!(likely_mistake(column, index == 0, &values, 123.0, 1e-9), None);
            }
        }
    }

    #[test]
    fn every_explanation_names_the_columns_and_the_right_formula() {
        for bug in Bug::all() {
            let text = bug.explanation();
            for column in bug.columns() {
                assert!(text.contains(&column.name()), "{text}");
            }
            let right = formula(bug.at, false).map(|expr| expr.symbols()).unwrap_or_default();
            assert!(text.contains(&right), "{text}");
        }
        let text = Bug { kind: Kind::OutputSlopeMissing, at: G5 }.explanation();
        assert_eq!(
            text,
            "In ∂E_t/∂w5 and ∂E_t/∂w6, the slope a_o1·(1 − a_o1) is left out. \
             Right is ∂E_t/∂w5 = (a_o1 − t1)·a_o1·(1 − a_o1)·a_h1."
        );
    }
}
