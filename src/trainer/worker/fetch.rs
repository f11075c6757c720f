//! Downloads a file that lies beside the page, piece by piece.

use js_sys::{Map, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, RequestCache, RequestInit, Response, Url};

use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::Event;
use crate::wire::describe;
use crate::wire::scope::scope;

/// A download under way.
pub(super) struct Download {
    path: String,
    /// The size in bytes that the server announces. It is not exact if the server packs or unpacks the file on the way.
    pub(super) size: Option<u64>,
    reader: ReadableStreamDefaultReader,
}

/// Downloads a whole file. `progress` gets the length of every piece, and returns whether to go on.
pub(super) async fn fetch(
    path: &str,
    bypass_cache: bool,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Vec<u8>, Event> {
    Download::open(path, bypass_cache).await?.read(progress).await
}

impl Download {
    /// Requests a file. The path is relative to the worker's loader, which lies beside the page. `bypass_cache` asks
    /// the server again, since the browser's cache may hold a damaged file.
    pub(super) async fn open(path: &str, bypass_cache: bool) -> Result<Self, Event> {
        let lost = |error: JsValue| failed(path, &describe(&error));
        let request = match early_request(path) {
            Some(request) if !bypass_cache => request,
            _ => {
                let url = Url::new_with_base(path, &scope().location().href()).map_err(lost)?;
                let options = RequestInit::new();
                options.set_cache(if bypass_cache { RequestCache::Reload } else { RequestCache::Default });
                scope().fetch_with_str_and_init(&url.href(), &options)
            }
        };
        let response: Response = JsFuture::from(request).await.map_err(lost)?.dyn_into().map_err(lost)?;
        if !response.ok() {
            let answer = format!("the server answers {} {}", response.status(), response.status_text());
            return Err(failed(path, answer.trim()));
        }
        let size = response.headers().get("content-length").ok().flatten().and_then(|text| text.parse().ok());
        let body = response.body().ok_or_else(|| failed(path, "the answer is empty"))?;
        let reader = body.get_reader().dyn_into().map_err(|error| failed(path, &describe(&error.into())))?;
        Ok(Self { path: path.to_owned(), size, reader })
    }

    /// Reads the file to its end. `progress` gets the length of every piece, and returns whether to go on.
    pub(super) async fn read(self, progress: &mut dyn FnMut(u64) -> bool) -> Result<Vec<u8>, Event> {
        let lost = |error: JsValue| failed(&self.path, &describe(&error));
        let mut bytes = Vec::new();
        loop {
            let piece = JsFuture::from(self.reader.read()).await.map_err(lost)?;
            if Reflect::get(&piece, &"done".into()).map_err(lost)?.is_truthy() {
                return Ok(bytes);
            }
            let piece: Uint8Array = Reflect::get(&piece, &"value".into()).map_err(lost)?.dyn_into().map_err(lost)?;
            let start = bytes.len();
            bytes.resize(start + piece.length() as usize, 0);
            piece.copy_to(&mut bytes[start..]);
            if !progress(u64::from(piece.length())) {
                // Nobody needs the rest, so an error does not matter.
                let _ = self.reader.cancel();
                return Err(Event::Stopped);
            }
        }
    }
}

/// Returns the request for a file that the loader made before this code had arrived (`assets/loader.js`), and
/// forgets it: a response can be read only once.
fn early_request(path: &str) -> Option<Promise> {
    let requests: Map = Reflect::get(&scope(), &"ahead".into()).ok()?.dyn_into().ok()?;
    let request = requests.get(&path.into()).dyn_into().ok();
    requests.delete(&path.into());
    request
}

fn failed(path: &str, reason: &str) -> Event {
    let reason = reason.trim_end_matches('.');
    let message = format!("{path} could not be loaded: {reason}. Check your internet connection, then try again.");
    Event::Failed(Failure::new(FailureKind::Data, message))
}
