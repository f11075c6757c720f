//! The page's end of the wire to the exchange worker. The first request starts the worker, and with it the download of
//! the worker's code. A worker that fails is ended, and the next request starts a new one.

use std::cell::RefCell;
use std::collections::VecDeque;

use web_sys::{Blob, MessageEvent};

use super::parcel::{pack, unpack};
use super::protocol::{Message, Numbered, Request, Response};
use crate::wire::build;
use crate::wire::page::Wire;

/// The result of a request: the answer, with the file if the answer is [`Response::Saved`]. The error is a sentence for
/// the user; [`Response::Failed`] becomes an error too.
pub type Reply = Result<(Response, Option<Blob>), String>;

thread_local! {
    static CLIENT: RefCell<Client> = RefCell::default();
}

#[derive(Default)]
struct Client {
    wire: Wire,
    last_id: u32,
    /// The requests that have no answer yet, by their numbers.
    waiting: VecDeque<(u32, OnReply)>,
    /// Whether the worker has read a large file. It is ended when nothing waits, since its memory never shrinks.
    has_read_large: bool,
}

/// A file of more bytes is large.
const LARGE: f64 = 5e6;

type OnReply = Box<dyn FnOnce(Reply)>;

/// Sends a request to the worker, with the file that the request is about, if there is one. `on_reply` is called once,
/// later.
pub fn request(request: Request, file: Option<&Blob>, on_reply: impl FnOnce(Reply) + 'static) {
    let on_reply: OnReply = Box::new(on_reply);
    let refused = CLIENT.with_borrow_mut(|client| client.request(request, file, on_reply));
    if let Some((on_reply, reason)) = refused {
        wasm_bindgen_futures::spawn_local(async move { on_reply(Err(reason)) });
    }
}

/// Ends the worker, whatever it is doing; each open request gets a sentence as its error.
pub fn cancel() {
    give_up("This was cancelled.");
}

impl Client {
    /// Posts a request. If that is impossible, returns the callback and a sentence that says why.
    fn request(&mut self, body: Request, file: Option<&Blob>, on_reply: OnReply) -> Option<(OnReply, String)> {
        let id = self.last_id + 1;
        let parcel = match pack(&Numbered { id, body }, file) {
            Ok(parcel) => parcel,
            Err(reason) => return Some((on_reply, reason)),
        };
        if !self.wire.is_connected()
            && let Err(reason) = self.wire.connect(&build::loader("exchange"), "exchange", hear, fail)
        {
            return Some((on_reply, failure(&reason)));
        }
        self.last_id = id;
        self.waiting.push_back((id, on_reply));
        self.has_read_large |= file.is_some_and(|file| file.size() > LARGE);
        self.wire.post(parcel.into());
        None
    }
}

/// Handles a message from the worker.
fn hear(event: MessageEvent) {
    match unpack(&event) {
        Ok((Message::Answer(Numbered { id, body }), file)) => {
            let waiting = CLIENT.with_borrow_mut(|client| {
                let index = client.waiting.iter().position(|(waiting, _)| *waiting == id)?;
                let answered = client.waiting.remove(index);
                if client.has_read_large && client.waiting.is_empty() {
                    client.has_read_large = false;
                    client.wire.disconnect();
                }
                answered
            });
            if let Some((_, on_reply)) = waiting {
                on_reply(match body {
                    Response::Failed(message) => Err(message),
                    response => Ok((response, file)),
                });
            }
        }
        Ok((Message::Broken(reason), _)) => fail(&reason),
        Err(error) => fail(&format!("it sent a message that the page cannot read ({error})")),
    }
}

/// Ends a worker that has failed. `reason` is the end of a sentence.
fn fail(reason: &str) {
    give_up(&failure(reason));
}

/// Ends the worker and answers all open requests with this sentence. The callbacks run when the client is no longer
/// borrowed, because they may send new requests.
fn give_up(message: &str) {
    let waiting = CLIENT.with_borrow_mut(|client| {
        client.wire.disconnect();
        std::mem::take(&mut client.waiting)
    });
    for (_, on_reply) in waiting {
        on_reply(Err(message.to_owned()));
    }
}

/// Makes a sentence for the user from the end of one.
fn failure(reason: &str) -> String {
    build::failure("The worker for files", reason, "Try again; if that fails too, reload the page.")
}
