//! Yielding: long work gives the browser a turn, on the page and in workers.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// A way to wait for the next task of the event loop.
///
/// A resolved promise would not help, because it continues before any waiting message is delivered. A message to
/// oneself comes after the messages that wait already, and browsers do not delay it as they delay timers.
#[derive(Debug)]
pub(crate) struct NextTask {
    channel: Option<MessageChannel>,
}

impl NextTask {
    /// Opens the channel that wakes this task up again.
    pub(crate) fn new() -> Self {
        Self { channel: MessageChannel::new().ok() }
    }

    /// Waits until the next task, so that the browser can deliver messages and draw.
    pub(crate) async fn wait(&self) {
        let Some(channel) = &self.channel else { return };
        let task = Promise::new(&mut |resolve, _| {
            channel.port1().set_onmessage(Some(&resolve));
            // Posting an empty message cannot fail.
            let _ = channel.port2().post_message(&JsValue::NULL);
        });
        // The promise is never rejected.
        let _ = JsFuture::from(task).await;
    }
}

impl Drop for NextTask {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.port1().close();
        }
    }
}
