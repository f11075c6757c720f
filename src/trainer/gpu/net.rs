//! The whole net: its training state on a device, and its steps.

use super::adapter::{Adapter, BYTES_PER_NUMBER, DeviceBuffer, Dispatch};
use super::buffers::{DATA_SET, STEP};
use super::head::NUMBERS_PER_OUTCOME;
use super::input_batch;
use super::kernels::{KernelSettings, Phase, SharedBuffers, StageMaps, StepKernels};
use super::optimizer_step::UpdateRule;
use super::shader::{BindError, Buffer};
use super::shape::{ImageAxis, Stage, Tile};
use super::uniforms::{DropoutUniforms, StepUniforms};
use crate::mnist::{CLASSES, Movement, PIXELS};
use crate::trainer::engine::batch::Batch;
use crate::trainer::engine::learner::{LearnerError, Outcome};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::training_state::TrainingState;

/// The net of [`crate::trainer::engine::architecture`] on a device, with its working memory.
#[derive(Debug)]
pub struct Net {
    adapter: Adapter,
    settings: KernelSettings,
    shared: SharedBuffers<DeviceBuffer>,
    /// The maps live as long as the kernels that work on them.
    _maps: Vec<StageMaps<DeviceBuffer>>,
    /// The data set lives as long as the kernel that reads it.
    _data_set: Option<DeviceBuffer>,
    batch_from_pixels: Dispatch,
    /// The kernel that takes a batch from the data set, once that is on the device.
    batch_from_data_set: Option<Dispatch>,
    /// The other kernels of a training step.
    training: Vec<Dispatch>,
    /// The other kernels that classify a batch.
    evaluation: Vec<Dispatch>,
    pack_weights: Dispatch,
}

impl Net {
    /// Creates a net with this training state, for the batches of a recipe.
    ///
    /// # Errors
    /// The training state does not fit the net, the device has no room for it, or the device fails.
    pub async fn new(adapter: &Adapter, recipe: &Recipe, training_state: &TrainingState) -> Result<Self, LearnerError> {
        let axis = ImageAxis::new(recipe.batch_size as usize, adapter.width());
        let largest = Stage::of_the_net().iter().map(|stage| stage.output.len(axis)).max().unwrap_or(0);
        let limits = adapter.device.limits();
        let room = limits.max_buffer_size.min(limits.max_storage_buffer_binding_size);
        if (largest * BYTES_PER_NUMBER) as u64 > room {
            return Err(LearnerError::NoRoom);
        }
        let device = &adapter.device;
        let out_of_memory = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let invalid = device.push_error_scope(wgpu::ErrorFilter::Validation);
        let net = Self::build(adapter, recipe, training_state, axis);
        let (invalid, out_of_memory) = (invalid.pop().await, out_of_memory.pop().await);
        match (invalid, out_of_memory) {
            (None, None) => net,
            (_, Some(_)) => Err(LearnerError::NoRoom),
            (Some(error), None) => Err(LearnerError::Device(error.to_string())),
        }
    }

    fn build(
        adapter: &Adapter,
        recipe: &Recipe,
        training_state: &TrainingState,
        axis: ImageAxis,
    ) -> Result<Self, LearnerError> {
        let tile = if adapter.software { Tile::SOFTWARE } else { Tile::HARDWARE };
        let rule = UpdateRule { optimizer: recipe.optimizer, averages: recipe.averaging > 0.0 };
        let settings = KernelSettings::new(tile, axis, rule, recipe.dropout > 0.0);
        training_state.check(&settings.layout)?;
        let create = |buffer: Buffer, length: usize| {
            if buffer == STEP { adapter.uniform(length) } else { adapter.zeros(length) }
        };
        let (shared, maps) = (settings.create_shared(create), settings.create_maps(create));
        adapter.write(&shared.values, &training_state.flat());
        let moments = training_state.moments.concat();
        // A checkpoint of another optimizer may hold more of them.
        adapter.write(&shared.moments, &moments[..moments.len().min(shared.moments.length)]);
        adapter.write(&shared.averaged_values, &training_state.average);

        let bound = StepKernels { settings: &settings, maps: &maps, shared: &shared };
        let batch_from_pixels = adapter.compile(&bound.batch_from_pixels()?);
        let pack_weights = adapter.compile(&bound.pack_weights()?);
        let (mut training, mut evaluation) = (Vec::new(), Vec::new());
        for (phase, kernel) in bound.kernels()? {
            let dispatch = adapter.compile(&kernel);
            match phase {
                Phase::Training => training.push(dispatch),
                Phase::Evaluation => evaluation.push(dispatch),
                Phase::Both => {
                    training.push(dispatch.clone());
                    evaluation.push(dispatch);
                }
            }
        }
        adapter.submit([&pack_weights]);
        Ok(Self {
            adapter: adapter.clone(),
            settings,
            shared,
            _maps: maps,
            _data_set: None,
            batch_from_pixels,
            batch_from_data_set: None,
            training,
            evaluation,
            pack_weights,
        })
    }

    /// Runs the kernels of a training step one by one, and returns the name and the time of each. The batch and the
    /// step's uniforms are those of the last step.
    ///
    /// # Errors
    /// The device failed or was lost.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn profile(&self) -> Result<Vec<(String, std::time::Duration)>, LearnerError> {
        let mut times = Vec::new();
        for dispatch in std::iter::once(&self.batch_from_pixels).chain(&self.training) {
            let start = std::time::Instant::now();
            self.adapter.submit([dispatch]);
            self.adapter.poll()?;
            times.push((dispatch.name().to_owned(), start.elapsed()));
        }
        Ok(times)
    }

    /// The number of kernels in a training step.
    pub fn kernels(&self) -> usize {
        self.training.len() + 1
    }

    /// Submits a training step on a batch. The outcome stays on the device, in the slot that `step` names.
    pub fn learn(&self, batch: &Batch, step: &StepUniforms) {
        self.adapter.write(&self.shared.batch_pixels, &batch.pixels);
        self.submit_step(&self.batch_from_pixels, &batch.targets, &batch.labels, step);
    }

    /// Copies a data set to the device, image after image of 28 × 28 bytes, in place of the one before.
    ///
    /// # Errors
    /// The kernel that reads it does not fit the buffers, which is a mistake in this module.
    pub(super) fn store_data_set(&mut self, images: &[u8]) -> Result<(), BindError> {
        let data_set = self.adapter.filled_bytes(images);
        let kernel = input_batch::from_data_set(self.settings.stages[0].input, self.settings.axis);
        let bound = self.shared.bind("batch from data set", kernel, &[(DATA_SET, &data_set)])?;
        self.batch_from_data_set = Some(self.adapter.compile(&bound));
        self._data_set = Some(data_set);
        Ok(())
    }

    /// Submits a training step, as [`Net::learn`] does, on images of the stored data set: `image_indices` are their
    /// numbers there, and `movements` says how each is moved. Returns whether there is a stored data set; if not,
    /// nothing happens.
    pub fn learn_from_data_set(
        &self,
        image_indices: &[usize],
        movements: &[Movement],
        targets: &[f32],
        labels: &[u8],
        step: &StepUniforms,
    ) -> bool {
        let Some(kernel) = &self.batch_from_data_set else { return false };
        let mut words: Vec<u32> = image_indices.iter().map(|index| *index as u32).collect();
        words.resize(self.settings.axis.length, 0);
        words.extend(movements.iter().flat_map(|movement| movement.numbers().map(f32::to_bits)));
        self.adapter.write(&self.shared.picked_images, &words);
        self.submit_step(kernel, targets, labels, step);
        true
    }

    /// Submits a training step whose input map `batch_kernel` fills.
    fn submit_step(&self, batch_kernel: &Dispatch, targets: &[f32], labels: &[u8], step: &StepUniforms) {
        let mut rows = Vec::with_capacity(labels.len() * (CLASSES + 1));
        for (probabilities, label) in targets.chunks(CLASSES).zip(labels) {
            rows.extend_from_slice(probabilities);
            rows.push(f32::from(*label));
        }
        self.adapter.write(&self.shared.targets, &rows);
        self.adapter.write(&self.shared.step, &step.to_words());
        self.adapter.submit(std::iter::once(batch_kernel).chain(&self.training));
    }

    /// Waits until the device has finished all submitted steps.
    ///
    /// # Errors
    /// The device failed or was lost.
    pub async fn catch_up(&self) -> Result<(), LearnerError> {
        self.adapter.catch_up().await
    }

    /// Reads the outcomes in the first `count` slots.
    ///
    /// # Errors
    /// The device failed or was lost.
    pub async fn outcomes(&self, count: usize) -> Result<Vec<Outcome>, LearnerError> {
        let read = self.adapter.read(&[(&self.shared.step_outcomes, 0..count * NUMBERS_PER_OUTCOME)]).await?;
        let (pairs, _) = read[0].as_chunks::<NUMBERS_PER_OUTCOME>();
        Ok(pairs.iter().map(|[loss, correct]| Outcome { loss: *loss, correct: *correct as u32 }).collect())
    }

    /// Returns the logits of normalised images, `[images, 10]`: with running statistics, without dropout, and with the
    /// averaged parameters if the recipe averages.
    ///
    /// # Errors
    /// The device failed or was lost.
    pub async fn classify(&self, pixels: &[f32]) -> Result<Vec<f32>, LearnerError> {
        if !self.settings.rule.averages {
            return self.classify_with_current_values(pixels).await;
        }
        let saved = self.adapter.zeros(self.shared.values.length);
        self.adapter.copy(&self.shared.values, &saved);
        self.adapter.copy(&self.shared.averaged_values, &self.shared.values);
        self.adapter.submit([&self.pack_weights]);
        let logits = self.classify_with_current_values(pixels).await;
        self.adapter.copy(&saved, &self.shared.values);
        self.adapter.submit([&self.pack_weights]);
        logits
    }

    async fn classify_with_current_values(&self, pixels: &[f32]) -> Result<Vec<f32>, LearnerError> {
        let mut logits = Vec::with_capacity(pixels.len() / PIXELS * CLASSES);
        for pixels in pixels.chunks(self.settings.axis.length * PIXELS) {
            let images = pixels.len() / PIXELS;
            self.adapter.write(&self.shared.batch_pixels, pixels);
            self.adapter.write(&self.shared.step, &StepUniforms::without_update(images).to_words());
            self.adapter.submit(std::iter::once(&self.batch_from_pixels).chain(&self.evaluation));
            let read = self.adapter.read(&[(&self.shared.logits, 0..images * CLASSES)]).await?;
            logits.extend_from_slice(&read[0]);
        }
        Ok(logits)
    }

    /// Returns the logits `[images, 10]` and the gradients of all parameters for a batch, without dropout. The training
    /// state does not change.
    ///
    /// # Errors
    /// The device failed or was lost.
    pub async fn batch_gradients(&self, batch: &Batch) -> Result<[Vec<f32>; 2], LearnerError> {
        self.batch_gradients_with(batch, DropoutUniforms::OFF).await
    }

    /// [`Net::batch_gradients`] with dropout.
    pub(super) async fn batch_gradients_with(
        &self,
        batch: &Batch,
        dropout: DropoutUniforms,
    ) -> Result<[Vec<f32>; 2], LearnerError> {
        // The step changes the running statistics, which are among the values.
        let saved = self.adapter.zeros(self.shared.values.length);
        self.adapter.copy(&self.shared.values, &saved);
        self.learn(batch, &StepUniforms { dropout, ..StepUniforms::without_update(batch.len()) });
        let (logits, gradients) = (0..batch.len() * CLASSES, 0..self.settings.layout.parameters());
        let read = self.adapter.read(&[(&self.shared.logits, logits), (&self.shared.gradients, gradients)]).await?;
        self.adapter.copy(&saved, &self.shared.values);
        read.try_into().map_err(|_| LearnerError::Device("it gave no answer".to_owned()))
    }

    /// Reads the training state.
    ///
    /// # Errors
    /// The device failed or was lost.
    pub async fn training_state(&self) -> Result<TrainingState, LearnerError> {
        let (layout, kinds) = (&self.settings.layout, self.settings.rule.optimizer.moments());
        let parameters = layout.parameters();
        let mut parts = vec![(&self.shared.values, 0..layout.len())];
        parts.extend((0..kinds).map(|kind| (&self.shared.moments, kind * parameters..(kind + 1) * parameters)));
        if self.settings.rule.averages {
            parts.push((&self.shared.averaged_values, 0..layout.len()));
        }
        let mut read = self.adapter.read(&parts).await?.into_iter();
        let training_state = TrainingState::from_flat(read.next().unwrap_or_default(), layout);
        let moments = read.by_ref().take(kinds).collect();
        Ok(TrainingState { moments, average: read.next().unwrap_or_default(), ..training_state })
    }
}

impl From<BindError> for LearnerError {
    fn from(error: BindError) -> Self {
        Self::Device(error.to_string())
    }
}
