//! "Check a workbook": compares every cell of a student's sheet with the engine, tells mistakes from their
//! consequences, and names the likely mistake.
//!
//! The engine starts from the sheet's own row 0 and learning rate. A cell is right if it is the engine's value to six
//! digits (relatively 1e-6), or, in a sheet worked out with rounded numbers, to the digits that were written. A cell
//! that is not is a *consequence* if it follows from the cells that its formula refers to, as they stand in the sheet;
//! otherwise it is a *mistake*.

use std::collections::BTreeMap;

use super::cells::Cell;
use super::csv_out;
use super::mistakes::{Guess, Surroundings, guesses};
use super::protocol::Opened;
use super::table::{Rate, Table};
use crate::sheet::formula::Values;
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, Expr, Row, Term, formula, run};

/// The tolerance for a number with all its digits, relative.
const RELATIVE: f64 = 1e-6;
/// What is smaller than this differs by nothing, absolute.
const ABSOLUTE: f64 = 1e-13;
/// Decimals from which on a number counts as computed, not typed.
const COMPUTED_DECIMALS: usize = 12;
/// The fewest decimals that a rounded sheet is believed to be kept in.
const FEWEST_DECIMALS: usize = 3;
/// Cells of a column that are tried with each guess; the others take over what was found there.
const SAMPLES: usize = 16;
/// Different mistakes of one column that are told apart.
const MOST_CAUSES: usize = 4;

/// How a sheet compares with the engine, started from the sheet's own row 0 and learning rate.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetCheck {
    /// The sheet's name; for a text file the file's.
    pub sheet: String,
    /// Its constants and its learning rate.
    pub lesson: Lesson,
    /// Where the learning rate was found.
    pub rate_source: String,
    /// Rows of the table, row 0 included.
    pub rows: u32,
    /// Cells that were compared.
    pub cells: u32,
    /// Cells that are wrong, consequences included.
    pub wrong: u32,
    /// The columns that the sheet lacks.
    pub missing: Vec<String>,
    /// The wrong cells by column and cause: root causes first, consequences last.
    pub groups: Vec<Group>,
}

impl SheetCheck {
    /// The sheet as a lesson.
    pub fn into_opened(self) -> Opened {
        let Self { sheet, lesson, rate_source, rows, .. } = self;
        Opened { sheet, lesson, rate_source: Some(rate_source), rows }
    }
}

/// Wrong cells of one column with one cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The column.
    pub column: Column,
    /// Mistake or consequence.
    pub kind: Kind,
    /// The likely cause: a sentence.
    pub cause: String,
    /// How many cells there are.
    pub count: u32,
    /// The first of them.
    pub cells: Vec<Wrong>,
}

impl Group {
    /// The most cells of a group that are listed.
    pub const LISTED: usize = 20;
}

/// What a wrong cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The cell does not follow from the cells that it refers to.
    Mistake,
    /// The cell is right but for too few digits.
    Rounded,
    /// The cell follows from others, and they are wrong.
    Consequence,
}

/// A wrong cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrong {
    /// The row, counted from row 0 of the table.
    pub row: u32,
    /// The cell's name in the spreadsheet, for example X35.
    pub address: String,
    /// What stands there.
    pub found: String,
    /// What the engine has.
    pub expected: f64,
}

/// Compares a table with the engine.
///
/// # Errors
/// A sentence for the user where the comparison cannot begin.
pub fn check(table: &Table<'_>) -> Result<SheetCheck, String> {
    let constants = table.constants()?;
    let rate = match table.rate() {
        Some(rate) => rate.clone(),
        None => rate_of_first_step(table).ok_or_else(|| {
            format!(
                "“{}” does not say its learning rate: write η into a cell and its value beside it.",
                table.sheet.name
            )
        })?,
    };
    let lesson = Lesson { constants, learning_rate: rate.value };
    let mut groups = Checker::new(table, lesson).groups();
    groups.sort_by_key(|group| (group.kind, group.cells.first().map_or(0, |cell| cell.row), group.column));
    let present = Column::ALL.into_iter().filter(|&column| table.has(column)).count() as u32;
    Ok(SheetCheck {
        sheet: table.sheet.name.clone(),
        lesson,
        rate_source: rate.source,
        rows: table.rows(),
        cells: table.rows() * present,
        wrong: groups.iter().map(|group| group.count).sum(),
        missing: Column::ALL.into_iter().filter(|&column| !table.has(column)).map(Column::name).collect(),
        groups,
    })
}

/// The learning rate with which the student's first step was taken: the median over the weights, if most agree.
fn rate_of_first_step(table: &Table<'_>) -> Option<Rate> {
    let right = run::rows(table.constants().ok()?, 0.0).next()?;
    let of = |(weight, gradient): (Column, f64)| {
        let step = table.cell(0, weight).number()? - table.cell(1, weight).number()?;
        Some(step / gradient).filter(|rate| rate.is_finite())
    };
    let mut rates: Vec<f64> = Column::WEIGHTS.into_iter().zip(right.gradients()).filter_map(of).collect();
    rates.sort_by(f64::total_cmp);
    let value = *rates.get(rates.len() / 2)?;
    let agree = rates.iter().filter(|&&rate| (rate - value).abs() <= 0.01 * value.abs()).count();
    // A rate has few digits; those beyond are the arithmetic's.
    let value = rounded(value, 6);
    (agree >= 5 && value > 0.0).then(|| Rate { value, source: "taken from the first step".to_owned() })
}

/// A number to this many significant digits.
fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// Decimals of a number as it is written in full.
fn decimals(value: f64) -> usize {
    let text = value.to_string();
    text.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

/// A wrong cell, before it is known why.
#[derive(Clone, Copy)]
struct Place {
    row: u32,
    column: Column,
}

struct Checker<'a> {
    table: &'a Table<'a>,
    lesson: Lesson,
    /// The engine's rows.
    right: Vec<Row>,
    /// The student's rows; where there is no number, the engine's.
    own: Vec<Row>,
    /// Half a unit of the last digit that was written, by column; 0 in a sheet that was computed.
    rounding: [f64; Column::COUNT],
    formulas: [[Option<Expr>; 2]; Column::COUNT],
}

impl<'a> Checker<'a> {
    fn new(table: &'a Table<'a>, lesson: Lesson) -> Self {
        let Lesson { constants, learning_rate } = lesson;
        let right: Vec<Row> = run::rows(constants, learning_rate).take(table.rows() as usize).collect();
        let own = (0..table.rows()).zip(&right).map(|(row, right)| {
            let value = |column| table.cell(row, column).number().unwrap_or(right.get(column));
            Row::from_values(Column::ALL.map(value))
        });
        let formulas = Column::ALL.map(|column| [formula(column, true), formula(column, false)]);
        Self { table, lesson, own: own.collect(), right, rounding: rounding(table), formulas }
    }

    fn groups(&self) -> Vec<Group> {
        let mut wrong: BTreeMap<Column, Vec<Place>> = BTreeMap::new();
        let mut groups = Vec::new();
        let mut unreadable: BTreeMap<(Column, String), Vec<Place>> = BTreeMap::new();
        let mut followers: BTreeMap<Column, Vec<Place>> = BTreeMap::new();
        for row in 0..self.table.rows() {
            for column in Column::ALL.into_iter().filter(|&column| self.table.has(column)) {
                let place = Place { row, column };
                if self.is_right(place) {
                    continue;
                }
                if self.inherits_error(place) {
                    followers.entry(column).or_default().push(place);
                } else if let Some(cause) = self.unreadable(place) {
                    unreadable.entry((column, cause)).or_default().push(place);
                } else if self.follows(place) {
                    followers.entry(column).or_default().push(place);
                } else {
                    wrong.entry(column).or_default().push(place);
                }
            }
        }
        for ((_, cause), places) in unreadable {
            groups.extend(self.group(Kind::Mistake, cause, &places));
        }
        let common_rate = self.common_rate(&wrong);
        for (column, places) in wrong {
            self.explain(column, places, common_rate, &mut groups);
        }
        for places in followers.into_values() {
            if let Some(&first) = places.first() {
                groups.extend(self.group(Kind::Consequence, self.follows_from(first), &places));
            }
        }
        groups
    }

    fn cell(&self, place: Place) -> &Cell {
        self.table.cell(place.row, place.column)
    }

    fn expr(&self, place: Place) -> Option<&Expr> {
        self.formulas[place.column.index()][usize::from(place.row > 0)].as_ref()
    }

    fn rows_at(&self, place: Place) -> Surroundings<'_> {
        let row = place.row as usize;
        Surroundings {
            here: &self.own[row],
            above: &self.own[row.saturating_sub(1)],
            start: &self.own[0],
            learning_rate: self.lesson.learning_rate,
        }
    }

    /// Whether the sheet has all its digits.
    fn is_computed(&self) -> bool {
        self.rounding == [0.0; Column::COUNT]
    }

    fn tolerance(&self, column: Column, value: f64) -> f64 {
        (RELATIVE * value.abs()).max(self.rounding[column.index()]).max(ABSOLUTE)
    }

    /// Whether the cell has the engine's value.
    fn is_right(&self, place: Place) -> bool {
        let right = self.right[place.row as usize].get(place.column);
        match self.cell(place) {
            Cell::Number(value) => near(*value, right, self.tolerance(place.column, right)),
            // A spreadsheet shows an error where the engine has no finite number.
            Cell::Error(_) => !right.is_finite(),
            Cell::Blank | Cell::Text(_) => false,
        }
    }

    /// The cells that this one's formula refers to.
    fn precedents(&self, place: Place) -> impl Iterator<Item = Place> {
        let terms = self.expr(place).map(Expr::precedents).unwrap_or_default();
        terms.into_iter().filter_map(move |term| match term {
            Term::Here(column) => Some(Place { row: place.row, column }),
            Term::Above(column) => Some(Place { row: place.row.checked_sub(1)?, column }),
            Term::LearningRate => None,
        })
    }

    /// Whether the cell shows an error because a cell that it refers to has no number.
    fn inherits_error(&self, place: Place) -> bool {
        let no_number = |place: Place| match self.cell(place) {
            Cell::Error(_) => true,
            Cell::Text(_) => self.cell(place).number().is_none(),
            Cell::Blank | Cell::Number(_) => false,
        };
        matches!(self.cell(place), Cell::Error(_)) && self.precedents(place).any(no_number)
    }

    /// Why the cell has no number.
    fn unreadable(&self, place: Place) -> Option<String> {
        let cause = match self.cell(place) {
            Cell::Number(_) => return None,
            Cell::Blank => "The cell is empty.".to_owned(),
            Cell::Text(_) if self.cell(place).number().is_some() => {
                "The number is stored as text. Type it anew, with your spreadsheet’s decimal sign.".to_owned()
            }
            Cell::Text(_) => "This is not a number.".to_owned(),
            Cell::Error(error) => {
                let hint = match &**error {
                    "#VALUE!" => "the formula refers to text. Is η fixed with dollar signs, as in $G$31?",
                    "#DIV/0!" => "the formula divides by nothing.",
                    "#REF!" => "the formula refers to a cell that is gone.",
                    "#NAME?" => "the formula has a name that the spreadsheet does not know.",
                    _ => "the formula gives no number.",
                };
                format!("{error}: {hint}")
            }
        };
        Some(cause)
    }

    /// What the cell should be, going by the student's other cells.
    fn local(&self, place: Place) -> Option<f64> {
        Some(evaluate(self.expr(place)?, &self.rows_at(place)))
    }

    /// How far the cell may be from [`Checker::local`]: its own digits, and those of the cells that it refers to.
    fn local_tolerance(&self, place: Place, value: f64) -> f64 {
        let mut tolerance = self.tolerance(place.column, value);
        if self.is_computed() {
            return tolerance;
        }
        let Some(expr) = self.expr(place) else { return tolerance };
        let rows = self.rows_at(place);
        let plain = evaluate(expr, &rows);
        for term in expr.precedents() {
            let (column, row) = match term {
                Term::Here(column) => (column, place.row),
                Term::Above(column) => (column, place.row.saturating_sub(1)),
                Term::LearningRate => continue,
            };
            // Row 0 is given, and what is given is not rounded.
            if row == 0 && self.formulas[column.index()][0].is_none() {
                continue;
            }
            let shift = |row: &Row| {
                let mut values = *row.values();
                values[column.index()] += self.rounding[column.index()];
                Row::from_values(values)
            };
            let (here, above) = match term {
                Term::Here(_) => (shift(rows.here), *rows.above),
                _ => (*rows.here, shift(rows.above)),
            };
            tolerance += (evaluate(expr, &Surroundings { here: &here, above: &above, ..rows }) - plain).abs();
        }
        tolerance
    }

    /// Whether the cell follows from the student's other cells.
    fn follows(&self, place: Place) -> bool {
        let (Some(found), Some(local)) = (self.cell(place).number(), self.local(place)) else { return false };
        near(found, local, self.local_tolerance(place, local))
    }

    /// The wrong cells that this one follows from, in words.
    fn follows_from(&self, place: Place) -> String {
        let wrong: Vec<String> = self
            .precedents(place)
            .filter(|&place| self.table.has(place.column) && !self.is_right(place))
            .map(|place| self.table.address(place.row, place.column))
            .collect();
        if wrong.is_empty() {
            "The digits that were left out add up.".to_owned()
        } else {
            format!("Follows from {}.", wrong.join(", "))
        }
    }

    /// The learning rate with which the first wrong steps were taken, if most of them agree on another one.
    fn common_rate(&self, wrong: &BTreeMap<Column, Vec<Place>>) -> Option<f64> {
        let of = |weight: &Column| {
            let place = *wrong.get(weight)?.first()?;
            self.rate_of_step(place)
        };
        let rates: Vec<f64> = Column::WEIGHTS.iter().filter_map(of).collect();
        rates.iter().copied().find(|rate| rates.iter().filter(|&other| other == rate).count() >= 5)
    }

    /// The learning rate that would give the found weight, if it is a plain number and another than the sheet's.
    fn rate_of_step(&self, place: Place) -> Option<f64> {
        let index = place.column.weight_index()?;
        let above = self.rows_at(place).above;
        let rate = (above.get(place.column) - self.cell(place).number()?) / above.gradients()[index];
        let plain = rounded(rate, 3);
        (plain > 0.0 && near(rate, plain, 1e-6 * plain) && plain != self.lesson.learning_rate).then_some(plain)
    }

    /// Finds the guesses that explain most of a column's mistakes.
    fn explain(&self, column: Column, mut places: Vec<Place>, common_rate: Option<f64>, groups: &mut Vec<Group>) {
        for _ in 0..MOST_CAUSES {
            let Some(&first) = places.first() else { return };
            let mut guesses = guesses(column, first.row == 0);
            // No rate at all counts as one of 1; that one has a better name.
            let other_rate = common_rate.filter(|&rate| rate != 1.0).and_then(|rate| Guess::other_rate(column, rate));
            guesses.splice(0..0, other_rate);
            guesses.extend(self.rate_of_step(first).and_then(|rate| Guess::other_rate(column, rate)));

            let samples = &places[..places.len().min(SAMPLES)];
            let score = |guess: &Guess| samples.iter().filter(|&&place| self.explains(guess, place)).count();
            // Of equally good ones the first, which is the likeliest.
            let best = guesses.iter().rev().max_by_key(|guess| score(guess)).filter(|guess| score(guess) > 0);
            let Some(best) = best else { break };
            let (explained, rest): (Vec<_>, Vec<_>) = places.into_iter().partition(|&place| self.explains(best, place));
            groups.extend(self.group(Kind::Mistake, format!("Likely mistake: {}.", best.clause), &explained));
            places = rest;
        }
        let (typed, rest): (Vec<_>, Vec<_>) = places.into_iter().partition(|&place| self.is_rounded(place));
        groups.extend(self.group(
            Kind::Rounded,
            "Right, but with too few digits: copy the formula, not its result.".to_owned(),
            &typed,
        ));
        if let Some(&first) = rest.first() {
            let formula = self.expr(first).map(Expr::symbols).unwrap_or_default();
            let cause = format!("This does not follow from {} = {formula}.", column.name());
            groups.extend(self.group(Kind::Mistake, cause, &rest));
        }
    }

    fn explains(&self, guess: &Guess, place: Place) -> bool {
        let (Some(found), Some(local)) = (self.cell(place).number(), self.local(place)) else { return false };
        let wrong = guess.evaluate(&self.rows_at(place));
        let tolerance = self.local_tolerance(place, wrong);
        near(found, wrong, tolerance) && !near(wrong, local, tolerance)
    }

    /// Whether a number was typed with fewer digits into a sheet that computes.
    fn is_rounded(&self, place: Place) -> bool {
        if !self.is_computed() {
            return false;
        }
        let (Some(found), Some(local)) = (self.cell(place).number(), self.local(place)) else { return false };
        let digits = decimals(found);
        (2..COMPUTED_DECIMALS).contains(&digits) && near(found, local, 0.5 * 10_f64.powi(-(digits as i32)))
    }

    fn group(&self, kind: Kind, cause: String, places: &[Place]) -> Option<Group> {
        let column = places.first()?.column;
        let cells = places.iter().take(Group::LISTED).map(|&place| Wrong {
            row: place.row,
            address: self.table.address(place.row, place.column),
            found: match self.cell(place) {
                Cell::Blank => String::new(),
                Cell::Number(value) => csv_out::number(*value),
                Cell::Text(text) | Cell::Error(text) => text.chars().take(40).collect(),
            },
            expected: self.right[place.row as usize].get(place.column),
        });
        Some(Group { column, kind, cause, count: places.len() as u32, cells: cells.collect() })
    }
}

fn evaluate(expr: &Expr, rows: &Surroundings<'_>) -> f64 {
    expr.evaluate(&Values { here: rows.here, above: rows.above, learning_rate: rows.learning_rate })
}

/// Whether two numbers are equal, or differ by no more than the tolerance.
fn near(one: f64, other: f64, tolerance: f64) -> bool {
    one == other || (one.is_nan() && other.is_nan()) || (one - other).abs() <= tolerance
}

/// Half a unit of the last digit that was written, by column. A sheet in which some column has all its digits was
/// computed, and nothing in it counts as rounded.
fn rounding(table: &Table<'_>) -> [f64; Column::COUNT] {
    let given = |column: Column| formula(column, true).is_none();
    let digits = Column::ALL.map(|column| {
        // What is given in row 0 says nothing about how the student computes.
        let from = u32::from(given(column));
        let numbers = (from..table.rows()).filter_map(|row| table.cell(row, column).number());
        numbers.filter(|value| value.is_finite()).map(decimals).max().unwrap_or(0)
    });
    if digits.iter().any(|&digits| digits >= COMPUTED_DECIMALS) {
        return [0.0; Column::COUNT];
    }
    let mut sorted: Vec<usize> =
        Column::ALL.into_iter().filter(|&column| table.has(column)).map(|column| digits[column.index()]).collect();
    sorted.sort_unstable();
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0).max(FEWEST_DECIMALS);
    Column::ALL.map(|column| match column {
        // Targets and inputs are never computed.
        Column::T1 | Column::T2 | Column::I1 | Column::I2 => 0.0,
        _ => 0.5 * 10_f64.powi(-(digits[column.index()].max(usual) as i32)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::cells::Sheet;
    use crate::sheet::Run;
    use crate::sheet::bug::{Bug, FaultySheet};

    const HEADER: u32 = 31;

    /// A sheet in the classic layout.
    fn sheet(rows: &[Row], rate: Option<f64>) -> Sheet {
        let mut sheet = Sheet::new("Homework");
        if let Some(rate) = rate {
            sheet.put(30, 6, Cell::Number(rate)).expect("few cells");
        }
        for column in Column::ALL {
            put(&mut sheet, None, column, Cell::Text(column.name().into()));
        }
        for (row, values) in (0..).zip(rows) {
            for column in Column::ALL {
                put(&mut sheet, Some(row), column, Cell::Number(values.get(column)));
            }
        }
        sheet
    }

    fn put(sheet: &mut Sheet, row: Option<u32>, column: Column, cell: Cell) {
        let row = row.map_or(HEADER, |row| HEADER + 1 + row);
        sheet.put(row, column.index() as u32, cell).expect("few cells");
    }

    fn checked(sheet: &Sheet) -> SheetCheck {
        check(&Table::find(sheet).expect("a table")).expect("a start")
    }

    fn right(rate: f64, updates: usize) -> Vec<Row> {
        run::rows(Lesson::CLASSIC.constants, rate).take(updates + 1).collect()
    }

    /// Rows as someone works them out who makes `change` to every value as soon as it is there.
    fn worked_out(rate: f64, updates: usize, change: &dyn Fn(usize, Column, &Values<'_>, f64) -> f64) -> Vec<Row> {
        let mut rows = right(rate, 0);
        let mut above = rows[0];
        for index in 0..=updates {
            let mut values = *rows[0].values();
            for column in Column::ALL {
                let here = Row::from_values(values);
                let given = Values { here: &here, above: &above, learning_rate: rate };
                if let Some(expr) = formula(column, index == 0) {
                    values[column.index()] = change(index, column, &given, expr.evaluate(&given));
                }
            }
            above = Row::from_values(values);
            rows.push(above);
        }
        rows.split_off(1)
    }

    fn mistakes(check: &SheetCheck) -> Vec<(Column, String)> {
        let mistakes = check.groups.iter().filter(|group| group.kind == Kind::Mistake);
        mistakes.map(|group| (group.column, group.cause.clone())).collect()
    }

    #[test]
    fn a_right_sheet_has_no_mistakes() {
        let check = checked(&sheet(&right(0.8, 100), Some(0.8)));
        assert_eq!((check.cells, check.wrong, check.rows), (31 * 101, 0, 101));
        assert_eq!((check.groups.len(), check.rate_source.as_str()), (0, "in G31"));
        assert_eq!(check.lesson, Lesson { learning_rate: 0.8, ..Lesson::CLASSIC });
    }

    #[test]
    fn every_classic_bug_is_found_where_it_is_and_named() {
        // With 0.5 and the classic inputs, η·∂E_t/∂w2 is ∂E_t/∂w1, and two mistakes would give the same.
        let lesson = Lesson { learning_rate: 0.4, ..Lesson::CLASSIC };
        for bug in Bug::all() {
            let faulty = FaultySheet::new(bug, lesson, 30);
            let rows: Vec<Row> = (0..=30).map(|index| faulty.row(index)).collect();
            let check = checked(&sheet(&rows, Some(0.4)));
            let expected: Vec<_> =
                bug.columns().iter().map(|&column| (column, format!("Likely mistake: {}.", bug.mistake()))).collect();
            let mut found = mistakes(&check);
            found.sort();
            assert_eq!(found, expected);
            let first = &check.groups[0].cells[0];
            assert_eq!(first.row, u32::from(bug.spoils_an_update()), "{}", bug.mistake());
            assert!(check.groups.iter().all(|group| group.kind != Kind::Rounded));
        }
    }

    #[test]
    fn consequences_are_told_from_their_cause() {
        let mut rows = right(0.5, 5);
        let mut values = *rows[2].values();
        values[Column::E1.index()] *= 2.0;
        rows[2] = Row::from_values(values);
        let mut wrong = sheet(&rows, Some(0.5));
        // Whoever forgets the ½ gets a total that follows from it.
        put(&mut wrong, Some(2), Column::ETotal, Cell::Number(values[Column::E1.index()] + values[Column::E2.index()]));
        let check = checked(&wrong);
        assert_eq!(mistakes(&check), [(Column::E1, "Likely mistake: the ½ is left out.".to_owned())]);
        let [mistake, consequence] = check.groups.as_slice() else { panic!("two groups") };
        assert_eq!((mistake.cells[0].address.as_str(), mistake.cells[0].row), ("U35", 2));
        assert_eq!(mistake.cells[0].expected, right(0.5, 2)[2].get(Column::E1));
        assert_eq!((consequence.kind, consequence.cause.as_str()), (Kind::Consequence, "Follows from U35."));
        assert_eq!(check.wrong, 2);
    }

    #[test]
    fn other_mistakes_are_named_too() {
        type Change<'a> = &'a dyn Fn(usize, Column, &Values<'_>, f64) -> f64;
        use Column::*;
        let cases: [(&[Column], &str, Change<'_>); 9] =
            [
                (&[AH1], "the sigmoid σ is left out", &|_, column, values, right| match column {
                    AH1 => values.here.get(H1),
                    _ => right,
                }),
                (&[AO2], "the minus sign in e⁻ˣ is left out", &|_, column, values, right| match column {
                    AO2 => crate::sheet::network::sigmoid(-values.here.get(O2)),
                    _ => right,
                }),
                (&[G5], "(1 − a_o1) is left out", &|_, column, values, right| match column {
                    G5 => right / (1.0 - values.here.get(AO1)),
                    _ => right,
                }),
                (
                    &[G1],
                    "the slopes a_o1·(1 − a_o1) and a_o2·(1 − a_o2) are left out",
                    &|_, column, values, right| {
                        let here = |column| values.here.get(column);
                        match column {
                            G1 => {
                                let blame = (here(AO1) - here(T1)) * here(W5) + (here(AO2) - here(T2)) * here(W7);
                                blame * here(AH1) * (1.0 - here(AH1)) * here(I1)
                            }
                            _ => right,
                        }
                    },
                ),
                (&[W3], "the weight is not updated", &|index, column, values, right| match column {
                    W3 if index > 0 => values.above.get(W3),
                    _ => right,
                }),
                (&[W2, W8], "every step starts from row 0, not from the row above", &|_, column, values, right| {
                    match column {
                        W2 => 0.2 - values.learning_rate * values.above.get(G2),
                        W8 => 0.55 - values.learning_rate * values.above.get(G8),
                        _ => right,
                    }
                }),
                (&Column::WEIGHTS, "the step is taken with η = 0.1", &|_, column, values, right| match Column::WEIGHTS
                    .iter()
                    .position(|&weight| weight == column)
                {
                    Some(index) => values.above.get(column) - 0.1 * values.above.gradients()[index],
                    None => right,
                }),
                (&[G3], "w5 to w8 were already updated", &|_, column, values, right| match column {
                    G3 => {
                        let mut here = *values.here.values();
                        let (delta_1, delta_2) = (
                            (here[AO1.index()] - 0.01) * here[AO1.index()] * (1.0 - here[AO1.index()]),
                            (here[AO2.index()] - 0.99) * here[AO2.index()] * (1.0 - here[AO2.index()]),
                        );
                        here[W6.index()] -= values.learning_rate * delta_1 * here[AH2.index()];
                        here[W8.index()] -= values.learning_rate * delta_2 * here[AH2.index()];
                        let slope = here[AH2.index()] * (1.0 - here[AH2.index()]);
                        (delta_1 * here[W6.index()] + delta_2 * here[W8.index()]) * slope * 0.05
                    }
                    _ => right,
                }),
                (&[ETotal], "it is half of what it should be", &|_, column, _, right| match column {
                    ETotal => right / 2.0,
                    _ => right,
                }),
            ];
        for (columns, clause, change) in cases {
            let check = checked(&sheet(&worked_out(0.4, 12, change), Some(0.4)));
            let expected: Vec<_> =
                columns.iter().map(|&column| (column, format!("Likely mistake: {clause}."))).collect();
            let mut found = mistakes(&check);
            found.sort();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn cells_without_a_number_say_what_is_wrong_with_them() {
        let mut wrong = sheet(&right(0.5, 3), Some(0.5));
        let number = right(0.5, 3)[1].get(Column::H1).to_string();
        put(&mut wrong, Some(1), Column::H1, Cell::Text(number.as_str().into()));
        put(&mut wrong, Some(2), Column::O1, Cell::Error("#VALUE!".into()));
        put(&mut wrong, Some(3), Column::G1, Cell::Text("?".into()));
        let check = checked(&wrong);
        let causes: Vec<_> =
            check.groups.iter().map(|group| (group.cells[0].address.as_str(), group.cause.as_str())).collect();
        assert_eq!(
            causes[0],
            ("I34", "The number is stored as text. Type it anew, with your spreadsheet’s decimal sign.")
        );
        assert!(causes[1].1.starts_with("#VALUE!: the formula refers to text."));
        assert_eq!(causes[2], ("X36", "This is not a number."));
        assert_eq!(check.wrong, 3);
    }

    #[test]
    fn a_typed_number_with_few_digits_is_no_mistake_of_the_formula() {
        let mut wrong = sheet(&right(0.5, 3), Some(0.5));
        put(&mut wrong, Some(1), Column::AH1, Cell::Number(0.5069));
        let check = checked(&wrong);
        assert_eq!(check.groups[0].kind, Kind::Rounded);
        put(&mut wrong, Some(1), Column::AH1, Cell::Number(0.51));
        assert_eq!(checked(&wrong).groups[0].kind, Kind::Rounded);
        put(&mut wrong, Some(1), Column::AH1, Cell::Number(0.77));
        let check = checked(&wrong);
        assert_eq!(check.groups[0].cause, "This does not follow from a_h1 = σ(h1).");
    }

    #[test]
    fn a_sheet_worked_out_with_rounded_numbers_is_right_and_its_mistakes_show_all_the_same() {
        for digits in [4, 5, 6, 8] {
            let round = |value: f64| format!("{value:.digits$}").parse::<f64>().expect("a number");
            let rows = worked_out(0.5, 20, &|_, _, _, right| round(right));
            assert_eq!(mistakes(&checked(&sheet(&rows, Some(0.5)))), [], "{digits} digits");

            let wrong = worked_out(0.5, 20, &|_, column, _, right| match column {
                Column::E2 => round(2.0 * right),
                _ => round(right),
            });
            let found = mistakes(&checked(&sheet(&wrong, Some(0.5))));
            assert_eq!(found, [(Column::E2, "Likely mistake: the ½ is left out.".to_owned())], "{digits} digits");

            let strange = worked_out(0.5, 20, &|_, column, _, right| match column {
                Column::H2 => round(1.37 * right),
                _ => round(right),
            });
            let check = checked(&sheet(&strange, Some(0.5)));
            assert_eq!(mistakes(&check).len(), 1, "{digits} digits");
            assert!(check.groups.iter().all(|group| group.kind != Kind::Rounded), "{digits} digits");
        }
    }

    #[test]
    fn a_rate_that_is_not_named_is_taken_from_the_first_step() {
        let check = checked(&sheet(&right(0.7, 5), None));
        assert_eq!((check.lesson.learning_rate, check.wrong), (0.7, 0));
        assert_eq!(check.rate_source, "taken from the first step");
        let only_row_0 = sheet(&right(0.7, 0), None);
        let error = super::check(&Table::find(&only_row_0).expect("a table"));
        assert!(error.is_err_and(|message| message.contains("learning rate")));
    }

    #[test]
    fn columns_that_are_not_there_are_named_and_not_counted() {
        let mut wrong = sheet(&right(0.5, 3), Some(0.5));
        for column in Column::GRADIENTS {
            put(&mut wrong, None, column, Cell::Text("?".into()));
        }
        let check = checked(&wrong);
        assert_eq!((check.missing.len(), check.cells, check.wrong), (8, 23 * 4, 0));
        assert_eq!(check.missing[0], "∂E_t/∂w1");
    }

    #[test]
    fn where_the_engine_has_no_number_an_error_is_right() {
        let mut constants = Lesson::CLASSIC.constants;
        constants.inputs = [1e300, 1e300];
        constants.weights = [1e300; 8];
        let run = Run::new(constants, 0.5, 1);
        let mut absurd = sheet(&[run.row(0), run.row(1)], Some(0.5));
        let mut errors = 0;
        for row in 0..2 {
            for column in Column::ALL {
                if !run.row(row as usize).get(column).is_finite() {
                    put(&mut absurd, Some(row), column, Cell::Error("#NUM!".into()));
                    errors += 1;
                }
            }
        }
        assert!(errors > 0);
        assert_eq!(checked(&absurd).wrong, 0);
    }
}
