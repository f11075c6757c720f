//! The kernel that moves the weights.

use pollster::block_on;

use super::{adapter, call, step};
use crate::random::{Purpose, Random};
use crate::trainer::engine::optimizer::average;
use crate::trainer::engine::oracle::{assert_close, noise};
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::gpu::descend;
use crate::trainer::gpu::descend::Rule;
use crate::trainer::gpu::shape::{Lanes, Stage, Tile};
use crate::trainer::gpu::step::Step;
use crate::trainer::gpu::weight_gradient;
use crate::trainer::recipe::{Betas, Optimizer, Recipe};
use crate::trainer::run::training_state::TrainingState;

#[test]
fn every_optimizer_moves_weights_and_their_average_as_the_one_for_the_cpu() {
    let Some(adapter) = adapter() else { return };
    let optimizers = [
        Optimizer::Sgd { momentum: 0.0, nesterov: false },
        Optimizer::Sgd { momentum: 0.9, nesterov: false },
        Optimizer::Sgd { momentum: 0.9, nesterov: true },
        Optimizer::Adam(Betas::default()),
        Optimizer::AdamW(Betas::default()),
    ];
    let (layout, stages, lanes) = (Layout::new(), Stage::of_the_net(), Lanes::new(2, 4));
    let (sums, partial, packed) = descend::places(&stages, Tile::SOFTWARE, lanes);
    for optimizer in optimizers {
        let recipe = Recipe { optimizer, weight_decay: 0.01, averaging: 0.5, ..Recipe::classic() };
        let rule = Rule { optimizer, averages: true };
        let kernel = descend::descend(&stages, &sums, rule, Tile::SOFTWARE, lanes, &layout);
        let mut training_state = TrainingState::initial(1);
        let mut mean = Vec::new();
        training_state.moments = vec![vec![0.0; layout.parameters()]; optimizer.moments()];
        let mut random = Random::new(6, Purpose::Weights);
        let gradients: Vec<f32> = (0..layout.parameters()).map(|_| noise(&mut random) as f32).collect();
        let (values, moments) = (adapter.filled(&training_state.flat()), adapter.zeros(2 * layout.parameters()));
        let (own, means) = (adapter.filled(&gradients), adapter.zeros(layout.len()));
        // The partial sums are 0, but for one part of each weight and bias.
        let mut left = vec![0.0; partial];
        for (number, (stage, sums)) in (1..).zip(stages.iter().zip(&sums)) {
            let weights = layout.range(&format!("conv{number}.weight"));
            left[sums.weights..sums.weights + stage.weights()].copy_from_slice(&gradients[weights]);
            for (channel, index) in layout.range(&format!("conv{number}.bias")).enumerate() {
                let parts = weight_gradient::bias_parts(stage, Tile::SOFTWARE, lanes);
                left[sums.biases + channel * parts] = gradients[index];
            }
        }
        let left = adapter.filled(&left);
        for taken in 0..3 {
            let rate = 0.1 / f64::from(taken + 1);
            let words = step(&adapter, &Step::of(&recipe, 2, taken, rate));
            let mut bound = vec![&words, &values, &own, &left];
            let packed = adapter.zeros(packed);
            bound.push(&packed);
            if rule.has_moments() {
                bound.push(&moments);
            }
            bound.push(&means);
            call(&adapter, &kernel, &bound, &[]);
            optimizer.descend(
                &mut training_state.parameters,
                &gradients,
                &mut training_state.moments,
                rate,
                0.01,
                taken,
            );
            average(&mut mean, training_state.flat().into_iter(), 0.5, taken);
        }
        let read =
            block_on(adapter.read(&[(&values, 0..layout.len()), (&means, 0..layout.len())])).expect("it answers");
        for (actual, expected) in read.concat().iter().zip(training_state.flat().iter().chain(&mean)) {
            assert_close(&format!("{optimizer:?}"), f64::from(*actual), f64::from(*expected), 1e-6);
        }
    }
}
