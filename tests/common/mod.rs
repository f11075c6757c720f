//! Parts that several tests of the trainer share: a host without a worker, and small data sets.
#![allow(dead_code, reason = "no test uses all parts")]

use std::collections::{BTreeMap, VecDeque};

use gradsheet::mnist::{Dataset, Split};
use gradsheet::trainer::engine::host::{Flow, Host};
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::protocol::Event;

/// `Collector` is a host that keeps all events and checkpoints, and answers chosen yields as a user might.
pub(crate) struct Collector {
    pub(crate) events: Vec<Event>,
    pub(crate) checkpoints: Vec<Checkpoint>,
    /// The answers to yields, by the number of the yield, from 1. Any other yield returns `Flow::Continue`.
    pub(crate) flows: BTreeMap<u32, Flow>,
    /// The answers to [`Host::wait`], in order, while the run is paused.
    pub(crate) flows_while_paused: VecDeque<Flow>,
    /// The number of yields so far.
    pub(crate) yields: u32,
    /// The time in seconds. The clock only moves at yields and waits, so that nothing depends on the machine.
    pub(crate) now: f64,
    /// The seconds by which a yield moves the clock.
    pub(crate) tick: f64,
}

impl Collector {
    pub(crate) fn new() -> Self {
        Self {
            events: Vec::new(),
            checkpoints: Vec::new(),
            flows: BTreeMap::new(),
            flows_while_paused: VecDeque::new(),
            yields: 0,
            now: 100.0,
            tick: 0.01,
        }
    }

    /// Makes a host that answers one yield with `flow`.
    pub(crate) fn with_flow(yield_number: u32, flow: Flow) -> Self {
        Self { flows: BTreeMap::from([(yield_number, flow)]), ..Self::new() }
    }

    /// Returns the losses of all steps.
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
        self.flows.remove(&self.yields).unwrap_or(Flow::Continue)
    }

    async fn wait(&mut self) -> Flow {
        self.now += 1000.0;
        self.flows_while_paused.pop_front().unwrap_or(Flow::Continue)
    }

    fn save(&mut self, checkpoint: Checkpoint) {
        self.checkpoints.push(checkpoint);
    }

    fn seconds(&self) -> f64 {
        self.now
    }
}

/// Makes an IDX file.
fn idx(magic: u32, dimensions: &[u32], bytes: Vec<u8>) -> Vec<u8> {
    let header = [magic].into_iter().chain(dimensions.iter().copied());
    header.flat_map(u32::to_be_bytes).chain(bytes).collect()
}

/// Makes the IDX files of images and labels. Image `i` has the label `i` modulo 10, and shows a bright bar at a height
/// that depends on the label.
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

/// Makes a data set of bars, which a net learns in a few steps.
pub(crate) fn small_data(train: u32, test: u32) -> Dataset {
    let split = |count| {
        let (images, labels) = bars(count);
        Split::parse(("images", &images), ("labels", &labels)).expect("the files are well-formed")
    };
    Dataset { train: split(train), test: split(test) }
}
