//! Measures how long a million rows of the sheet take: `cargo bench --bench sheet`. The aim is 0.2 s.

use std::hint::black_box;
use std::time::Instant;

use gradsheet::sheet::{Constants, Run};

const UPDATES: usize = 1_000_000;
const REPEATS: usize = 9;

fn main() {
    // `cargo test --benches` starts this program without the argument, and then nothing is measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut seconds: Vec<f64> = (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            black_box(Run::new(black_box(Constants::CLASSIC), black_box(0.5), UPDATES));
            start.elapsed().as_secs_f64()
        })
        .collect();
    seconds.sort_by(f64::total_cmp);
    println!("a million rows: {:.3} s (median of {REPEATS}, fastest {:.3} s)", seconds[REPEATS / 2], seconds[0]);
}
