//! The worker as the place where a run happens: posts events, hears the page between steps.

use web_sys::Performance;

use super::keeper::Keeper;
use super::{flow, next_wish, post_event};
use crate::event_loop::NextTask;
use crate::trainer::engine::host::{Flow, Host};
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::protocol::Event;
use crate::wire::scope::scope;

/// Seconds between two looks at the page's messages. More often would slow fast devices down.
const YIELD_EVERY: f64 = 0.05;

/// Seconds that the end of a run waits for its last checkpoint to be written. The page waits no longer than a second.
const WRITE_PATIENCE: f64 = 0.6;

/// One run's view of the worker.
pub(super) struct WorkerHost {
    run_id: u32,
    clock: Option<Performance>,
    next_task: NextTask,
    last_yield: f64,
    keeper: Keeper,
    /// How the run ended, until that is told.
    end: Option<Event>,
}

impl WorkerHost {
    pub(super) fn new(run_id: u32) -> Self {
        Self {
            run_id,
            clock: scope().performance(),
            next_task: NextTask::new(),
            last_yield: 0.0,
            keeper: Keeper::new(run_id),
            end: None,
        }
    }

    /// Tells how the run ended, after what was to be kept of it: nobody listens any more afterwards.
    pub(super) async fn finish(mut self) {
        let began = self.seconds();
        while self.keeper.is_busy() && self.seconds() - began < WRITE_PATIENCE {
            self.next_task.wait().await;
        }
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
        if now - self.last_yield >= YIELD_EVERY {
            self.next_task.wait().await;
            self.last_yield = self.seconds();
        }
        flow()
    }

    async fn wait(&mut self) -> Flow {
        next_wish().await
    }

    fn seconds(&self) -> f64 {
        self.clock.as_ref().map_or_else(js_sys::Date::now, Performance::now) / 1e3
    }
}
