//! What "Check a workbook" found, in one sheet of it.

use leptos::prelude::*;

use super::files_state::Files;
use super::formula_html::quantity_class;
use crate::exchange::protocol::{Group, Kind, SheetCheck, Wrong};
use crate::sheet::number;

/// Cells of a group that are shown at once; the others are a click away.
const AT_ONCE: usize = 2;

/// The summary, then the mistakes, then what follows from them.
#[component]
pub(super) fn Report(check: SheetCheck) -> impl IntoView {
    let files: Files = expect_context();
    let SheetCheck { lesson, rows, .. } = check;
    let facts = format!(
        "{rows} rows, η = {} ({}), from the file’s own first row.{}",
        number::full(lesson.learning_rate),
        check.rate_source,
        if check.missing.is_empty() { String::new() } else { format!(" Not there: {}.", check.missing.join(", ")) },
    );
    let summary = summary(&check);
    let take = move || {
        (!files.is_shown(lesson)).then(|| {
            view! {
                <div class="buttons">
                    <p class="hint">"The file starts from other values than the page."</p>
                    <button type="button" on:click=move |_| files.take_lesson(lesson, true)>"Take them over"</button>
                </div>
            }
        })
    };
    let (consequences, causes): (Vec<_>, Vec<_>) =
        check.groups.into_iter().partition(|group| group.kind == Kind::Consequence);
    let followed = consequences.iter().map(|group| group.count).sum::<u32>();
    let list = move |groups: Vec<Group>| {
        let items = groups.into_iter().map(|group| finding(files, group, rows)).collect_view();
        view! { <ul class="findings">{items}</ul> }
    };
    let consequences = (followed > 0).then(|| {
        let title = format!("{} wrong only because of others", cells(followed));
        view! { <details><summary>{title}</summary>{list(consequences)}</details> }
    });
    view! {
        <section class="file-report" aria-label=format!("Check of {}", check.sheet)>
            <h3>{check.sheet.clone()}</h3>
            <p class=if check.wrong == 0 { "all-right" } else { "" }>{summary}</p>
            <p class="hint">{facts}</p>
            {take}
            {list(causes)}
            {consequences}
        </section>
    }
}

/// One sentence, or two.
fn summary(check: &SheetCheck) -> String {
    let count = |kind| check.groups.iter().filter(|group| group.kind == kind).map(|group| group.count).sum::<u32>();
    let (mistaken, rounded) = (count(Kind::Mistake), count(Kind::Rounded));
    let all = check.cells;
    if check.wrong == 0 {
        format!("All {all} cells are right.")
    } else if mistaken + rounded == 0 {
        "No formula is wrong. Some cells differ because the sheet is worked out with rounded numbers.".to_owned()
    } else {
        let wrong = match mistaken {
            0 => String::new(),
            1 => format!("1 of {all} cells has a mistake of its own."),
            _ => format!("{mistaken} of {all} cells have a mistake of their own."),
        };
        let short = if rounded > 0 { format!(" {} with too few digits.", cells(rounded)) } else { String::new() };
        format!("{wrong}{short}").trim_start().to_owned()
    }
}

fn cells(count: u32) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}

fn finding(files: Files, group: Group, rows: u32) -> AnyView {
    let Some(column) = group.column() else { return ().into_any() };
    let line = move |cell: Wrong| {
        let (address, found, expected) = (cell.address.clone(), cell.found.clone(), number::full(cell.expected));
        let found = if found.is_empty() { "nothing".to_owned() } else { found.replace('-', "−") };
        let label = format!("{address}: show this cell in the sheet");
        view! {
            <li>
                <button type="button" class="link" aria-label=label on:click=move |_| files.show(column, &cell, rows)>{address}</button>
                <span class="number found">{found}</span>
                <span><span class="hint">"expected "</span><span class="number">{expected}</span></span>
            </li>
        }
    };
    let list = move |cells: Vec<Wrong>| {
        let lines = cells.into_iter().map(line).collect_view();
        view! { <ul class="wrong-cells">{lines}</ul> }
    };
    let mut at_once = group.cells;
    let more = at_once.split_off(at_once.len().min(AT_ONCE));
    let all = group.count as usize - at_once.len();
    let unlisted = all - more.len();
    let more = (!more.is_empty()).then(|| {
        let rest =
            (unlisted > 0).then(|| view! { <p class="hint">{format!("and {unlisted} more in the rows below")}</p> });
        view! { <details><summary>{format!("{all} more")}</summary>{list(more)}{rest}</details> }
    });
    let class = quantity_class(column.quantity());
    view! {
        <li>
            <p><strong class=class>{column.name()}</strong> " " {group.cause}</p>
            {list(at_once)}
            {more}
        </li>
    }
    .into_any()
}
