//! The learner in Burn.

use burn::tensor::{Device, ExecutionError, Tensor, TensorData, Transaction};

use super::layers::{BurnDropout, Descent};
use super::model;
use super::model::{Batch, Net, cross_entropy};
use crate::trainer::engine::batch;
use crate::trainer::engine::learner::{BatchGradients, Learner, LearnerError, Outcome};
use crate::trainer::engine::optimizer::kept_share;
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::training_state::TrainingState;

/// `BurnLearner` is the net in Burn that learns by a recipe, on any device of Burn.
pub struct BurnLearner {
    net: Net,
    device: Device,
    recipe: Recipe,
    /// Outcomes that are not read yet, `[2]` each: loss and correct images.
    waiting: Vec<Tensor<1>>,
    /// The exponential moving average of [`Net::flat`]. `None` before the first step and without averaging.
    average: Option<Tensor<1>>,
    /// The net with the averaged weights, which is tested when the recipe averages. Made when it is needed.
    averaged: Option<Net>,
    most_steps_ahead: usize,
}

impl BurnLearner {
    /// Makes a learner with this training state on a device. At most `most_steps_ahead` steps may be queued on the
    /// device.
    ///
    /// # Errors
    /// When the training state does not fit the net.
    pub fn new(
        recipe: &Recipe,
        training_state: &TrainingState,
        device: &Device,
        most_steps_ahead: usize,
    ) -> Result<Self, LearnerError> {
        let layout = Layout::new();
        training_state.check(&layout)?;
        let mut net = Net::from_weights(&layout.to_named(&training_state.flat()), device)?;
        net.set_moments(&training_state.moments, device);
        let average = (!training_state.average.is_empty())
            .then(|| Tensor::from_data(TensorData::new(training_state.average.clone(), [layout.len()]), device));
        Ok(Self {
            net,
            device: device.clone(),
            recipe: recipe.clone(),
            waiting: Vec::new(),
            average,
            averaged: None,
            most_steps_ahead,
        })
    }
}

impl Learner for BurnLearner {
    async fn learn(&mut self, batch: &batch::Batch, step: u32, rate: f64) -> Result<(), LearnerError> {
        let Recipe { optimizer, weight_decay, dropout, averaging, seed, .. } = self.recipe;
        let dropout = BurnDropout::new(dropout, seed, step, &self.device);
        let descent = Descent { optimizer, rate, weight_decay, step };
        self.waiting.push(self.net.step(&Batch::new(batch, &self.device), &descent, dropout));
        if averaging > 0.0 {
            let values = self.net.flat();
            self.average = Some(match self.average.take() {
                Some(mean) => {
                    let taken = 1.0 - kept_share(averaging, step);
                    mean.clone().add(values.sub(mean).mul_scalar(taken))
                }
                None => values,
            });
            self.averaged = None;
        }
        Ok(())
    }

    async fn outcomes(&mut self) -> Result<Vec<Outcome>, LearnerError> {
        let transaction = self.waiting.drain(..).fold(Transaction::default(), Transaction::register);
        let data = transaction.execute_async().await?;
        let outcome = |data: &TensorData| {
            let mut values = data.iter::<f32>();
            let (loss, correct) = (values.next().unwrap_or(f32::NAN), values.next().unwrap_or(0.0));
            Outcome { loss, correct: correct as u32 }
        };
        Ok(data.iter().map(outcome).collect())
    }

    async fn classify(&mut self, pixels: Vec<f32>) -> Result<Vec<f32>, LearnerError> {
        if let (Some(average), None) = (&self.average, &self.averaged) {
            let flat: Vec<f32> = average.clone().into_data_async().await?.iter::<f32>().collect();
            self.averaged = Some(Net::from_weights(&Layout::new().to_named(&flat), &self.device)?);
        }
        let images = model::images(pixels, &self.device.clone().without_autodiff());
        let logits = self.averaged.as_ref().unwrap_or(&self.net).infer_logits(images);
        Ok(logits.into_data_async().await?.iter::<f32>().collect())
    }

    async fn training_state(&mut self) -> Result<TrainingState, LearnerError> {
        let training_state = TrainingState::of(&self.net.weights().await?)?;
        let average = match &self.average {
            Some(average) => average.clone().into_data_async().await?.iter::<f32>().collect(),
            None => Vec::new(),
        };
        Ok(TrainingState { moments: self.net.moments().await?, average, ..training_state })
    }

    async fn batch_gradients(&mut self, batch: &batch::Batch) -> Result<BatchGradients, LearnerError> {
        // A copy of the net, because `learn_logits` changes the running statistics.
        let mut net = Net::from_weights(&self.net.weights().await?, &self.device)?;
        let batch = Batch::new(batch, &self.device);
        let logits = net.learn_logits(&batch, BurnDropout::OFF);
        let gradients = cross_entropy(logits.clone(), &batch).backward();
        let gradients = net.gradients(&gradients).await?;
        let logits = logits.inner().into_data_async().await?;
        Ok(BatchGradients {
            logits: logits.iter::<f32>().collect(),
            gradients: Layout::new().flatten_parameters(&gradients)?,
        })
    }

    fn most_steps_ahead(&self) -> usize {
        self.most_steps_ahead
    }

    fn free_memory(&mut self) {
        self.device.memory_cleanup();
    }
}

impl From<ExecutionError> for LearnerError {
    fn from(error: ExecutionError) -> Self {
        Self::Device(error.to_string())
    }
}
