//! The nets that can answer: the one in training, and one that was trained beforehand, whose weights are fetched.

use std::rc::Rc;

use js_sys::{Promise, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCache, RequestInit, Response};

use crate::drawing::trained::{self, Obstacle};
use crate::trainer::cpu::reader::DigitReader;
use crate::ui::net_bridge;

/// A net that can answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Net {
    /// The net of the trainer's current run, as it is now.
    InTraining,
    /// The net that was trained beforehand.
    Trained,
}

/// The nets that can answer, and the one that does.
#[derive(Clone, Copy)]
pub(crate) struct Answering {
    /// The net that the user has chosen; `None` until then.
    pub(crate) chosen: RwSignal<Option<Net>>,
    /// The parameters and running statistics of the net in training; none before there is one.
    in_training: RwSignal<Vec<f32>>,
    /// A safetensors file with the weights that were trained beforehand; `None` before it has arrived.
    trained: RwSignal<Option<Rc<[u8]>>, LocalStorage>,
    /// What keeps that file from arriving.
    pub(crate) obstacle: RwSignal<Option<Obstacle>>,
}

impl Answering {
    pub(crate) fn new() -> Self {
        let answering = Self {
            chosen: RwSignal::new(None),
            in_training: RwSignal::new(net_bridge::read_net()),
            trained: RwSignal::new_local(None),
            obstacle: RwSignal::new(None),
        };
        net_bridge::on_change(move || answering.in_training.set(net_bridge::read_net()));
        answering.fetch(RequestCache::Default);
        answering
    }

    /// Whether there is a net in training, or one that was trained in this run.
    pub(crate) fn has_own(self) -> bool {
        self.in_training.with(|values| !values.is_empty())
    }

    /// Returns the net that answers: the chosen one, or else that in training, as soon as there is one.
    pub(crate) fn net(self) -> Net {
        match self.chosen.get() {
            Some(Net::Trained) => Net::Trained,
            _ if self.has_own() => Net::InTraining,
            _ => Net::Trained,
        }
    }

    /// Makes a reader with the weights of the net that answers; `None` while they are not there.
    pub(crate) fn reader(self) -> Option<DigitReader> {
        // Weights that have arrived are whole, so both always make a net.
        match self.net() {
            Net::InTraining => self.in_training.with(|values| DigitReader::of_values(values).ok()),
            Net::Trained => self.trained.with(|file| DigitReader::new(file.as_ref()?).ok()),
        }
    }

    /// Whether the weights of the net that answers are there.
    pub(crate) fn is_there(self) -> bool {
        self.net() == Net::InTraining || self.trained.with(Option::is_some)
    }

    /// Fetches the weights once more. A cache may hold a damaged copy, so it is asked for nothing.
    pub(crate) fn try_again(self) {
        self.obstacle.set(None);
        self.fetch(RequestCache::Reload);
    }

    fn fetch(self, cache: RequestCache) {
        spawn_local(async move {
            match fetched(cache).await {
                Ok(file) => self.trained.set(Some(file)),
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
