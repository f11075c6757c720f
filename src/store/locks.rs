//! Which runs are under way, in any tab: whoever trains one holds a lock that is named after it. A browser takes the
//! lock back from a tab or a worker that ends, however it ends.
//!
//! By hand: web-sys has the Web Locks API only behind an unstable flag. Where there are no locks (outside secure
//! contexts), nothing is under way as far as other tabs know.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

const PREFIX: &str = "gradsheet-run-";

/// A run that is held until this is dropped.
#[derive(Debug)]
pub struct Hold {
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

/// Takes hold of a run; `None` if someone else has it.
pub async fn hold(key: u64) -> Option<Hold> {
    let Some(manager) = manager() else { return Some(Hold { release: None }) };
    let mut release = None;
    let held = Promise::new(&mut |resolve, _| release = Some(resolve));
    let answered = Promise::new(&mut |answer, _| {
        let (held, granted) = (held.clone(), answer.clone());
        let callback = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            let is_free = !lock.is_null();
            // As above, and below.
            let _ = granted.call1(&JsValue::UNDEFINED, &is_free.into());
            // The lock is held as long as this promise is not settled.
            if is_free { held.into() } else { JsValue::UNDEFINED }
        });
        let options = Object::new();
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE);
        let name = format!("{PREFIX}{}", key);
        let requested = call(&manager, "request", &[name.into(), options.into(), callback]);
        // A browser that refuses has no locks for us: that is answered by its reason.
        let told = match &requested {
            Ok(promise) => call(promise, "then", &[JsValue::UNDEFINED, answer.clone().into()]),
            Err(error) => answer.call1(&JsValue::UNDEFINED, error),
        };
        let _ = told;
    });
    let answer = JsFuture::from(answered).await.unwrap_or(JsValue::UNDEFINED);
    (answer != JsValue::FALSE).then_some(Hold { release })
}

/// The runs that are under way.
pub async fn held() -> Vec<u64> {
    held_locks().await.unwrap_or_default()
}

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

fn manager() -> Option<JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    Reflect::get(&navigator, &"locks".into()).ok().filter(JsValue::is_object)
}

fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    method.apply(object, &arguments.iter().collect::<Array>())
}
