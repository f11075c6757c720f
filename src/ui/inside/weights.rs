//! The weights of the net that answers, and fetching those that were trained beforehand.

use std::rc::Rc;

use js_sys::{Promise, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCache, RequestInit, Response};

use crate::drawing::trained::{self, Obstacle};
use crate::trainer::cpu::reader::DigitReader;

/// The weights of a net.
#[derive(Clone)]
pub(crate) struct Weights {
    /// A safetensors file.
    pub(crate) file: Rc<[u8]>,
    /// A line that says which net it is.
    pub(crate) line: String,
}

/// The weights of the net that answers. Whoever sets them, the net reads the drawing again.
#[derive(Clone, Copy)]
pub(crate) struct Answering {
    pub(crate) weights: RwSignal<Option<Weights>, LocalStorage>,
    /// What keeps the weights from arriving.
    pub(crate) obstacle: RwSignal<Option<Obstacle>>,
}

impl Answering {
    pub(crate) fn new() -> Self {
        let answering = Self { weights: RwSignal::new_local(None), obstacle: RwSignal::new(None) };
        answering.fetch(RequestCache::Default);
        answering
    }

    /// Fetches the weights once more. A cache may hold a damaged copy, so it is asked for nothing.
    pub(crate) fn try_again(self) {
        self.obstacle.set(None);
        self.fetch(RequestCache::Reload);
    }

    fn fetch(self, cache: RequestCache) {
        spawn_local(async move {
            match fetched(cache).await {
                Ok(file) => self.weights.set(Some(Weights { file, line: trained::line() })),
                Err(obstacle) => self.obstacle.set(Some(obstacle)),
            }
        });
    }
}

/// Fetches the weights that were trained beforehand, and looks whether they are whole.
async fn fetched(cache: RequestCache) -> Result<Rc<[u8]>, Obstacle> {
    let options = RequestInit::new();
    options.set_cache(cache);
    let response: Response = arrived(window().fetch_with_str_and_init(trained::WEIGHTS, &options)).await?;
    if !response.ok() {
        return Err(Obstacle::Status(response.status()));
    }
    let bytes: js_sys::ArrayBuffer = arrived(response.array_buffer().map_err(|_| Obstacle::Lost)?).await?;
    let file = Uint8Array::new(&bytes).to_vec();
    DigitReader::new(&file).map_err(|_| Obstacle::Damaged)?;
    Ok(file.into())
}

/// Waits for something that is to arrive over the network.
async fn arrived<T: JsCast>(promise: Promise) -> Result<T, Obstacle> {
    let lost = || if window().navigator().on_line() { Obstacle::Lost } else { Obstacle::Offline };
    JsFuture::from(promise).await.map_err(|_| lost())?.dyn_into().map_err(|_| lost())
}
