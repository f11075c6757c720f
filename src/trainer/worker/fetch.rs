//! Downloads a file that lies beside the page, piece by piece.

use js_sys::{Map, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{ReadableStreamDefaultReader, RequestCache, RequestInit, Response, Url};

use super::obstacle::{Obstacle, is_web_page};
use crate::store::patience::within;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::Event;
use crate::wire::scope::scope;

/// Milliseconds without a byte after which a download has failed.
const PATIENCE: f64 = 60_000.0;

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
        let request = match early_request(path) {
            Some(request) if !bypass_cache => request,
            _ => {
                let url = Url::new_with_base(path, &scope().location().href()).map_err(|_| failed(path, lost()))?;
                let options = RequestInit::new();
                options.set_cache(if bypass_cache { RequestCache::Reload } else { RequestCache::Default });
                scope().fetch_with_str_and_init(&url.href(), &options)
            }
        };
        let response = arrived::<Response>(request).await.map_err(|obstacle| failed(path, obstacle))?;
        let header = |name| response.headers().get(name).ok().flatten();
        if !response.ok() {
            return Err(failed(path, Obstacle::Status(response.status())));
        }
        if header("content-type").is_some_and(|kind| kind.contains("html")) {
            return Err(failed(path, Obstacle::WebPage));
        }
        let size = header("content-length").and_then(|text| text.parse().ok());
        let reader = response.body().and_then(|body| body.get_reader().dyn_into().ok());
        let reader = reader.ok_or_else(|| failed(path, Obstacle::Lost))?;
        Ok(Self { path: path.to_owned(), size, reader })
    }

    /// Reads the file to its end. `progress` gets the length of every piece, and returns whether to go on.
    pub(super) async fn read(self, progress: &mut dyn FnMut(u64) -> bool) -> Result<Vec<u8>, Event> {
        let mut bytes = Vec::new();
        loop {
            let piece = match self.next().await {
                Ok(Some(piece)) => piece,
                Ok(None) if is_web_page(&bytes) => return Err(failed(&self.path, Obstacle::WebPage)),
                Ok(None) => return Ok(bytes),
                Err(obstacle) => {
                    self.cancel();
                    return Err(failed(&self.path, obstacle));
                }
            };
            let start = bytes.len();
            bytes.resize(start + piece.length() as usize, 0);
            piece.copy_to(&mut bytes[start..]);
            if !progress(u64::from(piece.length())) {
                self.cancel();
                return Err(Event::Stopped);
            }
        }
    }

    /// Waits for the next piece; `None` at the end.
    async fn next(&self) -> Result<Option<Uint8Array>, Obstacle> {
        let piece: JsValue = arrived(self.reader.read()).await?;
        if Reflect::get(&piece, &"done".into()).map_err(|_| lost())?.is_truthy() {
            return Ok(None);
        }
        let value = Reflect::get(&piece, &"value".into()).map_err(|_| lost())?;
        value.dyn_into().map(Some).map_err(|_| lost())
    }

    /// Ends the download.
    fn cancel(&self) {
        // Nobody needs the rest, so an error does not matter.
        let _ = self.reader.cancel();
    }
}

/// Waits for something that is to arrive over the network.
async fn arrived<T: JsCast>(promise: Promise) -> Result<T, Obstacle> {
    let answer = within(promise, PATIENCE).await.ok_or(Obstacle::Silent)?;
    answer.map_err(|_| lost())?.dyn_into().map_err(|_| lost())
}

/// The obstacle when a request fails.
fn lost() -> Obstacle {
    if scope().navigator().on_line() { Obstacle::Lost } else { Obstacle::Offline }
}

/// Returns the request for a file that the loader made before this code had arrived (`assets/loader.js`), and
/// forgets it: a response can be read only once.
fn early_request(path: &str) -> Option<Promise> {
    let requests: Map = Reflect::get(&scope(), &"ahead".into()).ok()?.dyn_into().ok()?;
    let request = requests.get(&path.into()).dyn_into().ok();
    requests.delete(&path.into());
    request
}

fn failed(path: &str, obstacle: Obstacle) -> Event {
    Event::Failed(Failure::new(FailureKind::Data, obstacle.sentence(path)))
}
