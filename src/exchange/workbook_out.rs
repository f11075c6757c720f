//! Writes the sheet as an Excel workbook with working formulas, in the classic layout: one sheet for each learning
//! rate, η in G31, the column names in row 32, row 0 in row 33, columns A to AE in the order of [`Column::ALL`].

use rust_xlsxwriter::{
    Chart, ChartFont, ChartLine, ChartType, Color, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet,
    XlsxError,
};

use super::csv_out;
use super::protocol::{most_updates, rates};
use super::stated_rate::RATE_CELL;
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, Constants, Expr, Row, Term, formula, run};

/// The row of the column names, row 32, counted from 0.
const HEADER: u32 = 31;
/// The row of the run's row 0, row 33, counted from 0.
const FIRST: u32 = 32;

/// Returns the bytes of an xlsx file, and a sentence for the user if the workbook has fewer rows than the run.
///
/// # Errors
/// A sentence for the user when the memory or a limit of the file format is exceeded.
pub fn write(lesson: &Lesson, updates: u32, compared: bool) -> Result<(Vec<u8>, Option<String>), String> {
    let rates = rates(lesson.learning_rate, compared);
    let most = most_updates(rates.len());
    let note = (updates > most).then(|| {
        let advice = if rates.len() == 1 {
            "A CSV file contains every row."
        } else {
            "A workbook with one sheet contains more rows, and a CSV file contains every row."
        };
        format!(
            "The workbook contains only rows 0 to {most} of {updates}, because formulas make files large and \
             spreadsheets slow. {advice}"
        )
    });
    let bytes = build(lesson.constants, &rates, updates.min(most));
    bytes.map(|bytes| (bytes, note)).map_err(|error| format!("The workbook could not be written: {error}."))
}

/// Returns the name of the sheet for a learning rate.
pub fn sheet_name(rate: f64) -> String {
    format!("eta {}", csv_out::number(rate))
}

fn build(constants: Constants, rates: &[f64], updates: u32) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let formats = Formats::new();
    for &rate in rates {
        sheet(workbook.add_worksheet(), &formats, constants, rate, updates)?;
    }
    workbook.save_to_buffer()
}

struct Formats {
    title: Format,
    note: Format,
    label: Format,
    rate: Format,
    header: Format,
    given: Format,
    computed: Format,
}

impl Formats {
    fn new() -> Self {
        let numbers = Format::new().set_num_format("0.000000");
        // The accent colour of the page marks the cells that can be changed.
        let accent = Color::RGB(0x1F4E8C);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            note: Format::new().set_font_color(Color::RGB(0x595959)),
            label: Format::new().set_bold().set_align(FormatAlign::Right),
            rate: Format::new().set_bold().set_font_color(accent).set_border_bottom(FormatBorder::Thin),
            header: Format::new().set_bold().set_align(FormatAlign::Right).set_border_bottom(FormatBorder::Thin),
            given: numbers.clone().set_font_color(accent),
            computed: numbers,
        }
    }
}

fn sheet(
    sheet: &mut Worksheet,
    formats: &Formats,
    constants: Constants,
    rate: f64,
    updates: u32,
) -> Result<(), XlsxError> {
    let name = sheet_name(rate);
    sheet.set_name(&name)?;
    sheet.set_column_range_width(0, Column::COUNT as u16 - 1, 10.5)?;
    sheet.write_with_format(0, 0, "Backpropagation, step by step", &formats.title)?;
    let note = "Working formulas: change η in cell G31 or a starting value in row 33, and every cell follows.";
    sheet.write_with_format(1, 0, note, &formats.note)?;
    let (row, column) = (RATE_CELL.0, RATE_CELL.1 as u16);
    sheet.write_with_format(row, column - 1, "η", &formats.label)?;
    sheet.write_number_with_format(row, column, rate, &formats.rate)?;
    for column in Column::ALL {
        sheet.write_with_format(HEADER, column.index() as u16, column.name(), &formats.header)?;
    }

    let formulas: [[Option<Expr>; 2]; Column::COUNT] =
        Column::ALL.map(|column| [formula(column, true), formula(column, false)]);
    for (index, values) in (0..=updates).zip(run::rows(constants, rate)) {
        for (column, [first, later]) in Column::ALL.into_iter().zip(&formulas) {
            let (row, place) = (FIRST + index, column.index() as u16);
            match if index == 0 { first } else { later } {
                Some(expr) => {
                    // The results are for viewers that cannot compute. A spreadsheet computes the formulas when it
                    // opens the file.
                    let formula = Formula::new(excel(expr, row)).set_result(result(&values, column));
                    sheet.write_formula_with_format(row, place, formula, &formats.computed)?
                }
                None => sheet.write_number_with_format(row, place, values.get(column), &formats.given)?,
            };
        }
    }
    sheet.insert_chart(3, 1, &chart(&name, rate, updates))?;
    Ok(())
}

/// Returns the stored result of a formula. Excel has no numbers that are not finite.
fn result(values: &Row, column: Column) -> String {
    let value = values.get(column);
    if value.is_finite() { csv_out::number(value) } else { "#NUM!".to_owned() }
}

fn chart(name: &str, rate: f64, updates: u32) -> Chart {
    let mut chart = Chart::new(ChartType::Line);
    let errors = Column::ETotal.index() as u16;
    let mut line = ChartLine::new();
    line.set_width(1.75).set_color(Color::RGB(0x1F4E8C));
    chart
        .add_series()
        .set_name(Column::ETotal.name().as_str())
        .set_values((name, FIRST, errors, FIRST + updates, errors))
        .set_format(&mut line);
    chart
        .title()
        .set_name(&format!("Total error, η = {}", csv_out::number(rate)))
        .set_font(ChartFont::new().set_size(12));
    // A line chart counts its points from 1, and the classic table has no column of row numbers to use instead.
    chart.x_axis().set_name("Row (1 = starting values)");
    chart.y_axis().set_name(&Column::ETotal.name());
    chart.legend().set_hidden();
    chart.set_width(900).set_height(500);
    chart
}

/// Writes a formula in Excel's notation, for a cell in this row, counted from 0.
///
/// `+`, `-` and `*` are evaluated from left to right, as in [`Expr::evaluate`]. A square becomes `^2`, and σ is written
/// out.
fn excel(expr: &Expr, row: u32) -> String {
    match expr {
        Expr::Number(number) => csv_out::number(*number),
        Expr::Term(Term::Here(column)) => address(*column, row),
        Expr::Term(Term::Above(column)) => address(*column, row.saturating_sub(1)),
        Expr::Term(Term::LearningRate) => "$G$31".to_owned(),
        Expr::Sum(left, right) => format!("{}+{}", excel(left, row), excel_factor(right, row)),
        Expr::Difference(left, right) => format!("{}-{}", excel(left, row), excel_factor(right, row)),
        Expr::Product(factors) => factors.iter().map(|factor| excel_factor(factor, row)).collect::<Vec<_>>().join("*"),
        Expr::Square(base) => format!("({})^2", excel(base, row)),
        Expr::Sigmoid(argument) => format!("1/(1+EXP(-{}))", excel_factor(argument, row)),
    }
}

/// Writes a factor like [`excel`], in parentheses if it is a sum, a difference or a quotient.
fn excel_factor(expr: &Expr, row: u32) -> String {
    match expr {
        Expr::Sum(..) | Expr::Difference(..) | Expr::Sigmoid(..) => format!("({})", excel(expr, row)),
        _ => excel(expr, row),
    }
}

fn address(column: Column, row: u32) -> String {
    super::cells::address(row, column.index() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(column: Column, row: u32) -> String {
        formula(column, row == FIRST).map(|expr| excel(&expr, row)).unwrap_or_default()
    }

    #[test]
    fn formulas_are_the_same_as_in_the_classic_workbook() {
        assert_eq!(text(Column::W1, FIRST + 1), "E33-$G$31*X33");
        assert_eq!(text(Column::W8, FIRST + 9), "P41-$G$31*AE41");
        assert_eq!(text(Column::T1, FIRST + 1), "A33");
        assert_eq!(text(Column::H1, FIRST), "E33*C33+F33*D33");
        assert_eq!(text(Column::AO2, FIRST), "1/(1+EXP(-S33))");
        assert_eq!(text(Column::E1, FIRST), "0.5*(A33-R33)^2");
        assert_eq!(text(Column::ETotal, FIRST), "U33+V33");
        assert_eq!(text(Column::G8, FIRST), "(T33-B33)*T33*(1-T33)*L33");
        assert_eq!(text(Column::G1, FIRST), "((R33-A33)*R33*(1-R33)*M33+(T33-B33)*T33*(1-T33)*O33)*J33*(1-J33)*C33");
    }

    #[test]
    fn a_note_says_that_a_long_run_was_cut() {
        let (_, note) = write(&Lesson::CLASSIC, 10, true).expect("small");
        assert_eq!(note, None);
        let (_, note) = write(&Lesson::CLASSIC, 10_001, false).expect("within the limits");
        assert!(note.is_some_and(|note| note.contains("rows 0 to 10000 of 10001")));
        let (_, note) = write(&Lesson::CLASSIC, 2001, true).expect("within the limits");
        assert!(note.is_some_and(|note| note.contains("rows 0 to 2000 of 2001")));
    }
}
