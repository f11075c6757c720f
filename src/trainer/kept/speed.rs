//! How fast this computer trains, from the kept runs.

use super::list::KeptRun;

/// The shortest time of a run, in seconds, that says how fast this computer trains.
const TELLING: f64 = 5.0;

/// Returns the images that the newest run learned from in a second of work, its tests included. A run that was over within
/// [`TELLING`] seconds says little about longer ones.
pub fn images_per_second<'a>(runs: impl Iterator<Item = &'a KeptRun>) -> Option<f64> {
    let telling = runs.filter(|run| run.steps > 0 && run.record.seconds >= TELLING);
    let newest = telling.max_by(|one, other| one.changed.total_cmp(&other.changed))?;
    Some(f64::from(newest.steps) * f64::from(newest.record.plan.recipe.batch_size) / newest.record.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::record::{RunKey, RunRecord};
    use crate::trainer::run::record_head::RecordHead;

    #[test]
    fn the_newest_run_that_took_some_time_says_how_fast_this_computer_is() {
        let timed = |changed, steps, seconds| {
            let recipe = Recipe { batch_size: 64, ..Recipe::classic() };
            let record = RunRecord { seconds, ..RunRecord::new(RunKey(1), Plan::from(recipe), String::new()) };
            KeptRun { steps, ..KeptRun::new(RecordHead::of(&record, changed), true, None) }
        };
        let runs = [timed(1.0, 100, 10.0), timed(2.0, 100, 6.4), timed(3.0, 100, 0.5), timed(4.0, 0, 60.0)];
        assert_eq!(images_per_second(runs.iter()), Some(1_000.0));
        assert_eq!(images_per_second(runs[2..].iter()), None);
    }
}
