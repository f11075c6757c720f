//! Pieces of Markdown, as GitHub shows it.

/// Returns a formula on a line of its own.
pub(super) fn display(formula: &str) -> String {
    format!("$$\n{formula}\n$$\n\n")
}

/// Returns a formula within a line.
pub(super) fn inline(formula: &str) -> String {
    format!("${formula}$")
}

/// Returns a table.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rule: Vec<String> = head.iter().map(|_| "---".to_owned()).collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{rows}\n", line(&head), line(&rule))
}

/// Returns a picture; `words` say what it shows.
pub(super) fn picture(words: &str, name: &str, extension: &str) -> String {
    format!("![{words}]({name}.{extension})\n\n")
}

/// Returns a text of the user's in one line, in which no sign has a meaning.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            letter if letter.is_control() => plain.push(' '),
            letter if letter.is_ascii_punctuation() && !",.:;()%+-/'".contains(letter) => plain.extend(['\\', letter]),
            letter => plain.push(letter),
        }
    }
    plain
}

/// Returns lines as they are, in a block that nothing in them can end.
pub(super) fn verbatim(lines: &[String]) -> String {
    let longest = lines.iter().flat_map(|line| line.split(|letter| letter != '`')).map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n\n", lines.join("\n"))
}
