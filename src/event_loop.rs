//! Letting the browser have its turn in the middle of long work, on the page as in a worker.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// A way to wait for the next task of the event loop.
///
/// A promise alone would not do: it is settled before any message is heard. A message to oneself queues up behind
/// those of others, and unlike a timer it is not slowed down.
#[derive(Debug)]
pub(crate) struct NextTask {
    channel: Option<MessageChannel>,
}

impl NextTask {
    pub(crate) fn new() -> Self {
        Self { channel: MessageChannel::new().ok() }
    }

    /// Goes on in the next task.
    pub(crate) async fn wait(&self) {
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

impl Drop for NextTask {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.port1().close();
        }
    }
}
