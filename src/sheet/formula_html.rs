//! Formulas as HTML: symbols in MathML and numbers in the monospaced face, each in the colour of its quantity.
//!
//! The markup contains only symbols and numbers and no text of a user, so nothing needs escaping.

use super::column::Column;
use super::formula::{Expr, Term, Values, shade};
use super::number::{self, Digits};

/// Returns the content of a `<math>` element for a column's symbol; `row` adds a row number as a superscript in
/// parentheses.
fn symbol_inside(column: Column, row: Option<usize>) -> String {
    let (letter, subscript) = column.symbol();
    let letter = format!("<mi mathvariant=\"normal\">{letter}</mi>");
    // The subscript of a_h1 is the name h1, and names are upright.
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

/// Returns a `<math>` element.
fn math(class: &str, inside: &str) -> String {
    format!("<math class=\"{class}\" translate=\"no\">{inside}</math>")
}

/// Returns a column's symbol in its colour.
pub fn symbol(column: Column) -> String {
    math(column.quantity().class(), &symbol_inside(column, None))
}

/// Returns a formula in symbols. Values of the row above have its number, `above`, as a superscript. Each term is a
/// `<math>` element of its own, so that long formulas can break between terms; an attribute names its column for
/// clicks.
pub fn symbols(expr: &Expr, above: usize) -> String {
    breakable(&expr.write(&|term| {
        let inside = match term {
            Term::Here(column) => symbol_inside(column, None),
            Term::Above(column) => symbol_inside(column, Some(above)),
            Term::LearningRate => "<mi mathvariant=\"normal\">η</mi>".to_owned(),
        };
        format!("<math translate=\"no\" {}>{inside}</math>", term_attributes(expr, term))
    }))
}

/// Returns a formula with the numbers of its row, and with `nan` in place of NaN.
pub fn numbers(expr: &Expr, values: &Values<'_>, digits: Digits, nan: &str) -> String {
    breakable(&expr.write(&|term| {
        let text = match values.get(term) {
            value if value.is_nan() => nan.to_owned(),
            value => number::bracketed(value, digits),
        };
        format!("<span {}>{text}</span>", term_attributes(expr, term))
    }))
}

/// Returns the attributes of a term: its colour, and the cell that it refers to.
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

/// Lets lines break at operators, but not between an opening parenthesis and the symbol that follows.
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

/// Splits a text at the first `mark`; returns the parts before and after it. The panic message of the standard
/// library's search would cost 4 KB of Unicode tables.
fn cut<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.char_indices().find_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        Some((before, rest.strip_prefix(mark)?))
    })
}
