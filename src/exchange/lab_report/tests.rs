use std::io::Read as _;

use super::*;
use crate::charts::svg::svg;
use crate::exchange::paper_theme::theme;
use crate::exchange::{csv_out, latex};
use crate::sheet::verdict::GOOD_ENOUGH;
use crate::sheet::{Column, Constants, Run};
use crate::trainer::recipe::Recipe;
use crate::trainer::recipe::plan::Plan;
use crate::trainer::run::accuracy_chart;
use crate::trainer::run::epoch::EpochResult;
use crate::trainer::run::record::{End, Happening, Note, RunKey};

fn lesson() -> Lesson {
    let mut lesson = Lesson { learning_rate: 0.3, ..Lesson::CLASSIC };
    lesson.constants.weights[5] = -0.45;
    lesson
}

/// A run with these test accuracies, and with training accuracies that are higher by `gap`.
fn run(accuracies: &[f64], gap: f64) -> RunRecord {
    let recipe = Recipe { epochs: accuracies.len() as u32, ..Recipe::quick() };
    let mut run = RunRecord::new(RunKey(4096), Plan::from(recipe), "MNIST".to_owned());
    run.name = "a *run* of `mine` | $x$".to_owned();
    run.epochs = accuracies
        .iter()
        .zip(1..)
        .map(|(&accuracy, epoch)| EpochResult {
            test_accuracy: accuracy,
            train_accuracy: accuracy + gap,
            correct: (accuracy * 10_000.0).round() as u32,
            test_loss: 1.0 - accuracy,
            ..EpochResult::example(epoch)
        })
        .collect();
    run.end = Some(End::Finished);
    run
}

fn report(run: Option<RunRecord>) -> Report {
    Report::new(lesson(), 100, run, "28 November 2026".to_owned())
}

/// Returns the cells of the table that begins with this cell.
fn table(text: &str, first: &str) -> Vec<Vec<String>> {
    let begin = format!("| {first} |");
    let lines =
        text.lines().skip_while(|line| !line.starts_with(&begin)).skip(2).take_while(|line| line.starts_with('|'));
    lines.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

#[test]
fn every_number_of_the_text_is_the_sheets() {
    let text = report(None).readme("png");
    let rates = table(&text, "$\\eta$ | Error in row 0");
    let expected = [0.1, 0.2, 0.3, 0.5, 0.8, 1.0, 2.0];
    assert_eq!(rates.len(), expected.len());
    for (line, rate) in rates.iter().zip(expected) {
        let run = Run::new(lesson().constants, rate, 100);
        let numbers: Vec<f64> = line[..3].iter().map(|cell| cell.parse().expect("a number")).collect();
        assert_eq!(numbers, [rate, run.errors()[0], run.errors()[100]]);
        assert_eq!(line[4], run.verdict(GOOD_ENOUGH).to_string());
    }
    let own = Run::new(lesson().constants, 0.3, 100);
    let numbers = table(&text, "Quantity | Row 0");
    assert_eq!(numbers.len(), Column::COUNT);
    for (line, column) in numbers.iter().zip(Column::ALL) {
        let expected: Vec<String> = [0, 1, 100].map(|row| csv_out::number(own.row(row).get(column))).into();
        assert_eq!(line[1..], expected, "{}", column.name());
    }
    let constants = table(&text, "Quantity | Meaning");
    assert_eq!(constants.len(), 13);
    assert!(constants.iter().any(|line| line[0] == "$w_{6}$" && line[2] == "-0.45"));
}

#[test]
fn the_text_has_every_formula_on_a_line_of_its_own() {
    let text = report(None).readme("png");
    for column in Column::WITH_DELTAS {
        let block = format!("\n\n$$\n{}\n$$\n\n", latex::equation(column));
        assert_eq!(text.matches(&block).count(), 1, "{}", column.name());
    }
    assert_eq!(text.matches("$$").count() % 2, 0);
}

#[test]
fn the_zip_has_everything_that_the_text_names() {
    let report = report(Some(run(&[0.98, 0.99, 0.9945], -0.01)));
    let drawn = report.pictures().into_iter().map(|picture| {
        let text = svg(&picture.chart, &picture.title, &theme(), (900.0, 520.0)).expect("SVG never fails");
        (picture.name, text.into_bytes())
    });
    let (bytes, note) = report.zip("svg", drawn.collect()).expect("small");
    assert_eq!(note, None);
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip file");
    let mut text = String::new();
    zip.by_name("README.md").expect("the text").read_to_string(&mut text).expect("UTF-8");
    let pictures: Vec<&str> = text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert_eq!(pictures.len(), 9, "one for each of seven rates, one for all, and one for the run");
    for name in pictures.into_iter().chain([WORKBOOK, LOG, EPOCHS]) {
        assert!(zip.by_name(name).is_ok_and(|file| file.size() > 100), "{name}");
    }
    assert_eq!(zip.len(), 13);
}

#[test]
fn the_run_is_described_as_it_was() {
    let mut record = run(&[0.9712, 0.9890, 0.9935, 0.9941, 0.9947, 0.9943], -0.02);
    record.notes.push(Note { step: 0, what: Happening::Weights("```a.safetensors".to_owned()) });
    let text = report(Some(record.clone())).readme("png");
    for part in [
        "a \\*run\\* of \\`mine\\` \\| \\$x\\$",
        "| Conv 1→32, 5×5 | 32×26×26 | 832 |",
        "**18,738**",
        "At least 99.4 % of the test images right, in fewer than 20 epochs.",
        "**The target was reached:** 99.4 % of the test images were right for the first time after epoch 4.",
        "Best: 99.47 % after epoch 5 (9,947 of 10,000 test images). Last: 99.43 % after epoch 6",
        "from 97.12 % after epoch 1 to 99.43 % after epoch 6",
        "Half of the gain up to the best epoch, 5, was there after epoch 2.",
        "From epoch 4 on it stayed within 0.1 percentage points of its best: the curve is flat there.",
        "the net was 2.00 percentage points worse on training images",
        "it was lowest after epoch 5, with 0.0053.",
        "````text\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for line in record.log_lines() {
        assert!(text.contains(&line), "{line}");
    }
}

#[test]
fn a_run_on_other_data_than_mnist_has_no_target() {
    let record = RunRecord { data: "a and others (18 images, 1234abcd)".to_owned(), ..run(&[0.98, 0.9947], 0.0) };
    assert_eq!(accuracy_chart::of_run(&record).marks.len(), 0);
    let text = report(Some(record)).readme("png");
    assert!(
        !text.contains("## Target")
            && !text.contains("target was")
            && text.contains("## Result\n\nBest: 99.47 % after epoch 2"),
        "{text}"
    );
}

#[test]
fn nothing_is_said_that_the_record_does_not_show() {
    let text = |accuracies: &[f64], gap| report(Some(run(accuracies, gap))).readme("png");
    let missed = text(&[0.98, 0.99, 0.985], 0.01);
    assert!(missed.contains("**The target was not reached:** the test accuracy stayed below 99.4 %."));
    assert!(missed.contains("At the end it was more than 0.1 percentage points below its best."));
    assert!(missed.contains("1.00 percentage points better on the images that it learned from"));
    let late: Vec<f64> = (1..=21).map(|epoch| if epoch < 20 { 0.99 } else { 0.995 }).collect();
    assert!(
        text(&late, 0.0)
            .contains("**The target was not reached:** 99.4 % of the test images were right, but only after epoch 20.")
    );
    assert!(text(&[], 0.0).contains("No epoch has ended, so there is no result."));
    assert!(text(&[0.98], 0.0).contains("A curve needs at least two."));
}

/// Returns the report's sentences about a lesson.
fn analysis(targets: [f64; 2], inputs: [f64; 2], learning_rate: f64) -> String {
    let constants = Constants { targets, inputs, ..Constants::CLASSIC };
    let report = Report::new(Lesson { constants, learning_rate }, 100, None, "28 November 2026".to_owned());
    report.readme("png")
}

#[test]
fn each_sentence_follows_from_the_numbers_of_the_runs() {
    let wild = analysis([0.3, 0.6], [5.0, 10.0], 100.0);
    for part in [
        "## Seven learning rates",
        "The rate chosen for this report is $\\eta = 100$. An error below 0.01 is called good enough.",
        "- *learned*: In all rows of the end, the error is below 0.01, which is called good enough.",
        "![Error curve for η = 100](charts/eta-100.png)",
        "The error at the end is smallest with $\\eta = 2$",
        "The error at the end is largest with $\\eta = 100$",
        "A larger learning rate does not always end with a smaller error.",
        "With the chosen $\\eta = 100$ the verdict is *oscillates*",
        "6 of the others end with a smaller error.",
        "With $\\eta = 100$ the error still jumps between ",
    ] {
        assert!(wild.contains(part), "{part}\n{wild}");
    }
    assert!(!wild.contains("Each larger learning rate"));

    let classic = analysis(Constants::CLASSIC.targets, Constants::CLASSIC.inputs, 0.5);
    for part in [
        "## Six learning rates",
        "Each larger learning rate ends with a smaller error than the one before.",
        "With the chosen $\\eta = 0.5$ the verdict is *still falling*",
        "3 of the others end with a smaller error.",
        "The error is below 0.01 for the first time in row ",
    ] {
        assert!(classic.contains(part), "{part}\n{classic}");
    }

    let tiny = analysis(Constants::CLASSIC.targets, Constants::CLASSIC.inputs, 1e-7);
    assert!(
        tiny.contains(
            "The error at the end is largest with $\\eta = 10^{-7}$: 100.00 % of the error in row 0 is left."
        )
    );
    let broken = analysis([1e200, 0.99], Constants::CLASSIC.inputs, 0.5);
    assert!(broken.contains("With $\\eta = 2$ the table has numbers that are not finite from row 0 on."), "{broken}");
    assert!(broken.contains("No learning rate brings the error below 0.01."));
    assert!(!broken.contains("NaN") || broken.contains("| NaN |"), "{broken}");
}
