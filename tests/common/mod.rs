//! What several tests of the trainer share: a host without a worker, small data sets.
#![allow(dead_code, reason = "every test uses its own part")]

use std::collections::{BTreeMap, VecDeque};

use gradsheet::mnist::{Dataset, Split};
use gradsheet::trainer::engine::host::{Flow, Host};
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::protocol::Event;

/// Collects events and checkpoints, and does at certain yields what a user might.
pub(crate) struct Collector {
    pub(crate) events: Vec<Event>,
    pub(crate) checkpoints: Vec<Checkpoint>,
    /// What happens at which yield, counted from 1.
    pub(crate) wishes: BTreeMap<u32, Flow>,
    /// What happens, one after the other, while the run is held.
    pub(crate) while_held: VecDeque<Flow>,
    pub(crate) yields: u32,
    /// The clock; it moves by [`Collector::tick`] at every yield, so that nothing depends on the machine.
    pub(crate) now: f64,
    pub(crate) tick: f64,
}

impl Collector {
    pub(crate) fn new() -> Self {
        Self {
            events: Vec::new(),
            checkpoints: Vec::new(),
            wishes: BTreeMap::new(),
            while_held: VecDeque::new(),
            yields: 0,
            now: 100.0,
            tick: 0.01,
        }
    }

    /// One that does this at a yield.
    pub(crate) fn wishing(yield_number: u32, flow: Flow) -> Self {
        Self { wishes: BTreeMap::from([(yield_number, flow)]), ..Self::new() }
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

    async fn yield_now(&mut self) -> Flow {
        self.yields += 1;
        self.now += self.tick;
        self.wishes.remove(&self.yields).unwrap_or(Flow::Continue)
    }

    async fn wait(&mut self) -> Flow {
        self.now += 1000.0;
        self.while_held.pop_front().unwrap_or(Flow::Continue)
    }

    fn save(&mut self, checkpoint: Checkpoint) {
        self.checkpoints.push(checkpoint);
    }

    fn seconds(&self) -> f64 {
        self.now
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
