//! The worker as the place where a run happens: posts events, hears the page between steps.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageChannel, Performance};

use super::super::protocol::Event;
use super::super::session::{Flow, Host};
use super::{post_event, scope, stop_requested};

/// Seconds between two looks at the page's messages. More often would slow fast devices down.
const BREATHE_EVERY: f64 = 0.05;

/// One run's view of the worker.
pub(super) struct WorkerHost {
    run_id: u32,
    clock: Option<Performance>,
    channel: Option<MessageChannel>,
    last_breath: f64,
}

impl WorkerHost {
    pub(super) fn new(run_id: u32) -> Self {
        Self { run_id, clock: scope().performance(), channel: MessageChannel::new().ok(), last_breath: 0.0 }
    }

    /// Waits for the next task of the event loop. A promise alone would not do: it is settled before any message is
    /// heard. A message to oneself queues up behind those of the page, and unlike a timer it is not slowed down.
    async fn next_task(&self) {
        let Some(channel) = &self.channel else { return };
        let task = Promise::new(&mut |resolve, _| {
            channel.port1().set_onmessage(Some(&resolve));
            // An empty message can always be posted.
            let _ = channel.port2().post_message(&JsValue::NULL);
        });
        // This promise is never rejected.
        let _ = JsFuture::from(task).await;
    }
}

impl Drop for WorkerHost {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.port1().close();
        }
    }
}

impl Host for WorkerHost {
    fn emit(&mut self, event: Event) {
        post_event(self.run_id, event);
    }

    async fn breathe(&mut self) -> Flow {
        let now = self.seconds();
        if now - self.last_breath >= BREATHE_EVERY {
            self.next_task().await;
            self.last_breath = self.seconds();
        }
        if stop_requested() { Flow::Stop } else { Flow::Continue }
    }

    fn seconds(&self) -> f64 {
        self.clock.as_ref().map_or_else(js_sys::Date::now, Performance::now) / 1e3
    }
}
