//! A run's losses as they are drawn: the extremes of every stretch, and an exponentially smoothed mean. Both grow with
//! the run, at the cost of the new steps alone.

use crate::charts::{Envelope, Extremes};

/// The most stretches that a plot is divided into.
const STRETCHES: usize = 512;

/// What the loss chart draws from, beside the losses themselves.
#[derive(Clone, Debug, Default)]
pub struct LossCurve {
    envelope: Envelope,
    smoothing: Smoothing,
    smooth: Vec<f32>,
}

/// A mean that forgets: a step that is `steps` steps old counts 1/e of the newest. It is divided by the weights so far,
/// so that it does not begin at 0.
#[derive(Clone, Copy, Debug, Default)]
struct Smoothing {
    steps: f64,
    sum: f64,
    weights: f64,
}

impl Smoothing {
    fn add(&mut self, value: f64) -> f64 {
        let keep = if self.steps > 0.0 { libm::exp(-1.0 / self.steps) } else { 0.0 };
        if value.is_finite() {
            self.sum = self.sum * keep + value;
            self.weights = self.weights * keep + 1.0;
        }
        self.sum / self.weights
    }
}

/// The losses of a part of a run, ready to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Losses {
    /// Each step's.
    Each(Vec<(f64, f64)>),
    /// Pairs of the lowest and the highest of each stretch, at its middle.
    Between(Vec<(f64, f64)>),
}

impl LossCurve {
    /// A curve without steps, smoothed over about so many.
    pub fn new(steps: u32) -> Self {
        Self { smoothing: Smoothing { steps: f64::from(steps), ..Smoothing::default() }, ..Self::default() }
    }

    /// A smoothing that suits a run of this many steps: a two-hundredth of it.
    pub fn usual_steps(total: u32) -> u32 {
        (total / 200).clamp(10, 1000)
    }

    /// Steps that the mean reaches back.
    pub fn steps(&self) -> u32 {
        self.smoothing.steps as u32
    }

    /// Takes in the losses that are new. Fewer of them than before are another run's.
    pub fn follow(&mut self, losses: &[f32]) {
        if losses.len() < self.envelope.len() {
            *self = Self::new(self.steps());
        }
        for &loss in &losses[self.smooth.len()..] {
            let smooth = self.smoothing.add(f64::from(loss)) as f32;
            self.smooth.push(smooth);
        }
        self.envelope.follow(losses);
    }

    /// The smoothed loss after so many steps, from 1.
    pub fn smoothed(&self, step: usize) -> Option<f32> {
        self.smooth.get(step.checked_sub(1)?).copied()
    }

    /// The extremes of the losses of the steps `from..to`, counted from 0.
    pub fn extremes(&self, losses: &[f32], from: usize, to: usize) -> Extremes {
        self.envelope.within(losses, from, to)
    }

    /// The losses and their smoothed mean from step `range.0` to step `range.1`, counted from 1 as on the axis; the
    /// neighbours on either side belong to it, so that the curves reach the edges of the plot.
    pub fn part(&self, losses: &[f32], range: (f64, f64)) -> (Losses, Vec<(f64, f64)>) {
        // What is not a number becomes 0.
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

    #[test]
    fn the_mean_forgets_exponentially_and_begins_with_the_first_loss() {
        let mut curve = LossCurve::new(10);
        curve.follow(&[2.0]);
        assert_eq!(curve.smoothed(1), Some(2.0));
        let mut losses = vec![2.0; 200];
        losses.extend([1.0; 10]);
        curve.follow(&losses);
        // After as many steps as it reaches back, 1/e of the old level is left.
        let smooth = curve.smoothed(210).expect("a step");
        assert!((smooth - (1.0 + (-1.0_f32).exp())).abs() < 1e-4, "{smooth}");
        assert_eq!((curve.smoothed(0), curve.smoothed(211)), (None, None));
    }

    #[test]
    fn few_steps_are_drawn_one_by_one_and_many_by_their_extremes() {
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
    fn another_run_begins_anew_and_nonsense_does_no_harm() {
        let mut curve = LossCurve::new(10);
        curve.follow(&[5.0; 40]);
        curve.follow(&[1.0, f32::NAN]);
        assert_eq!((curve.smoothed(2), curve.smoothed(3)), (Some(1.0), None));
        let (part, _) = curve.part(&[1.0, f32::NAN], (f64::NAN, f64::INFINITY));
        assert!(matches!(part, Losses::Each(_) | Losses::Between(_)));
    }
}
