//! The page's end of the wire to the exchange worker. The worker, and with it the fetch of its code, starts with the
//! first request; a worker that fails is ended, and the next request has a fresh one.

use std::cell::RefCell;
use std::collections::VecDeque;

use web_sys::{Blob, MessageEvent};

use super::parcel::{pack, unpack};
use super::protocol::{Message, Numbered, Request, Response};
use crate::wire::page::Wire;

/// Trunk's loader of the worker's wasm, beside the page.
const LOADER: &str = "./exchange_loader.js";

/// What comes of a request: the answer, with the file that was written if it is [`Response::Saved`]; or a sentence for
/// the user, [`Response::Failed`] included.
pub type Reply = Result<(Response, Option<Blob>), String>;

thread_local! {
    static CLIENT: RefCell<Client> = RefCell::default();
}

#[derive(Default)]
struct Client {
    wire: Wire,
    last_id: u32,
    /// Requests without an answer.
    waiting: VecDeque<(u32, OnReply)>,
}

type OnReply = Box<dyn FnOnce(Reply)>;

/// Asks the worker. `file` is what the request is about, if it is about one. `on_reply` is called once, later.
pub fn request(request: Request, file: Option<&Blob>, on_reply: impl FnOnce(Reply) + 'static) {
    let on_reply: OnReply = Box::new(on_reply);
    let refused = CLIENT.with_borrow_mut(|client| client.request(request, file, on_reply));
    if let Some((on_reply, reason)) = refused {
        wasm_bindgen_futures::spawn_local(async move { on_reply(Err(reason)) });
    }
}

/// Gives up everything that was asked, whatever the worker does; each request is answered by a sentence.
pub fn cancel() {
    give_up("It was cancelled.");
}

impl Client {
    /// Gives the callback back, with a sentence, if there can be no worker.
    fn request(&mut self, body: Request, file: Option<&Blob>, on_reply: OnReply) -> Option<(OnReply, String)> {
        if !self.wire.is_connected()
            && let Err(reason) = self.wire.connect(LOADER, "exchange", hear, fail)
        {
            return Some((on_reply, failure(&reason)));
        }
        self.last_id += 1;
        self.waiting.push_back((self.last_id, on_reply));
        self.wire.post(pack(&Numbered { id: self.last_id, body }, file).into());
        None
    }
}

fn hear(event: MessageEvent) {
    match unpack(&event) {
        Ok((Message::Loaded, _)) => CLIENT.with_borrow_mut(|client| client.wire.loaded()),
        Ok((Message::Answer(Numbered { id, body }), file)) => {
            let waiting = CLIENT.with_borrow_mut(|client| {
                let place = client.waiting.iter().position(|(waiting, _)| *waiting == id)?;
                client.waiting.remove(place)
            });
            if let Some((_, on_reply)) = waiting {
                on_reply(match body {
                    Response::Failed(message) => Err(message),
                    response => Ok((response, file)),
                });
            }
        }
        Ok((Message::Broken(reason), _)) => fail(&reason),
        Err(error) => fail(&format!("it sent a message that cannot be read ({error})")),
    }
}

fn fail(reason: &str) {
    give_up(&failure(reason));
}

/// Ends the worker. The client is not borrowed while the page reacts.
fn give_up(message: &str) {
    let waiting = CLIENT.with_borrow_mut(|client| {
        client.wire.disconnect();
        std::mem::take(&mut client.waiting)
    });
    for (_, on_reply) in waiting {
        on_reply(Err(message.to_owned()));
    }
}

fn failure(reason: &str) -> String {
    let reason = reason.trim().trim_end_matches('.');
    format!("The worker for files failed: {reason}. Try again; if that fails too, reload the page.")
}
