//! `cargo bench --bench cpu_step`: how long a training step takes on one core and on two, and classifying 10,000 images.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use gradsheet::mnist::{CLASSES, PIXELS};
use gradsheet::random::{Purpose, Random};
use gradsheet::trainer::cpu::{Alone, Dropout, Net, Team};
use gradsheet::trainer::weights::Weights;

fn main() {
    // `cargo test --benches` starts this too; then there is nothing to measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut net = Net::from_weights(&Weights::initial(1)).expect("initial weights fit");
    let mut random = Random::new(1, Purpose::Order { epoch: 1 });
    for size in [64, 128] {
        let pixels: Vec<f32> = (0..size * PIXELS).map(|_| random.unit()).collect();
        let mut targets = vec![0.0; size * CLASSES];
        targets.iter_mut().step_by(CLASSES).for_each(|target| *target = 1.0);
        measure(&format!("step of batch {size}"), 30, |step| {
            let dropout = Dropout { rate: 0.1, seed: 1, step, first_image: 0 };
            black_box(ready(net.learn(&pixels, &targets, &dropout, &mut Alone)));
        });
        let mut team = Team::new(&net, 2);
        measure(&format!("the same by two threads ({size})"), 30, |step| {
            let dropout = Dropout { rate: 0.1, seed: 1, step, first_image: 0 };
            black_box(team.learn(&mut net, &pixels, &targets, &dropout));
        });
    }
    let pixels: Vec<f32> = (0..10_000 * PIXELS).map(|_| random.unit()).collect();
    measure("classifying 10,000 images", 3, |_| {
        black_box(net.infer(&pixels));
    });
}

fn measure(what: &str, repeats: u64, mut once: impl FnMut(u64)) {
    once(0);
    let time = |step| {
        let start = Instant::now();
        once(step);
        start.elapsed().as_secs_f64() * 1e3
    };
    let mut milliseconds: Vec<f64> = (1..=repeats).map(time).collect();
    milliseconds.sort_by(f64::total_cmp);
    println!(
        "{what}: {:.1} ms (median of {repeats}, fastest {:.1} ms)",
        milliseconds[milliseconds.len() / 2],
        milliseconds[0]
    );
}

/// The value of a future that has nobody to wait for.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a worker alone never waits"),
    }
}
