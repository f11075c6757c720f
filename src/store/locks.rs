//! Who owns a run: the tab that trains, continues, deletes or restores it holds a lock named after it, so that no other
//! tab does. The browser releases the lock when the tab ends, even after a crash.
//!
//! The calls are made by name, since web-sys has the Web Locks API only behind an unstable flag. Outside secure contexts,
//! and in old browsers, there are no locks; then the tabs ask each other ([`claims`](super::claims)).

use std::cell::RefCell;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, MessageEvent};

use super::by_name::call;
use super::claims::{Claims, Word};

/// The beginning of the name of each lock.
const PREFIX: &str = "gradsheet-run-";
/// The name of the channel on which tabs ask each other where there are no locks.
const CHANNEL: &str = "gradsheet-owners";
/// Milliseconds that a lock is waited for. A tab that has just ended may hold its locks for another moment.
const PATIENCE: u32 = 1500;
/// Milliseconds in which another tab answers.
const ANSWER: u32 = 300;

/// `Hold` is the ownership of a run, until it is released or dropped.
#[derive(Debug)]
pub struct Hold(Held);

#[derive(Debug)]
enum Held {
    /// A lock. The function releases it, and then the promise is resolved.
    Lock(Function, JsValue),
    /// A claim that all tabs respect.
    Claim(u64),
    /// Nothing: the browser gives this page neither locks nor a channel to other tabs.
    Nothing,
}

impl Hold {
    /// Releases the run, and waits until the other tabs can see it.
    pub async fn release(self) {
        if let Held::Lock(_, released) = &self.0
            && let Some(released) = released.dyn_ref::<Promise>().cloned()
        {
            drop(self);
            // The promise is never rejected.
            let _ = JsFuture::from(released).await;
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        match &self.0 {
            // The resolving function of a promise does not throw.
            Held::Lock(release, _) => drop(release.call0(&JsValue::UNDEFINED)),
            Held::Claim(key) => TAB.with_borrow_mut(|tab| {
                if let Some(tab) = tab {
                    tab.claims.release(*key);
                }
            }),
            Held::Nothing => {}
        }
    }
}

/// Takes the run with this key; `None` if another tab owns it.
pub async fn hold(key: u64) -> Option<Hold> {
    match manager() {
        Some(manager) => lock(&manager, key).await,
        None => claim(key).await,
    }
}

/// Takes a run whose key this tab has just made, so that no other tab can want it: nobody's answer is waited for.
pub async fn hold_new(key: u64) -> Option<Hold> {
    match manager() {
        Some(manager) => lock(&manager, key).await,
        None if say(|claims| claims.want(key)) => decide(key),
        None => Some(Hold(Held::Nothing)),
    }
}

/// Returns the keys of the runs that this or another tab owns.
pub async fn held() -> Vec<u64> {
    match manager() {
        Some(manager) => locked(&manager).await.unwrap_or_default(),
        None => claimed().await,
    }
}

async fn lock(manager: &JsValue, key: u64) -> Option<Hold> {
    let (mut release, mut released) = (Function::default(), JsValue::UNDEFINED);
    let held = Promise::new(&mut |resolve, _| release = resolve);
    let answered = Promise::new(&mut |answer, _| {
        let (held, granted) = (held.clone(), answer.clone());
        let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            let is_free = !lock.is_null();
            // The resolving function of a promise does not throw.
            let _ = granted.call1(&JsValue::UNDEFINED, &is_free.into());
            // The browser holds the lock until this promise is resolved.
            if is_free { held.into() } else { JsValue::UNDEFINED }
        });
        let options = Object::new();
        // Setting a property of a fresh object cannot fail.
        let _ = match time_out() {
            Ok(signal) => Reflect::set(&options, &"signal".into(), &signal),
            // An older browser answers at once.
            Err(_) => Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE),
        };
        let requested = call(manager, "request", &[name(key).into(), options.into(), callback]);
        // A request that is refused or runs out of time has its reason as the answer. This promise comes after the release.
        let answered = match &requested {
            Ok(promise) => call(promise, "then", &[JsValue::UNDEFINED, answer.clone().into()]),
            Err(error) => answer.call1(&JsValue::UNDEFINED, error),
        };
        // Neither call throws: a promise has a `then`, and its resolving function accepts any value.
        released = answered.unwrap_or_default();
    });
    let answer = JsFuture::from(answered).await.unwrap_or_default();
    let reason = Reflect::get(&answer, &"name".into()).ok().and_then(|name| name.as_string());
    match (answer.as_bool(), reason.as_deref()) {
        (Some(true), _) => Some(Hold(Held::Lock(release, released))),
        (Some(false), _) | (_, Some("TimeoutError" | "AbortError")) => None,
        // A page that may not use locks may not use the database either, so there is nothing to protect.
        _ => Some(Hold(Held::Nothing)),
    }
}

/// Returns the keys in the names of all locks that are held.
async fn locked(manager: &JsValue) -> Option<Vec<u64>> {
    let promise: Promise = call(manager, "query", &[]).ok()?.dyn_into().ok()?;
    let state = JsFuture::from(promise).await.ok()?;
    let held = Reflect::get(&state, &"held".into()).ok()?;
    let key = |lock: JsValue| {
        let name = Reflect::get(&lock, &"name".into()).ok()?.as_string()?;
        name.strip_prefix(PREFIX)?.parse().ok()
    };
    Some(Array::from(&held).iter().filter_map(key).collect())
}

fn name(key: u64) -> String {
    [PREFIX, &key.to_string()].concat()
}

/// Returns the browser's lock manager; `None` outside secure contexts.
fn manager() -> Option<JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)
}

/// Returns a signal that ends a request when [`PATIENCE`] is over.
fn time_out() -> Result<JsValue, JsValue> {
    call(&Reflect::get(&js_sys::global(), &"AbortSignal".into())?, "timeout", &[PATIENCE.into()])
}

/// This tab among the others, where there are no locks.
struct Tab {
    claims: Claims,
    channel: BroadcastChannel,
}

thread_local! {
    static TAB: RefCell<Option<Tab>> = const { RefCell::new(None) };
}

async fn claim(key: u64) -> Option<Hold> {
    if !say(|claims| claims.want(key)) {
        return Some(Hold(Held::Nothing));
    }
    wait(ANSWER).await;
    decide(key)
}

fn decide(key: u64) -> Option<Hold> {
    let is_free = TAB.with_borrow_mut(|tab| tab.as_mut().is_some_and(|tab| tab.claims.decide(key)));
    is_free.then_some(Hold(Held::Claim(key)))
}

async fn claimed() -> Vec<u64> {
    if !say(Claims::ask) {
        return Vec::new();
    }
    wait(ANSWER).await;
    TAB.with_borrow(|tab| tab.as_ref().map(|tab| tab.claims.known()).unwrap_or_default())
}

/// Says something to the other tabs. Returns whether the browser lets tabs talk to each other.
fn say(word: impl FnOnce(&mut Claims) -> Word) -> bool {
    TAB.with_borrow_mut(|tab| {
        if tab.is_none() {
            *tab = open();
        }
        let Some(tab) = tab else { return false };
        let word = word(&mut tab.claims);
        tab.say(word);
        true
    })
}

/// Begins to listen to the other tabs.
fn open() -> Option<Tab> {
    let channel = BroadcastChannel::new(CHANNEL).ok()?;
    let hear = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        let Some(word) = read(&event.data()) else { return };
        TAB.with_borrow_mut(|tab| {
            if let Some(tab) = tab {
                for answer in tab.claims.hear(word) {
                    tab.say(answer);
                }
            }
        });
    });
    channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    // The closure is never freed: the tab answers for as long as it is open.
    hear.forget();
    let number = (js_sys::Math::random() * (1_u64 << 53) as f64) as u64;
    Some(Tab { claims: Claims::new(number), channel })
}

impl Tab {
    fn say(&self, word: Word) {
        let (what, key, tab) = match word {
            Word::Ask => (ASK, 0, 0),
            Word::Want { tab, key } => (WANT, key, tab),
            Word::Mine(key) => (MINE, key, 0),
        };
        // Keys and numbers of tabs are below 2⁵³, so JavaScript keeps them exactly.
        let numbers = Array::of3(&what.into(), &(key as f64).into(), &(tab as f64).into());
        // Posting three numbers cannot fail.
        let _ = self.channel.post_message(&numbers);
    }
}

const ASK: u32 = 0;
const WANT: u32 = 1;
const MINE: u32 = 2;

/// Reads what [`Tab::say`] has posted.
fn read(message: &JsValue) -> Option<Word> {
    let message = message.dyn_ref::<Array>()?;
    let number = |index| message.get(index).as_f64();
    let (what, key, tab) = (number(0)? as u32, number(1)? as u64, number(2)? as u64);
    match what {
        ASK => Some(Word::Ask),
        WANT => Some(Word::Want { tab, key }),
        MINE => Some(Word::Mine(key)),
        _ => None,
    }
}

async fn wait(milliseconds: u32) {
    let over = Promise::new(&mut |resolve, _| {
        // Every browser has timers.
        let _ = call(&js_sys::global(), "setTimeout", &[resolve.into(), milliseconds.into()]);
    });
    // The promise is never rejected.
    let _ = JsFuture::from(over).await;
}
