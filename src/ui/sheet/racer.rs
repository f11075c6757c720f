//! Computes the runs in short slices, so that a million rows do not block the page.

use leptos::prelude::*;

use crate::event_loop::NextTask;
use crate::sheet::Race;
use crate::sheet::lesson::Lesson;
use crate::ui::kit::clock::now;

/// The length of a slice in milliseconds, less than half a frame.
const SLICE: f64 = 7.0;
/// The time in milliseconds between two notifications of the page, which draws everything again each time.
const NOTIFY_INTERVAL: f64 = 100.0;
/// The number of rows that are computed between two readings of the clock.
const PIECE: usize = 4096;

/// The runs, and the task that computes them.
#[derive(Clone, Copy)]
pub(crate) struct Racer {
    /// The user's run and the compared ones, as far as they are computed.
    pub(crate) race: RwSignal<Race>,
    /// Whether a task is computing.
    busy: StoredValue<bool>,
}

impl Racer {
    /// Creates the runs of a lesson and starts to compute them.
    pub(crate) fn new(lesson: Lesson, updates: usize) -> Self {
        let racer = Self { race: RwSignal::new(Race::new(lesson, updates)), busy: StoredValue::new(false) };
        racer.set(lesson, updates);
        racer
    }

    /// Computes the runs of another lesson or length. Short runs are complete when this returns; long ones are computed
    /// in later tasks.
    pub(crate) fn set(self, lesson: Lesson, updates: usize) {
        let mut done = false;
        self.race.update(|race| {
            race.set(lesson, updates);
            done = work(race);
        });
        if !done && !self.busy.get_value() {
            self.busy.set_value(true);
            leptos::task::spawn_local(self.compute_rest());
        }
    }

    /// Computes slice after slice until all runs are complete.
    async fn compute_rest(self) {
        let next_task = NextTask::new();
        let mut notified = now();
        loop {
            next_task.wait().await;
            let step = |race: &mut Race| {
                let own = race.own().last();
                let done = work(race);
                // The user's own run is shown as soon as it is complete; the others wait for the next notification.
                (done, race.own().last() > own && race.own().last() == race.updates())
            };
            // The signal is missing if the page is being closed.
            let Some((done, own)) = self.race.try_update_untracked(step) else { return };
            if done || own || now() - notified >= NOTIFY_INTERVAL {
                notified = now();
                self.race.notify();
            }
            if done {
                self.busy.set_value(false);
                return;
            }
        }
    }
}

/// Computes for one slice; returns whether all runs are complete.
fn work(race: &mut Race) -> bool {
    let end = now() + SLICE;
    while !race.work(PIECE) {
        if now() >= end {
            return false;
        }
    }
    true
}
