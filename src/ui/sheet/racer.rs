//! Computes the race in pieces, so that a million rows never hold up the page.

use leptos::prelude::*;

use crate::event_loop::NextTask;
use crate::sheet::Race;
use crate::sheet::lesson::Lesson;
use crate::ui::kit::clock::now;

/// Milliseconds of work at once, well within a frame.
const SLICE: f64 = 7.0;
/// Milliseconds between two looks of the page at a race under way; each costs the page a redraw.
const LOOK: f64 = 100.0;
/// Rows between two looks at the clock.
const PIECE: usize = 4096;

/// The race, and the work on it.
#[derive(Clone, Copy)]
pub(crate) struct Racer {
    /// The runs, as far as they are computed.
    pub(crate) race: RwSignal<Race>,
    /// Whether a task is computing.
    busy: StoredValue<bool>,
}

impl Racer {
    /// Starts with a lesson.
    pub(crate) fn new(lesson: Lesson, updates: usize) -> Self {
        let racer = Self { race: RwSignal::new(Race::new(lesson, updates)), busy: StoredValue::new(false) };
        racer.set(lesson, updates);
        racer
    }

    /// Races with another lesson or length. Short races are over when this returns; long ones go on in later tasks.
    pub(crate) fn set(self, lesson: Lesson, updates: usize) {
        let mut done = false;
        self.race.update(|race| {
            race.set(lesson, updates);
            done = work(race);
        });
        if !done && !self.busy.get_value() {
            self.busy.set_value(true);
            leptos::task::spawn_local(self.go_on());
        }
    }

    async fn go_on(self) {
        let next_task = NextTask::new();
        let mut looked = now();
        loop {
            next_task.wait().await;
            let step = |race: &mut Race| {
                let own = race.own().last();
                let done = work(race);
                // The user's own run is shown as soon as it is there; the others can wait for the next look.
                (done, race.own().last() > own && race.own().last() == race.updates())
            };
            // The page may be on its way out.
            let Some((done, own)) = self.race.try_update_untracked(step) else { return };
            if done || own || now() - looked >= LOOK {
                looked = now();
                self.race.notify();
            }
            if done {
                self.busy.set_value(false);
                return;
            }
        }
    }
}

/// Works for one slice, and tells whether everything is there.
fn work(race: &mut Race) -> bool {
    let end = now() + SLICE;
    while !race.work(PIECE) {
        if now() >= end {
            return false;
        }
    }
    true
}
