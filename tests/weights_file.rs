//! Weights that PyTorch wrote (`fixtures/weights/notebook.py`) give the logits that PyTorch computed with them.

use std::path::{Path, PathBuf};

use gradsheet::mnist::{Dataset, FILES};
use gradsheet::trainer::cpu::Net;
use gradsheet::trainer::engine::batch::Batcher;
use gradsheet::trainer::engine::parameter_layout::Layout;
use gradsheet::trainer::engine::weights::largest_difference;
use gradsheet::trainer::engine::weights_file::{Imported, read, write};
use gradsheet::trainer::recipe::Recipe;
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::record::RunKey;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(root().join("tests/fixtures/weights").join(name)).expect("the fixture is there")
}

fn imported() -> Imported {
    read(&fixture("pytorch.safetensors")).expect("it is this net's")
}

#[test]
fn weights_from_pytorch_give_the_logits_of_pytorch() {
    let files = FILES.map(|name| (name, std::fs::read(root().join("assets/mnist").join(name)).expect("it is there")));
    let data = Dataset::parse(files.each_ref().map(|(name, bytes)| (*name, bytes.as_slice()))).expect("it is MNIST");
    let text = String::from_utf8(fixture("logits.csv")).expect("it is text");
    let expected: Vec<f32> = text.split([',', '\n']).filter_map(|logit| logit.parse().ok()).collect();
    assert_eq!(expected.len(), 8 * 10);

    let training_state = imported().training_state;
    let flat = [training_state.parameters, training_state.statistics].concat();
    let mut net = Net::from_weights(&Layout::new().to_named(&flat)).expect("the weights fit");
    let images: Vec<usize> = (0..8).collect();
    let logits = net.infer(&Batcher::new(&data.test).to_test(&images));
    let difference = largest_difference(&logits, &expected);
    assert!(difference <= 1e-4, "{difference}");
}

#[test]
fn weights_from_pytorch_are_written_as_they_were_read() {
    let imported = imported();
    assert_eq!(imported.steps, 20);
    let mut checkpoint = Checkpoint::begin(RunKey(1), Recipe::quick(), "MNIST".to_owned());
    checkpoint.training_state = imported.training_state.clone();
    checkpoint.record.losses = vec![1.0; 20];
    assert_eq!(read(&write(&checkpoint).expect("they fit")), Ok(imported));
}
