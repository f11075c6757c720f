//! Formulas as markup: symbols in MathML, numbers in mono, each in its quantity's colour.
//!
//! The text is all our own (symbols and numbers), so nothing needs escaping.

use super::state::Mark;
use crate::sheet::formula::{Values, shade};
use crate::sheet::number::Digits;
use crate::sheet::{Column, Expr, Term, number};

/// The CSS class of a mark, in the table and in the picture.
pub(crate) const fn mark_class(mark: Mark) -> &'static str {
    match mark {
        Mark::None => "",
        Mark::Dependent => "dependent",
        Mark::Precedent { shade: 0 } => "precedent",
        Mark::Precedent { .. } => "precedent shade",
        Mark::Selected => "selected",
    }
}

/// The inside of a `<math>` element for a column's symbol; `row` adds the row as a superscript in parentheses.
fn symbol_inside(column: Column, row: Option<usize>) -> String {
    let (letter, subscript) = column.symbol();
    let letter = format!("<mi mathvariant=\"normal\">{letter}</mi>");
    // a_h1 is "a" with an index h1, whose letter is upright as names are.
    let subscript = if subscript.starts_with(|first: char| first.is_ascii_digit()) {
        format!("<mn>{subscript}</mn>")
    } else {
        format!("<mtext>{subscript}</mtext>")
    };
    let indexed = match row {
        Some(row) => format!("<msubsup>{letter}{subscript}<mrow><mo>(</mo><mn>{row}</mn><mo>)</mo></mrow></msubsup>"),
        None => format!("<msub>{letter}{subscript}</msub>"),
    };
    if column.is_gradient() {
        let total = "<msub><mi mathvariant=\"normal\">E</mi><mtext>t</mtext></msub>";
        format!("<mfrac><mrow><mo>∂</mo>{total}</mrow><mrow><mo>∂</mo>{indexed}</mrow></mfrac>")
    } else {
        indexed
    }
}

fn math(class: &str, inside: &str) -> String {
    format!("<math class=\"{class}\">{inside}</math>")
}

/// A column's symbol in its colour.
pub(crate) fn symbol(column: Column) -> String {
    math(column.quantity().class(), &symbol_inside(column, None))
}

/// A formula in symbols. Values of the row above, `above`, bear its number as a superscript. Each term is a `<math>`
/// of its own, so that long formulas can break between them, and names its column for whoever clicks on it.
pub(crate) fn symbols(expr: &Expr, above: usize) -> String {
    breakable(&expr.write(&|term| {
        let inside = match term {
            Term::Here(column) => symbol_inside(column, None),
            Term::Above(column) => symbol_inside(column, Some(above)),
            Term::LearningRate => "<mi mathvariant=\"normal\">η</mi>".to_owned(),
        };
        format!("<math {}>{inside}</math>", term_attributes(expr, term))
    }))
}

/// A formula with the numbers of its row, and `nan` for what is none.
pub(crate) fn numbers(expr: &Expr, values: &Values<'_>, digits: Digits, nan: &str) -> String {
    breakable(&expr.write(&|term| {
        let text = match values.get(term) {
            value if value.is_nan() => nan.to_owned(),
            value => number::bracketed(value, digits),
        };
        format!("<span {}>{text}</span>", term_attributes(expr, term))
    }))
}

/// A term's colour, and which cell it means.
fn term_attributes(expr: &Expr, term: Term) -> String {
    let (column, above) = match term {
        Term::Here(column) => (column, ""),
        Term::Above(column) => (column, " data-above"),
        Term::LearningRate => return "class=\"q-rate\"".to_owned(),
    };
    let precedents = expr.precedents();
    let index = precedents.iter().position(|other| *other == term).unwrap_or_default();
    let shade = if shade(&precedents, index) == 0 { "" } else { " shade" };
    format!("class=\"term {}{shade}\" data-column=\"{}\"{above}", column.quantity().class(), column.index())
}

/// Lets lines end at operators, but not between a parenthesis and the symbol that it opens.
fn breakable(html: &str) -> String {
    let html = html.replace('·', " ·<wbr> ");
    let mut joined = String::new();
    let mut rest = html.as_str();
    while let Some((before, opened)) = cut(rest, "(<math") {
        let (symbol, after) = cut(opened, "</math>").unwrap_or((opened, ""));
        joined += &format!("{before}<span class=\"together\">(<math{symbol}</math></span>");
        rest = after;
    }
    joined + rest
}

/// What stands before and after the first `mark`. The standard library's search can panic with a message that takes
/// the tables of Unicode, 4 KB.
fn cut<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.char_indices().find_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        Some((before, rest.strip_prefix(mark)?))
    })
}
