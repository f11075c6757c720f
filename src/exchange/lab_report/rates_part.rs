//! The part of the report that compares learning rates: the charts, a table, and what it says.

use super::markdown::{inline, picture, table};
use crate::exchange::{csv_out, pictures};
use crate::format::percent;
use crate::sheet::learning_rate::COMPARED;
use crate::sheet::verdict::GOOD_ENOUGH;
use crate::sheet::{Race, Run, Verdict};

/// Returns the text.
pub(super) fn text(race: &Race, extension: &str) -> String {
    let own = race.own();
    let is_compared = COMPARED.contains(&own.learning_rate());
    let runs: Vec<&Run> = race.compared().iter().chain((!is_compared).then_some(own)).collect();
    let lines: Vec<Vec<String>> = runs.iter().map(|run| line(run)).collect();
    let each: String = COMPARED
        .into_iter()
        .map(|rate| {
            picture(&format!("Error curve for η = {}", csv_out::number(rate)), &pictures::of_rate(rate), extension)
        })
        .collect();
    format!(
        "## Six learning rates\n\n\
         The same network learns with each learning rate, for {updates} updates. An error below {GOOD_ENOUGH} is called good enough.\n\n\
         {table}{meanings}\n{charts}{each}\
         ## What the curves show\n\n{analysis}\n\n",
        updates = race.updates(),
        table = table(&[&inline("\\eta"), "Error in row 0", "Error at the end", "What is left", "Verdict"], &lines),
        meanings = meanings(&runs),
        charts = picture("Error curves of all learning rates", pictures::ALL, extension),
        analysis = analysis(race.compared()),
    )
}

/// Returns the line of a run.
fn line(run: &Run) -> Vec<String> {
    let (first, last) = ends(run);
    let left = if last.is_finite() { percent(last / first) } else { "–".to_owned() };
    let mut line: Vec<String> = [run.learning_rate(), first, last].into_iter().map(csv_out::number).collect();
    line.extend([left, run.verdict(GOOD_ENOUGH).to_string()]);
    line
}

/// Returns the error of the first and of the last row.
fn ends(run: &Run) -> (f64, f64) {
    (run.errors()[0], run.errors()[run.last()])
}

/// Says what the verdicts in the table mean.
fn meanings(runs: &[&Run]) -> String {
    let mut seen: Vec<Verdict> = Vec::new();
    let mut text = String::new();
    for verdict in runs.iter().map(|run| run.verdict(GOOD_ENOUGH)) {
        if !seen.iter().any(|known| known.name() == verdict.name()) {
            seen.push(verdict);
            text += &format!("- *{}*: {}\n", verdict.name(), verdict.definition());
        }
    }
    text
}

/// Says in sentences what the errors at the end show.
fn analysis(runs: &[Run]) -> String {
    let mut sentences = Vec::new();
    let ends: Vec<(f64, f64, f64)> = runs
        .iter()
        .map(|run| (run.learning_rate(), ends(run)))
        .map(|(rate, (first, last))| (rate, first, last))
        .filter(|(_, first, last)| first.is_finite() && last.is_finite())
        .collect();
    let by_error = |a: &&(f64, f64, f64), b: &&(f64, f64, f64)| a.2.total_cmp(&b.2);
    if let Some((best, worst)) = ends.iter().min_by(by_error).zip(ends.iter().max_by(by_error)).filter(|(a, b)| a != b)
    {
        sentences.push(format!(
            "The error at the end is smallest with {}: {} of the error in row 0 is left. It is largest with {}: {} is left.",
            rate(best.0),
            percent(best.2 / best.1),
            rate(worst.0),
            percent(worst.2 / worst.1),
        ));
        if ends.windows(2).all(|pair| pair[1].2 < pair[0].2) {
            sentences.push("Each larger learning rate ends with a smaller error than the one before.".to_owned());
        } else if ends.windows(2).all(|pair| pair[1].2 > pair[0].2) {
            sentences.push("Each larger learning rate ends with a larger error than the one before.".to_owned());
        } else {
            sentences.push("A larger learning rate does not always end with a smaller error.".to_owned());
        }
        let rising: Vec<String> =
            ends.iter().filter(|(_, first, last)| last > first).map(|&(value, ..)| rate(value)).collect();
        if !rising.is_empty() {
            sentences.push(format!("The error is larger at the end than in row 0 with {}.", rising.join(", ")));
        }
    }
    for run in runs {
        if let Some(row) = run.errors().iter().position(|error| !error.is_finite()) {
            sentences.push(format!(
                "With {} the error is not a finite number from row {row} on.",
                rate(run.learning_rate())
            ));
        }
    }
    if sentences.is_empty() {
        sentences.push("All learning rates end with the same error.".to_owned());
    }
    sentences.join(" ")
}

/// Names a learning rate.
fn rate(value: f64) -> String {
    inline(&format!("\\eta = {}", csv_out::number(value)))
}
