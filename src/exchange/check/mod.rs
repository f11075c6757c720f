//! "Check a workbook": compares every cell of a student's sheet with the engine, separates mistakes from their
//! consequences, and names the likely mistakes.
//!
//! The engine starts from the sheet's own row 0 and learning rate. A cell is right if it differs from the engine's
//! value by at most one part in a million, or, in a sheet that was worked out with rounded numbers, by at most half a
//! unit of the last digit that the student wrote. A wrong cell is a *consequence* if it follows, by the right formula,
//! from the student's own cells; otherwise it is a *mistake*.
//!
//! [`comparison`] judges single cells, [`causes`] sorts the wrong ones and explains them, [`step_rate`] finds out which
//! learning rate a student used, and [`digits`] counts the digits that a student wrote.

mod causes;
mod comparison;
mod digits;
mod step_rate;

use self::comparison::Comparison;
use super::protocol::OpenedSheet;
use super::table::Table;
use crate::sheet::Column;
use crate::sheet::lesson::Lesson;

/// How a sheet compares with the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetCheck {
    /// The sheet's name; for a text file, the file's name.
    pub sheet: String,
    /// The constants and the learning rate of the sheet, from which the engine started.
    pub lesson: Lesson,
    /// Where the learning rate was found, as the end of a sentence: "in G31".
    pub rate_source: String,
    /// The number of rows of the table, row 0 included.
    pub rows: u32,
    /// The number of cells that were compared.
    pub cells: u32,
    /// The number of wrong cells, consequences included.
    pub wrong: u32,
    /// The number of cells that are not done yet: neither right nor wrong.
    pub open: u32,
    /// The names of the columns that the sheet lacks, or that could not be read.
    pub missing: Vec<String>,
    /// The columns that hold numbers but could not be read, for the user: `X “Edw1”`.
    pub unread: Vec<String>,
    /// What the user should know about how the sheet was read: sentences.
    pub notes: Vec<String>,
    /// The wrong cells by column and cause: mistakes first, consequences last.
    pub groups: Vec<Group>,
}

impl SheetCheck {
    /// Returns the sheet as a lesson that the page can load.
    pub fn into_opened_sheet(self) -> OpenedSheet {
        let Self { sheet, lesson, rate_source, rows, .. } = self;
        OpenedSheet { sheet, lesson, rate_source: Some(rate_source), rows }
    }
}

/// The wrong cells of one column that have the same cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The column.
    pub column: Column,
    /// Whether the cells are mistakes or consequences.
    pub kind: Kind,
    /// The likely cause: a sentence.
    pub cause: String,
    /// The number of cells.
    pub count: u32,
    /// The first cells, at most [`Group::LISTED`].
    pub cells: Vec<WrongCell>,
}

impl Group {
    /// The largest number of cells that a group lists.
    pub const LISTED: usize = 20;
}

/// The kind of a wrong cell, the most important one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The cell does not follow from the cells that its formula refers to.
    Mistake,
    /// The value is right but has too few digits.
    Rounded,
    /// The cell follows from other cells, and those are wrong.
    Consequence,
}

/// A wrong cell.
#[derive(Clone, Debug, PartialEq)]
pub struct WrongCell {
    /// The row of the table, counted from row 0.
    pub row: u32,
    /// The cell's name in the spreadsheet, for example X35.
    pub address: String,
    /// The student's entry; empty for a blank cell.
    pub found: String,
    /// The engine's value.
    pub expected: f64,
}

/// Compares a table with the engine.
///
/// # Errors
/// A sentence for the user when a value of row 0 is no number, or when there is no learning rate to start from.
pub fn check(table: &Table<'_>) -> Result<SheetCheck, String> {
    let constants = table.constants()?;
    let rate = match table.rate() {
        Some(rate) => rate.clone(),
        None => step_rate::of_first_step(table, &constants).ok_or_else(|| {
            format!(
                "“{}” does not say its learning rate. Write η into a cell and its value into the cell beside it.",
                table.sheet.name
            )
        })?,
    };
    let lesson = Lesson { constants, learning_rate: rate.value };
    let mut groups = Comparison::new(table, lesson).groups();
    groups.sort_by_key(|group| (group.kind, group.cells.first().map_or(0, |cell| cell.row), group.column));
    let (cells, open) = table.counts();
    Ok(SheetCheck {
        sheet: table.sheet.name.clone(),
        lesson,
        rate_source: rate.source,
        rows: table.rows(),
        cells,
        open,
        wrong: groups.iter().map(|group| group.count).sum(),
        missing: Column::ALL.into_iter().filter(|&column| !table.has(column)).map(Column::name).collect(),
        unread: table.unread().to_vec(),
        notes: table.notes().to_vec(),
        groups,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::cells::{Cell, Sheet};
    use crate::sheet::bug::{Bug, FaultySheet};
    use crate::sheet::formula::Values;
    use crate::sheet::{Row, Run, formula, run};

    const HEADER: u32 = 31;

    /// Returns a sheet in the classic layout.
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

    /// Returns the rows of a student who replaces every value with `change(row, column, known values, right value)` at
    /// once, so that later values follow from the changed ones.
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
    fn a_correct_sheet_has_no_mistakes() {
        let check = checked(&sheet(&right(0.8, 100), Some(0.8)));
        assert_eq!((check.cells, check.wrong, check.rows), (31 * 101, 0, 101));
        assert_eq!((check.groups.len(), check.rate_source.as_str()), (0, "in G31"));
        assert_eq!(check.lesson, Lesson { learning_rate: 0.8, ..Lesson::CLASSIC });
    }

    #[test]
    fn every_classic_bug_is_located_and_named() {
        // With η = 0.5 and the classic inputs, η·∂E_t/∂w2 equals ∂E_t/∂w1, so that two mistakes would look the same.
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
    fn consequences_are_separated_from_their_cause() {
        let mut rows = right(0.5, 5);
        let mut values = *rows[2].values();
        values[Column::E1.index()] *= 2.0;
        rows[2] = Row::from_values(values);
        let mut wrong = sheet(&rows, Some(0.5));
        // The total is computed from the wrong E1.
        put(&mut wrong, Some(2), Column::ETotal, Cell::Number(values[Column::E1.index()] + values[Column::E2.index()]));
        let check = checked(&wrong);
        assert_eq!(mistakes(&check), [(Column::E1, "Likely mistake: the ½ is left out.".to_owned())]);
        let [mistake, consequence] = check.groups.as_slice() else { panic!("two groups") };
        assert_eq!((mistake.cells[0].address.as_str(), mistake.cells[0].row), ("U35", 2));
        assert_eq!(mistake.cells[0].expected, right(0.5, 2)[2].get(Column::E1));
        assert_eq!(
            (consequence.kind, consequence.cause.as_str()),
            (Kind::Consequence, "Computed from the wrong cell U35.")
        );
        assert_eq!(check.wrong, 2);
    }

    #[test]
    fn mistakes_beyond_the_classic_bugs_are_named() {
        type Change<'a> = &'a dyn Fn(usize, Column, &Values<'_>, f64) -> f64;
        use Column::*;
        let cases: [(&[Column], &str, Change<'_>); 9] = [
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
                            let sum = (here(AO1) - here(T1)) * here(W5) + (here(AO2) - here(T2)) * here(W7);
                            sum * here(AH1) * (1.0 - here(AH1)) * here(I1)
                        }
                        _ => right,
                    }
                },
            ),
            (&[W3], "the weight is not updated", &|index, column, values, right| match column {
                W3 if index > 0 => values.above.get(W3),
                _ => right,
            }),
            (
                &[W2, W8],
                "every step starts from row 0, not from the row above",
                &|_, column, values, right| match column {
                    W2 => 0.2 - values.learning_rate * values.above.get(G2),
                    W8 => 0.55 - values.learning_rate * values.above.get(G8),
                    _ => right,
                },
            ),
            (&Column::WEIGHTS, "the step uses η = 0.1", &|_, column, values, right| match Column::WEIGHTS
                .iter()
                .position(|&weight| weight == column)
            {
                Some(index) => values.above.get(column) - 0.1 * values.above.gradients()[index],
                None => right,
            }),
            (&[G3], "w5 to w8 are used after their update, not before it", &|_, column, values, right| match column {
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
            (&[ETotal], "the value is half of what it should be", &|_, column, _, right| match column {
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
    fn the_cause_tells_why_a_cell_has_no_number() {
        let mut wrong = sheet(&right(0.5, 3), Some(0.5));
        let number = right(0.5, 3)[1].get(Column::H1).to_string();
        put(&mut wrong, Some(1), Column::H1, Cell::Text(number.as_str().into()));
        put(&mut wrong, Some(2), Column::O1, Cell::Error("#VALUE!".into()));
        put(&mut wrong, Some(3), Column::G1, Cell::Text("?".into()));
        let check = checked(&wrong);
        let causes: Vec<_> =
            check.groups.iter().map(|group| (group.cells[0].address.as_str(), group.cause.as_str())).collect();
        // A number that is stored as text is a number.
        assert!(causes[0].1.starts_with("#VALUE!: the formula refers to text."));
        assert_eq!(causes[1], ("X36", "This is not a number."));
        assert_eq!(check.wrong, 2);
    }

    #[test]
    fn a_typed_number_with_few_digits_counts_as_rounded() {
        let mut wrong = sheet(&right(0.5, 3), Some(0.5));
        put(&mut wrong, Some(1), Column::AH1, Cell::Number(0.5069));
        let check = checked(&wrong);
        assert_eq!(check.groups[0].kind, Kind::Rounded);
        put(&mut wrong, Some(1), Column::AH1, Cell::Number(0.51));
        assert_eq!(checked(&wrong).groups[0].kind, Kind::Rounded);
        put(&mut wrong, Some(1), Column::AH1, Cell::Number(0.77));
        let check = checked(&wrong);
        assert_eq!(check.groups[0].cause, "This is not the result of a_h1 = σ(h1).");
    }

    #[test]
    fn a_sheet_of_rounded_numbers_is_correct_and_its_mistakes_are_still_found() {
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
    fn a_missing_learning_rate_is_computed_from_the_first_step() {
        let check = checked(&sheet(&right(0.7, 5), None));
        assert_eq!((check.lesson.learning_rate, check.wrong), (0.7, 0));
        assert_eq!(check.rate_source, "computed from the first step");
        let only_row_0 = sheet(&right(0.7, 0), None);
        let error = super::check(&Table::find(&only_row_0).expect("a table"));
        assert!(error.is_err_and(|message| message.contains("learning rate")));
    }

    #[test]
    fn missing_columns_are_named_and_not_counted() {
        let mut wrong = sheet(&right(0.5, 3), Some(0.5));
        for column in Column::GRADIENTS {
            for row in [None, Some(0), Some(1), Some(2), Some(3)] {
                put(&mut wrong, row, column, Cell::Text("?".into()));
            }
        }
        let check = checked(&wrong);
        assert_eq!((check.missing.len(), check.cells, check.wrong), (8, 23 * 4, 0));
        assert_eq!(check.missing[0], "∂E_t/∂w1");
    }

    #[test]
    fn an_error_is_right_where_the_engine_has_no_finite_number() {
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
