//! A worker that serves another one as its helper. This is the helper's end of the line to its leader; the leader's end
//! is in [`super::helper`].

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::{Float64Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

use super::helper::NAME;
use crate::trainer::cpu::PeerLost;
use crate::trainer::cpu::task::Task;
use crate::trainer::cpu::worker_pool::{Connection, Leader, help};
use crate::wire::decode;
use crate::wire::scope::{listen, post, scope};

/// The line to the leader.
struct LeaderConnection(Rc<RefCell<Inbox>>);

/// Messages that have arrived, and the future that waits for one.
#[derive(Default)]
struct Inbox {
    messages: VecDeque<JsValue>,
    waiting: Option<Waker>,
}

/// Begins to serve the worker that started this one, if this one is a helper. Returns whether it is.
pub(super) fn serve() -> bool {
    if scope().name() != NAME {
        return false;
    }
    let inbox = Rc::new(RefCell::new(Inbox::default()));
    let line = LeaderConnection(Rc::clone(&inbox));
    let hear = move |event: MessageEvent| {
        let waker = {
            let mut inbox = inbox.borrow_mut();
            inbox.messages.push_back(event.data());
            inbox.waiting.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    };
    listen(hear, post_failure);
    wasm_bindgen_futures::spawn_local(async move {
        let Err(gone) = help(line).await;
        post_failure(&gone.0);
    });
    // An empty message: the code has loaded.
    post(&JsValue::NULL);
    true
}

/// Posts to the leader why this helper cannot go on.
fn post_failure(reason: &str) {
    post(&reason.into());
}

impl LeaderConnection {
    /// Waits for the next message, which has to be of this type.
    async fn next<T: JsCast>(&self) -> Result<T, PeerLost> {
        let message = poll_fn(|context| {
            let mut inbox = self.0.borrow_mut();
            match inbox.messages.pop_front() {
                Some(message) => Poll::Ready(message),
                None => {
                    inbox.waiting = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        });
        message.await.dyn_into().map_err(|_| PeerLost::new("it got a message out of order"))
    }
}

impl Connection for LeaderConnection {
    fn send(&mut self, numbers: &[f64]) {
        post(&Float64Array::from(numbers));
    }

    async fn receive(&mut self) -> Result<Vec<f64>, PeerLost> {
        Ok(self.next::<Float64Array>().await?.to_vec())
    }
}

impl Leader for LeaderConnection {
    async fn task(&mut self) -> Result<Task, PeerLost> {
        let bytes = self.next::<Uint8Array>().await?.to_vec();
        decode(&bytes).map_err(|error| PeerLost(format!("it got a task that cannot be read ({error})")))
    }
}
