//! The clock of a run, which counts only the time in which it works.

/// Seconds between two readings above which the machine may have been suspended.
const LONG: f64 = 30.0;

/// A gap counts as a suspension if it is longer than the longest gap before it, times this.
const FAR_LONGER: f64 = 20.0;

/// The number of readings after which the longest gap says how long the work between two readings may take.
const ENOUGH_READINGS: u32 = 20;

/// `RunClock` turns readings of the host's clock into the seconds that a run has worked. Pauses do not count, and
/// neither does the time for which a laptop was suspended, where it can be told: on some systems the host's clock goes
/// on meanwhile, and then one gap between two readings is far longer than all gaps before.
#[derive(Clone, Debug)]
pub(crate) struct RunClock {
    /// The seconds of work until the last reading.
    worked: f64,
    /// The last reading of the host's clock.
    last: f64,
    longest_gap: f64,
    readings: u32,
    is_held: bool,
}

impl RunClock {
    /// Starts the clock of a run that has worked for this number of seconds, at this time of the host's clock.
    pub(crate) fn new(worked: f64, now: f64) -> Self {
        Self { worked, last: now, longest_gap: 0.0, readings: 0, is_held: false }
    }

    /// Returns the seconds that the run has worked until `now`, a time of the host's clock.
    pub(crate) fn read(&mut self, now: f64) -> f64 {
        let gap = (now - self.last).max(0.0);
        self.last = now;
        if self.is_held || self.is_suspension(gap) {
            return self.worked;
        }
        self.longest_gap = self.longest_gap.max(gap);
        self.readings = self.readings.saturating_add(1);
        self.worked += gap;
        self.worked
    }

    /// Holds the clock from `now` on: the run is paused.
    pub(crate) fn hold(&mut self, now: f64) {
        self.read(now);
        self.is_held = true;
    }

    /// Lets the clock go on from `now` on.
    pub(crate) fn go_on(&mut self, now: f64) {
        self.read(now);
        self.is_held = false;
    }

    fn is_suspension(&self, gap: f64) -> bool {
        self.readings >= ENOUGH_READINGS && gap > LONG && gap > FAR_LONGER * self.longest_gap
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_do_not_count() {
        let mut clock = RunClock::new(5.0, 100.0);
        assert_eq!(clock.read(102.0), 7.0);
        clock.hold(103.0);
        assert_eq!(clock.read(900.0), 8.0, "it stands still");
        clock.go_on(1000.0);
        assert_eq!(clock.read(1001.0), 9.0);
    }

    #[test]
    fn a_suspended_machine_does_not_count_but_slow_work_does() {
        let mut clock = RunClock::new(0.0, 0.0);
        // The first step of a slow adapter takes a minute, and each of the next ones a second.
        assert_eq!(clock.read(60.0), 60.0);
        for now in 61..=100 {
            clock.read(f64::from(now));
        }
        assert_eq!(clock.read(900.0), 900.0, "that is less than twenty times as long as the first step");
        let mut clock = RunClock::new(0.0, 0.0);
        for now in 1..=40 {
            clock.read(f64::from(now));
        }
        assert_eq!(clock.read(65.0), 65.0, "half a minute is not long");
        assert_eq!(clock.read(9_065.0), 65.0, "a night's gap is far longer than all before");
        assert_eq!(clock.read(9_066.0), 66.0, "it goes on after the night");
    }
}
