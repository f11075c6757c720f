//! Asks which of the trainer's kept runs belongs to a report.

use super::protocol::REPORT;
use super::report::escape;
use crate::format::percent;
use crate::trainer::kept::list::KeptRun;

/// Returns markup with a list of the runs that have a result, the newest first, and a button; `None` if there are none.
/// `started` writes the time at which a run was started, from milliseconds since 1970.
pub fn html(mut runs: Vec<KeptRun>, started: &dyn Fn(f64) -> String) -> Option<String> {
    runs.sort_by_key(|run| std::cmp::Reverse(run.key()));
    let options: String = runs.iter().filter_map(|run| option(run, started)).collect();
    (!options.is_empty()).then(|| {
        format!(
            "<div class=\"file-message\"><label>Run of the trainer for the second part of the report \
             <select><option value=\"\">No run</option>{options}</select></label>\
             <button type=\"button\" class=\"primary\" {REPORT}>Save the report</button></div>"
        )
    })
}

/// Returns the list's entry of a run; `None` for a run of which no epoch has ended.
fn option(run: &KeptRun, started: &dyn Fn(f64) -> String) -> Option<String> {
    let record = &run.record;
    let best = record.best()?;
    let epochs =
        if record.epochs.len() == 1 { "1 epoch".to_owned() } else { format!("{} epochs", record.epochs.len()) };
    let (title, started) = (escape(&record.title()), escape(&started(record.key.started())));
    let best = percent(best.test_accuracy);
    Some(format!("<option value=\"{}\">{title}, {started}: {epochs}, best {best}</option>", record.key.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::epoch::EpochResult;
    use crate::trainer::run::record::{RunKey, RunRecord};
    use crate::trainer::run::record_head::RecordHead;

    fn run(key: u64, name: &str, epochs: u32) -> KeptRun {
        let mut record = RunRecord::new(RunKey(key), Plan::from(Recipe::quick()), "MNIST".to_owned());
        record.name = name.to_owned();
        record.epochs = (1..=epochs).map(EpochResult::example).collect();
        KeptRun::new(RecordHead::of(&record, 0.0), false, None)
    }

    #[test]
    fn runs_with_a_result_are_offered_and_names_are_no_markup() {
        let html = html(vec![run(9, "", 0), run(7, "plain", 1), run(8, "<b>&\"", 2)], &|_| "today".to_owned())
            .expect("two runs");
        let values: Vec<_> = html.split("<option value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(values, ["", "8", "7"]);
        assert!(
            html.contains("<option value=\"8\">&lt;b&gt;&amp;&quot;, today: 2 epochs, best 98.05 %</option>"),
            "{html}"
        );
        assert!(html.contains("<option value=\"7\">plain, today: 1 epoch, best 98.05 %</option>"), "{html}");
    }

    #[test]
    fn without_runs_there_is_no_question() {
        assert_eq!(html(Vec::new(), &|_| String::new()), None);
        assert_eq!(html(vec![run(9, "new", 0)], &|_| String::new()), None);
    }
}
