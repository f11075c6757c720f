//! The whole net.

use pollster::block_on;

use super::{adapter, drop_out};
use crate::mnist::{CLASSES, Movement, Normalisation, PIXELS};
use crate::random::{Purpose, Random};
use crate::trainer::engine::architecture::{PIXEL_MEAN, PIXEL_STD};
use crate::trainer::engine::batch::Batch;
use crate::trainer::engine::check;
use crate::trainer::engine::check::Reference;
use crate::trainer::engine::oracle::{self, Maps, assert_close};
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::engine::weights::largest_difference;
use crate::trainer::gpu::adapter::Adapter;
use crate::trainer::gpu::net::Net;
use crate::trainer::gpu::uniforms::{DropoutUniforms, StepUniforms};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::reports::CheckReport;
use crate::trainer::run::training_state::TrainingState;

/// A net with random values, these values, and a random batch.
fn net_and_batch(adapter: &Adapter, recipe: &Recipe, images: usize) -> (Net, TrainingState, Batch) {
    let mut random = Random::new(3, Purpose::Weights);
    let training_state = TrainingState::of(&oracle::weights(&mut random)).expect("all weights are there");
    let (pixels, targets) = oracle::batch(images, &mut random);
    let labels = (0..images).map(|image| (image * 7 % CLASSES) as u8).collect();
    let net = block_on(Net::new(adapter, recipe, &training_state)).expect("the device has room for the net");
    (net, training_state, Batch { pixels, targets, labels })
}

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

#[test]
fn the_whole_net_has_the_gradients_of_its_loss_with_dropout_and_soft_targets() {
    let Some(adapter) = adapter() else { return };
    let recipe = Recipe { batch_size: 5, ..Recipe::classic() };
    check_whole_net(&adapter, &recipe, DropoutUniforms::new(0.1, 1, 3));
}

#[test]
fn the_whole_net_has_the_gradients_of_its_loss_without_dropout() {
    let Some(adapter) = adapter() else { return };
    check_whole_net(&adapter, &Recipe { batch_size: 5, dropout: 0.0, ..Recipe::classic() }, DropoutUniforms::OFF);
}

#[test]
fn the_whole_net_is_right_with_the_tiles_for_hardware() {
    let Some(adapter) = adapter() else { return };
    let hardware = Adapter { software: false, ..adapter };
    check_whole_net(&hardware, &Recipe { batch_size: 5, ..Recipe::classic() }, DropoutUniforms::new(0.1, 1, 3));
}

/// Compares the logits, the outcome and the gradients of the net with plain loops and differences.
fn check_whole_net(adapter: &Adapter, recipe: &Recipe, dropout: DropoutUniforms) {
    // The difference is so narrow that no activation crosses the corner of its ReLU.
    const WIDTH: f64 = 1e-7;
    // The batch is smaller than the one that the net has room for.
    let (net, training_state, batch) = net_and_batch(adapter, recipe, 3);
    let before = block_on(net.training_state()).expect("the device answers");
    let [logits, gradients] = block_on(net.batch_gradients_with(&batch, dropout)).expect("the device answers");
    assert_eq!(block_on(net.training_state()), Ok(before), "the training state stays the same");

    let values = widen(&training_state.flat());
    let drop = |layer: usize, maps: &mut Maps| drop_out(dropout, layer, maps);
    let expected = oracle::forward(&values, &batch.pixels, Some(&drop));
    for (actual, expected) in logits.iter().zip(&expected) {
        assert_close("logit", f64::from(*actual), *expected, 1e-5);
    }
    let outcome = block_on(net.outcomes(1)).expect("the device answers")[0];
    assert_close("loss", f64::from(outcome.loss), oracle::loss(&expected, &batch.targets), 1e-5);
    let is_right = |(row, label): (&[f64], &u8)| row.iter().all(|logit| *logit <= row[usize::from(*label)]);
    let correct = expected.chunks(CLASSES).zip(&batch.labels).filter(|pair| is_right(*pair)).count();
    assert_eq!(outcome.correct as usize, correct);

    let at = |values: &[f64]| oracle::loss(&oracle::forward(values, &batch.pixels, Some(&drop)), &batch.targets);
    let mut random = Random::new(4, Purpose::Weights);
    let layout = Layout::new();
    for slot in layout.slots().iter().filter(|slot| slot.range.end <= layout.parameters()) {
        let index = slot.range.start + random.below(slot.range.len());
        let moved = |distance: f64| {
            let mut values = values.clone();
            values[index] += distance;
            at(&values)
        };
        let difference = (moved(WIDTH) - moved(-WIDTH)) / (2.0 * WIDTH);
        assert_close(&format!("{} at {index}", slot.name), f64::from(gradients[index]), difference, 3e-6);
    }
}

#[test]
fn images_of_the_data_set_are_moved_as_on_the_cpu() {
    let Some(adapter) = adapter() else { return };
    let recipe = Recipe { batch_size: 5, ..Recipe::classic() };
    let (mut net, _, batch) = net_and_batch(&adapter, &recipe, 3);
    let images: Vec<u8> = (0..7 * PIXELS).map(|index| (index * 89 % 251) as u8).collect();
    net.store_data_set(&images).expect("the kernel fits the buffers");
    let movements = [Movement::new(0.0, 0.0, 0.0), Movement::new(11.0, -1.5, 0.25), Movement::new(-170.0, 9.0, 14.0)];
    let picks = [6, 0, 3];
    let step = StepUniforms::without_update(3);
    assert!(net.learn_from_data_set(&picks, &movements, &batch.targets, &batch.labels, &step));
    let on_device = block_on(net.outcomes(1)).expect("the device answers")[0].loss;

    let normalisation = Normalisation::new(PIXEL_MEAN, PIXEL_STD);
    let mut pixels = vec![0.0; 3 * PIXELS];
    for ((pixels, pick), movement) in pixels.chunks_mut(PIXELS).zip(picks).zip(movements) {
        movement.apply(&images[pick * PIXELS..][..PIXELS], pixels);
    }
    normalisation.apply(&mut pixels);
    net.learn(&Batch { pixels, ..batch }, &step);
    let on_cpu = block_on(net.outcomes(1)).expect("the device answers")[0].loss;
    assert_close("loss", f64::from(on_device), f64::from(on_cpu), 1e-5);
}

#[test]
fn classification_uses_the_running_statistics_and_the_averaged_parameters() {
    let Some(adapter) = adapter() else { return };
    for averaging in [0.0, 0.9] {
        let recipe = Recipe { batch_size: 4, averaging, ..Recipe::classic() };
        let (_, training_state, batch) = net_and_batch(&adapter, &recipe, 7);
        let average = if averaging > 0.0 { training_state.flat() } else { Vec::new() };
        // If the average is tested, the parameters themselves differ from it.
        let state = TrainingState {
            average,
            ..if averaging > 0.0 { TrainingState::initial(9) } else { training_state.clone() }
        };
        let net = block_on(Net::new(&adapter, &recipe, &state)).expect("the device has room for the net");
        // There are more images than fit into one batch.
        let logits = block_on(net.classify(&batch.pixels)).expect("the device answers");
        let expected = oracle::forward(&widen(&training_state.flat()), &batch.pixels, None);
        assert_eq!(logits.len(), expected.len());
        for (actual, expected) in logits.iter().zip(&expected) {
            assert_close("logit", f64::from(*actual), *expected, 1e-5);
        }
        assert_eq!(
            block_on(net.training_state()).map(|state| state.parameters),
            Ok(state.parameters),
            "the parameters are back in place"
        );
    }
}

#[test]
fn the_net_agrees_with_pytorch() {
    let Some(adapter) = adapter() else { return };
    let bytes = std::fs::read(check::REFERENCE).expect("the fixture is in the project");
    let reference = Reference::parse(&bytes).expect("the fixture is complete");
    let recipe = check::recipe();
    let net = block_on(Net::new(&adapter, &recipe, &reference.training_state().expect("the weights fit the net")))
        .expect("the device has room for the net");
    assert!(net.kernels() <= 64, "{}", net.kernels());
    let batch = Batch::new(reference.pixels.clone(), reference.labels.clone(), 0.0);
    let [logits, gradients] = block_on(net.batch_gradients(&batch)).expect("the device answers");
    let expected = Layout::new().flatten_parameters(&reference.gradients).expect("all gradients are there");
    let differences = [largest_difference(&logits, &reference.logits), largest_difference(&gradients, &expected)];
    assert!(differences.iter().all(|difference| *difference <= CheckReport::STEP_1), "{differences:?}");
    // Three of the ten steps show whether the update is right; the check in the browser takes all ten.
    for (step, expected) in reference.losses.iter().enumerate().take(3) {
        net.learn(&batch, &StepUniforms::for_training(&recipe, batch.len(), step as u32, recipe.learning_rate));
        let loss = block_on(net.outcomes(1)).expect("the device answers")[0].loss;
        assert_close("loss", f64::from(loss), f64::from(*expected), 1e-4);
    }
}

#[test]
fn the_training_state_is_read_back_unchanged() {
    let Some(adapter) = adapter() else { return };
    let recipe = Recipe { averaging: 0.9, batch_size: 4, ..Recipe::classic() };
    let layout = Layout::new();
    let multiples = |length: usize, of: f32| (0..length).map(|index| index as f32 * of).collect::<Vec<_>>();
    let training_state = TrainingState {
        moments: vec![multiples(layout.parameters(), 0.5)],
        average: multiples(layout.len(), 0.25),
        ..TrainingState::initial(4)
    };
    let net = block_on(Net::new(&adapter, &recipe, &training_state)).expect("the device has room for the net");
    assert_eq!(block_on(net.training_state()), Ok(training_state));
    let wrong = TrainingState { moments: vec![vec![1.0]], ..TrainingState::initial(4) };
    assert!(block_on(Net::new(&adapter, &recipe, &wrong)).is_err());
    let too_large = Recipe { batch_size: 4_000_000, ..recipe };
    assert!(
        block_on(Net::new(&adapter, &too_large, &TrainingState::initial(4))).is_err(),
        "no adapter has room for it"
    );
}
