//! A run's log as files: as text, as a table of epochs (CSV), and as JSON lines. Numbers have all their digits.

use super::epoch::EpochResult;
use super::record::{Entry, Happening, Note, RunRecord};
use crate::trainer::recipe::link;
use crate::trainer::recipe::plan::Plan;

/// Returns the log as text, below a line with recipe and data set.
pub fn text(run: &RunRecord) -> String {
    let head = format!("Recipe: {}. Data: {}.", link::write(&run.plan.recipe), run.data);
    std::iter::once(head).chain(run.log_lines()).map(|line| line + "\n").collect()
}

/// Returns a table of the epochs (CSV, RFC 4180). Each row has the recipe, so that the tables of many runs can be
/// joined.
pub fn csv(run: &RunRecord) -> String {
    let recipe = link::write(&run.plan.recipe);
    let mut text = String::from(
        "epoch,learning_rate,train_loss,train_accuracy,test_loss,test_accuracy,correct,of,seconds,recipe\r\n",
    );
    for result in &run.epochs {
        let EpochResult { epoch, learning_rate, train_loss, train_accuracy, .. } = result;
        let EpochResult { test_loss, test_accuracy, correct, of, seconds, .. } = result;
        text += &format!(
            "{epoch},{learning_rate},{train_loss},{train_accuracy},{test_loss},{test_accuracy},{correct},{of},\
             {seconds},{recipe}\r\n"
        );
    }
    text
}

/// Returns one JSON object per line, in the order in which things happened: first the run itself, then its notes, the
/// losses of its steps, and its epochs.
pub fn json_lines(run: &RunRecord) -> String {
    let mut lines = vec![format!(
        r#"{{"event":"run","key":{},"started":{},"name":{},"recipe":{},"data":{},"steps_per_epoch":{}}}"#,
        run.key.0,
        run.key.started(),
        string(&run.name),
        string(&link::write(&run.plan.recipe)),
        string(&run.data),
        run.plan.recipe.steps_per_epoch(),
    )];
    let mut written = 0;
    for entry in run.in_order() {
        let (step, line) = match entry {
            Entry::Epoch(result, end) => (end, epoch(result)),
            Entry::Note(note) => (note.step, happening(note, &run.plan)),
        };
        lines.extend(losses(run, &mut written, step));
        lines.push(line);
    }
    lines.extend(losses(run, &mut written, run.step()));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns the line with the losses of the steps up to `to` that are not `written` yet; `None` if there are none.
fn losses(run: &RunRecord, written: &mut u32, to: u32) -> Option<String> {
    let from = std::mem::replace(written, to.max(*written));
    let losses = run.losses.get(from as usize..to as usize).filter(|losses| !losses.is_empty())?;
    let losses: Vec<String> = losses.iter().map(|&loss| number(loss.is_finite(), loss)).collect();
    Some(format!(r#"{{"event":"steps","after_step":{from},"losses":[{}]}}"#, losses.join(",")))
}

/// Returns the line of an epoch.
fn epoch(result: &EpochResult) -> String {
    let numbers = [
        ("learning_rate", result.learning_rate),
        ("train_loss", result.train_loss),
        ("train_accuracy", result.train_accuracy),
        ("test_loss", result.test_loss),
        ("test_accuracy", result.test_accuracy),
        ("seconds", result.seconds),
    ];
    let numbers = numbers.map(|(name, value)| format!(r#""{name}":{}"#, number(value.is_finite(), value))).join(",");
    let EpochResult { epoch, correct, of, .. } = result;
    format!(r#"{{"event":"epoch","epoch":{epoch},"correct":{correct},"of":{of},{numbers}}}"#)
}

/// Returns the line of a note.
fn happening(Note { step, what }: &Note, plan: &Plan) -> String {
    let event = match what {
        Happening::Device(..) => "device",
        Happening::Resumed => "resumed",
        Happening::Weights(_) => "weights",
        Happening::Shared(_) => "shared",
        Happening::Changed(_) => "changed",
        Happening::Ended(_) => "ended",
        Happening::Sampled(..) => "sample",
    };
    format!(r#"{{"event":"{event}","step":{step},"text":{}}}"#, string(&what.log_line(*step, plan)))
}

/// Writes a number; JSON cannot express one that is not finite, so that becomes `null`.
fn number(finite: bool, value: impl ToString) -> String {
    if finite { value.to_string() } else { "null".to_owned() }
}

/// Writes a text in quotes (RFC 8259).
fn string(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\0'..='\x1f' => quoted += &format!("\\u{:04x}", character as u32),
            _ => quoted.push(character),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Change;
    use crate::trainer::run::backend::{Backend, BackendKind};
    use crate::trainer::run::protocol::Event;
    use crate::trainer::run::record::RunKey;

    fn steps(losses: &[f32]) -> Event {
        Event::Steps {
            epoch: 1,
            step: 0,
            losses: losses.to_vec(),
            seconds: 1.0,
            images_per_second: 0.0,
            seconds_left: None,
        }
    }

    fn result(epoch: u32) -> EpochResult {
        EpochResult {
            epoch,
            learning_rate: 0.1 + 0.2,
            train_loss: 1.0 / 3.0,
            train_accuracy: 0.9,
            test_loss: f64::NAN,
            test_accuracy: 0.9805,
            correct: 9805,
            of: 10_000,
            seconds: 19.0,
        }
    }

    fn run() -> RunRecord {
        let recipe = Recipe { epochs: 2, images: 8, batch_size: 4, seed: 5, ..Recipe::classic() };
        let mut run = RunRecord::new(RunKey(4096), Plan::from(recipe), "MNIST".to_owned());
        run.name = "“a \"name\" \\ of\nmine”".to_owned();
        let backend = Backend { kind: BackendKind::Cpu, name: "CPU (SIMD)".to_owned() };
        run.apply(&Event::Ready { backend, why: "You chose the CPU.".to_owned() });
        run.apply(&steps(&[2.25, f32::NAN]));
        run.apply(&Event::Epoch(result(1)));
        run.apply(&steps(&[0.1]));
        run.apply(&Event::Changed(Change::Rate { step: 3, learning_rate: 0.005 }));
        run.apply(&steps(&[0.4]));
        run
    }

    #[test]
    fn the_text_has_the_recipe_above_the_log() {
        let text = text(&run());
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("Recipe: recipe?epochs=2&batch=4&images=8&seed=5&v=1. Data: MNIST."));
        assert_eq!(lines.collect::<Vec<_>>(), run().log_lines());
    }

    #[test]
    fn the_table_keeps_every_digit() {
        let csv = csv(&run());
        let rows: Vec<Vec<&str>> = csv.split_terminator("\r\n").map(|row| row.split(',').collect()).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].len(), rows[1].len());
        assert_eq!(rows[1][..4], ["1", "0.30000000000000004", "0.3333333333333333", "0.9"]);
        assert_eq!(link::read(rows[1][9]), Ok(run().plan.recipe));
    }

    #[test]
    fn json_lines_have_everything_in_order() {
        let text = json_lines(&run());
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let events: Vec<_> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
        assert_eq!(events, ["run", "device", "steps", "epoch", "steps", "changed", "steps"]);
        assert_eq!(lines[0]["name"], run().name.as_str());
        assert_eq!(lines[0]["recipe"].as_str().map(link::read), Some(Ok(run().plan.recipe)));
        assert_eq!(lines[2]["losses"], serde_json::json!([2.25, null]));
        assert_eq!((&lines[3]["learning_rate"], &lines[3]["test_loss"]), (&(0.1 + 0.2).into(), &Value::Null));
        let all = lines.iter().filter_map(|line| line["losses"].as_array()).flatten();
        assert_eq!(
            all.map(|loss| loss.as_f64().map(|loss| loss as f32)).collect::<Vec<_>>(),
            [Some(2.25), None, Some(0.1), Some(0.4)]
        );
    }
}
