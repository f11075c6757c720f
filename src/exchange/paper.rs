//! The sheet on paper, in landscape format: a page with the constants and the error curves, then the rows with all
//! columns, in as many tables as the width needs.

use std::fmt::Write as _;

use super::paper_theme::theme;
use super::pictures;
use crate::charts::svg::svg;
use crate::format::thousands;
use crate::sheet::column::Group;
use crate::sheet::lesson::Lesson;
use crate::sheet::number::{Digits, full, parse_count, with_digits};
use crate::sheet::{Column, Race, Run, markup};

/// The largest number of rows that are printed at once.
const MOST_ROWS: usize = 500;
/// The number of rows of a page.
const ROWS: usize = 25;
/// The width of a page in digits: that of US Letter, which is narrower than A4.
const WIDTH: f64 = 134.0;
/// The space between two columns, in digits.
const GAP: f64 = 1.5;
/// The width of the narrowest column, in digits: that of its symbol.
const NARROWEST: usize = 4;
/// The size of the chart in CSS pixels, which has the shape of the space that the page leaves.
const CHART: (f64, f64) = (1000.0, 450.0);

/// Returns the pages with the rows between two numbers, which are given as the user typed them.
///
/// # Errors
/// A sentence for the user when the rows are not there, or are too many.
pub fn html(lesson: &Lesson, updates: u32, rows: [&str; 2], digits: Digits, date: &str) -> Result<String, String> {
    let last = updates as usize;
    let row = |text: &str| parse_count(text, 0, last).map(|row| row as usize);
    let [Ok(first), Ok(second)] = rows.map(row) else {
        return Err(format!("The rows to print are whole numbers from 0 to {}, the last row.", thousands(updates)));
    };
    let (from, to) = (first.min(second), first.max(second));
    let count = to - from + 1;
    if count > MOST_ROWS {
        return Err(format!(
            "At most {MOST_ROWS} rows are printed at once, and these are {}. Choose fewer. A workbook or a CSV file \
             contains every row.",
            thousands(count as u32)
        ));
    }
    let race = pictures::race(*lesson, last);
    let numbers: Vec<Vec<String>> = (from..=to)
        .map(|row| race.own().row(row).values().iter().map(|&value| with_digits(value, digits)).collect())
        .collect();
    let tables = split(&widths(&numbers));
    let pages = 1 + count.div_ceil(ROWS) * tables.len();
    let foot = |page: usize| format!("<footer>Gradsheet, {date}. Page {page} of {pages}</footer>");
    let mut html = format!("<article class=\"sheet-page\">{}{}</article>", front(lesson, &race, date)?, foot(1));
    let mut page = 1;
    for (part, first) in numbers.chunks(ROWS).zip((from..).step_by(ROWS)) {
        for (index, columns) in tables.iter().enumerate() {
            page += 1;
            let last = first + part.len() - 1;
            let _ = write!(
                html,
                "<article class=\"sheet-page\"><h3>Rows {first} to {last}, η = {}, table {} of {}</h3>{}{}</article>",
                full(lesson.learning_rate),
                index + 1,
                tables.len(),
                table(columns, part, first),
                foot(page)
            );
        }
    }
    Ok(html)
}

/// Returns the content of the first page: what the numbers follow from, and the error curves.
fn front(lesson: &Lesson, race: &Race, date: &str) -> Result<String, String> {
    let run = race.own();
    let row = run.row(0);
    let constants = || Column::ALL.into_iter().filter(|&column| crate::sheet::formula(column, true).is_none());
    let item = |symbol: &str, value: f64| format!("<li>{symbol} = {}</li>", full(value));
    let values: String = constants().map(|column| item(&markup::symbol(column), row.get(column))).collect();
    let curves = svg(&pictures::all(race), "Error curves", &theme(), CHART);
    let curves = curves.map_err(|error| format!("The pages could not be made: {error}."))?;
    Ok(format!(
        "<header><h2>Backpropagation, step by step</h2><p>{date}</p></header>\
         <p>A network with two inputs, two hidden neurons and two outputs, all with the function σ(x) = 1 / (1 + \
         e<sup>−x</sup>) and without biases, learns by gradient descent. Each row is one update of all eight weights. {}</p>\
         <ul>{values}{}</ul>{curves}",
        course(run),
        item("η", lesson.learning_rate),
    ))
}

/// Says how the error changes from the first row to the last.
fn course(run: &Run) -> String {
    let (first, last) = (run.errors()[0], run.errors()[run.last()]);
    format!(
        "The total error goes from {} in row 0 to {} in row {}.",
        with_digits(first, Digits::Six),
        with_digits(last, Digits::Six),
        thousands(run.last() as u32)
    )
}

/// Returns the groups of the classic table.
fn classic_groups() -> impl Iterator<Item = Group> {
    Column::GROUPS.into_iter().filter(|group| !group.first.is_delta())
}

/// Returns the width of each column in digits.
fn widths(numbers: &[Vec<String>]) -> Vec<f64> {
    let width = |index: usize| {
        let longest = numbers.iter().filter_map(|row| row.get(index)).map(|text| text.chars().count()).max();
        longest.unwrap_or_default().max(NARROWEST) as f64 + GAP
    };
    (0..Column::COUNT).map(width).collect()
}

/// Divides the columns into tables that are not wider than a page. A group of columns stays together if it can.
fn split(widths: &[f64]) -> Vec<Vec<Column>> {
    let width = |column: Column| widths.get(column.index()).copied().unwrap_or_default();
    // The numbers of the rows have up to seven digits.
    let room = WIDTH - 8.0;
    let mut tables: Vec<Vec<Column>> = vec![Vec::new()];
    let mut used = 0.0;
    for group in classic_groups() {
        let columns = &Column::ALL[group.first.index()..group.first.index() + group.len];
        let whole: f64 = columns.iter().map(|&column| width(column)).sum();
        let mut is_new = used > 0.0 && used + whole > room;
        for &column in columns {
            if is_new || used + width(column) > room {
                tables.push(Vec::new());
                used = 0.0;
                is_new = false;
            }
            used += width(column);
            if let Some(table) = tables.last_mut() {
                table.push(column);
            }
        }
    }
    tables
}

/// Returns a table of these columns; `first` is the number of the first row.
fn table(columns: &[Column], rows: &[Vec<String>], first: usize) -> String {
    let mut groups = "<th></th>".to_owned();
    for group in classic_groups() {
        let last = group.first.index() + group.len;
        let here = columns.iter().filter(|column| (group.first.index()..last).contains(&column.index())).count();
        if here > 0 {
            let _ = write!(groups, "<th scope=\"colgroup\" colspan=\"{here}\">{}</th>", group.name);
        }
    }
    let heads: String =
        columns.iter().map(|&column| format!("<th scope=\"col\">{}</th>", markup::symbol(column))).collect();
    let mut body = String::new();
    for (values, row) in rows.iter().zip(first..) {
        let cells = columns.iter().filter_map(|column| values.get(column.index()));
        let cells: String = cells.map(|text| format!("<td>{text}</td>")).collect();
        let _ = write!(body, "<tr><th scope=\"row\">{row}</th>{cells}</tr>");
    }
    format!(
        "<table><thead><tr class=\"groups\">{groups}</tr><tr><th scope=\"col\">Row</th>{heads}</tr></thead><tbody>{body}</tbody></table>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(updates: u32, from: &str, to: &str, digits: Digits) -> Result<String, String> {
        html(&Lesson::CLASSIC, updates, [from, to], digits, "28 November 2026")
    }

    /// Returns the texts of the cells of a page, row by row, without the heads.
    fn rows(page: &str) -> Vec<Vec<String>> {
        let body = page.split("<tbody>").nth(1).unwrap_or_default();
        let cell = |text: &str| text.split('>').next_back().unwrap_or_default().to_owned();
        let cells = |row: &str| row.split("</t").filter(|text| !text.starts_with('r')).map(cell).collect::<Vec<_>>();
        body.split("<tr>").skip(1).map(|row| cells(row).into_iter().filter(|text| !text.is_empty()).collect()).collect()
    }

    #[test]
    fn every_number_of_the_chosen_rows_is_on_some_page() {
        for (digits, tables) in [(Digits::Six, 3), (Digits::Full, 5)] {
            let html = print(100, "3", "41", digits).expect("rows of the sheet");
            let pages: Vec<&str> = html.split("<article").skip(1).collect();
            // 39 rows need two pages for each table.
            assert!(pages.len() > 2 * tables, "{digits:?}: {} pages", pages.len());
            assert_eq!(pages.len() % 2, 1);
            assert!(pages[1].contains("Rows 3 to 27, η = 0.5, table 1 of"), "{}", pages[1]);
            let run = Run::new(Lesson::CLASSIC.constants, 0.5, 100);
            for (half, numbers) in [(0, 3..28), (1, 28..42)] {
                let of_half = (pages.len() - 1) / 2;
                let tables: Vec<_> = pages[1 + half * of_half..][..of_half].iter().map(|page| rows(page)).collect();
                for (index, row) in numbers.enumerate() {
                    let printed: Vec<&String> = tables.iter().flat_map(|table| &table[index][1..]).collect();
                    let expected: Vec<String> =
                        run.row(row).values().iter().map(|&value| with_digits(value, digits)).collect();
                    assert_eq!(printed, expected.iter().collect::<Vec<_>>(), "row {row}");
                    assert!(tables.iter().all(|table| table[index][0] == row.to_string()));
                }
            }
        }
    }

    #[test]
    fn no_table_is_wider_than_a_page() {
        for digits in Digits::ALL {
            let mut wild = Lesson::CLASSIC;
            wild.constants.weights = [-1.0 / 3.0, 1e300, -1e-300, 0.1, 12_345.678_9, -0.2, 0.3, 1e16];
            let run = Run::new(wild.constants, 0.5, 20);
            let numbers: Vec<Vec<String>> = (0..=20)
                .map(|row| run.row(row).values().iter().map(|&value| with_digits(value, digits)).collect())
                .collect();
            let widths = widths(&numbers);
            let tables = split(&widths);
            assert_eq!(tables.concat(), Column::ALL);
            for table in tables {
                assert!(table.iter().map(|column| widths[column.index()]).sum::<f64>() <= WIDTH, "{digits:?}");
            }
        }
    }

    #[test]
    fn the_first_page_has_the_constants_and_all_curves() {
        let html = print(100, "0", "24", Digits::Six).expect("rows of the sheet");
        assert_eq!(html.matches("<article").count(), 4);
        let first = html.split("</article>").next().unwrap_or_default();
        for text in ["28 November 2026", " = 0.55</li>", "yours, η = 0.5", "η = 0.1", "Error curves", "Page 1 of 4"] {
            assert!(first.contains(text), "{text}");
        }
    }

    #[test]
    fn rows_that_are_not_there_or_too_many_are_refused_with_a_reason() {
        for (from, to) in [("0", "101"), ("", "5"), ("a", "5"), ("-1", "5"), ("0", "1.5")] {
            let error = print(100, from, to, Digits::Six).expect_err("no such rows");
            assert!(error.contains("from 0 to 100"), "{error}");
        }
        assert!(print(1000, "0", "999", Digits::Six).expect_err("too many").contains("these are 1,000"));
        let turned = print(100, "20", "10", Digits::Six).expect("rows of the sheet");
        assert!(turned.contains("Rows 10 to 20"));
    }
}
