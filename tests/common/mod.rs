//! What several tests of the trainer share: a host without a worker, small data sets.
#![allow(dead_code, reason = "every test uses its own part")]

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use gradsheet::mnist::{Dataset, Split};
use gradsheet::trainer::protocol::Event;
use gradsheet::trainer::session::{Flow, Host};

/// Runs a future that never has to wait, as those of the CPU backend.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the CPU never keeps anyone waiting"),
    }
}

/// Collects events, and may stop the run after a number of steps.
pub(crate) struct Collector {
    pub(crate) events: Vec<Event>,
    pub(crate) breaths_left: Option<u32>,
    pub(crate) started: Instant,
}

impl Collector {
    pub(crate) fn new() -> Self {
        Self { events: Vec::new(), breaths_left: None, started: Instant::now() }
    }

    /// The losses of all steps.
    pub(crate) fn losses(&self) -> Vec<f32> {
        let losses = self.events.iter().filter_map(|event| match event {
            Event::Steps { losses, .. } => Some(losses.as_slice()),
            _ => None,
        });
        losses.flatten().copied().collect()
    }
}

impl Host for Collector {
    fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    async fn breathe(&mut self) -> Flow {
        match &mut self.breaths_left {
            Some(0) => Flow::Stop,
            Some(left) => {
                *left -= 1;
                Flow::Continue
            }
            None => Flow::Continue,
        }
    }

    fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

fn idx(magic: u32, dimensions: &[u32], bytes: Vec<u8>) -> Vec<u8> {
    let header = [magic].into_iter().chain(dimensions.iter().copied());
    header.flat_map(u32::to_be_bytes).chain(bytes).collect()
}

/// IDX files of images and labels: image `i` shows a bright bar in the row that its label names, `i` modulo 10.
pub(crate) fn bars(count: u32) -> (Vec<u8>, Vec<u8>) {
    let labels: Vec<u8> = (0..count).map(|index| (index % 10) as u8).collect();
    let mut pixels = vec![0; count as usize * 784];
    for (index, image) in pixels.chunks_mut(784).enumerate() {
        for (x, pixel) in image[(2 * (index % 10) + 4) * 28..][..28].iter_mut().enumerate() {
            // A little noise, so that no two images are the same.
            *pixel = 200 + ((index * 31 + x * 7) % 50) as u8;
        }
    }
    (idx(0x803, &[count, 28, 28], pixels), idx(0x801, &[count], labels))
}

/// A data set of bars, which a net learns in a few steps.
pub(crate) fn small_data(train: u32, test: u32) -> Dataset {
    let split = |count| {
        let (images, labels) = bars(count);
        Split::parse(("images", &images), ("labels", &labels)).expect("the files are well-formed")
    };
    Dataset { train: split(train), test: split(test) }
}
