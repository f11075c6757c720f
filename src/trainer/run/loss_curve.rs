//! The points of a run's loss curve: the lowest and highest loss of each stretch of steps, and an exponential moving
//! average. An update costs time for the new steps only.

use super::record::RunRecord;
use crate::charts::{Envelope, Extremes};

/// The largest number of stretches in a plot.
const STRETCHES: usize = 512;

/// `LossCurve` holds what the loss chart needs besides the losses themselves.
#[derive(Clone, Debug, Default)]
pub struct LossCurve {
    envelope: Envelope,
    smoothing: Smoothing,
    /// The moving average after each step.
    smooth: Vec<f32>,
}

/// An exponential moving average, in which a value that is `steps` steps old has 1/e of the newest value's weight. The
/// sum is divided by the sum of the weights, so that the average does not start near 0.
#[derive(Clone, Copy, Debug, Default)]
struct Smoothing {
    steps: f64,
    /// The weight that a value keeps at the next step.
    keep: f64,
    sum: f64,
    weights: f64,
}

impl Smoothing {
    fn over(steps: u32) -> Self {
        let keep = if steps > 0 { libm::exp(-1.0 / f64::from(steps)) } else { 0.0 };
        Self { steps: f64::from(steps), keep, ..Self::default() }
    }

    /// Adds a value, unless it is not finite, and returns the average.
    fn add(&mut self, value: f64) -> f64 {
        if value.is_finite() {
            self.sum = self.sum * self.keep + value;
            self.weights = self.weights * self.keep + 1.0;
        }
        self.sum / self.weights
    }
}

/// The losses of a part of a run, as points of step and loss.
#[derive(Clone, Debug, PartialEq)]
pub enum Losses {
    /// One point for each step.
    Each(Vec<(f64, f64)>),
    /// Two points for each stretch of steps, at its middle: the lowest loss, then the highest.
    Between(Vec<(f64, f64)>),
}

/// Returns the lowest and the highest loss of the steps of an epoch, counted from 1.
pub fn extremes_of_epoch(run: &RunRecord, epoch: u32) -> Extremes {
    let per_epoch = run.plan.recipe.steps_per_epoch() as usize;
    let last = (epoch as usize).saturating_mul(per_epoch);
    Extremes::of(run.losses.get(last.saturating_sub(per_epoch)..last).unwrap_or_default())
}

impl LossCurve {
    /// Makes a curve without losses, with a moving average over about this number of steps.
    pub fn new(steps: u32) -> Self {
        Self { smoothing: Smoothing::over(steps), ..Self::default() }
    }

    /// Returns a suitable length of the moving average for a run with this number of steps: a two-hundredth of it.
    pub fn usual_steps(total: u32) -> u32 {
        (total / 200).clamp(10, 1000)
    }

    /// Returns the length of the moving average in steps.
    pub fn steps(&self) -> u32 {
        self.smoothing.steps as u32
    }

    /// Updates the curve with all losses of the run so far. If they are fewer than before, they belong to another run.
    pub fn follow(&mut self, losses: &[f32]) {
        if losses.len() < self.envelope.len() {
            *self = Self::new(self.steps());
        }
        self.smooth.reserve(losses.len() - self.smooth.len());
        for &loss in &losses[self.smooth.len()..] {
            let smooth = self.smoothing.add(f64::from(loss)) as f32;
            self.smooth.push(smooth);
        }
        self.envelope.follow(losses);
    }

    /// Returns the moving average after a step, counted from 1.
    pub fn smoothed(&self, step: usize) -> Option<f32> {
        self.smooth.get(step.checked_sub(1)?).copied()
    }

    /// Returns the lowest and the highest loss of the steps `from..to`, counted from 0.
    pub fn extremes(&self, losses: &[f32], from: usize, to: usize) -> Extremes {
        self.envelope.within(losses, from, to)
    }

    /// Returns the losses and their moving average from step `range.0` to step `range.1`, counted from 1 as on the
    /// chart's axis. One more step on each side is included, so that the curves reach the edges of the plot.
    pub fn part(&self, losses: &[f32], range: (f64, f64)) -> (Losses, Vec<(f64, f64)>) {
        // The cast turns NaN into 0.
        let index = |place: f64| place.clamp(0.0, 1e9) as usize;
        let (from, to) = (index(range.0 - 2.0), index(range.1) + 1);
        let length = Envelope::stretch(from, to, STRETCHES);
        let end = to.min(self.smooth.len());
        let step = |index: usize| index as f64 + 1.0;
        if length == 1 {
            let each = (from..end).map(|index| (step(index), f64::from(losses[index]))).collect();
            let smooth = (from..end).map(|index| (step(index), f64::from(self.smooth[index]))).collect();
            return (Losses::Each(each), smooth);
        }
        let stretches = self.envelope.stretches(losses, from, end, length);
        let last = |start: usize| (start + length).min(self.smooth.len()) - 1;
        let between = stretches.iter().flat_map(|&(start, Extremes { low, high })| {
            let middle = f64::midpoint(step(start), step(last(start)));
            [(middle, f64::from(low)), (middle, f64::from(high))]
        });
        let smooth = stretches.iter().map(|&(start, _)| (step(last(start)), f64::from(self.smooth[last(start)])));
        (Losses::Between(between.collect()), smooth.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::record::RunKey;

    #[test]
    fn an_epoch_has_the_extremes_of_its_own_steps() {
        let recipe = Recipe { images: 96, batch_size: 32, ..Recipe::quick() };
        let mut run = RunRecord::new(RunKey(1), Plan::from(recipe), String::new());
        run.losses = vec![9.0, 3.0, 2.0, 1.5, 0.5, 1.0, 0.1];
        assert_eq!(extremes_of_epoch(&run, 1), Extremes { low: 2.0, high: 9.0 });
        assert_eq!(extremes_of_epoch(&run, 2), Extremes { low: 0.5, high: 1.5 });
        assert!(!extremes_of_epoch(&run, 3).low.is_finite(), "the epoch has not ended");
    }

    #[test]
    fn the_average_decays_exponentially_and_starts_with_the_first_loss() {
        let mut curve = LossCurve::new(10);
        curve.follow(&[2.0]);
        assert_eq!(curve.smoothed(1), Some(2.0));
        let mut losses = vec![2.0; 200];
        losses.extend([1.0; 10]);
        curve.follow(&losses);
        // After 10 steps, 1/e of the distance to the old level is left.
        let smooth = curve.smoothed(210).expect("a step");
        assert!((smooth - (1.0 + (-1.0_f32).exp())).abs() < 1e-4, "{smooth}");
        assert_eq!((curve.smoothed(0), curve.smoothed(211)), (None, None));
    }

    #[test]
    fn few_steps_have_a_point_each_and_many_steps_have_their_extremes() {
        let losses: Vec<f32> = (0..100_000_u32).map(|n| if n == 77_777 { 9.0 } else { 1.0 + (n % 7) as f32 }).collect();
        let mut curve = LossCurve::new(100);
        curve.follow(&losses[..50_000]);
        curve.follow(&losses);
        let (whole, smooth) = curve.part(&losses, (0.0, 100_000.0));
        let Losses::Between(between) = whole else { panic!("too many to be drawn one by one") };
        assert!(between.len() <= 2 * STRETCHES && smooth.len() * 2 == between.len());
        assert!(between.iter().any(|point| point.1 == 9.0), "the spike is there");
        assert!(between.chunks(2).all(|pair| pair[0].0 == pair[1].0 && pair[0].1 <= pair[1].1));
        assert_eq!(smooth.last().map(|last| last.0), Some(100_000.0));
        let (part, _) = curve.part(&losses, (77_770.0, 77_790.0));
        let Losses::Each(each) = part else { panic!("few enough") };
        assert_eq!(
            (each.first().map(|first| first.0), each.last().map(|last| last.0)),
            (Some(77_769.0), Some(77_791.0))
        );
        assert!(each.contains(&(77_778.0, 9.0)));
    }

    #[test]
    fn fewer_losses_belong_to_another_run() {
        let mut curve = LossCurve::new(10);
        curve.follow(&[5.0; 40]);
        curve.follow(&[1.0, f32::NAN]);
        assert_eq!((curve.smoothed(1), curve.smoothed(2), curve.smoothed(3)), (Some(1.0), Some(1.0), None));
        assert_eq!(curve.steps(), 10, "the length of the average stays");
    }

    #[test]
    fn a_range_without_numbers_begins_at_the_first_step_and_one_beyond_the_end_is_empty() {
        let losses = [1.0, 2.0, 3.0];
        let mut curve = LossCurve::new(10);
        curve.follow(&losses);
        let steps = |range| match curve.part(&losses, range) {
            (Losses::Each(points) | Losses::Between(points), smooth) => {
                assert!(points.iter().all(|point| f64::from(losses[point.0 as usize - 1]) == point.1));
                (points.iter().map(|point| point.0).collect::<Vec<_>>(), smooth.len())
            }
        };
        assert_eq!(steps((f64::NAN, f64::NAN)), (vec![1.0], 1));
        assert_eq!(steps((-5.0, 3.0)), (vec![1.0, 2.0, 3.0], 3));
        assert_eq!(steps((9.0, 12.0)), (vec![], 0));
        assert_eq!(steps((3.0, 1.0)), (vec![2.0], 1));
        // A range without an end is one stretch: the lowest and the highest loss at its middle.
        let (all, smooth) = curve.part(&losses, (0.0, f64::INFINITY));
        assert_eq!(all, Losses::Between(vec![(2.0, 1.0), (2.0, 3.0)]));
        assert_eq!(smooth.len(), 1);
    }
}
