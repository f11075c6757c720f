//! Schedules, optimizers and smoothed targets, compared with numbers from PyTorch (`tests/fixtures/trainer/make.py`).

use gradsheet::mnist::CLASSES;
use gradsheet::trainer::engine::batch::soft_targets;
use gradsheet::trainer::recipe::schedule::Schedule;
use gradsheet::trainer::recipe::{Betas, Optimizer, Recipe};

fn table(text: &str) -> (Vec<&str>, Vec<Vec<&str>>) {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    (lines.next().expect("a header"), lines.collect())
}

fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}

#[test]
fn schedules_match_pytorch() {
    let (header, rows) = table(include_str!("fixtures/trainer/schedules.csv"));
    let schedules = [
        ("constant", Schedule::Constant),
        ("step_2_0.3", Schedule::Step { epochs: 2, factor: 0.3 }),
        ("cosine", Schedule::Cosine),
        ("one_cycle_0.25", Schedule::OneCycle { warm_up: 0.25 }),
        ("one_cycle_0.2", Schedule::OneCycle { warm_up: 0.2 }),
    ];
    assert_eq!(header.len(), schedules.len() + 1);
    for (name, schedule) in schedules {
        let column = header.iter().position(|head| *head == name).expect("the fixture has it");
        let recipe =
            Recipe { epochs: 6, images: 200, batch_size: 10, learning_rate: 0.1, schedule, ..Recipe::classic() };
        assert_eq!(rows.len(), recipe.total_steps() as usize);
        for (row, step) in rows.iter().zip(0..) {
            let (ours, theirs) = (recipe.rate(step), number(row[column]));
            // PyTorch multiplies the rate in each step, so its rounding errors add up.
            assert!((ours - theirs).abs() < 1e-14, "{name}, step {step}: {ours} instead of {theirs}");
        }
    }
}

#[test]
fn optimizers_match_pytorch() {
    let (_, rows) = table(include_str!("fixtures/trainer/optimizers.csv"));
    let sgd = |momentum, nesterov| Optimizer::Sgd { momentum, nesterov };
    let betas = Betas { first: 0.8, second: 0.99 };
    let optimizers = [
        ("sgd", sgd(0.0, false), 0.0),
        ("momentum", sgd(0.9, false), 0.0),
        ("momentum_decay", sgd(0.9, false), 0.01),
        ("nesterov_decay", sgd(0.9, true), 0.01),
        ("adam", Optimizer::Adam(Betas::default()), 0.0),
        ("adam_decay", Optimizer::Adam(betas), 0.01),
        ("adamw_decay", Optimizer::AdamW(betas), 0.01),
    ];
    let mut compared = 0;
    for (name, optimizer, decay) in optimizers {
        let mut weights = [1.0_f32, -2.0, 0.5, 3.0];
        let mut moments = vec![vec![0.0; 4]; optimizer.moments()];
        for (row, step) in rows.iter().filter(|row| row[0] == name).zip(0..) {
            // Each weight has a loss of its own, ½ · curvature · (weight − target)².
            let losses = [(0.1, 0.0), (1.0, 0.5), (4.0, -0.25), (10.0, 1.0)];
            let gradient = |(weight, (curvature, target)): (&f32, (f32, f32))| curvature * (weight - target);
            let gradients: Vec<f32> = weights.iter().zip(losses).map(gradient).collect();
            optimizer.descend(&mut weights, &gradients, &mut moments, number(row[2]), decay, step);
            for (ours, theirs) in weights.iter().zip(&row[3..]) {
                let theirs = number(theirs);
                let close = 1e-5 * theirs.abs().max(1.0);
                assert!((f64::from(*ours) - theirs).abs() < close, "{name}, step {step}: {ours} instead of {theirs}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, rows.len() * 4, "every row of the fixture is compared");
}

#[test]
fn losses_of_smoothed_targets_match_pytorch() {
    let logits: [[f32; CLASSES]; 2] =
        [[1.0, -2.0, 0.5, 0.0, 3.0, -1.0, 0.25, 0.0, 2.0, -0.5], [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]];
    let (_, rows) = table(include_str!("fixtures/trainer/smoothing.csv"));
    for row in &rows {
        let targets = soft_targets(&[4, 2], number(row[0]));
        let mut loss = 0.0;
        for (logits, targets) in logits.iter().zip(targets.chunks(CLASSES)) {
            let total: f64 = logits.iter().map(|logit| f64::from(*logit).exp()).sum();
            let log_softmax = logits.iter().map(|logit| f64::from(*logit) - total.ln());
            loss -= log_softmax.zip(targets).map(|(log, target)| log * f64::from(*target)).sum::<f64>() / 2.0;
        }
        assert!((loss - number(row[1])).abs() < 1e-6, "smoothing {}: {loss} instead of {}", row[0], row[1]);
    }
    assert_eq!(rows.len(), 3);
}
