//! The report about a file, as HTML that the page shows unchanged. The worker writes it, so that the page's code stays
//! small.

use std::fmt::Write as _;

use super::check::{Group, Kind, SheetCheck, WrongCell};
use super::mistakes::listed;
use super::protocol::{Among, OpenedSheet, SHOW, TAKE};
use super::reading::Sheets;
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, learning_rate, number};

/// The number of cells of a group that are visible at once; the others appear after a click.
const AT_ONCE: usize = 2;
/// The largest number of start values that are named if they differ from the page's.
const MOST_DIFFERENT: usize = 4;
/// The largest number of columns that were not read and are named.
const MOST_UNREAD: usize = 12;

/// Turns text into HTML, so that nothing that a student wrote becomes markup.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Names a sheet of a file for the user, as HTML: the name of a text file is that of its sheet.
fn title(file: &str, sheet: &str) -> String {
    if file == sheet { escape(file) } else { format!("{} › {}", escape(file), escape(sheet)) }
}

/// Returns a button for each of several sheets, or for each sheet of several files; nothing if there is only one.
pub fn choice(file: &str, sheets: &Sheets<OpenedSheet>, among: Among) -> String {
    let others = others(&sheets.others);
    if sheets.len() < 2 && among.files < 2 {
        return others;
    }
    let buttons = (among.sheets..).zip(sheets.iter()).map(|(index, sheet)| {
        let name = if among.files > 1 { title(file, &sheet.sheet) } else { escape(&sheet.sheet) };
        format!("<button type=\"button\" translate=\"no\" {TAKE}=\"{index}\">{name}</button>")
    });
    let file = escape(file);
    let lead = if sheets.len() < 2 { "" } else { "The file has several sheets. " };
    format!(
        "<p>{lead}Load:</p>\
         <div class=\"buttons\" role=\"group\" aria-label=\"Sheets of {file}\">{}</div>{others}",
        buttons.collect::<String>()
    )
}

/// Says why other sheets of the file could not be read.
fn others(others: &[String]) -> String {
    if others.is_empty() { String::new() } else { format!("<p class=\"hint\">{}</p>", escape(&others.join(" "))) }
}

/// Returns a section for each sheet of a file: the summary, the mistakes, and the consequences. `shown` is the lesson
/// that the page shows.
pub fn html(file: &str, checks: &Sheets<SheetCheck>, among: Among, shown: &Lesson) -> String {
    let sections = (among.sheets..).zip(checks.iter()).map(|(index, check)| section(file, check, index, shown));
    sections.collect::<String>() + &others(&checks.others)
}

fn section(file: &str, check: &SheetCheck, index: usize, shown: &Lesson) -> String {
    let name = title(file, &check.sheet);
    let class = match check.wrong {
        0 if check.open > 0 && !check.ends_with_weights => " class=\"unfinished\"",
        0 if is_all_checked(check) => " class=\"all-right\"",
        _ => "",
    };
    let rate = number::full(check.lesson.learning_rate);
    let source = escape(&check.rate_source);
    let mut text = format!(
        "<section class=\"file-report\" aria-label=\"Check of {name}\"><h3 translate=\"no\">{name}</h3>{}<p{class}>{}</p>{}\
         <p class=\"hint\">{}, η = {rate} ({source}). The check starts from the file’s own first row.",
        not_read(check),
        summary(check),
        beside(check),
        if check.rows == 1 { "1 row".to_owned() } else { format!("{} rows", check.rows) }
    );
    for note in &check.notes {
        text += " ";
        text += &escape(note);
    }
    text += "</p>";
    if check.lesson != *shown && check.lesson.learning_rate <= learning_rate::LARGEST {
        text += &format!(
            "<div class=\"buttons\"><p class=\"hint\">{}</p>\
             <button type=\"button\" {TAKE}=\"{index}\">Load these values</button></div>",
            difference(&check.lesson, shown)
        );
    }
    let list = |is_consequence: bool| {
        let groups = check.groups.iter().filter(|group| (group.kind == Kind::Consequence) == is_consequence);
        let items: String = groups.map(|group| finding(group, check.rows)).collect();
        if items.is_empty() { items } else { format!("<ul class=\"findings\">{items}</ul>") }
    };
    text += &list(false);
    let consequences = count(check, Kind::Consequence);
    if consequences > 0 {
        let title = cells(consequences);
        let list = list(true);
        text += &format!("<details><summary>{title} wrong only because of other cells</summary>{list}</details>");
    }
    text + "</section>"
}

fn count(check: &SheetCheck, kind: Kind) -> u32 {
    check.groups.iter().filter(|group| group.kind == kind).map(|group| group.count).sum()
}

fn cells(count: u32) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}

/// Whether nothing in the sheet was left out.
fn is_all_checked(check: &SheetCheck) -> bool {
    check.missing.is_empty() && check.unread.is_empty() && check.unchecked.is_empty()
}

/// Says in what the values differ from which the file and the page start.
fn difference(file: &Lesson, page: &Lesson) -> String {
    let (mut of_file, mut of_page) = (file.constants, page.constants);
    let is_different = |column: &Column| of_file.get_mut(*column) != of_page.get_mut(*column);
    let different: Vec<Column> = Column::ALL.into_iter().filter(is_different).collect();
    let (own, others) = (number::full(file.learning_rate), number::full(page.learning_rate));
    let rates = format!("η: {own} in the file, {others} on the page");
    let start = match &different[..] {
        [] => return format!("The file and the page differ in {rates}."),
        few if few.len() <= MOST_DIFFERENT => {
            format!("The file and the page start from different values of {}", listed(few))
        }
        _ => "The file and the page start from different values".to_owned(),
    };
    if file.learning_rate == page.learning_rate {
        format!("{start}.")
    } else {
        format!("{start}, and differ in {rates}.")
    }
}

/// Whether columns were left out that may be some of the table’s.
const fn are_columns_lost(check: &SheetCheck) -> bool {
    !check.missing.is_empty() && !check.unread.is_empty()
}

fn columns(count: usize) -> String {
    if count == 1 { "1 column".to_owned() } else { format!("{count} columns") }
}

/// Names the columns that were not read.
fn unread(check: &SheetCheck) -> String {
    let (named, others) = check.unread.split_at(check.unread.len().min(MOST_UNREAD));
    let mut unread = escape(&named.join(", "));
    if !others.is_empty() {
        unread += &format!(" and {} more", others.len());
    }
    unread
}

/// Says which columns could not be read, or were left out. This comes first, because nothing is known about their cells.
fn not_read(check: &SheetCheck) -> String {
    let missing = escape(&check.missing.join(", "));
    let sentence = match check.missing.len() {
        0 => String::new(),
        _ if are_columns_lost(check) => format!(
            "Could not be read, so not checked: {} ({}). Name them as on this page. Still missing: {missing}.",
            columns(check.unread.len()),
            unread(check)
        ),
        count => format!("Not found in the sheet, so not checked: {} ({missing}).", columns(count)),
    };
    let unchecked = escape(&check.unchecked.join(" "));
    let all = [unchecked, sentence].join(" ");
    if all.trim().is_empty() { String::new() } else { format!("<p class=\"not-read\">{}</p>", all.trim()) }
}

/// Says which columns stand beside the table, which lacks none. This comes after the verdict.
fn beside(check: &SheetCheck) -> String {
    if !check.missing.is_empty() || check.unread.is_empty() {
        return String::new();
    }
    format!("<p>Beside the table, and not checked: {} ({}).</p>", columns(check.unread.len()), unread(check))
}

/// Sums up a check in one sentence or two.
fn summary(check: &SheetCheck) -> String {
    let (mistaken, rounded) = (count(check, Kind::Mistake), count(check, Kind::Rounded));
    let all = check.cells;
    let open = match check.open {
        0 => String::new(),
        _ if check.ends_with_weights => " The last row holds only the new weights.".to_owned(),
        1 => " 1 cell is not done yet.".to_owned(),
        count => format!(" {count} cells are not done yet."),
    };
    if check.wrong == 0 {
        let is_beside = check.missing.is_empty() && check.unchecked.is_empty();
        return match is_all_checked(check) {
            _ if check.open > 0 && !check.ends_with_weights => {
                format!("Not finished:{open} The {all} cells that are filled in are right.")
            }
            true => format!("All {all} cells are right.{open}"),
            false if is_beside => format!("The {all} cells of the table are right.{open}"),
            false => format!("The other {all} cells are right.{open}"),
        };
    }
    let wrong = match mistaken {
        0 if rounded == 0 => {
            format!("{} of {all} cells differ, perhaps because of a column that could not be read.", check.wrong)
        }
        0 => String::new(),
        1 => format!("1 of {all} cells has a mistake of its own."),
        _ => format!("{mistaken} of {all} cells have a mistake of their own."),
    };
    let short = if rounded > 0 { format!(" Too few digits: {}.", cells(rounded)) } else { String::new() };
    format!("{wrong}{short}{open}").trim_start().to_owned()
}

fn finding(group: &Group, rows: u32) -> String {
    let lines = |cells: &[WrongCell]| {
        let lines = cells.iter().map(|cell| line(cell, rows));
        format!("<ul class=\"wrong-cells\">{}</ul>", lines.collect::<String>())
    };
    let (at_once, more) = group.cells.split_at(group.cells.len().min(AT_ONCE));
    let names: Vec<String> = group.columns.iter().map(|column| name(*column)).collect();
    let mut text = format!("<li><p>{} {}</p>{}", names.join(", "), escape(&group.cause), lines(at_once));
    if !more.is_empty() {
        let all = group.count as usize - at_once.len();
        // Writing to a String cannot fail.
        let _ = write!(text, "<details><summary>{all} more</summary>{}", lines(more));
        if all > more.len() {
            let _ = write!(text, "<p class=\"hint\">and {} more in the rows below</p>", all - more.len());
        }
        text += "</details>";
    }
    text + "</li>"
}

/// Returns a column's name in the colour of its quantity.
fn name(column: Column) -> String {
    format!("<strong class=\"{}\">{}</strong>", column.quantity().class(), column.name())
}

fn line(cell: &WrongCell, rows: u32) -> String {
    let WrongCell { row, column, address, .. } = cell;
    let column = column.index();
    let found = if cell.found.is_empty() { "empty".to_owned() } else { escape(&cell.found.replace('-', "−")) };
    let expected = number::full(cell.expected);
    format!(
        "<li><button type=\"button\" class=\"link\" translate=\"no\" {SHOW}=\"{row} {column} {rows}\" \
         aria-label=\"{address}: show this cell in the sheet\">{address}</button>\
         <span class=\"number found\" translate=\"no\">{found}</span>\
         <span><span class=\"hint\">expected </span><span class=\"number\" translate=\"no\">{expected}</span></span></li>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(check: SheetCheck, shown: &Lesson) -> String {
        html("x&y.xlsx", &Sheets { read: vec![check], others: vec![] }, Among::ALONE, shown)
    }

    fn check(groups: Vec<Group>) -> SheetCheck {
        SheetCheck {
            sheet: "a <b> & \"c\"".into(),
            lesson: Lesson::CLASSIC,
            rate_source: "in G31".into(),
            rows: 101,
            cells: 3131,
            wrong: groups.iter().map(|group| group.count).sum(),
            open: 0,
            ends_with_weights: false,
            missing: vec![],
            unread: vec![],
            unchecked: vec![],
            notes: vec![],
            groups,
        }
    }

    fn group(kind: Kind, count: u32, found: &str) -> Group {
        let cell = |row: u32| WrongCell {
            row,
            column: Column::G1,
            address: format!("X{}", 33 + row),
            found: found.into(),
            expected: -0.5,
        };
        let cells = (0..count.min(Group::LISTED as u32)).map(cell).collect();
        Group { columns: vec![Column::G1], kind, cause: "Likely mistake: x < y.".into(), count, cells }
    }

    #[test]
    fn nothing_that_a_student_wrote_becomes_markup() {
        let html = report(check(vec![group(Kind::Mistake, 1, "<img src=x onerror=alert(1)>")]), &Lesson::CLASSIC);
        assert!(!html.contains("<img") && !html.contains("<b>") && html.contains("&lt;img"), "{html}");
        assert!(html.contains("aria-label=\"Check of x&amp;y.xlsx › a &lt;b&gt; &amp; &quot;c&quot;\""), "{html}");
        let opened =
            |name: &str| OpenedSheet { sheet: name.into(), lesson: Lesson::CLASSIC, rate_source: None, rows: 1 };
        let sheets = Sheets { read: vec![opened("<i>"), opened("b")], others: vec!["“<c>” is empty.".into()] };
        let choice = choice("x.xlsx", &sheets, Among::ALONE);
        assert!(choice.contains("“&lt;c&gt;” is empty."), "{choice}");
        assert!(
            choice.contains("data-take=\"0\">&lt;i&gt;</button>") && choice.contains("data-take=\"1\">b<"),
            "{choice}"
        );
    }

    #[test]
    fn the_summary_counts_mistakes_but_not_consequences() {
        let text = |groups| summary(&check(groups));
        assert_eq!(text(vec![]), "All 3131 cells are right.");
        assert_eq!(text(vec![group(Kind::Mistake, 1, "1")]), "1 of 3131 cells has a mistake of its own.");
        let groups = vec![group(Kind::Mistake, 7, "1"), group(Kind::Rounded, 2, "1"), group(Kind::Consequence, 9, "1")];
        assert_eq!(text(groups), "7 of 3131 cells have a mistake of their own. Too few digits: 2 cells.");
    }

    #[test]
    fn each_listed_cell_is_a_button_and_the_other_cells_are_counted() {
        let html = report(check(vec![group(Kind::Mistake, 100, "-1")]), &Lesson::CLASSIC);
        assert_eq!(html.matches("data-show=").count(), Group::LISTED);
        assert!(html.contains("data-show=\"1 23 101\" aria-label=\"X34: show this cell in the sheet\""), "{html}");
        assert!(html.contains("98 more</summary>") && html.contains("and 80 more in the rows below"), "{html}");
        assert!(html.contains("−1") && html.contains("−0.5"));
    }

    #[test]
    fn values_that_differ_from_the_pages_can_be_loaded() {
        let other = Lesson { learning_rate: 0.1, ..Lesson::CLASSIC };
        let html = report(check(vec![]), &other);
        assert!(html.contains("data-take=\"0\">Load these values"));
        assert!(html.contains("The file and the page differ in η: 0.5 in the file, 0.1 on the page."), "{html}");
        let mut constants = Lesson::CLASSIC.constants;
        (constants.inputs[1], constants.weights[2]) = (0.3, 0.7);
        let html = report(check(vec![]), &Lesson { constants, ..Lesson::CLASSIC });
        assert!(html.contains("start from different values of i2 and w3."), "{html}");
        assert!(!report(check(vec![]), &Lesson::CLASSIC).contains("data-take"));
    }

    #[test]
    fn what_is_not_checked_comes_first_and_is_never_green() {
        let unchecked = SheetCheck { unchecked: vec!["Other numbers begin in row 60.".into()], ..check(vec![]) };
        let html = report(unchecked, &Lesson::CLASSIC);
        assert!(
            html.contains("not-read\">Other numbers begin in row 60.</p><p>The other 3131 cells are right."),
            "{html}"
        );
    }

    #[test]
    fn a_single_row_is_no_plural() {
        let one = SheetCheck { rows: 1, ..check(vec![]) };
        assert!(report(one, &Lesson::CLASSIC).contains("\"hint\">1 row, η"));
        assert!(report(check(vec![]), &Lesson::CLASSIC).contains("\"hint\">101 rows, η"));
    }

    #[test]
    fn what_was_not_read_comes_first_and_is_never_called_right() {
        let read = report(check(vec![]), &Lesson::CLASSIC);
        assert!(read.contains("class=\"all-right\">All 3131 cells are right."), "{read}");
        let unread =
            SheetCheck { missing: vec!["∂E_t/∂w1".into()], unread: vec!["X “Foo”".into()], ..check(vec![]) };
        let html = report(unread, &Lesson::CLASSIC);
        assert!(!html.contains("all-right") && !html.contains("All 3131"), "{html}");
        assert!(html.find("1 column (X “Foo”)") < html.find("The other 3131 cells are right."), "{html}");
        let group = group(Kind::Consequence, 3, "1");
        let unread = SheetCheck { unread: vec!["X “Foo”".into()], ..check(vec![group]) };
        assert_eq!(summary(&unread), "3 of 3131 cells differ, perhaps because of a column that could not be read.");
        let last = SheetCheck { open: 19, ends_with_weights: true, ..check(vec![]) };
        let sentence = "all-right\">All 3131 cells are right. The last row holds only the new weights.";
        assert!(report(last, &Lesson::CLASSIC).contains(sentence));
        let open = SheetCheck { open: 23, notes: vec!["Row 9 is empty.".into()], ..check(vec![]) };
        let html = report(open, &Lesson::CLASSIC);
        let sentence = "Not finished: 23 cells are not done yet. The 3131 cells that are filled in are right.";
        assert!(html.contains(&format!("class=\"unfinished\">{sentence}")) && !html.contains("all-right"), "{html}");
        assert!(html.contains("Row 9 is empty."), "{html}");
    }

    #[test]
    fn columns_beside_the_table_are_named_and_never_called_right() {
        let html = report(SheetCheck { unread: vec!["AG “w1+”".into()], ..check(vec![]) }, &Lesson::CLASSIC);
        assert!(!html.contains("all-right") && !html.contains("All 3131"), "{html}");
        let sentence = "Beside the table, and not checked: 1 column (AG “w1+”).";
        assert!(
            html.contains(sentence) && html.find("The 3131 cells of the table are right.") < html.find(sentence),
            "{html}"
        );
        let many = (0..20).map(|index| format!("A{index}")).collect();
        let html = report(SheetCheck { unread: many, ..check(vec![]) }, &Lesson::CLASSIC);
        assert!(html.contains("20 columns (A0, ") && html.contains("A11 and 8 more)."), "{html}");
    }

    #[test]
    fn files_that_are_read_together_are_told_apart() {
        let among = Among { files: 30, sheets: 7 };
        let opened = OpenedSheet { sheet: "Sheet1".into(), lesson: Lesson::CLASSIC, rate_source: None, rows: 1 };
        let choice = choice("anna.xlsx", &Sheets { read: vec![opened], others: vec![] }, among);
        assert!(choice.contains("data-take=\"7\">anna.xlsx › Sheet1</button>"), "{choice}");
        let text = SheetCheck { sheet: "ben.csv".into(), ..check(vec![]) };
        let html = html("ben.csv", &Sheets { read: vec![text], others: vec![] }, among, &Lesson::CLASSIC);
        assert!(html.contains(">ben.csv</h3>"), "{html}");
    }
}
