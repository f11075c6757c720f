//! Writes the sheet's formulas in LaTeX, from the same expressions as those of the page.

use super::csv_out;
use crate::sheet::{Column, Expr, Term, chain, formula};

/// The superscript of a row, and that of the row above it.
const HERE: &str = "(k+1)";
const ABOVE: &str = "(k)";

/// Returns a column's symbol.
pub(super) fn symbol(column: Column) -> String {
    in_row(column, "")
}

/// Returns the formula of a column as an equation. Row k + 1 follows from row k; a formula within one row names no row.
pub(super) fn equation(column: Column) -> String {
    let Some(expr) = formula(column, false) else { return symbol(column) };
    let is_update = expr.precedents().iter().any(|term| matches!(term, Term::Above(_)));
    let left = in_row(column, if is_update { HERE } else { "" });
    format!("{left} = {}", write(&expr))
}

/// Returns the equation of a gradient as a product of named factors, among them δ of the neuron behind its weight.
pub(super) fn factored(gradient: Column) -> String {
    let product = chain::factors(gradient).map(chain::product);
    product.map_or_else(|| equation(gradient), |product| format!("{} = {}", symbol(gradient), write(&product)))
}

/// Returns a column's symbol in a row with this superscript.
fn in_row(column: Column, row: &str) -> String {
    let (letter, subscript) = column.symbol();
    let letter = if letter == "δ" { "\\delta" } else { letter };
    let index = |sign: char, text: &str| if text.is_empty() { String::new() } else { format!("{sign}{{{text}}}") };
    let indexed = format!("{letter}{}{}", index('_', subscript), index('^', row));
    match column.is_gradient() {
        true => format!("\\frac{{\\partial {}}}{{\\partial {indexed}}}", symbol(Column::ETotal)),
        false => indexed,
    }
}

/// Returns a number, with a power of ten where zeros would be long.
pub(super) fn number(value: f64) -> String {
    let text = csv_out::number(value);
    match text.split_once('e') {
        Some(("1", power)) => format!("10^{{{power}}}"),
        Some((factor, power)) => format!("{factor} \\cdot 10^{{{power}}}"),
        None => text,
    }
}

/// Writes an expression.
fn write(expr: &Expr) -> String {
    match expr {
        Expr::Number(number) if *number == 0.5 => "\\frac{1}{2}".to_owned(),
        Expr::Number(value) => number(*value),
        Expr::Term(Term::Here(column)) => symbol(*column),
        Expr::Term(Term::Above(column)) => in_row(*column, ABOVE),
        Expr::Term(Term::LearningRate) => "\\eta".to_owned(),
        Expr::Sum(left, right) => format!("{} + {}", write(left), write(right)),
        Expr::Difference(left, right) => format!("{} - {}", write(left), factor(right)),
        Expr::Product(factors) => factors.iter().map(factor).collect::<Vec<_>>().join(" \\cdot "),
        Expr::Square(base) => format!("{}^{{2}}", bracketed(base)),
        Expr::Sigmoid(argument) => format!("\\sigma{}", bracketed(argument)),
    }
}

/// Writes a factor, in brackets if it is a sum or a difference.
fn factor(expr: &Expr) -> String {
    match expr {
        Expr::Sum(..) | Expr::Difference(..) => bracketed(expr),
        _ => write(expr),
    }
}

fn bracketed(expr: &Expr) -> String {
    format!("\\left({}\\right)", write(expr))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::formula::Values;
    use crate::sheet::network::sigmoid;
    use crate::sheet::{Constants, Run};

    /// Reads LaTeX again and computes it: an independent opinion on what a reader would compute.
    struct Reader<'a> {
        rest: &'a str,
        values: Values<'a>,
    }

    impl Reader<'_> {
        fn eat(&mut self, text: &str) -> bool {
            let rest = self.rest.trim_start();
            let found = rest.strip_prefix(text);
            self.rest = found.unwrap_or(rest);
            found.is_some()
        }

        fn sum(&mut self) -> f64 {
            let mut sum = self.product();
            loop {
                if self.eat("+") {
                    sum += self.product();
                } else if self.eat("-") {
                    sum -= self.product();
                } else {
                    return sum;
                }
            }
        }

        fn product(&mut self) -> f64 {
            let mut product = self.atom();
            while self.eat("\\cdot") {
                product *= self.atom();
            }
            product
        }

        fn bracket(&mut self) -> f64 {
            assert!(self.eat("\\left("), "{}", self.rest);
            let inside = self.sum();
            assert!(self.eat("\\right)"), "{}", self.rest);
            inside
        }

        fn atom(&mut self) -> f64 {
            // Longer symbols first, so that none is taken for the beginning of another.
            let mut symbols: Vec<(String, Term)> = Column::WITH_DELTAS
                .into_iter()
                .flat_map(|column| [(in_row(column, ABOVE), Term::Above(column)), (symbol(column), Term::Here(column))])
                .collect();
            symbols.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
            if let Some((_, term)) = symbols.into_iter().find(|(text, _)| self.eat(text)) {
                return self.values.get(term);
            }
            if self.eat("\\frac{1}{2}") {
                return 0.5;
            }
            if self.eat("\\eta") {
                return self.values.learning_rate;
            }
            if self.eat("\\sigma") {
                return sigmoid(self.bracket());
            }
            if self.eat("1") {
                return 1.0;
            }
            let inside = self.bracket();
            if self.eat("^{2}") { inside * inside } else { inside }
        }
    }

    #[test]
    fn every_equation_computes_the_sheets_numbers() {
        let run = Run::new(Constants::CLASSIC, 0.5, 3);
        let (here, above) = (run.row(3), run.row(2));
        let whole = Column::WITH_DELTAS.map(|column| (column, equation(column)));
        let short = Column::GRADIENTS.map(|gradient| (gradient, factored(gradient)));
        for (column, equation) in whole.into_iter().chain(short) {
            let (left, right) = equation.split_once(" = ").expect("an equation");
            assert!(left == symbol(column) || left == in_row(column, HERE), "{left}");
            let mut reader = Reader { rest: right, values: Values { here: &here, above: &above, learning_rate: 0.5 } };
            let value = reader.sum();
            assert_eq!(reader.rest, "", "{equation}");
            assert_eq!(value.to_bits(), here.get(column).to_bits(), "{equation}");
        }
    }

    #[test]
    fn equations_look_as_in_the_textbook() {
        assert_eq!(equation(Column::H1), "h_{1} = w_{1} \\cdot i_{1} + w_{2} \\cdot i_{2}");
        assert_eq!(equation(Column::AO1), "a_{o1} = \\sigma\\left(o_{1}\\right)");
        assert_eq!(equation(Column::E1), "E_{1} = \\frac{1}{2} \\cdot \\left(t_{1} - a_{o1}\\right)^{2}");
        let update = equation(Column::W5);
        assert!(update.starts_with("w_{5}^{(k+1)} = w_{5}^{(k)} - \\eta \\cdot \\frac{\\partial "), "{update}");
    }
}
