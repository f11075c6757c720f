//! A browser's helpers on the CPU: workers of this worker, with the same code. Here are both ends of the lines to them.
//!
//! A helper says that it has loaded by an empty message. From then on numbers travel as `Float64Array`, tasks as bytes, and
//! what went wrong in a helper as text.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};

use js_sys::{Float64Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

use crate::trainer::cpu::PeerLost;
use crate::trainer::cpu::task::Task;
use crate::trainer::cpu::worker_pool::{Connection, Helper, Leader, WorkerPool, help};
use crate::wire::page::Wire;
use crate::wire::scope::{listen, post, scope};
use crate::wire::{decode, encode};

/// What a helper's scope is called, so that the code knows what it is to be.
const NAME: &str = "gradsheet-helper";

/// How long a helper may keep us waiting, in looks at it. A step of the largest batch takes seconds on a slow machine.
const PATIENCE: u32 = 4;
/// Milliseconds between two looks.
const LOOK_EVERY: i32 = 5000;

/// A helper, until this is dropped.
pub(super) struct Nested {
    inner: Rc<RefCell<Inner>>,
    watch: Option<Watch>,
}

#[derive(Default)]
struct Inner {
    wire: Wire,
    loaded: bool,
    heard: VecDeque<Vec<f64>>,
    /// Why it is no more.
    gone: Option<PeerLost>,
    /// Who waits for it.
    waiting: Option<Waker>,
    /// Looks at it since it was last waited for.
    looks: u32,
}

/// A timer of ours.
struct Watch {
    timer: i32,
    _look: Closure<dyn FnMut()>,
}

impl Nested {
    /// Starts one. It is asked and sent to at once; all that waits until it has loaded.
    pub(super) fn start() -> Self {
        let inner = Rc::new(RefCell::new(Inner::default()));
        let (hearing, failing) = (Rc::downgrade(&inner), Rc::downgrade(&inner));
        let hear = move |event: MessageEvent| with(&hearing, |inner| inner.hear(&event.data()));
        let fail = move |reason: &str| with(&failing, |inner| inner.lose(reason));
        // The same code, but it fetches no data.
        let address = scope().location().href();
        let address = address.split('&').next().unwrap_or_default();
        let connected = inner.borrow_mut().wire.connect(address, NAME, hear, fail);
        if let Err(reason) = connected {
            inner.borrow_mut().lose(&reason);
        }
        let watch = Watch::new(&inner);
        Self { inner, watch }
    }

    /// Waits until it has loaded.
    fn loaded(&self) -> impl Future<Output = Result<(), PeerLost>> {
        self.wait(|inner| inner.loaded.then_some(()))
    }

    /// Waits for something, but not for ever.
    fn wait<T>(&self, find: impl Fn(&mut Inner) -> Option<T>) -> impl Future<Output = Result<T, PeerLost>> {
        poll_fn(move |context: &mut Context<'_>| {
            let mut inner = self.inner.borrow_mut();
            inner.looks = 0;
            if let Some(gone) = &inner.gone {
                return Poll::Ready(Err(gone.clone()));
            }
            match find(&mut inner) {
                Some(found) => Poll::Ready(Ok(found)),
                None => {
                    inner.waiting = Some(context.waker().clone());
                    Poll::Pending
                }
            }
        })
    }
}

/// Changes what is known of a helper, and wakes who waits for it.
fn with(inner: &Weak<RefCell<Inner>>, change: impl FnOnce(&mut Inner)) {
    let Some(inner) = inner.upgrade() else { return };
    let waker = {
        let mut inner = inner.borrow_mut();
        change(&mut inner);
        inner.waiting.take()
    };
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Inner {
    fn hear(&mut self, message: &JsValue) {
        if let Some(numbers) = message.dyn_ref::<Float64Array>() {
            self.heard.push_back(numbers.to_vec());
        } else if let Some(reason) = message.as_string() {
            self.lose(&reason);
        } else {
            self.loaded = true;
            self.wire.loaded();
        }
    }

    /// Notes why it is no more; the first reason is the cause.
    fn lose(&mut self, reason: &str) {
        self.gone.get_or_insert_with(|| PeerLost::new(reason));
    }
}

impl Watch {
    /// Looks now and then how long a helper has kept us waiting: one that the browser has ended says nothing.
    fn new(inner: &Rc<RefCell<Inner>>) -> Option<Self> {
        let watched = Rc::downgrade(inner);
        let look = Closure::<dyn FnMut()>::new(move || {
            let is_silent = watched.upgrade().is_some_and(|inner| {
                let mut inner = inner.borrow_mut();
                inner.looks += u32::from(inner.waiting.is_some());
                inner.looks > PATIENCE
            });
            if is_silent {
                with(&watched, |inner| inner.lose("it does not answer"));
            }
        });
        let callback = look.as_ref().unchecked_ref();
        // Without a timer, errors are still heard.
        let timer = scope().set_interval_with_callback_and_timeout_and_arguments_0(callback, LOOK_EVERY).ok()?;
        Some(Self { timer, _look: look })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        scope().clear_interval_with_handle(self.timer);
    }
}

impl Connection for Nested {
    fn send(&mut self, numbers: &[f64]) {
        self.inner.borrow_mut().wire.post(Float64Array::from(numbers).into());
    }

    fn receive(&mut self) -> impl Future<Output = Result<Vec<f64>, PeerLost>> {
        self.wait(|inner| inner.heard.pop_front())
    }
}

impl Helper for Nested {
    fn ask(&mut self, task: Task) {
        // The encoding of plain data cannot fail.
        if let Ok(bytes) = encode(&task) {
            self.inner.borrow_mut().wire.post(Uint8Array::from(bytes.as_slice()).into());
        }
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        self.watch = None;
        self.inner.borrow_mut().wire.disconnect();
    }
}

/// Workers that share batches, this one included; the others begin to load.
pub(super) fn pool(workers: usize) -> WorkerPool<Nested> {
    WorkerPool { helpers: (1..workers).map(|_| Nested::start()).collect() }
}

/// Waits until all helpers have loaded, and lets go of those that cannot be had: of these, the last one's reason.
pub(super) async fn settle(pool: &mut WorkerPool<Nested>) -> Option<PeerLost> {
    let mut reason = None;
    let mut loaded = Vec::with_capacity(pool.helpers.len());
    for helper in pool.helpers.drain(..) {
        match helper.loaded().await {
            Ok(()) => loaded.push(helper),
            Err(gone) => reason = Some(gone),
        }
    }
    pool.helpers = loaded;
    reason
}

thread_local! {
    /// What a helper has heard and not yet looked at, and who waits for it.
    static INBOX: RefCell<(VecDeque<JsValue>, Option<Waker>)> = RefCell::default();
}

/// A helper's end of the line.
struct Chief;

/// Whether this worker is a helper.
pub(super) fn is_helper() -> bool {
    scope().name() == NAME
}

/// Works for the worker that started this one.
pub(super) fn start() {
    let hear = |event: MessageEvent| {
        let waker = INBOX.with_borrow_mut(|(heard, waiting)| {
            heard.push_back(event.data());
            waiting.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    };
    let fail = |what: &str| post(&what.into());
    listen(hear, fail);
    wasm_bindgen_futures::spawn_local(async move {
        let Err(gone) = help(Chief).await;
        fail(&gone.0);
    });
    post(&JsValue::NULL);
}

/// Waits for the next message of some type.
async fn next<T: JsCast>() -> Result<T, PeerLost> {
    let message = poll_fn(|context| {
        INBOX.with_borrow_mut(|(heard, waiting)| match heard.pop_front() {
            Some(message) => Poll::Ready(message),
            None => {
                *waiting = Some(context.waker().clone());
                Poll::Pending
            }
        })
    });
    message.await.dyn_into().map_err(|_| PeerLost::new("it got a message out of turn"))
}

impl Connection for Chief {
    fn send(&mut self, numbers: &[f64]) {
        post(&Float64Array::from(numbers));
    }

    async fn receive(&mut self) -> Result<Vec<f64>, PeerLost> {
        Ok(next::<Float64Array>().await?.to_vec())
    }
}

impl Leader for Chief {
    async fn task(&mut self) -> Result<Task, PeerLost> {
        let bytes = next::<Uint8Array>().await?.to_vec();
        decode(&bytes).map_err(|error| PeerLost(format!("it got a task that cannot be read ({error})")))
    }
}
