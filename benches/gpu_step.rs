//! Measures how long a training step takes on the native graphics adapter, and how long each kernel takes:
//! `cargo bench --no-default-features --features kernels --bench gpu_step`.

use std::time::{Duration, Instant};

use gradsheet::mnist::{CLASSES, PIXELS};
use gradsheet::trainer::engine::batch::Batch;
use gradsheet::trainer::gpu::{Adapter, Net, StepUniforms};
use gradsheet::trainer::recipe::Recipe;
use gradsheet::trainer::run::training_state::TrainingState;
use pollster::block_on;

/// The number of measured steps, and of measured runs of each kernel.
const ROUNDS: u32 = 5;

fn main() {
    let Some(adapter) = block_on(Adapter::native()).expect("the adapter starts") else {
        println!("This machine has no graphics adapter.");
        return;
    };
    for dropout in [Recipe::classic().dropout, 0.0] {
        measure(&adapter, &Recipe { dropout, ..Recipe::classic() });
    }
}

/// Prints the time of a step of this recipe, and the time of each of its kernels.
fn measure(adapter: &Adapter, recipe: &Recipe) {
    let images = recipe.batch_size as usize;
    let pixels = (0..images * PIXELS).map(|index| (index * 31 % 255) as f32 / 255.0).collect();
    let batch = Batch::new(pixels, (0..images).map(|image| (image % CLASSES) as u8).collect(), 0.0);
    let start = Instant::now();
    let net = block_on(Net::new(adapter, recipe, &TrainingState::initial(1))).expect("the device has room for the net");
    println!(
        "Dropout {}: {} kernels, compiled in {:.1} s",
        recipe.dropout,
        net.kernels(),
        start.elapsed().as_secs_f64()
    );
    // The first step also warms up.
    let mut times: Vec<Duration> = (0..=ROUNDS)
        .map(|step| {
            let start = Instant::now();
            net.learn(&batch, &StepUniforms::for_training(recipe, images, step, recipe.learning_rate));
            block_on(net.outcomes(1)).expect("the device answers");
            start.elapsed()
        })
        .skip(1)
        .collect();
    times.sort_unstable();
    let (fastest, median) = (milliseconds(times[0]), milliseconds(times[times.len() / 2]));
    println!("Batch {images}: fastest step {fastest:.1} ms, median {median:.1} ms");
    let mut kernels = net.profile().expect("the device works");
    for _ in 1..ROUNDS {
        for ((_, fastest), (_, time)) in kernels.iter_mut().zip(net.profile().expect("the device works")) {
            *fastest = time.min(*fastest);
        }
    }
    for (name, time) in kernels {
        println!("{:9.2} ms  {name}", milliseconds(time));
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
