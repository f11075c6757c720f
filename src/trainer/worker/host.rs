//! The worker as the host of a run: it posts the run's events, and hears the page between steps.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::Performance;

use super::inbox::Inbox;
use super::keeper::Keeper;
use super::post::post_event;
use crate::event_loop::NextTask;
use crate::trainer::engine::host::{Flow, Host};
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::protocol::Event;
use crate::wire::scope::scope;

/// Seconds between two turns for the browser, in which messages of the page arrive. More turns would slow fast devices
/// down.
const YIELD_EVERY: f64 = 0.05;

/// Seconds that a step, or the end of a run, waits until the last checkpoint is stored. The page waits at most a second.
const WRITE_PATIENCE: f64 = 0.6;

/// The host of one run.
pub(super) struct WorkerHost {
    run_id: u32,
    inbox: Rc<Inbox<Vec<JsValue>>>,
    clock: Option<Performance>,
    next_task: NextTask,
    last_yield: f64,
    keeper: Keeper,
    /// The last event of the run, until it is posted.
    end: Option<Event>,
}

impl WorkerHost {
    pub(super) fn new(run_id: u32, inbox: Rc<Inbox<Vec<JsValue>>>) -> Self {
        Self {
            run_id,
            inbox,
            clock: scope().performance(),
            next_task: NextTask::new(),
            last_yield: 0.0,
            keeper: Keeper::new(run_id),
            end: None,
        }
    }

    /// Whether the page has asked this run to stop.
    pub(super) fn is_stop_requested(&self) -> bool {
        self.inbox.is_stop_requested()
    }

    /// Posts the run's last event as soon as its checkpoints are stored: after it, the page no longer listens.
    pub(super) async fn finish(mut self) {
        self.settle(WRITE_PATIENCE).await;
        if let Some(end) = self.end.take() {
            post_event(self.run_id, end);
        }
    }
}

impl Host for WorkerHost {
    fn emit(&mut self, event: Event) {
        if event.is_end() {
            self.end = Some(event);
        } else {
            post_event(self.run_id, event);
        }
    }

    fn save(&mut self, checkpoint: Checkpoint) {
        self.keeper.keep(checkpoint);
    }

    async fn yield_now(&mut self) -> Flow {
        let now = self.seconds();
        let passed = now - self.last_yield;
        if passed >= YIELD_EVERY {
            self.next_task.wait().await;
            // Writing a checkpoint takes several turns. Between slow steps it would take as many steps: until then nothing
            // would be stored, and the open transaction would keep every other reader of the database waiting. Fast steps
            // leave it turns enough.
            self.settle((passed - YIELD_EVERY).min(WRITE_PATIENCE)).await;
            self.last_yield = self.seconds();
        }
        self.inbox.flow()
    }

    async fn settle(&mut self, patience: f64) {
        let began = self.seconds();
        while self.keeper.is_busy() && self.seconds() - began < patience {
            self.next_task.wait().await;
        }
    }

    async fn wait(&mut self) -> Flow {
        self.inbox.end_of_pause().await
    }

    fn seconds(&self) -> f64 {
        self.clock.as_ref().map_or_else(js_sys::Date::now, Performance::now) / 1e3
    }
}
