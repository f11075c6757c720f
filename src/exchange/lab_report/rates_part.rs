//! The part of the report that compares learning rates: the charts, a table, and what it says.

use super::markdown::{inline, picture, table};
use crate::exchange::{csv_out, latex, pictures};
use crate::format::percent;
use crate::sheet::verdict::GOOD_ENOUGH;
use crate::sheet::{Race, Run, Verdict};

/// Returns the text.
pub(super) fn text(race: &Race, extension: &str) -> String {
    let runs = pictures::runs(race);
    let own = race.own().learning_rate();
    let lines: Vec<Vec<String>> = runs.iter().map(|run| line(run)).collect();
    let each: String = runs
        .iter()
        .map(|run| run.learning_rate())
        .map(|rate| {
            picture(&format!("Error curve for η = {}", csv_out::number(rate)), &pictures::of_rate(rate), extension)
        })
        .collect();
    format!(
        "## {count} learning rates\n\n\
         The same network learns with each learning rate, for {updates}. The rate chosen for this report is {own}. An error \
         below {GOOD_ENOUGH} is called good enough. {end}\n\n\
         {table}{meanings}\n{charts}{each}\
         ## What the curves show\n\n{analysis}\n\n",
        count = if runs.len() > race.compared().len() { "Seven" } else { "Six" },
        updates = match race.updates() {
            1 => "1 update".to_owned(),
            updates => format!("{updates} updates"),
        },
        own = rate(own),
        end = Verdict::END,
        table = table(&[&inline("\\eta"), "Error in row 0", "Error at the end", "What is left", "Verdict"], &lines),
        meanings = meanings(&runs),
        charts = picture("Error curves of all learning rates", pictures::ALL, extension),
        analysis = analysis(&runs, own),
    )
}

/// Returns the line of a run.
fn line(run: &Run) -> Vec<String> {
    let (first, last) = ends(run);
    let mut line: Vec<String> = [run.learning_rate(), first, last].into_iter().map(csv_out::number).collect();
    line.extend([left(run).unwrap_or_else(|| "–".to_owned()), run.verdict(GOOD_ENOUGH).to_string()]);
    line
}

/// Returns the error of the first and of the last row.
fn ends(run: &Run) -> (f64, f64) {
    (run.errors()[0], run.errors()[run.last()])
}

/// Returns the share of the error in row 0 that is left at the end; `None` where there is no such share.
fn left(run: &Run) -> Option<String> {
    let (first, last) = ends(run);
    let share = last / first;
    share
        .is_finite()
        .then(|| if share > 0.0 && share < 0.000_05 { "less than 0.01 %".to_owned() } else { percent(share) })
}

/// Says what the verdicts in the table mean.
fn meanings(runs: &[&Run]) -> String {
    let mut seen: Vec<Verdict> = Vec::new();
    let mut text = String::new();
    for verdict in runs.iter().map(|run| run.verdict(GOOD_ENOUGH)) {
        if !seen.iter().any(|known| known.name() == verdict.name()) {
            seen.push(verdict);
            text += &format!("- *{}*: {}\n", verdict.name(), verdict.definition(GOOD_ENOUGH));
        }
    }
    text
}

/// Says in sentences what the runs show, which go from the smallest to the largest rate.
fn analysis(runs: &[&Run], own: f64) -> String {
    let finite: Vec<&Run> =
        runs.iter().copied().filter(|run| !matches!(run.verdict(GOOD_ENOUGH), Verdict::NotFinite { .. })).collect();
    let mut sentences = order(&finite, finite.len() == runs.len());
    sentences.extend(runs.iter().find(|run| run.learning_rate() == own).and_then(|run| about_own(run, &finite)));
    sentences.push(good_enough(&finite));
    let rising: Vec<&Run> = finite.iter().copied().filter(|run| ends(run).1 > ends(run).0).collect();
    if !rising.is_empty() {
        sentences.push(format!("The error is larger at the end than in row 0 with {}.", rates(&rising)));
    }
    for run in runs {
        match run.verdict(GOOD_ENOUGH) {
            Verdict::NotFinite { row } => sentences.push(format!(
                "With {} the table has numbers that are not finite from row {row} on.",
                rate(run.learning_rate())
            )),
            Verdict::Oscillates => sentences.push(swings(run)),
            _ => {}
        }
    }
    sentences.join(" ")
}

/// Says which rate ends best and which worst, and whether a larger rate is always better. `all` says that no run is left
/// out.
fn order(runs: &[&Run], all: bool) -> Vec<String> {
    let errors = || runs.iter().map(|run| ends(run).1);
    let Some((least, most)) = errors().reduce(f64::min).zip(errors().reduce(f64::max)) else { return Vec::new() };
    if least == most {
        let end = csv_out::number(least);
        return vec![match runs {
            [run] => format!("Only {} ends with a finite error, {end}.", rate(run.learning_rate())),
            _ if all => format!("All learning rates end with the same error, {end}."),
            _ => format!("The learning rates {} end with the same error, {end}.", rates(runs)),
        }];
    }
    let with = |error: f64| -> Vec<&Run> { runs.iter().copied().filter(|run| ends(run).1 == error).collect() };
    let told = |runs: &[&Run]| {
        let share = runs.first().and_then(|run| left(run));
        share.map_or_else(String::new, |share| format!(": {share} of the error in row 0 is left"))
    };
    let (best, worst) = (with(least), with(most));
    let falls = errors().zip(errors().skip(1)).all(|(before, after)| after < before);
    let rises = errors().zip(errors().skip(1)).all(|(before, after)| after > before);
    let trend = match (falls, rises) {
        (true, _) if all => "Each larger learning rate ends with a smaller error than the one before.",
        (_, true) if all => "Each larger learning rate ends with a larger error than the one before.",
        (true, _) | (_, true) => "",
        _ => "A larger learning rate does not always end with a smaller error.",
    };
    let mut sentences = vec![
        format!("The error at the end is smallest with {}{}.", rates(&best), told(&best)),
        format!("The error at the end is largest with {}{}.", rates(&worst), told(&worst)),
    ];
    sentences.extend((!trend.is_empty()).then(|| trend.to_owned()));
    sentences
}

/// Says how the chosen rate did among the others; `None` if its numbers are not finite.
fn about_own(own: &Run, finite: &[&Run]) -> Option<String> {
    let (_, last) = ends(own);
    let is_finite = finite.iter().any(|run| run.learning_rate() == own.learning_rate());
    let smaller = finite.iter().filter(|run| ends(run).1 < last).count();
    let others = match smaller {
        0 => "none of the others ends with a smaller error".to_owned(),
        1 => "one of the others ends with a smaller error".to_owned(),
        smaller => format!("{smaller} of the others end with a smaller error"),
    };
    is_finite.then(|| {
        format!(
            "With the chosen {} the verdict is *{}*, the error at the end is {}, and {others}.",
            rate(own.learning_rate()),
            own.verdict(GOOD_ENOUGH).name(),
            csv_out::number(last)
        )
    })
}

/// Says which runs came below the error that is good enough, and when.
fn good_enough(runs: &[&Run]) -> String {
    let reached: Vec<String> = runs
        .iter()
        .filter_map(|run| {
            let row = run.errors().iter().position(|&error| error < GOOD_ENOUGH)?;
            Some(format!("in row {row} with {}", rate(run.learning_rate())))
        })
        .collect();
    if reached.is_empty() {
        format!("No learning rate brings the error below {GOOD_ENOUGH}.")
    } else {
        format!("The error is below {GOOD_ENOUGH} for the first time {}.", listed(&reached))
    }
}

/// Says how far the error of a run still jumps at the end.
fn swings(run: &Run) -> String {
    let errors = run.errors();
    let tail = &errors[errors.len() - Verdict::end_of(errors.len())..];
    let (low, high) = (tail.iter().copied().fold(f64::MAX, f64::min), tail.iter().copied().fold(0.0, f64::max));
    format!(
        "With {} the error still jumps between {} and {} at the end, so the error in the last row is chance.",
        rate(run.learning_rate()),
        csv_out::number(low),
        csv_out::number(high)
    )
}

/// Names the learning rates of runs.
fn rates(runs: &[&Run]) -> String {
    listed(&runs.iter().map(|run| rate(run.learning_rate())).collect::<Vec<_>>())
}

/// Joins words as a sentence lists them.
fn listed(words: &[String]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// Names a learning rate.
fn rate(value: f64) -> String {
    inline(&format!("\\eta = {}", latex::number(value)))
}
