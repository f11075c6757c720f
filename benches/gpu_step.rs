//! How long a training step takes on the native graphics adapter, and which kernels it goes to: `cargo bench
//! --no-default-features --features kernels --bench gpu_step`.

use std::time::Instant;

use gradsheet::trainer::engine::batch::Batch;
use gradsheet::trainer::gpu::{Adapter, Net, Step};
use gradsheet::trainer::recipe::Recipe;
use gradsheet::trainer::run::training_state::TrainingState;
use pollster::block_on;

const STEPS: u32 = 5;

fn main() {
    let Some(adapter) = block_on(Adapter::native()).expect("the adapter starts") else {
        println!("This machine has no graphics adapter.");
        return;
    };
    for dropout in [Recipe::classic().dropout, 0.0] {
        measure(&adapter, &Recipe { dropout, ..Recipe::classic() });
    }
}

/// Prints how long steps of a recipe take, as a whole and kernel by kernel.
fn measure(adapter: &Adapter, recipe: &Recipe) {
    let images = recipe.batch_size as usize;
    let pixels = (0..images * 784).map(|index| (index * 31 % 255) as f32 / 255.0).collect();
    let batch = Batch::new(pixels, (0..images).map(|image| (image % 10) as u8).collect(), 0.0);
    let began = Instant::now();
    let net = block_on(Net::new(adapter, recipe, &TrainingState::initial(1))).expect("it fits");
    println!("Dropout {}: {} kernels made in {:.1} s", recipe.dropout, net.kernels(), began.elapsed().as_secs_f64());
    let mut milliseconds: Vec<f64> = (0..=STEPS)
        .map(|step| {
            let began = Instant::now();
            net.learn(&batch, &Step::of(recipe, images, step, recipe.learning_rate));
            block_on(net.outcomes(1)).expect("the device answers");
            began.elapsed().as_secs_f64() * 1e3
        })
        .skip(1)
        .collect();
    milliseconds.sort_unstable_by(f64::total_cmp);
    println!("batch {images}: {:.1} ms a step at least, {:.1} median", milliseconds[0], milliseconds[2]);
    let mut best: Vec<(String, f64)> = Vec::new();
    for _ in 0..STEPS {
        let (mut began, mut place) = (Instant::now(), 0);
        net.profile(|name, done| {
            if done {
                let took = began.elapsed().as_secs_f64() * 1e3;
                match best.get_mut(place) {
                    Some((_, best)) => *best = best.min(took),
                    None => best.push((name.to_owned(), took)),
                }
                place += 1;
            }
            began = Instant::now();
        });
    }
    for (name, took) in best {
        println!("{took:9.2} ms  {name}");
    }
}
