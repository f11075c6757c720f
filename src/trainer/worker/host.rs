//! The worker as the place where a run happens: posts events, hears the page between steps.

use web_sys::Performance;

use super::super::protocol::Event;
use super::super::session::{Flow, Host};
use super::{flow, next_wish, post_event};
use crate::event_loop::NextTask;
use crate::wire::scope::scope;

/// Seconds between two looks at the page's messages. More often would slow fast devices down.
const BREATHE_EVERY: f64 = 0.05;

/// One run's view of the worker.
pub(super) struct WorkerHost {
    run_id: u32,
    clock: Option<Performance>,
    next_task: NextTask,
    last_breath: f64,
}

impl WorkerHost {
    pub(super) fn new(run_id: u32) -> Self {
        Self { run_id, clock: scope().performance(), next_task: NextTask::new(), last_breath: 0.0 }
    }
}

impl Host for WorkerHost {
    fn emit(&mut self, event: Event) {
        post_event(self.run_id, event);
    }

    async fn breathe(&mut self) -> Flow {
        let now = self.seconds();
        if now - self.last_breath >= BREATHE_EVERY {
            self.next_task.wait().await;
            self.last_breath = self.seconds();
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
