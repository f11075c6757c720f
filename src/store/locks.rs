//! Locks that show which runs are being trained, in any tab: a worker that trains a run holds a lock named after it.
//! The browser releases the lock when the tab or the worker ends, even after a crash.
//!
//! The calls are made by name, since web-sys has the Web Locks API only behind an unstable flag. Outside secure
//! contexts there are no locks; then no tab knows which runs another one trains.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

const PREFIX: &str = "gradsheet-run-";

/// `Hold` is the lock of a run, held until it is dropped.
#[derive(Debug)]
pub struct Hold {
    /// Resolves the promise that the browser waits for; `None` where there are no locks.
    release: Option<Function>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            // The resolving function of a promise does not throw.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Takes the lock of the run with this key; `None` if another worker holds it.
pub async fn hold(key: u64) -> Option<Hold> {
    let Some(manager) = manager() else { return Some(Hold { release: None }) };
    let mut release = None;
    let held = Promise::new(&mut |resolve, _| release = Some(resolve));
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
        let _ = Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE);
        let name = format!("{PREFIX}{key}");
        let requested = call(&manager, "request", &[name.into(), options.into(), callback]);
        // A browser that refuses gives its reason as the answer; then the run is trained without a lock.
        let answered = match &requested {
            Ok(promise) => call(promise, "then", &[JsValue::UNDEFINED, answer.clone().into()]),
            Err(error) => answer.call1(&JsValue::UNDEFINED, error),
        };
        // Neither call throws: a promise has a `then`, and its resolving function accepts any value.
        let _ = answered;
    });
    let answer = JsFuture::from(answered).await.unwrap_or(JsValue::UNDEFINED);
    (answer != JsValue::FALSE).then_some(Hold { release })
}

/// Returns the keys of the runs that are being trained, in any tab.
pub async fn held() -> Vec<u64> {
    held_locks().await.unwrap_or_default()
}

/// Returns the keys in the names of all held locks; `None` where there are no locks.
async fn held_locks() -> Option<Vec<u64>> {
    let promise: Promise = call(&manager()?, "query", &[]).ok()?.dyn_into().ok()?;
    let state = JsFuture::from(promise).await.ok()?;
    let held = Reflect::get(&state, &"held".into()).ok()?;
    let key = |lock: JsValue| {
        let name = Reflect::get(&lock, &"name".into()).ok()?.as_string()?;
        name.strip_prefix(PREFIX)?.parse().ok()
    };
    Some(Array::from(&held).iter().filter_map(key).collect())
}

/// Returns the browser's lock manager; `None` outside secure contexts.
fn manager() -> Option<JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)
}

/// Calls a method by its name.
fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    method.apply(object, &arguments.iter().collect::<Array>())
}
