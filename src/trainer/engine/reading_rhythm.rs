//! How often the outcomes of steps are read back, and how many steps are queued on a device.

use super::learner::Learner;

/// The most work that a device is given before the loop waits for it, in seconds. A pause begins after at most this
/// time.
const WAIT_EVERY: f64 = 0.1;

/// The longest time between two reads of outcomes, in seconds, even on a very slow device.
const READ_PATIENCE: f64 = 20.0;

/// `ReadingRhythm` decides after each step whether its outcome is read now. Each read interrupts a graphics adapter, so
/// the training loop and the measurement of its speed read in the same rhythm.
#[derive(Clone, Debug)]
pub(crate) struct ReadingRhythm {
    /// Steps whose outcomes are not read yet.
    waiting: usize,
    /// Steps that may be queued on the device before the loop waits for it: about [`WAIT_EVERY`] seconds of work.
    ahead: usize,
    /// Outcomes that may wait on the device. The first is read at once: it shows that the device works, and its speed.
    to_read: usize,
    /// When outcomes were last read, in seconds.
    last_read: f64,
}

impl ReadingRhythm {
    /// Begins at the time `now`, in seconds.
    pub(crate) fn new(now: f64) -> Self {
        Self { waiting: 0, ahead: 1, to_read: 1, last_read: now }
    }

    /// Returns the number of steps whose outcomes are not read yet.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Notes that a step was given to the device.
    pub(crate) fn step(&mut self) {
        self.waiting += 1;
    }

    /// Whether outcomes are to be read now.
    pub(crate) fn is_time_to_read(&self, now: f64) -> bool {
        self.waiting >= self.to_read || now - self.last_read >= READ_PATIENCE
    }

    /// Whether the loop is to wait now until the device has finished all steps.
    pub(crate) fn is_time_to_catch_up(&self) -> bool {
        self.waiting.is_multiple_of(self.ahead)
    }

    /// Notes that the outcomes of all steps that waited were read. Returns the seconds that each of them took.
    pub(crate) fn read<L: Learner>(&mut self, now: f64, learner: &L) -> f64 {
        let count = std::mem::take(&mut self.waiting).max(1);
        let seconds_per_step = (now - self.last_read) / count as f64;
        self.ahead = ((WAIT_EVERY / seconds_per_step.max(1e-6)) as usize).clamp(1, learner.most_steps_ahead());
        self.to_read = self.ahead.max(learner.fewest_steps_to_read());
        self.last_read = now;
        seconds_per_step
    }

    /// Notes that the device did other work until `now`, which does not tell how long a step takes.
    pub(crate) fn skip_to(&mut self, now: f64) {
        self.last_read = now;
    }
}
