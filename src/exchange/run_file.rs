//! Writes kept runs as a JSON file, and reads such a file. Numbers keep all their bits, and a file with any error in it
//! is refused as a whole.

use std::collections::HashSet;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use crate::file_kind::{self, FileKind};
use crate::trainer::kept::list::MOST;
use crate::trainer::recipe::link;
use crate::trainer::run::record::{RunKey, RunRecord};

/// The name of the format, which every file contains.
const FORMAT: &str = "Gradsheet runs";
/// The version of the format. No other version is read.
const VERSION: u32 = 1;

/// The part of a file that says which format it has.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: String,
    #[serde(default)]
    version: u32,
    #[serde(default, rename = "runs")]
    _runs: IgnoredAny,
}

/// The part of a file that holds the runs.
#[derive(Deserialize)]
struct File {
    runs: Vec<Entry>,
}

/// A run in a file.
#[derive(Serialize, Deserialize)]
struct Entry {
    /// The recipe in the notation of links, which people can read.
    recipe: String,
    /// The whole run, recipe included.
    run: RunRecord,
}

/// Returns the text of a file with these runs.
///
/// # Errors
/// A sentence for the user when a run cannot be written as JSON.
pub fn write(runs: Vec<RunRecord>) -> Result<String, String> {
    // One line for each run, because nobody could read one line for each of its thousands of numbers.
    let mut lines = Vec::with_capacity(runs.len());
    for run in runs {
        let entry = Entry { recipe: link::write(&run.plan.recipe), run };
        lines.push(serde_json::to_string(&entry).map_err(|error| format!("The runs could not be written: {error}."))?);
    }
    Ok(format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"runs\":[\n{}\n]}}\n", lines.join(",\n")))
}

/// Returns the name of a file with these runs.
pub fn file_name(runs: &[RunRecord]) -> String {
    let plain =
        |name: &str| name.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter)).collect();
    match runs {
        [run] if !run.name.is_empty() => {
            let name: String = plain(&run.name);
            format!("gradsheet {}.json", name.trim())
        }
        [run] => format!("gradsheet run {}.json", run.key.0),
        runs => format!("gradsheet {} runs.json", runs.len()),
    }
}

/// What to do about a file that was cut or changed.
const EXPORT_AGAIN: &str = "Export the runs again, and import the file as it is.";

/// Reads the runs in a file at the time `now`, in milliseconds since 1970. All of them have different keys.
///
/// # Errors
/// Sentences for the user that say what is wrong with the file, and what to do.
pub fn read(name: &str, bytes: &[u8], now: f64) -> Result<Vec<RunRecord>, String> {
    let refused =
        |reason: &str, advice: &str| format!("“{name}” cannot be imported: {reason}. {advice} Nothing was changed.");
    let foreign = || {
        let reason = match file_kind::of(bytes) {
            None | Some(FileKind::Json | FileKind::Runs) => "it does not contain Gradsheet runs".to_owned(),
            Some(kind) => format!("it is {}", kind.name()),
        };
        refused(&reason, "Choose a file that was saved with “Export” or “Export all” in the list of runs.")
    };
    let text = std::str::from_utf8(bytes).map_err(|_| foreign())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head: Head = serde_json::from_str(text).map_err(|error| {
        let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
        match file_kind::of(bytes) {
            _ if bytes.trim_ascii().is_empty() => refused("it is empty", EXPORT_AGAIN),
            Some(FileKind::Json | FileKind::Runs) if !is_json => refused(&damage(&error), EXPORT_AGAIN),
            _ => foreign(),
        }
    })?;
    if head.format != FORMAT {
        return Err(foreign());
    }
    if head.version != VERSION {
        let reason = format!("it is of version {}, but this page reads version {VERSION}", head.version);
        return Err(refused(&reason, "Reload the page to get its newest version, and try again."));
    }
    let file: File = serde_json::from_str(text).map_err(|error| refused(&damage(&error), EXPORT_AGAIN))?;
    if file.runs.is_empty() {
        return Err(refused("it contains no runs", EXPORT_AGAIN));
    }
    if file.runs.len() > MOST {
        let reason = format!("it contains {} runs, but at most {MOST} can be kept", file.runs.len());
        return Err(refused(&reason, "Export fewer runs."));
    }
    let mut keys = HashSet::new();
    for (entry, number) in file.runs.iter().zip(1..) {
        let wrong = |reason: String| refused(&format!("in run {number}, {reason}"), EXPORT_AGAIN);
        let run = &entry.run;
        run.check().and_then(|()| run.check_consistency()).and_then(|()| run.check_date(now)).map_err(wrong)?;
        // A recipe may hold what its text leaves out, such as the number of workers of another device.
        let text = link::write(&entry.run.plan.recipe);
        if link::read(&entry.recipe) != link::read(&text) || link::read(&text).is_err() {
            return Err(wrong("the settings and their text differ".to_owned()));
        }
        if !keys.insert(entry.run.key) {
            return Err(wrong("the key is the same as that of another run in the file".to_owned()));
        }
    }
    Ok(file.runs.into_iter().map(|entry| entry.run).collect())
}

/// Says what is wrong with the text of a file: a clause without the words of the library.
fn damage(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => "its end is missing".to_owned(),
        Category::Io | Category::Syntax => format!("line {} is damaged", error.line()),
        Category::Data => {
            format!("in line {}, a part of a run is missing or is not what the page writes", error.line())
        }
    }
}

/// Returns the runs of a file that are to be added, under free keys, and the number of runs that are kept already.
///
/// `taken` holds the keys of all kept runs, and `kept` returns the run under a key.
///
/// # Errors
/// A sentence for the user when there would be too many runs.
pub fn merge(
    runs: Vec<RunRecord>,
    taken: impl IntoIterator<Item = RunKey>,
    kept: impl Fn(RunKey) -> Option<RunRecord>,
) -> Result<(Vec<RunRecord>, usize), String> {
    let mut taken: HashSet<RunKey> = taken.into_iter().collect();
    let mut added = Vec::new();
    let mut known = 0;
    for mut run in runs {
        if taken.contains(&run.key) {
            let is_same = kept(run.key).is_some_and(|kept| RunRecord { name: run.name.clone(), ..kept } == run);
            if is_same {
                known += 1;
                continue;
            }
            // A run with the same key that continued differently elsewhere is another run.
            while taken.contains(&run.key) {
                run.key.0 += 1;
            }
        }
        taken.insert(run.key);
        added.push(run);
    }
    if taken.len() > MOST && !added.is_empty() {
        return Err(format!("At most {MOST} runs can be kept. Delete some, then import the file again."));
    }
    Ok((added, known))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::{Change, Plan};
    use crate::trainer::run::backend::{Backend, BackendKind};
    use crate::trainer::run::epoch::EpochResult;
    use crate::trainer::run::record::{End, Happening, Note};

    /// Reads a file long after the runs in it.
    fn read(name: &str, bytes: &[u8]) -> Result<Vec<RunRecord>, String> {
        super::read(name, bytes, 1.8e12)
    }

    fn run(key: u64, losses: &[f32]) -> RunRecord {
        let recipe = Recipe { images: 128, epochs: 2, learning_rate: 0.1 + 0.2, ..Recipe::quick() };
        let mut run = RunRecord::new(RunKey(key), Plan::from(recipe), "MNIST".to_owned());
        run.name = "Täglich “Brot” \u{1f980}".to_owned();
        run.losses = losses.to_vec();
        run.plan.changes.push(Change::Rate { step: 2, learning_rate: 1e-300 });
        run.backend = Some(Backend { kind: BackendKind::Cpu, name: "CPU".to_owned() });
        run.notes.push(Note { step: 0, what: Happening::Device("CPU".into(), "You chose it.".into()) });
        run.notes.push(Note { step: 2, what: Happening::Changed(run.plan.changes[0]) });
        run.notes.push(Note { step: 2, what: Happening::Ended("The run was stopped.".to_owned()) });
        let mean = losses.iter().take(2).map(|loss| f64::from(*loss)).sum::<f64>() / 2.0;
        run.epochs.push(EpochResult {
            epoch: 1,
            learning_rate: run.plan.rate(1),
            train_loss: mean,
            train_accuracy: 3.0 / 128.0,
            test_loss: 0.1 + 0.2,
            test_accuracy: 0.9947,
            correct: 9947,
            of: 10_000,
            seconds: 12.5,
        });
        (run.seconds, run.end) = (13.0, Some(End::Stopped));
        run
    }

    fn file(run: RunRecord) -> String {
        write(vec![run]).expect("plain data")
    }

    #[test]
    fn a_written_file_reads_back_as_the_same_runs() {
        let runs = vec![run(7, &[2.3, 1.0]), run(8, &[0.5, f32::MIN_POSITIVE, 3e38])];
        let text = write(runs.clone()).expect("plain data");
        assert!(text.contains("\"recipe\":\"recipe?optimizer=nesterov"), "{text}");
        assert!(text.contains("\"test_accuracy\":0.9947"), "{text}");
        assert_eq!(read("a.json", text.as_bytes()), Ok(runs.clone()));
        let old = text.replace(",\"workers\":0", "");
        assert!(old.len() < text.len());
        assert_eq!(read("a.json", old.as_bytes()), Ok(runs), "old files have no number of workers");
    }

    #[test]
    fn a_file_that_was_cut_anywhere_is_refused() {
        let text = file(run(7, &[2.3, 1.0]));
        for end in (0..text.trim_end().len()).filter(|&end| text.is_char_boundary(end)) {
            let error = read("a.json", &text.as_bytes()[..end]).err().unwrap_or_default();
            let is_named = ["its end is missing", "it is empty", "is damaged", "does not contain"];
            assert!(is_named.iter().any(|part| error.contains(part)), "cut at {end}: {error}");
            assert!(!error.contains("column") && !error.contains("expected"), "cut at {end}: {error}");
        }
    }

    #[test]
    fn the_error_says_what_is_wrong() {
        let wrong = |change: &dyn Fn(&mut RunRecord)| {
            let mut run = run(7, &[2.3, 1.0]);
            change(&mut run);
            read("a.json", file(run).as_bytes()).err().unwrap_or_default()
        };
        for (change, reason) in [
            (&(|run: &mut RunRecord| run.plan.recipe.dropout = 2.0) as &dyn Fn(&mut RunRecord), "Dropout"),
            (&|run| run.losses = vec![1.0; 5], "more losses than steps"),
            (&|run| run.losses.truncate(1), "more epochs than steps"),
            (&|run| run.epochs[0].epoch = 2, "not in order"),
            (&|run| run.epochs[0].test_accuracy = 1.5, "not between 0 and 1"),
            (&|run| run.epochs[0].correct = 20_000, "more images are correct"),
            (&|run| run.seconds = -1.0, "the time"),
            (&|run| run.key = RunKey(1 << 53), "the key"),
            (&|run| run.key = RunKey((1 << 53) - 1), "the date is in the future"),
            (&|run| run.name = "x".repeat(200), "the name is too long"),
            (&|run| run.losses[0] = f32::NAN, "in line 2, a part of a run is missing or is not what"),
            (&|run| run.losses[0] = -1.0, "a loss"),
            (&|run| run.seconds = 1e300, "the time"),
            (&|run| run.epochs[0].test_loss = 1e300, "not possible"),
            (&|run| run.epochs[0].seconds = -1.0, "the time of an epoch"),
            (&|run| run.plan.changes = vec![Change::Rate { step: 3, learning_rate: 0.1 }; 2_000], "too many notes"),
            (&|run| run.plan.changes[0] = Change::Extend { epochs: 4_000_000_000, learning_rate: 0.1 }, "a change"),
            (&|run| run.notes[0].what = Happening::Device("x".repeat(5_000_000), String::new()), "a text is too long"),
            (&|run| run.notes[0].what = Happening::Changed(Change::Rate { step: 0, learning_rate: -1.0 }), "a change"),
        ] {
            let error = wrong(change);
            assert!(error.contains(reason) && error.ends_with("Nothing was changed."), "{reason}: {error}");
        }
        let text = file(run(7, &[2.3, 1.0]));
        let changed =
            |from: &str, to: &str| read("a.json", text.replace(from, to).as_bytes()).err().unwrap_or_default();
        assert!(changed("Gradsheet runs", "Other").contains("does not contain Gradsheet runs"));
        assert!(changed("\"version\":1", "\"version\":9").contains("version 9"));
        assert!(changed("batch=64", "batch=65").contains("differ"));
        assert!(changed("\"losses\"", "\"lasses\"").contains("in line 2, a part of a run is missing"));
        assert!(read("a.json", b"[1, 2]").err().unwrap_or_default().contains("does not contain Gradsheet runs"));
        assert!(read("a.json", b"{\"format\":\"Gradsheet runs\",\"version\":1,\"runs\":[]}").is_err());
        assert!(read("a.png", b"\x89PNG\xff").err().unwrap_or_default().contains("it is a picture"));
        assert!(changed("[2.3", "[2.3 2.3").contains("line 2 is damaged"));
        assert!(
            changed("\"correct\":9947", "\"correct\":9946")
                .contains("epoch 1 has an accuracy of 99.47 %, but 9,946 of 10,000")
        );
        let twice = write(vec![run(7, &[1.0, 1.0]), run(7, &[2.0, 2.0])]).expect("plain data");
        assert!(read("a.json", twice.as_bytes()).err().unwrap_or_default().contains("another run in the file"));
    }

    #[test]
    fn an_import_overwrites_no_kept_run() {
        let kept = run(7, &[2.3, 1.0]);
        let renamed = RunRecord { name: String::new(), ..kept.clone() };
        let other = run(7, &[2.3, 1.5]);
        let new = run(9, &[2.3, 1.0]);
        let taken = [RunKey(7), RunKey(8)];
        let merged = merge(vec![renamed, other.clone(), new.clone()], taken, |_| Some(kept.clone()));
        let moved = RunRecord { key: RunKey(10), ..new };
        assert_eq!(merged, Ok((vec![RunRecord { key: RunKey(9), ..other }, moved], 1)));

        let many = (0..MOST as u64).map(RunKey);
        assert!(merge(vec![run(500, &[1.0, 1.0])], many, |_| None).is_err());
    }

    #[test]
    fn a_file_is_named_after_its_runs() {
        let mut named = run(7, &[]);
        named.name = "A/B: 99 %".to_owned();
        assert_eq!(file_name(&[named.clone()]), "gradsheet AB 99.json");
        assert_eq!(file_name(&[named.clone(), named]), "gradsheet 2 runs.json");
    }

    proptest! {
        #[test]
        fn numbers_keep_all_their_bits(losses in prop::collection::vec(prop::num::f32::POSITIVE | prop::num::f32::NORMAL, 2..4), number in 0.01..1e38_f64) {
            let mut run = run(7, &losses);
            run.epochs[0].test_loss = number;
            let read = read("a.json", file(run.clone()).as_bytes());
            let read = read.expect("its own file").remove(0);
            let bits = |run: &RunRecord| run.losses.iter().map(|loss| loss.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&read), bits(&run));
            prop_assert_eq!(read.epochs[0].test_loss.to_bits(), number.to_bits());
        }

        #[test]
        fn reading_any_bytes_does_not_panic(bytes: Vec<u8>) {
            prop_assert!(read("a.json", &bytes).is_err());
        }

        #[test]
        fn reading_a_changed_file_does_not_panic(place: prop::sample::Index, letter in "[0-9a-z\\[\\]{}\",:.-]") {
            let mut text = file(run(7, &[2.3, 1.0])).into_bytes();
            let place = place.index(text.len());
            text[place] = letter.as_bytes()[0];
            let _ = read("a.json", &text);
        }
    }
}
