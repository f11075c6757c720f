//! Measures on the CPU, with one worker and with two: a training step, the making of its batch, and the classification
//! of
//! 10,000 images. `cargo bench --no-default-features --features engine --bench cpu_step` runs it.

use std::hint::black_box;
use std::time::Instant;

use gradsheet::mnist::{PIXELS, Split};
use gradsheet::random::{Purpose, Random};
use gradsheet::trainer::cpu::learner::CpuLearner;
use gradsheet::trainer::cpu::threads::HelperThread;
use gradsheet::trainer::cpu::worker_pool::WorkerPool;
use gradsheet::trainer::engine::batch::Batcher;
use gradsheet::trainer::engine::learner::Learner;
use gradsheet::trainer::recipe::Recipe;
use gradsheet::trainer::run::training_state::TrainingState;
use pollster::block_on;

/// The number of rounds. Each round measures all numbers of workers, so that other work on the machine slows them
/// alike.
const ROUNDS: usize = 3;

fn main() {
    // `cargo test --benches` starts this program without the argument, and then nothing is measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let split = noise(256);
    for (name, recipe) in [("classic", Recipe::classic()), ("best", Recipe::best())] {
        for size in [64, 128] {
            let batch = Batcher::new(&split).to_learn(&(0..size).collect::<Vec<_>>(), &recipe, 1, 0);
            let time = |_| measure(|| drop(black_box(batch.make())));
            print(&format!("{name}, making a batch of {size}"), (0..15).map(time).collect());
            let mut milliseconds = [1, 2].map(|workers| (workers, Vec::new()));
            for _ in 0..ROUNDS {
                for (workers, milliseconds) in &mut milliseconds {
                    milliseconds.extend(steps(&mut learner(&recipe, *workers), &split, &recipe, size));
                }
            }
            for (workers, milliseconds) in milliseconds {
                print(&format!("{name}, step of batch {size}, workers: {workers}"), milliseconds);
            }
        }
    }
    let mut random = Random::new(1, Purpose::Order { epoch: 1 });
    let pixels: Vec<f32> = (0..10_000 * PIXELS).map(|_| random.unit()).collect();
    for workers in [1, 2] {
        let mut learner = learner(&Recipe::classic(), workers);
        let time = |_| measure(|| drop(black_box(block_on(learner.classify(pixels.clone())))));
        print(&format!("classifying 10,000 images, workers: {workers}"), (0..3).map(time).collect());
    }
}

/// Makes images of random pixels.
fn noise(images: usize) -> Split {
    let mut random = Random::new(1, Purpose::Order { epoch: 1 });
    let count = images as u32;
    let header = |magic: u32, dimensions: &[u32]| {
        [&[magic], dimensions].concat().into_iter().flat_map(u32::to_be_bytes).collect::<Vec<u8>>()
    };
    let pixels = (0..images * PIXELS).map(|_| random.below(256) as u8);
    let images: Vec<u8> = header(0x803, &[count, 28, 28]).into_iter().chain(pixels).collect();
    let labels: Vec<u8> = header(0x801, &[count]).into_iter().chain((0..count).map(|i| (i % 10) as u8)).collect();
    Split::parse(("images", &images), ("labels", &labels)).expect("well-formed")
}

fn learner(recipe: &Recipe, workers: usize) -> CpuLearner<HelperThread> {
    CpuLearner::new(recipe, &TrainingState::initial(1), WorkerPool::of_threads(workers)).expect("initial weights fit")
}

/// Measures steps after a first one, which does not count, in milliseconds.
fn steps(learner: &mut CpuLearner<HelperThread>, split: &Split, recipe: &Recipe, size: usize) -> Vec<f64> {
    let batcher = Batcher::new(split);
    let indices: Vec<usize> = (0..size).collect();
    let mut step = 0;
    let mut once = || {
        let batch = batcher.to_learn(&indices, recipe, 1, 0);
        block_on(learner.learn_from_source(&batch, Some(&batch), step, 0.001)).expect("all workers are there");
        step += 1;
    };
    once();
    (0..15).map(|_| measure(&mut once)).collect()
}

/// Returns the milliseconds that a function takes.
fn measure(once: impl FnOnce()) -> f64 {
    let start = Instant::now();
    once();
    start.elapsed().as_secs_f64() * 1e3
}

fn print(what: &str, mut milliseconds: Vec<f64>) {
    milliseconds.sort_by(f64::total_cmp);
    let (count, median) = (milliseconds.len(), milliseconds[milliseconds.len() / 2]);
    println!("{what}: {median:.2} ms (median of {count}, fastest {:.2} ms)", milliseconds[0]);
}
