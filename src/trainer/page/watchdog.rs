//! Notices that a worker is lost although the browser reports nothing: it has closed itself, loops for ever, or was ended.
//!
//! A state machine without a browser or a clock of its own. It is looked at every few seconds. A worker that has been
//! silent for a while is asked for a sign of life, which its loader gives as soon as the worker is idle for a moment.

/// The seconds between two looks.
pub(super) const LOOK_EVERY: f64 = 5.0;

/// Seconds of silence after which the worker is asked for a sign of life.
const ASK_AFTER: f64 = 5.0;

/// Seconds of silence after which the worker is lost. A step on the CPU is not interrupted, and a slow phone takes
/// seconds for one of the usual size.
const PATIENCE: f64 = 60.0;

/// Seconds of silence after which a worker is lost whose steps have turned out to be short.
const SHORT_PATIENCE: f64 = 20.0;

/// The number of reports of steps that show how long steps take on this device.
const ENOUGH_REPORTS: u32 = 5;

/// The patience grows by this many times the longest silence before a report so far: the machine may become busy.
const TIMES_LONGER: f64 = 4.0;

/// The number of images in a step that [`PATIENCE`] is meant for. Larger steps may take longer.
const USUAL_BATCH: u32 = 512;

/// Seconds of silence after which a worker that still loads is lost. Some browsers hand it no message before it has.
const SILENT_LOADING_PATIENCE: f64 = 120.0;

/// Seconds that a worker may load, however much it is alive: on a slow line the code takes minutes to arrive.
const LOADING_PATIENCE: f64 = 300.0;

/// What to do after a look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Look {
    /// Nothing: the worker is alive, or nobody can tell.
    Fine,
    /// Ask the worker for a sign of life.
    Ask,
    /// The worker is lost, for this reason.
    Lost(&'static str),
}

/// The state of one worker, as far as its messages tell.
#[derive(Clone, Debug)]
pub(super) struct Watchdog {
    /// When the worker was last looked at.
    last_look: Option<f64>,
    /// Seconds without a sign of life.
    silence: f64,
    /// Whether the worker was asked since its last sign of life.
    is_asked: bool,
    /// Seconds of loading so far; `None` once an event has come.
    loading: Option<f64>,
    /// Seconds of silence after which the worker is lost, as long as nobody knows how long its steps take.
    patience: f64,
    /// The number of reports of steps.
    reports: u32,
    /// The longest silence before a report.
    longest: f64,
    /// Whether the worker has tested since its last report: what it does now may take longer than its steps.
    is_testing: bool,
}

impl Default for Watchdog {
    /// A worker that was just started.
    fn default() -> Self {
        Self {
            last_look: None,
            silence: 0.0,
            is_asked: false,
            loading: Some(0.0),
            patience: PATIENCE,
            reports: 0,
            longest: 0.0,
            is_testing: false,
        }
    }
}

impl Watchdog {
    /// Adapts the patience to steps of this number of images on the CPU; `None` for all else.
    pub(super) fn expect_steps_of(&mut self, batch_size: Option<u32>) {
        let times = f64::from(batch_size.unwrap_or_default()) / f64::from(USUAL_BATCH);
        self.patience = PATIENCE * times.max(1.0);
        (self.reports, self.longest) = (0, 0.0);
        self.hear_sign();
    }

    /// The worker has given a sign of life.
    pub(super) fn hear_sign(&mut self) {
        (self.silence, self.is_asked) = (0.0, false);
    }

    /// The worker has posted an event, so its code has loaded.
    pub(super) fn hear_event(&mut self) {
        self.loading = None;
        self.hear_sign();
    }

    /// The worker has reported steps.
    pub(super) fn hear_report(&mut self) {
        self.reports += 1;
        self.longest = self.longest.max(self.silence);
        self.is_testing = false;
        self.hear_event();
    }

    /// The worker tests the net, or is about to. How long its steps take says nothing about that: many more images are
    /// classified at once, and on a graphics adapter the shaders for it are compiled first.
    pub(super) fn hear_test(&mut self) {
        self.is_testing = true;
        self.hear_event();
    }

    /// Looks at the worker at the time `now`, in seconds. With `is_out_of_sight`, nobody can tell whether it is alive.
    pub(super) fn look(&mut self, now: f64, is_out_of_sight: bool) -> Look {
        // A look that comes late was held up: the machine was suspended, or the page was busy. Then the worker had no
        // chance to answer either.
        let passed = self.last_look.map_or(0.0, |last| (now - last).clamp(0.0, LOOK_EVERY));
        self.last_look = Some(now);
        if is_out_of_sight {
            return Look::Fine;
        }
        self.silence += passed;
        let mut patience = self.patience;
        if self.reports >= ENOUGH_REPORTS && !self.is_testing {
            patience = patience.min(SHORT_PATIENCE + TIMES_LONGER * self.longest);
        }
        if let Some(loading) = &mut self.loading {
            *loading += passed;
            if *loading >= LOADING_PATIENCE {
                return Look::Lost("its code did not arrive within five minutes");
            }
            patience = patience.max(SILENT_LOADING_PATIENCE);
        }
        if self.silence >= patience {
            return Look::Lost("it no longer answers");
        }
        if self.silence >= ASK_AFTER && !std::mem::replace(&mut self.is_asked, true) {
            return Look::Ask;
        }
        Look::Fine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A worker with a clock beside it.
    struct Watched(Watchdog, f64);

    impl Watched {
        /// A worker that has begun its work.
        fn at_work() -> Self {
            let mut watched = Self(Watchdog::default(), 1000.0);
            watched.0.hear_event();
            watched.0.look(watched.1, false);
            watched
        }

        /// The answers of the looks in this number of seconds, without those that say nothing. `live` decides whether
        /// the worker gives a sign of life when it is asked.
        fn looks(&mut self, seconds: f64, is_out_of_sight: bool, live: bool) -> Vec<Look> {
            let mut looks = Vec::new();
            for _ in 0..(seconds / LOOK_EVERY) as u32 {
                self.1 += LOOK_EVERY;
                let look = self.0.look(self.1, is_out_of_sight);
                if look == Look::Ask && live {
                    self.0.hear_sign();
                }
                looks.extend(Some(look).filter(|look| *look != Look::Fine));
            }
            looks
        }
    }

    #[test]
    fn a_worker_that_closes_silently_or_loops_is_asked_once_and_then_lost() {
        let mut watched = Watched::at_work();
        assert_eq!(watched.looks(55.0, false, false), [Look::Ask]);
        assert_eq!(watched.looks(5.0, false, false), [Look::Lost("it no longer answers")]);
    }

    #[test]
    fn a_worker_whose_steps_are_short_is_lost_sooner() {
        let mut watched = Watched::at_work();
        (0..ENOUGH_REPORTS).for_each(|_| watched.0.hear_report());
        assert_eq!(watched.looks(15.0, false, false), [Look::Ask]);
        assert_eq!(watched.looks(5.0, false, false), [Look::Lost("it no longer answers")]);
        // The next run may have larger steps.
        watched.0.expect_steps_of(Some(512));
        assert_eq!(watched.looks(55.0, false, false), [Look::Ask]);
    }

    #[test]
    fn a_worker_whose_steps_take_long_is_not_lost_when_one_takes_longer() {
        let mut watched = Watched::at_work();
        for _ in 0..ENOUGH_REPORTS {
            assert_eq!(watched.looks(10.0, false, false), [Look::Ask]);
            watched.0.hear_report();
        }
        assert_eq!(watched.looks(55.0, false, false), [Look::Ask]);
        assert_eq!(watched.looks(5.0, false, false), [Look::Lost("it no longer answers")]);
    }

    #[test]
    fn the_first_images_of_a_test_may_take_much_longer_than_the_steps_before() {
        let mut watched = Watched::at_work();
        (0..ENOUGH_REPORTS).for_each(|_| watched.0.hear_report());
        watched.0.hear_test();
        assert_eq!(watched.looks(55.0, false, false), [Look::Ask]);
        watched.0.hear_test();
        assert_eq!(watched.looks(60.0, false, false), [Look::Ask, Look::Lost("it no longer answers")]);
        // The next epoch has steps again.
        watched.0.hear_test();
        watched.0.hear_report();
        assert_eq!(watched.looks(20.0, false, false), [Look::Ask, Look::Lost("it no longer answers")]);
    }

    #[test]
    fn a_silent_worker_that_answers_is_never_lost() {
        let looks = Watched::at_work().looks(3600.0, false, true);
        assert!(looks.len() > 100 && looks.iter().all(|look| *look == Look::Ask), "{looks:?}");
    }

    #[test]
    fn events_are_signs_of_life() {
        let mut watched = Watched::at_work();
        for _ in 0..100 {
            assert!(!watched.looks(50.0, false, false).contains(&Look::Lost("it no longer answers")));
            watched.0.hear_event();
        }
    }

    #[test]
    fn a_hidden_page_and_a_suspended_machine_lose_no_worker() {
        let mut watched = Watched::at_work();
        assert_eq!(watched.looks(3600.0, true, false), []);
        for _ in 0..5 {
            // A night, then one look.
            watched.1 += 30_000.0;
            assert_ne!(watched.looks(LOOK_EVERY, false, false), [Look::Lost("it no longer answers")]);
        }
        // A clock that is set back counts as no time.
        watched.1 -= 5000.0;
        assert_eq!(watched.looks(5.0, false, false), []);
    }

    #[test]
    fn large_steps_may_take_longer() {
        let mut watched = Watched::at_work();
        watched.0.expect_steps_of(Some(4096));
        assert_eq!(watched.looks(475.0, false, false), [Look::Ask]);
        assert_eq!(watched.looks(5.0, false, false), [Look::Lost("it no longer answers")]);
        watched.0.expect_steps_of(Some(128));
        assert_eq!(watched.looks(60.0, false, false).len(), 2, "small steps take no shorter than usual");
    }

    #[test]
    fn a_worker_that_loads_slowly_has_five_minutes_and_a_dead_one_has_two() {
        let mut slow = Watched(Watchdog::default(), 0.0);
        slow.0.look(0.0, false);
        let looks = slow.looks(295.0, false, true);
        assert!(looks.iter().all(|look| *look == Look::Ask), "{looks:?}");
        assert_eq!(slow.looks(5.0, false, true), [Look::Lost("its code did not arrive within five minutes")]);
        let mut dead = Watched(Watchdog::default(), 0.0);
        dead.0.look(0.0, false);
        assert_eq!(dead.looks(120.0, false, false), [Look::Ask, Look::Lost("it no longer answers")]);
    }
}
