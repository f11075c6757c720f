//! Sorts the wrong cells of a sheet into groups, and collects the guesses that may explain them.

use std::collections::BTreeMap;

use super::comparison::{Comparison, Judgement, Place};
use super::fitting::{Pending, samples};
use super::start_typos::StartTypo;
use super::wording::{self, Explained};
use super::{Group, Kind, WrongCell};
use crate::exchange::cells::{self, Cell};
use crate::exchange::csv_out;
use crate::exchange::mistakes::{Guess, Slide, guesses, with_bias};
use crate::exchange::no_number::why_no_number;
use crate::sheet::{Column, Expr};

/// The largest number of characters of a student's text that the report repeats.
const LONGEST_TEXT: usize = 40;
/// The largest number of decimals with which a student's number is repeated, zeros at its end included.
const MOST_DECIMALS: i32 = 20;
/// The share of a column's wrong cells that a bias must explain.
const MOST: f64 = 0.9;

impl Comparison<'_> {
    /// Returns all wrong cells, by cause. `typos` are the numbers of row 0 that were not used.
    pub(super) fn groups(&self, typos: &[StartTypo]) -> Vec<Group> {
        let mut without_number: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        let mut unexplained: BTreeMap<Column, Vec<Place>> = BTreeMap::new();
        let mut short: BTreeMap<Column, Vec<Place>> = BTreeMap::new();
        let mut consequences: BTreeMap<Column, Vec<Place>> = BTreeMap::new();
        for row in 0..self.table.rows() {
            for column in Column::ALL.into_iter().filter(|&column| self.table.has(column)) {
                let place = Place { row, column };
                match self.judgement(place) {
                    Judgement::Right => {}
                    Judgement::Consequence => consequences.entry(column).or_default().push(place),
                    Judgement::Short => short.entry(column).or_default().push(place),
                    Judgement::Wrong => match why_no_number(self.cell(place)) {
                        Some(cause) => without_number.entry(cause).or_default().push(place),
                        None => unexplained.entry(column).or_default().push(place),
                    },
                }
            }
        }
        for (&column, places) in &mut short {
            if self.are_mistakes(column, places) {
                let all = unexplained.entry(column).or_default();
                all.append(places);
                all.sort_unstable();
            }
        }
        let mut groups = Vec::new();
        for StartTypo { column, used } in typos {
            let cause = format!(
                "Likely a typing mistake: the rest of the table was computed with {} = {}.",
                column.name(),
                csv_out::number(*used)
            );
            groups.extend(self.group(Kind::Mistake, cause, vec![Place { row: 0, column: *column }]));
        }
        groups.extend(self.uneven_rows(&mut unexplained));
        for (cause, places) in without_number {
            groups.extend(self.group(Kind::Mistake, cause, places));
        }
        let zeros = self.typed_zeros(&mut unexplained);
        groups.extend(self.group(
            Kind::Mistake,
            "A 0 stands here in place of the result of the formula.".into(),
            zeros,
        ));
        let mut pending = self.pending(unexplained);
        let mut explained = self.explain(&mut pending);
        for explained in &mut explained {
            self.add_exact(explained, &mut short);
        }
        for (cause, places) in wording::causes(explained) {
            groups.extend(self.group(Kind::Mistake, cause, places));
        }
        for Pending { column, places, .. } in pending {
            if let Some(&first) = places.first() {
                let formula = self.formula(first).map(Expr::symbols).unwrap_or_default();
                let cause = if self.is_of_sample(column) {
                    "This number is not that of its sample in other rows.".to_owned()
                } else {
                    format!("This is not the result of {} = {formula}.", column.name())
                };
                groups.extend(self.group(Kind::Mistake, cause, places));
            }
        }
        groups.extend(short.into_values().flat_map(|places| self.short_groups(places)));
        for places in consequences.into_values() {
            if let Some(&first) = places.first() {
                groups.extend(self.group(Kind::Consequence, self.consequence_of(first), places));
            }
        }
        groups
    }

    /// Whether cells that seem right with too few digits are most of their column and exactly what a mistake gives, such as
    /// the value of row 0. Weights that stand still were looked at before.
    fn are_mistakes(&self, column: Column, short: &[Place]) -> bool {
        let explains = |guess: &Guess| {
            let exact = short.iter().filter(|&&place| self.is_exactly(place, self.value(guess, place)));
            exact.count() as f64 >= MOST * short.len() as f64
        };
        let is_most = 2 * short.len() > self.table.rows() as usize;
        if self.digits.has_only_zeros(column) {
            return self.go_on_from_zeros(column);
        }
        is_most && column.weight_index().is_none() && guesses(column).iter().any(explains)
    }

    /// Adds cells that seem right with too few digits, but are exactly what a mistake in other cells of the column gives.
    fn add_exact(&self, explained: &mut Explained, short: &mut BTreeMap<Column, Vec<Place>>) {
        let Explained { guess, places, .. } = explained;
        let [first, _, ..] = places[..] else { return };
        let Some(own) = short.get_mut(&first.column) else { return };
        places.extend(own.extract_if(.., |place| self.is_exactly(*place, self.value(guess, *place))));
    }

    /// Names the wrong cells that this one was computed from.
    fn consequence_of(&self, place: Place) -> String {
        let wrong: Vec<String> = self
            .wrong_precedents(place)
            .filter(|&place| self.table.has(place.column))
            .map(|place| self.table.address(place.row, place.column))
            .collect();
        match wrong.as_slice() {
            [] => {
                let unread: Vec<String> = self.unread_precedents(place).map(Column::name).collect();
                format!("Computed from {}, which could not be read.", unread.join(" and "))
            }
            [one] => format!("Computed from the wrong cell {one}."),
            several => format!("Computed from the wrong cells {}.", several.join(", ")),
        }
    }

    /// Returns the cells that hold 0 in place of a result, and takes them from the cells that are not explained yet. If most
    /// numbers of a column are 0, a wrong formula is likelier.
    fn typed_zeros(&self, unexplained: &mut BTreeMap<Column, Vec<Place>>) -> Vec<Place> {
        let is_zero = |place: &Place| matches!(self.cell(*place), Cell::Number(value) if *value == 0.0);
        let mut taken = Vec::new();
        for (_, places) in unexplained.iter_mut().filter(|&(&column, _)| column > Column::I2) {
            let zeros = places.iter().filter(|place| is_zero(place)).count();
            let is_rare = zeros == 1 || 2 * zeros < self.table.rows() as usize;
            if is_rare && 2 * zeros >= places.len() {
                taken.extend(places.extract_if(.., |place| is_zero(place)));
            }
        }
        unexplained.retain(|_, places| !places.is_empty());
        taken
    }

    /// Returns each column's wrong cells with the guesses that may explain them.
    fn pending(&self, unexplained: BTreeMap<Column, Vec<Place>>) -> Vec<Pending> {
        let of_column = |places: &Vec<Place>| self.rate_of_steps(&samples(places).collect::<Vec<_>>());
        let mut rates: Vec<f64> = unexplained.values().filter_map(of_column).collect();
        let are_weights_wrong = unexplained.keys().any(|column| column.weight_index().is_some());
        rates.extend(self.rate_of_all_steps().filter(|rate| are_weights_wrong && !rates.contains(rate)));
        let stated = Some(self.learning_rate()).filter(|_| !self.table.rates().is_empty());
        let with_guesses = |(column, places): (Column, Vec<Place>)| {
            // A reference to η that slides down is likelier than others are, but one that slides to the right is not.
            let (down, right): (Vec<Guess>, Vec<Guess>) = self
                .sliding_rates(column)
                .into_iter()
                .partition(|guess| guess.slide.is_some_and(|slide| slide.down.is_some()));
            let first_step = self.first_step_only(&places, &down);
            let mut all = down;
            all.extend(first_step);
            all.extend(guesses(column));
            all.extend(right);
            all.extend(self.biases(&places));
            all.extend(self.empty_cells(&places));
            // A step without a learning rate looks like η = 1; a classic mistake has a better name for it.
            all.extend(
                rates.iter().filter(|&&rate| rate != 1.0).filter_map(|&rate| Guess::other_rate(column, rate, stated)),
            );
            all.extend(self.changing_rate(column));
            all.extend(self.momentum(column, &places));
            all.extend(self.weight_decay(column, &places));
            Pending { column, places, guesses: all }
        };
        unexplained.into_iter().map(with_guesses).collect()
    }

    /// Returns guesses about a reference to η that slides to other cells, for a weight.
    fn sliding_rates(&self, weight: Column) -> Vec<Guess> {
        let Some((row, column)) = self.rate_cell else { return Vec::new() };
        let fixed = cells::fixed_address(row, column);
        let slides =
            [0, 1, 2, -1].into_iter().flat_map(|down| [(Some(down), false), (Some(down), true)]).chain([(None, true)]);
        let guess = |(down, right)| {
            let slide = Slide { down, right };
            // The words are those for the last row, or for the cell itself: they must be the same for all weights.
            let place = Place { row: self.table.rows().saturating_sub(1), column: weight };
            let (_, column) = self.slid_cell(slide, place)?;
            let table_column = Column::ALL
                .into_iter()
                .find(|&other| self.table.position(0, other).is_some_and(|(_, place)| place == column));
            let meets = match table_column {
                Some(other) if slide.down.is_some() => format!("the column of {}", other.name()),
                _ if self.slid_rate(slide, place) == Some(0.0) => "empty cells".to_owned(),
                _ => "other cells".to_owned(),
            };
            Guess::sliding_rate(weight, slide, &meets, &fixed)
        };
        if weight.weight_index().is_some() { slides.filter_map(guess).collect() } else { Vec::new() }
    }

    /// Returns the guess that a weight keeps the value of its first step, if none of the cells to which η slides explains it.
    fn first_step_only(&self, places: &[Place], slides: &[Guess]) -> Option<Guess> {
        let [Place { row: 2, column }, .., last] = *places else { return None };
        let is_updated = self.judgement(Place { row: 1, column }) == Judgement::Right;
        let is_known = column.weight_index().is_none() || slides.iter().any(|guess| self.misses(guess, last).is_some());
        if is_updated && !is_known { Guess::first_step_only(column) } else { None }
    }

    /// Returns the guesses that a bias is added to a weighted sum: a plain number, if most of the column's cells are wrong.
    fn biases(&self, places: &[Place]) -> Vec<Guess> {
        let Some(&first) = places.first() else { return Vec::new() };
        let is_sum = matches!(first.column, Column::H1 | Column::H2 | Column::O1 | Column::O2);
        let is_most = 2 * places.len() >= self.table.rows() as usize;
        let guesses = match self.plain_difference(first) {
            Some((bias, 1..=3)) if is_sum && is_most => with_bias(first.column, bias),
            _ => return Vec::new(),
        };
        // A bias that is learned explains all rows but the first one, where it is given.
        let later: Vec<Place> = samples(places).filter(|place| place.row > 0).collect();
        let explains = |guess: &Guess| {
            let count = later.iter().filter(|&&place| self.misses(guess, place).is_some()).count();
            count as f64 >= MOST * later.len() as f64
        };
        if guesses.iter().any(explains) { guesses } else { Vec::new() }
    }

    /// Returns the guesses that a formula refers to targets, to inputs, or to both, where they are empty in its row.
    fn empty_cells(&self, places: &[Place]) -> Vec<Guess> {
        let Some(&last) = places.last() else { return Vec::new() };
        let empty = |columns: &[Column]| -> Vec<Column> {
            let is_empty = |column: &Column| self.table.has(*column) && !self.table.is_filled(last.row, *column);
            columns.iter().copied().filter(is_empty).collect()
        };
        let sets = [&[Column::T1, Column::T2][..], &[Column::I1, Column::I2], &Column::ALL[..=Column::I2.index()]];
        sets.into_iter().filter_map(|columns| Guess::empty(last.column, &empty(columns))).collect()
    }

    /// Makes a group of cells with one cause; `None` if there are no cells.
    pub(super) fn group(&self, kind: Kind, cause: String, mut places: Vec<Place>) -> Option<Group> {
        places.sort();
        let mut columns: Vec<Column> = places.iter().map(|place| place.column).collect();
        columns.sort();
        columns.dedup();
        let cells = places.iter().take(Group::LISTED).map(|&place| WrongCell {
            row: place.row,
            column: place.column,
            address: self.table.address(place.row, place.column),
            found: match self.cell(place) {
                Cell::Blank | Cell::NoResult => String::new(),
                Cell::Number(value) => match self.table.decimals(place.row, place.column) {
                    Some(decimals @ 0..=MOST_DECIMALS) => format!("{value:.*}", decimals as usize),
                    _ => csv_out::number(*value),
                },
                Cell::Text(text) | Cell::Error(text) => text.chars().take(LONGEST_TEXT).collect(),
            },
            expected: self.expected(place),
        });
        (!places.is_empty()).then(|| Group { columns, kind, cause, count: places.len() as u32, cells: cells.collect() })
    }
}
