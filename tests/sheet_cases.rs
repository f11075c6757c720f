//! Students' sheets as people really bring them: copies of files that went wrong, and others of the same kinds.

use std::error::Error;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use gradsheet::exchange::check::{Kind, SheetCheck};
use gradsheet::exchange::reading::{check_file, open};
use gradsheet::exchange::workbook_out;
use gradsheet::sheet::lesson::Lesson;
use gradsheet::sheet::{Column, run};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

type Outcome = Result<(), Box<dyn Error>>;

fn case(start: &str) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases/sheet");
    let paths = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|entry| entry.path());
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let path = paths.into_iter().find(|path| name(path).starts_with(start)).ok_or("no such case")?;
    Ok((name(&path), std::fs::read(&path)?))
}

/// Checks a case with a single table.
fn checked(start: &str) -> Result<SheetCheck, Box<dyn Error>> {
    let (name, bytes) = case(start)?;
    let sheets = check_file(&name, &bytes)?;
    assert_eq!(sheets.len(), 1, "{name}");
    // Opening a file reads it in the same way.
    assert_eq!(open(&name, &bytes)?[0].lesson, sheets[0].lesson, "{name}");
    Ok(sheets[0].clone())
}

#[test]
fn right_sheets_are_read_whole_and_have_no_mistakes() -> Outcome {
    for (start, rows) in [
        ("csv01", 100),
        ("csv02", 100),
        ("csv04", 100),
        ("csv14", 60),
        ("csv16", 60),
        ("x00", 60),
        ("x09", 20),
        ("x10", 20),
        ("x12", 20),
        ("x15", 20),
        ("x19", 20),
    ] {
        let check = checked(start)?;
        let missing: Vec<String> = Vec::new();
        assert_eq!((check.rows, check.wrong, &check.missing, &check.unread), (rows, 0, &missing, &missing), "{start}");
        assert_eq!(check.lesson.constants, Lesson::CLASSIC.constants, "{start}");
        assert_eq!(check.lesson.learning_rate, 0.5, "{start}");
    }
    Ok(())
}

#[test]
fn what_does_not_belong_to_the_table_is_said() -> Outcome {
    let notes = checked("x09")?.notes.join(" ");
    assert!(notes.contains("Rows 53 and 54 below the table were not checked."), "{notes}");
    let notes = checked("x19")?.notes.join(" ");
    assert!(notes.contains("stored as text, the first of them A33"), "{notes}");
    let (name, bytes) = case("x15")?;
    let others = check_file(&name, &bytes)?.others.join(" ");
    assert!(
        others.contains("In “Template for you” of “x15") && others.contains("cell E33 must be a number"),
        "{others}"
    );
    Ok(())
}

#[test]
fn files_without_numbers_get_the_sentence_that_helps() -> Outcome {
    for (start, part) in [
        ("x01", "holds formulas, such as the one in I33, but not their results"),
        ("x26", "is only a shortcut to a Google Sheet"),
        ("x27", "is an Apple Numbers document"),
    ] {
        let (name, bytes) = case(start)?;
        for error in [check_file(&name, &bytes).err(), open(&name, &bytes).err()] {
            assert!(error.as_ref().is_some_and(|error| error.contains(part)), "{start}: {error:?}");
        }
    }
    Ok(())
}

/// A sheet as text: lines of cells, each of the right value unless a test changes it.
struct Lines(Vec<Vec<String>>);

impl Lines {
    /// A header and this number of rows with η = 0.5.
    fn right(rows: usize) -> Self {
        let header = Column::ALL.map(Column::name).to_vec();
        let numbers = run::rows(Lesson::CLASSIC.constants, 0.5).take(rows);
        let lines = numbers.map(|row| row.values().iter().map(f64::to_string).collect());
        Self(std::iter::once(header).chain(lines).collect())
    }

    /// The cell in a row of the table, counted from 0.
    fn cell(&mut self, row: usize, column: Column) -> &mut String {
        &mut self.0[row + 1][column.index()]
    }

    fn rename(&mut self, columns: &[Column], name: impl Fn(&str) -> String) {
        for column in columns {
            let heading = &mut self.0[0][column.index()];
            *heading = name(heading);
        }
    }

    fn text(&self, delimiter: &str, end: &str) -> String {
        let quoted = |cell: &String| if cell.contains(['\n', ',']) { format!("\"{cell}\"") } else { cell.clone() };
        let line = |cells: &Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(delimiter) + end;
        self.0.iter().map(line).collect()
    }

    fn check(&self) -> SheetCheck {
        check(&self.text(",", "\n"))
    }
}

fn check(text: &str) -> SheetCheck {
    check_file("eta 0.5.csv", text.as_bytes()).expect("a table")[0].clone()
}

/// The addresses of the cells with mistakes of their own.
fn mistakes(check: &SheetCheck) -> Vec<&str> {
    let mistakes = check.groups.iter().filter(|group| group.kind == Kind::Mistake);
    mistakes.flat_map(|group| &group.cells).map(|cell| cell.address.as_str()).collect()
}

#[test]
fn addresses_are_those_that_a_spreadsheet_shows() {
    let mut lines = Lines::right(12);
    *lines.cell(2, Column::E1) = "7".into();
    lines.0[0].push("note".into());
    lines.0[2].push("two\nlines,\r\nor three".into());
    lines.0.insert(0, vec!["Homework".into()]);
    lines.0.insert(1, Vec::new());
    // An empty line within the table is no row of it.
    lines.0.insert(4, Vec::new());
    for end in ["\n", "\r\n", "\r"] {
        for delimiter in [",", ";", "\t"] {
            for start in ["", "\u{feff}", &format!("sep={delimiter}{end}"), &format!("\u{feff}sep={delimiter}{end}")] {
                let check = check(&(start.to_owned() + &lines.text(delimiter, end)));
                assert_eq!(check.rows, 12, "{end:?} {delimiter:?} {start:?}");
                assert_eq!(mistakes(&check), ["U7"], "{end:?} {delimiter:?} {start:?}");
                assert!(
                    check.notes.iter().any(|note| note == "Row 5 is empty. The table goes on below."),
                    "{:?}",
                    check.notes
                );
            }
        }
    }
}

#[test]
fn columns_are_read_by_heading_position_or_numbers() {
    type Rename = fn(&str) -> String;
    let renames: [(&str, Rename); 6] = [
        ("Edw1", |name| name.replace("∂E_t/∂", "Ed")),
        ("?E_t/?w1", |name| name.replace('∂', "?")),
        ("garbled", |name| name.replace('∂', "âˆ‚")),
        ("unknown", |name| format!("my {} thing", name.len())),
        ("empty", |_| String::new()),
        ("number", |_| "1".to_owned()),
    ];
    let computed = |columns: std::ops::Range<usize>| Column::ALL[columns].to_vec();
    for (what, rename) in renames {
        for columns in [Column::GRADIENTS.to_vec(), computed(8..12), computed(16..23), computed(20..31)] {
            let mut lines = Lines::right(12);
            lines.rename(&columns, rename);
            let check = lines.check();
            assert_eq!((check.missing.len(), check.wrong), (0, 0), "{what} {columns:?}");
            // A mistake stays where it is.
            let column = columns[1];
            *lines.cell(4, column) = "0.7".into();
            let check = lines.check();
            let first = check.groups.first().map(|group| group.cells[0].address.clone());
            assert_eq!((check.missing.len(), first), (0, Some(address(5, column))), "{what} {columns:?}");
            // A column that is wrong throughout is known by its place.
            for row in 0..12 {
                *lines.cell(row, column) = format!("{}", 0.7 + row as f64);
            }
            assert_eq!(lines.check().missing.len(), 0, "{what} {columns:?}");
        }
    }
    // Weights and inputs between known columns.
    let mut lines = Lines::right(12);
    lines.rename(&[Column::I2, Column::W1, Column::W6, Column::W7], |name| format!("my {name}"));
    assert_eq!((lines.check().missing.len(), lines.check().wrong), (0, 0));
    // No heading at all.
    lines.0.remove(0);
    assert_eq!((lines.check().rows, lines.check().missing.len(), lines.check().wrong), (12, 0, 0));
}

fn address(row: u32, column: Column) -> String {
    gradsheet::exchange::cells::address(row, column.index() as u32)
}

#[test]
fn columns_in_another_order_are_read_by_their_numbers() {
    let mut lines = Lines::right(12);
    lines.rename(&[Column::H1, Column::AH1, Column::H2, Column::AH2], |_| "?".to_owned());
    for line in &mut lines.0 {
        line.swap(Column::AH1.index(), Column::H2.index());
        line.insert(20, "5".into());
    }
    let check = lines.check();
    assert_eq!((check.missing.len(), check.wrong, check.cells), (0, 0, 31 * 12));
}

#[test]
fn columns_that_cannot_be_read_are_named_and_never_called_right() {
    let mut lines = Lines::right(12);
    lines.rename(&[Column::G3, Column::G4], |_| "Foo".to_owned());
    // Numbers that are no gradients, and one column more than the names leave room for.
    for (row, line) in lines.0.iter_mut().enumerate() {
        line[Column::G3.index()] = if row == 0 { "Foo".into() } else { format!("{}", 3.0 + (row as f64).sqrt()) };
        line.insert(Column::G4.index(), if row == 0 { "Bar".into() } else { format!("{}", 5.0 + (row as f64).sqrt()) });
        line.truncate(Column::G4.index() + 2);
    }
    let check = lines.check();
    assert_eq!(check.unread, ["Z “Foo”", "AA “Bar”"]);
    assert!(check.missing.contains(&"∂E_t/∂w3".to_owned()), "{:?}", check.missing);

    // A mistake in a column that could not be read is not blamed on the weight that is computed from it.
    let mut lines = Lines::right(12);
    for (row, line) in lines.0.iter_mut().enumerate() {
        let foo = (0..3).map(|index| if row == 0 { "Foo".to_owned() } else { format!("{}.5", index + row * row) });
        line.splice(Column::G3.index()..=Column::G4.index(), foo);
    }
    *lines.cell(6, Column::W3) = "0.7".into();
    let check = lines.check();
    assert_eq!((check.unread.len(), mistakes(&check).len(), check.wrong), (3, 0, 1), "{:?}", check.groups);
    let cause = &check.groups[0].cause;
    assert_eq!(cause, "Computed from ∂E_t/∂w3, which could not be read.");

    // Nine columns where eight are missing, and no number that tells which.
    let mut lines = Lines::right(12);
    for (row, line) in lines.0.iter_mut().enumerate() {
        line.truncate(Column::G1.index());
        line.extend(
            (0..9).map(|index| if row == 0 { "Foo".to_owned() } else { format!("{}.5", 7 * index + row * row) }),
        );
    }
    let check = lines.check();
    assert_eq!((check.unread.len(), check.missing.len(), check.wrong), (9, 8, 0));
}

#[test]
fn columns_beside_the_table_are_named() {
    let beside = |headings: &[&str], number: fn(usize) -> String| {
        let mut lines = Lines::right(12);
        for (row, line) in lines.0.iter_mut().enumerate() {
            line.push(String::new());
            line.extend(headings.iter().map(|&name| if row == 0 { name.to_owned() } else { number(row) }));
        }
        let check = lines.check();
        assert_eq!((check.missing.len(), check.wrong, check.cells), (0, 0, 31 * 12));
        check.unread
    };
    let any = |row: usize| format!("{}", (row as f64).sqrt());
    assert_eq!(beside(&["w1+", "w2+"], any), ["AG “w1+”", "AH “w2+”"]);
    // A second column of the same name, a column of δ, and one without a heading.
    assert_eq!(beside(&["h1", "δo1", ""], any), ["AG “h1”", "AH “δo1”", "AI"]);
    // Numbers of rows, learning rates, remarks and a short list are no columns that a student computes.
    assert!(beside(&["epoch"], |row| row.to_string()).is_empty());
    assert!(beside(&["η"], |_| "0.5".to_owned()).is_empty());
    assert!(beside(&["note"], |row| format!("row {row}")).is_empty());
    assert!(beside(&["w1"], |row| if row < 4 { "0.15".to_owned() } else { String::new() }).is_empty());
}

#[test]
fn rows_that_sum_up_are_no_rows_of_the_table() {
    let sums: [fn(&[f64]) -> f64; 4] = [
        |numbers| numbers.iter().copied().fold(f64::INFINITY, f64::min),
        |numbers| numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        |numbers| numbers.iter().sum(),
        |numbers| numbers.iter().sum::<f64>() / numbers.len() as f64,
    ];
    for gap in [0, 1] {
        let mut lines = Lines::right(20);
        let table = lines.0[1..].to_vec();
        let numbers =
            |column: usize| -> Vec<f64> { table.iter().filter_map(|line| line.get(column)?.parse().ok()).collect() };
        lines.0.extend(vec![Vec::new(); gap]);
        for sum in sums {
            lines.0.push((0..Column::COUNT).map(|column| sum(&numbers(column)).to_string()).collect());
        }
        let check = lines.check();
        assert_eq!((check.rows, check.wrong), (20, 0), "{:?}", check.notes);
        let notes = check.notes.join(" ");
        assert!(notes.contains("below the table were not checked"), "{notes}");
    }
    // With a label beside them, and also if there is a single one.
    let mut lines = Lines::right(20);
    for (row, line) in lines.0.iter_mut().enumerate() {
        line.insert(0, if row == 0 { "row".into() } else { (row - 1).to_string() });
    }
    let mut largest = lines.0[20].clone();
    for (column, cell) in largest.iter_mut().enumerate() {
        let numbers = lines.0[1..].iter().filter_map(|line| line[column].parse::<f64>().ok());
        *cell = if column == 0 { "max".to_owned() } else { numbers.fold(f64::NEG_INFINITY, f64::max).to_string() };
    }
    lines.0.push(largest);
    let check = lines.check();
    assert_eq!((check.rows, check.wrong), (20, 0), "{:?}", check.notes);
}

#[test]
fn blanks_are_inherited_or_not_done_yet() {
    // Targets and inputs are typed once.
    let mut lines = Lines::right(12);
    for row in 1..12 {
        for column in [Column::T1, Column::T2, Column::I1, Column::I2] {
            lines.cell(row, column).clear();
        }
    }
    let once = lines.check();
    assert_eq!((once.rows, once.wrong, once.open, once.cells), (12, 0, 0, 31 * 12 - 4 * 11));

    // The last row holds only new weights.
    for column in Column::ALL.into_iter().filter(|column| column.weight_index().is_none()) {
        lines.cell(11, column).clear();
    }
    let last = lines.check();
    assert_eq!((last.rows, last.wrong, last.open, last.ends_with_weights), (12, 0, 19, true));
    lines.cell(5, Column::AH1).clear();
    assert!(!lines.check().ends_with_weights);

    // Formulas refer to constants above the table, which has no columns for them.
    let mut lines = Lines::right(12);
    for line in &mut lines.0 {
        line.drain(..4);
    }
    let constants = [["t1", "0.01"], ["t2", "0.99"], ["i1", "0.05"], ["i2", "0.1"]];
    for constant in constants.into_iter().rev() {
        lines.0.insert(0, constant.map(str::to_owned).to_vec());
    }
    let elsewhere = lines.check();
    assert_eq!((elsewhere.rows, elsewhere.wrong, elsewhere.missing.len()), (12, 0, 0));
    assert_eq!(elsewhere.lesson.constants, Lesson::CLASSIC.constants);
    assert!(elsewhere.notes.join(" ").contains("t1 in B1, t2 in B2, i1 in B3, i2 in B4"), "{:?}", elsewhere.notes);
}

#[test]
fn another_table_below_is_not_a_part_of_the_first() {
    let mut lines = Lines::right(12);
    let second = Lines::right(5).0;
    lines.0.push(Vec::new());
    lines.0.extend(second.clone());
    *lines.cell(15, Column::E2) = "7".into();
    let checks = check_file("eta 0.5.csv", lines.text(",", "\n").as_bytes()).expect("two tables");
    let found: Vec<_> = checks.iter().map(|check| (check.rows, mistakes(check))).collect();
    assert_eq!(found, [(12, vec![]), (5, vec!["V17"])]);
    assert_eq!(checks[1].sheet, "eta 0.5.csv, table at A16");

    // Without a header, it is said that they are not checked.
    let mut lines = Lines::right(12);
    lines.0.push(Vec::new());
    lines.0.extend(second[1..].iter().map(|line| line[..20].to_vec()));
    let check = lines.check();
    assert_eq!((check.rows, check.wrong), (12, 0));
    assert!(check.unchecked.join(" ").contains("Other numbers begin in row 15, and they were not checked."));
}

#[test]
fn another_table_beside_the_first_is_checked_too() {
    let (mut lines, second) = (Lines::right(12), Lines::right(5));
    for (line, other) in lines.0.iter_mut().zip(second.0) {
        line.push(String::new());
        line.extend(other);
    }
    *lines.cell(2, Column::E1) = "7".into();
    lines.0[3][32 + Column::E2.index()] = "7".into();
    let checks = check_file("eta 0.5.csv", lines.text(",", "\n").as_bytes()).expect("two tables");
    let found: Vec<_> = checks.iter().map(|check| (check.rows, mistakes(check))).collect();
    assert_eq!(found, [(12, vec!["U4"]), (5, vec!["BB4"])]);
}

#[test]
fn a_row_that_is_missing_is_named() {
    let mut lines = Lines::right(12);
    lines.0.remove(6);
    let check = lines.check();
    let causes: Vec<&str> =
        check.groups.iter().filter(|group| group.kind == Kind::Mistake).map(|group| group.cause.as_str()).collect();
    assert!(matches!(causes[..], [one] if one.contains("Below row 6 of the sheet, a row or more")), "{causes:?}");
}

#[test]
fn a_list_of_constants_above_the_table_is_not_the_table() {
    let mut lines = Lines::right(12);
    let names: Vec<String> =
        lines.0[0].iter().enumerate().filter(|(index, _)| *index < 8).map(|(_, name)| name.clone()).collect();
    let values: Vec<String> = lines.0[1][..8].to_vec();
    lines.0.splice(0..0, [names, values, Vec::new()]);
    let check = lines.check();
    assert_eq!((check.rows, check.wrong, check.missing.len()), (12, 0, 0));
}

#[test]
fn numbers_are_read_in_each_notation() {
    let mut lines = Lines::right(12);
    let german = lines.text(";", "\r\n").replace('.', ",").replace('-', "−");
    assert_eq!((check(&german).rows, check(&german).wrong), (12, 0));
    *lines.cell(0, Column::I1) = "5%".into();
    *lines.cell(1, Column::I1) = "5,0 %".into();
    assert_eq!(lines.check().wrong, 0);
    // What a program writes for a number that it cannot show is named.
    *lines.cell(3, Column::E1) = "########".into();
    *lines.cell(4, Column::E1) = "01.May".into();
    let check = lines.check();
    let causes: Vec<&str> = check.groups.iter().map(|group| group.cause.as_str()).collect();
    assert!(causes.iter().any(|cause| cause.contains("too narrow")), "{causes:?}");
    assert!(causes.iter().any(|cause| cause.contains("into a date")), "{causes:?}");
}

/// Returns our own workbook with some of its parts changed.
fn workbook(change: impl Fn(&mut String, &mut String)) -> Result<Vec<u8>, Box<dyn Error>> {
    let (bytes, _) = workbook_out::write(&Lesson::CLASSIC, 10, false)?;
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut changed = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index)?;
        let (mut name, mut content) = (part.name()?.into_owned(), Vec::new());
        part.read_to_end(&mut content)?;
        if let Ok(mut text) = String::from_utf8(content.clone()) {
            change(&mut name, &mut text);
            content = text.into_bytes();
        }
        changed.start_file(name, SimpleFileOptions::default())?;
        changed.write_all(&content)?;
    }
    Ok(changed.finish()?.into_inner())
}

/// Returns a part of a workbook with another content of a cell: everything from `<c` to `</c>`.
fn with_cell(part: &str, address: &str, cell: &str) -> String {
    let Some((before, rest)) = part.split_once(&format!("<c r=\"{address}\"")) else { return part.to_owned() };
    let (_, after) = rest.split_once("</c>").unwrap_or(("", ""));
    format!("{before}{cell}{after}")
}

#[test]
fn workbooks_of_other_programs_are_read() -> Outcome {
    // Part names in other cases.
    let lower = workbook(|name, _| *name = name.to_lowercase())?;
    assert_eq!(check_file("a.xlsx", &lower)?[0].wrong, 0);

    // An error of a newer program is the mistake of one cell, not the end of the file.
    let spilled =
        workbook(|_, part| *part = with_cell(part, "U35", "<c r=\"U35\" t=\"e\"><f>A:A</f><v>#SPILL!</v></c>"))?;
    let check = check_file("a.xlsx", &spilled)?[0].clone();
    assert_eq!(mistakes(&check), ["U35"]);
    assert!(check.groups[0].cause.contains("#SPILL!: the formula gives several results"), "{}", check.groups[0].cause);

    // Targets in merged cells.
    let merged = workbook(|_, part| {
        for row in 34..=43 {
            *part = with_cell(part, &format!("A{row}"), "");
        }
        *part = part
            .replace("</sheetData>", "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A33:A43\"/></mergeCells>");
    })?;
    assert_eq!((check_file("a.xlsx", &merged)?[0].wrong, check_file("a.xlsx", &merged)?[0].open), (0, 0));

    // A number that a spreadsheet took for a date.
    let dated = workbook(|_, part| *part = with_cell(part, "U35", "<c r=\"U35\" t=\"d\"><v>2024-05-01</v></c>"))?;
    let check = check_file("a.xlsx", &dated)?[0].clone();
    assert!(check.groups[0].cause.contains("into a date"), "{}", check.groups[0].cause);
    Ok(())
}

#[test]
fn a_formula_without_a_result_is_not_done_yet() -> Outcome {
    let without = workbook(|_, part| *part = with_cell(part, "U35", "<c r=\"U35\"><f>0.5*(A35-R35)^2</f></c>"))?;
    let check = check_file("a.xlsx", &without)?[0].clone();
    assert_eq!((check.wrong, check.open), (0, 1));
    assert!(
        check.notes.join(" ").contains("1 cell with a formula but no result, the first of them U35."),
        "{:?}",
        check.notes
    );
    Ok(())
}

#[test]
fn formulas_whose_results_are_all_zero_were_not_computed() -> Outcome {
    let zeros = workbook(|_, part| {
        let mut parts = part.split("<v>");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for rest in parts {
            let (value, after) = rest.split_once("</v>").unwrap_or((rest, ""));
            let value = if text.ends_with("</f>") { "0" } else { value };
            text += &format!("<v>{value}</v>{after}");
        }
        *part = text;
    })?;
    for error in [check_file("a.xlsx", &zeros).err(), open("a.xlsx", &zeros).err()] {
        assert!(error.as_ref().is_some_and(|error| error.contains("formulas") && error.contains("not their results")));
    }
    Ok(())
}

#[test]
fn a_table_on_its_side_gets_the_sentence_that_helps() {
    let lines = Lines::right(12).0;
    let column = |index: usize| lines.iter().map(|line| line[index].clone()).collect();
    let error = check_file("a.csv", Lines((0..Column::COUNT).map(column).collect()).text(",", "\n").as_bytes()).err();
    assert!(error.is_some_and(|error| error.contains("stand below each other, in column A")));
}
