//! The learning rate over a run, as points of a curve.

use super::plan::Plan;

/// The largest number of sampled steps.
const PLACES: u32 = 600;

/// Returns pairs of step and learning rate from step `range.0` to step `range.1`, counted from 1 as on the chart's
/// axis. A long range is sampled; the steps on both sides of an epoch's end are kept there, since the learning rate may
/// jump.
pub fn rate_curve(plan: &Plan, range: (f64, f64)) -> Vec<(f64, f64)> {
    let total = plan.total_steps();
    // The cast turns NaN into 0.
    let from = (range.0 - 1.0).max(1.0) as u32;
    let to = (range.1 + 1.0).min(f64::from(total)) as u32;
    if from > to {
        return Vec::new();
    }
    let every = (to - from).div_ceil(PLACES).max(1);
    let mut steps: Vec<u32> = (from..=to).step_by(every as usize).collect();
    let per_epoch = plan.recipe.steps_per_epoch().max(1);
    if every > 1 && total / per_epoch <= PLACES {
        steps.extend((from / per_epoch..=to / per_epoch).flat_map(|epoch| [epoch * per_epoch, epoch * per_epoch + 1]));
        steps.push(to);
        steps.retain(|step| (from..=to).contains(step));
        steps.sort_unstable();
        steps.dedup();
    }
    steps.into_iter().map(|step| (f64::from(step), plan.rate(step - 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Change;
    use crate::trainer::recipe::schedule::Schedule;

    #[test]
    fn a_short_run_has_a_point_for_each_step() {
        let plan = Plan::from(Recipe { epochs: 2, images: 100, batch_size: 10, ..Recipe::quick() });
        let curve = rate_curve(&plan, (1.0, 20.0));
        assert_eq!(curve.len(), 20);
        assert!((1..=20).all(|step| curve[step as usize - 1] == (f64::from(step), plan.rate(step - 1))));
        assert_eq!(rate_curve(&plan, (5.0, 6.0)).iter().map(|point| point.0).collect::<Vec<_>>(), [4.0, 5.0, 6.0, 7.0]);
    }

    #[test]
    fn a_long_run_keeps_its_jumps_sharp() {
        let schedule = Schedule::Step { epochs: 1, factor: 0.5 };
        let mut plan = Plan::from(Recipe { schedule, ..Recipe::classic() });
        plan.changes.push(Change::Extend { epochs: 5, learning_rate: 0.3 });
        let curve = rate_curve(&plan, (1.0, 25.0 * 469.0));
        assert!(curve.len() < 700 && curve.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for step in [469, 470, 20 * 469, 20 * 469 + 1, 25 * 469] {
            assert!(curve.contains(&(f64::from(step), plan.rate(step - 1))), "{step}");
        }
    }

    #[test]
    fn no_range_causes_a_panic_or_too_many_points() {
        let plan = Plan::from(Recipe::classic());
        for range in [(f64::NAN, f64::NAN), (-5.0, 1e12), (1e12, 2e12), (9.0, 3.0)] {
            assert!(rate_curve(&plan, range).len() <= 700);
        }
    }
}
