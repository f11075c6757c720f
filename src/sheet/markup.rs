//! Formulas and sentences as HTML: symbols in MathML and numbers in the monospaced face, each in the colour of its
//! quantity.

use super::column::Column;
use super::formula::{Expr, Term, Values, shade};
use super::number::{self, Digits};

/// The content of a `<math>` element for a column's symbol; `row` adds a row number as a superscript in parentheses.
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
        _ if column == Column::ETotal => letter,
        Some(row) => format!("<msubsup>{letter}{subscript}<mrow><mo>(</mo><mn>{row}</mn><mo>)</mo></mrow></msubsup>"),
        None => format!("<msub>{letter}{subscript}</msub>"),
    };
    if column.is_gradient() {
        let total = "<mi mathvariant=\"normal\">E</mi>";
        format!("<mfrac><mrow><mo>∂</mo>{total}</mrow><mrow><mo>∂</mo>{indexed}</mrow></mfrac>")
    } else {
        indexed
    }
}

/// The definition of the logistic function.
pub const SIGMA: &str = "<math translate=\"no\"><mi mathvariant=\"normal\">σ</mi><mo>(</mo><mi>x</mi><mo>)</mo><mo>=</mo>\
     <mfrac><mn>1</mn><mrow><mn>1</mn><mo>+</mo><msup><mi>e</mi><mrow><mo>−</mo><mi>x</mi></mrow></msup></mrow></mfrac></math>";

/// A `<math>` element.
fn math(class: &str, inside: &str) -> String {
    format!("<math class=\"{class}\" translate=\"no\">{inside}</math>")
}

/// A column's symbol in its colour.
pub fn symbol(column: Column) -> String {
    math(column.quantity().class(), &symbol_inside(column, None))
}

/// A formula in symbols. Values of the row above have its number, `above`, as a superscript. Each term is a
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

/// A formula in symbols, within one row, in which each term is a button with the name of its column.
pub fn buttons(expr: &Expr) -> String {
    breakable(&expr.write(&|term| match term {
        Term::Here(column) | Term::Above(column) => format!(
            "<button type=\"button\" title=\"Go to this number\" aria-label=\"{}\" {}><math translate=\"no\">{}</math></button>",
            column.name(),
            term_attributes(expr, term),
            symbol_inside(column, None)
        ),
        Term::LearningRate => "η".to_owned(),
    }))
}

/// A formula with the numbers of its row, and with `nan` in place of NaN. The whole number is the tooltip of each.
pub fn numbers(expr: &Expr, values: &Values<'_>, digits: Digits, nan: &str) -> String {
    breakable(&expr.write(&|term| {
        let value = values.get(term);
        let text = if value.is_nan() { nan.to_owned() } else { number::bracketed(value, digits) };
        format!("<span {} title=\"{}\">{text}</span>", term_attributes(expr, term), number::full(value))
    }))
}

/// A sentence as HTML, in which the names of columns, as [`Column::name`] and [`Column::label`] write them, are set as
/// symbols.
pub fn typeset(sentence: &str) -> String {
    let mut html = String::new();
    let mut word = String::new();
    for letter in sentence.chars().map(Some).chain(std::iter::once(None)) {
        match letter {
            Some(letter) if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '/' | '∂' | 'δ') => {
                word.push(letter);
            }
            _ => {
                // Every name begins with a letter and has a digit or an underscore. Most words are none.
                let may_be_name = !word.starts_with(|first: char| first.is_ascii_digit())
                    && word.chars().any(|letter| letter == '_' || letter.is_ascii_digit())
                    || word == "E";
                let is_named = |column: &Column| column.name() == word || column.label() == word;
                let named = Column::WITH_DELTAS.into_iter().find(|column| may_be_name && is_named(column));
                let punctuation = letter.filter(|letter| matches!(letter, ',' | '.' | ';' | ':' | ')'));
                match (named, punctuation) {
                    // A line never begins with the mark after a symbol.
                    (Some(column), Some(mark)) => {
                        html += &format!("<span class=\"together\">{}{mark}</span>", symbol(column));
                        word.clear();
                        continue;
                    }
                    (Some(column), None) => html += &symbol(column),
                    (None, _) => html += &word,
                }
                word.clear();
                match letter {
                    Some('<') => html += "&lt;",
                    Some('&') => html += "&amp;",
                    Some(letter) => html.push(letter),
                    None => {}
                }
            }
        }
    }
    html
}

/// The attributes of a term: its colour, and the cell that it refers to.
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

/// The parts of a text before and after the first `mark`. The panic message of the standard
/// library's search would cost 4 KB of Unicode tables.
fn cut<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.char_indices().find_map(|(at, _)| {
        let (before, rest) = text.split_at_checked(at)?;
        Some((before, rest.strip_prefix(mark)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::bug::Bug;
    use crate::sheet::{Constants, Phase, Run, formula};

    #[test]
    fn names_in_sentences_become_symbols() {
        let html = typeset("a_h1 & w5, not E < Every; ∂E_t/∂w5.");
        assert_eq!(html.matches("<math").count(), 4, "{html}");
        assert!(html.starts_with(&format!(
            "{} &amp; <span class=\"together\">{},</span> not {}",
            symbol(Column::AH1),
            symbol(Column::W5),
            symbol(Column::ETotal)
        )));
        assert!(html.ends_with(&format!(" &lt; Every; <span class=\"together\">{}.</span>", symbol(Column::G5))));
        assert!(!html.contains("a_h1") && !html.contains("E_t"));
    }

    #[test]
    fn what_is_read_out_and_what_exercises_say_is_set_as_symbols() {
        for column in Column::WITH_DELTAS {
            for name in [column.name(), column.label()] {
                assert!(typeset(&format!("{name}: right")).contains(&symbol(column)), "{name}");
            }
        }
        let said = Bug::all().map(|bug| bug.explanation());
        for text in said.chain(Phase::of_row(0).map(|phase| phase.sentence().to_owned())) {
            let html = typeset(&text);
            assert!(!html.contains('_') && !html.contains("∂E/") && !html.contains(" w5"), "{html}");
        }
    }

    #[test]
    fn each_number_of_a_formula_names_its_cell_and_has_all_digits_one_hover_away() {
        let row = Run::new(Constants::CLASSIC, 0.5, 0).row(0);
        let values = Values { here: &row, above: &row, learning_rate: 0.5 };
        let expr = formula(Column::O1, true).expect("a formula");
        let html = numbers(&expr, &values, Digits::Four, "?");
        assert!(html.contains(&format!("data-column=\"{}\"", Column::AH1.index())));
        assert!(html.contains(&format!("title=\"{}\"", row.get(Column::AH1))), "{html}");
        assert!(!html.contains(&format!(">{}<", row.get(Column::AH1))));
    }

    #[test]
    fn each_term_of_a_factor_can_be_pressed_and_has_a_name() {
        let factors = crate::sheet::chain::factors(Column::G1).expect("a gradient");
        let html: String = factors.iter().map(|factor| buttons(&factor.expr)).collect();
        assert_eq!(html.matches("<button type=\"button\"").count(), 2);
        for column in [Column::DH1, Column::I1] {
            assert!(html.contains(&format!("aria-label=\"{}\"", column.name())), "{html}");
            assert!(html.contains(&format!("data-column=\"{}\"", column.index())), "{html}");
        }
    }

    #[test]
    fn an_opening_parenthesis_stays_with_its_symbol() {
        let expr = formula(Column::E1, true).expect("a formula");
        assert!(symbols(&expr, 0).contains("<span class=\"together\">(<math"));
    }
}
