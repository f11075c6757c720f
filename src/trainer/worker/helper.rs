//! The helpers of a worker for the CPU: workers that it starts, with the same code. This is the leader's end of the
//! lines to them; the helper's end is in [`super::serve`].
//!
//! A helper's first message is empty: its code has loaded. From then on numbers travel as `Float64Array`, and tasks as
//! bytes.

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
use crate::trainer::cpu::worker_pool::{Connection, Helper, WorkerPool};
use crate::wire::page::Wire;
use crate::wire::scope::scope;
use crate::wire::{EncodeError, encode};

/// The name of a helper's scope, by which the code finds out that it runs in a helper.
pub(super) const NAME: &str = "gradsheet-helper";

/// The number of times that a helper may be found without an answer before it counts as lost. A step of the largest
/// batch takes seconds on a slow machine.
const MOST_SILENT_LOOKS: u32 = 4;
/// Milliseconds between two looks at a helper.
const LOOK_EVERY: i32 = 5000;

/// A worker that helps this one. It ends when this is dropped.
pub(super) struct HelperWorker {
    inner: Rc<RefCell<Inner>>,
    watch: Option<Watch>,
}

#[derive(Default)]
struct Inner {
    wire: Wire,
    loaded: bool,
    /// Numbers that have arrived and were not asked for yet.
    heard: VecDeque<Vec<f64>>,
    /// Why the helper is lost.
    gone: Option<PeerLost>,
    /// Wakes the future that waits for the helper.
    waiting: Option<Waker>,
    /// The number of looks that found somebody waiting, since the last poll.
    looks: u32,
}

/// A timer that notices when a helper no longer answers: the browser reports no error when it ends a worker.
struct Watch {
    timer: i32,
    _look: Closure<dyn FnMut()>,
}

impl HelperWorker {
    /// Starts a helper. Messages to it wait until it has loaded.
    pub(super) fn start() -> Self {
        let inner = Rc::new(RefCell::new(Inner::default()));
        let (hearing, failing) = (Rc::downgrade(&inner), Rc::downgrade(&inner));
        let hear = move |event: MessageEvent| update(&hearing, |inner| inner.hear(&event.data()));
        let fail = move |reason: &str| update(&failing, |inner| inner.lose(reason));
        // The address of this worker without the data files, which a helper does not need.
        let address = scope().location().href();
        let address = address.split("&ahead=").next().unwrap_or_default();
        let connected = inner.borrow_mut().wire.connect(address, NAME, hear, fail);
        if let Err(reason) = connected {
            inner.borrow_mut().lose(&reason);
        }
        let watch = Watch::new(&inner);
        Self { inner, watch }
    }

    /// Waits until the helper has loaded.
    fn loaded(&self) -> impl Future<Output = Result<(), PeerLost>> {
        self.wait(|inner| inner.loaded.then_some(()))
    }

    /// Waits until `find` returns something, or the helper is lost.
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

/// Changes the state of a helper, and wakes the future that waits for it.
fn update(inner: &Weak<RefCell<Inner>>, change: impl FnOnce(&mut Inner)) {
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
        } else {
            self.loaded = true;
        }
    }

    /// Notes why the helper is lost. Later reasons are only consequences of the first.
    fn lose(&mut self, reason: &str) {
        self.gone.get_or_insert_with(|| PeerLost::new(reason));
    }
}

impl Watch {
    /// Starts the timer. `None` if the browser refuses.
    fn new(inner: &Rc<RefCell<Inner>>) -> Option<Self> {
        let watched = Rc::downgrade(inner);
        let look = Closure::<dyn FnMut()>::new(move || {
            let is_silent = watched.upgrade().is_some_and(|inner| {
                let mut inner = inner.borrow_mut();
                inner.looks += u32::from(inner.waiting.is_some());
                inner.looks > MOST_SILENT_LOOKS
            });
            if is_silent {
                update(&watched, |inner| inner.lose("it does not answer"));
            }
        });
        let callback = look.as_ref().unchecked_ref();
        // Without a timer, the errors of a helper still arrive.
        let timer = scope().set_interval_with_callback_and_timeout_and_arguments_0(callback, LOOK_EVERY).ok()?;
        Some(Self { timer, _look: look })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        scope().clear_interval_with_handle(self.timer);
    }
}

impl Connection for HelperWorker {
    fn send(&mut self, numbers: &[f64]) {
        self.inner.borrow_mut().wire.post(Float64Array::from(numbers).into());
    }

    fn receive(&mut self) -> impl Future<Output = Result<Vec<f64>, PeerLost>> {
        self.wait(|inner| inner.heard.pop_front())
    }
}

impl Helper for HelperWorker {
    fn ask(&mut self, task: Task) {
        let mut inner = self.inner.borrow_mut();
        match encode(&task) {
            Ok(bytes) => inner.wire.post(Uint8Array::from(bytes.as_slice()).into()),
            Err(EncodeError) => inner.lose("its task could not be turned into bytes"),
        }
    }
}

impl Drop for HelperWorker {
    fn drop(&mut self) {
        self.watch = None;
        self.inner.borrow_mut().wire.disconnect();
    }
}

/// Starts as many helpers as it takes to have this number of workers, this one included.
pub(super) fn start_pool(workers: usize) -> WorkerPool<HelperWorker> {
    WorkerPool { helpers: (1..workers).map(|_| HelperWorker::start()).collect() }
}

/// Waits until all helpers have loaded, and drops those that fail to. Returns the reason of the last failure.
pub(super) async fn wait_until_loaded(pool: &mut WorkerPool<HelperWorker>) -> Option<PeerLost> {
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
