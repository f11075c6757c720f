//! What PyTorch computed, read without Burn.
#![allow(dead_code, reason = "every test uses its own part")]

use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use gradsheet::mnist::{CLASSES, Normalisation};
use gradsheet::trainer::architecture::{MEAN, STD};
use gradsheet::trainer::weights::Weights;
use safetensors::{Dtype, SafeTensors};

/// Biases moved a little so that no activation lies too close to its ReLU's corner, as `trainer::check` does.
const NUDGES: [(&str, usize, f32); 6] = [
    ("conv4.bias", 17, -4e-6),
    ("conv5.bias", 6, 4e-6),
    ("conv5.bias", 11, 4e-6),
    ("conv5.bias", 3, 4e-6),
    ("conv5.bias", 0, -4e-6),
    ("conv6.bias", 0, 4e-6),
];

pub(crate) struct Reference {
    bytes: Vec<u8>,
    pub(crate) pixels: Vec<f32>,
    pub(crate) targets: Vec<f32>,
    pub(crate) settled: Weights,
    pub(crate) losses: Vec<f32>,
}

impl Reference {
    pub(crate) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/check/reference.safetensors");
        let bytes = std::fs::read(path).expect("the reference is there");
        let file = SafeTensors::deserialize(&bytes).expect("the reference parses");
        let normalisation = Normalisation::new(MEAN, STD);
        let raw = |name| file.tensor(name).expect("it is there").data().to_vec();
        let labels = raw("batch/labels");
        let mut targets = vec![0.0; labels.len() * CLASSES];
        for (row, label) in targets.chunks_mut(CLASSES).zip(labels) {
            row[usize::from(label)] = 1.0;
        }
        let pixels = raw("batch/images_u8").iter().map(|pixel| normalisation.of(*pixel)).collect();
        let mut reference =
            Self { pixels, targets, settled: Weights::default(), losses: Vec::new(), bytes: bytes.clone() };
        reference.losses = reference.numbers("", "losses_1_to_10");
        reference.settled = reference.weights("init/");
        for (name, channel, nudge) in NUDGES {
            reference.settled.0.get_mut(name).expect("it is there").values[channel] += nudge;
        }
        reference
    }

    /// The 32-bit arrays whose names begin with the prefix.
    pub(crate) fn weights(&self, prefix: &str) -> Weights {
        let file = SafeTensors::deserialize(&self.bytes).expect("the reference parses");
        let mut weights = Weights::default();
        for (name, view) in file.iter() {
            if let (Some(name), Dtype::F32) = (name.strip_prefix(prefix), view.dtype()) {
                let values = view.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
                weights.put(name.to_owned(), view.shape().to_vec(), values);
            }
        }
        weights
    }

    pub(crate) fn numbers(&self, prefix: &str, name: &str) -> Vec<f32> {
        self.weights(prefix).0.remove(name).expect("the array is there").values
    }
}

/// Runs a future that never has to wait.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nobody else is there to wait for"),
    }
}

pub(crate) fn assert_close(what: &str, difference: f64, tolerance: f64) {
    println!("{what}: {difference:.2e}");
    assert!(difference <= tolerance, "{what}: {difference} is above {tolerance}");
}
