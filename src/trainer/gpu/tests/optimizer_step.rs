//! The kernel that updates the parameters.

use pollster::block_on;

use super::{adapter, run_kernel, uniform};
use crate::random::{Purpose, Random};
use crate::trainer::engine::optimizer::average;
use crate::trainer::engine::oracle::{assert_close, noise};
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::gpu::buffers::{
    AVERAGED_VALUES, GRADIENTS, MOMENTS, PACKED_WEIGHTS, PARTIAL_GRADIENTS, STEP, VALUES,
};
use crate::trainer::gpu::offsets::Offsets;
use crate::trainer::gpu::optimizer_step::{UpdateRule, optimizer_step};
use crate::trainer::gpu::shape::{ImageAxis, Stage, Tile};
use crate::trainer::gpu::uniforms::StepUniforms;
use crate::trainer::gpu::weight_gradient_parts::bias_parts;
use crate::trainer::recipe::{Betas, Optimizer, Recipe};
use crate::trainer::run::training_state::TrainingState;

#[test]
fn every_optimizer_updates_parameters_and_their_average_as_on_the_cpu() {
    const WEIGHT_DECAY: f64 = 0.01;
    const AVERAGING: f64 = 0.5;
    let Some(adapter) = adapter() else { return };
    let optimizers = [
        Optimizer::Sgd { momentum: 0.0, nesterov: false },
        Optimizer::Sgd { momentum: 0.9, nesterov: false },
        Optimizer::Sgd { momentum: 0.9, nesterov: true },
        Optimizer::Adam(Betas::default()),
        Optimizer::AdamW(Betas::default()),
    ];
    let (layout, stages, axis, tile) = (Layout::new(), Stage::of_the_net(), ImageAxis::new(2, 4), Tile::SOFTWARE);
    let offsets = Offsets::new(&stages, tile, axis, &layout);
    for optimizer in optimizers {
        let recipe = Recipe { optimizer, weight_decay: WEIGHT_DECAY, averaging: AVERAGING, ..Recipe::classic() };
        let rule = UpdateRule { optimizer, averages: true };
        let kernel = optimizer_step(&stages, &offsets, rule, tile, axis, &layout);
        let mut expected = TrainingState::initial(1);
        let mut expected_average = Vec::new();
        expected.moments = vec![vec![0.0; layout.parameters()]; optimizer.moments()];
        let mut random = Random::new(6, Purpose::Weights);
        let gradients: Vec<f32> = (0..layout.parameters()).map(|_| noise(&mut random) as f32).collect();
        // One part of each weight and bias holds the whole gradient; the other partial sums are 0.
        let mut partial = vec![0.0; offsets.partial_gradients];
        for (stage, offsets) in stages.iter().zip(&offsets.stages) {
            let weights = &gradients[offsets.weights..][..stage.weights()];
            partial[offsets.weight_sums..][..stage.weights()].copy_from_slice(weights);
            let parts = bias_parts(stage, tile, axis);
            for channel in 0..stage.output.channels {
                partial[offsets.bias_sums + channel * parts] = gradients[offsets.biases + channel];
            }
        }
        let (values, moments) = (adapter.filled(&expected.flat()), adapter.zeros(2 * layout.parameters()));
        let (gradient_buffer, averaged) = (adapter.filled(&gradients), adapter.zeros(layout.len()));
        let (partial, packed) = (adapter.filled(&partial), adapter.zeros(offsets.packed_weights));
        for step in 0..3 {
            let rate = 0.1 / f64::from(step + 1);
            let uniforms = uniform(&adapter, &StepUniforms::for_training(&recipe, 2, step, rate));
            let mut memory = vec![
                (STEP, &uniforms),
                (VALUES, &values),
                (GRADIENTS, &gradient_buffer),
                (PARTIAL_GRADIENTS, &partial),
                (PACKED_WEIGHTS, &packed),
                (AVERAGED_VALUES, &averaged),
            ];
            if rule.has_moments() {
                memory.push((MOMENTS, &moments));
            }
            run_kernel(&adapter, kernel.clone(), &memory, []);
            let TrainingState { parameters, moments, .. } = &mut expected;
            optimizer.descend(parameters, &gradients, moments, rate, WEIGHT_DECAY, step);
            average(&mut expected_average, expected.flat().into_iter(), AVERAGING, step);
        }
        let parts = [(&values, 0..layout.len()), (&averaged, 0..layout.len())];
        let actual = block_on(adapter.read(&parts)).expect("the device answers").concat();
        for (actual, expected) in actual.iter().zip(expected.flat().iter().chain(&expected_average)) {
            assert_close(&format!("{optimizer:?}"), f64::from(*actual), f64::from(*expected), 1e-6);
        }
    }
}
