//! The whole net: its numbers on a device, and its steps.

use super::adapter::{Adapter, Memory, Work};
use super::convolve::Call;
use super::descend::{self, Rule};
use super::kernels::{Kernels, Maps, Shared, most_sums, places};
use super::load::Input;
use super::shape::{Lanes, Stage, Tile};
use super::source::Source;
use super::step::{Dropout, SLOTS, Step};
use crate::mnist::{CLASSES, Movement, PIXELS};
use crate::trainer::engine::architecture::{PIXEL_MEAN, PIXEL_STD};
use crate::trainer::engine::batch::Batch;
use crate::trainer::engine::learner::{LearnerError, Outcome};
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::training_state::TrainingState;

/// The net of [`crate::trainer::engine::architecture`] on a device, with its working memory.
#[derive(Debug)]
pub struct Net {
    adapter: Adapter,
    layout: Layout,
    lanes: Lanes,
    memory: Shared,
    /// Kept as long as the kernels that work on them.
    _maps: Vec<Maps>,
    data: Option<Memory>,
    /// Lays out pixels that were made elsewhere.
    gather: Work,
    /// Takes images from the data set on the device, once that is there.
    gather_raw: Option<Work>,
    learn: Vec<Work>,
    classify: Vec<Work>,
    pack: Work,
    /// Moments that the recipe's optimizer keeps.
    kinds: usize,
    averages: bool,
}

impl Net {
    /// A net with these numbers, for batches of a recipe.
    ///
    /// # Errors
    /// The numbers are not those of the net, or the device has no room for it.
    pub async fn new(adapter: &Adapter, recipe: &Recipe, training_state: &TrainingState) -> Result<Self, LearnerError> {
        let lanes = Lanes::new(recipe.batch_size as usize, adapter.width());
        let largest = Stage::of_the_net().iter().map(|stage| stage.output.len(lanes)).max().unwrap_or(0) * 4;
        let limits = adapter.device.limits();
        if largest as u64 > limits.max_buffer_size.min(limits.max_storage_buffer_binding_size) {
            return Err(LearnerError::NoRoom);
        }
        let device = &adapter.device;
        let room = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let valid = device.push_error_scope(wgpu::ErrorFilter::Validation);
        let net = Self::build(adapter, recipe, training_state, lanes);
        let (valid, room) = (valid.pop().await, room.pop().await);
        match (valid, room) {
            (None, None) => net,
            (_, Some(_)) => Err(LearnerError::NoRoom),
            (Some(error), None) => Err(LearnerError::Device(error.to_string())),
        }
    }

    fn build(
        adapter: &Adapter,
        recipe: &Recipe,
        training_state: &TrainingState,
        lanes: Lanes,
    ) -> Result<Self, LearnerError> {
        let layout = Layout::new();
        training_state.check(&layout)?;
        let tile = if adapter.software { Tile::SOFTWARE } else { Tile::HARDWARE };
        let stages = Stage::of_the_net();
        let (sums_places, partial, packed) = descend::places(&stages, tile, lanes);
        let places = places(&stages, &sums_places, &layout);
        let rule = Rule { optimizer: recipe.optimizer, averages: recipe.averaging > 0.0 };
        let kinds = recipe.optimizer.moments();

        let mut moments = training_state.moments.concat();
        moments.resize(kinds.max(1) * layout.parameters(), 0.0);
        let mut average = training_state.average.clone();
        average.resize(layout.len(), 0.0);
        let zeros = |length| adapter.zeros(length);
        let memory = Shared {
            step: adapter.uniform(Step::LENGTH),
            values: adapter.filled(&training_state.flat()),
            gradients: zeros(layout.parameters()),
            moments: adapter.filled(&moments),
            average: adapter.filled(&average),
            packed: zeros(packed),
            partial: zeros(partial),
            sums: zeros(most_sums(&stages, tile, lanes)),
            norms: zeros(4 * places.iter().map(|places| places.norm).max().unwrap_or(0) + 4 * 64),
            backs: zeros(4 * places.iter().map(|places| places.norm).max().unwrap_or(0) + 4 * 64),
            windows: zeros(lanes.all * stages[6].input.channels * 9),
            slopes: zeros(lanes.all * CLASSES),
            verdicts: zeros(2 * lanes.all),
            outcomes: zeros(2 * SLOTS),
            pixels: zeros(lanes.all * PIXELS),
            picks: zeros(lanes.all * 5),
            targets: zeros(lanes.all * (CLASSES + 1)),
            logits: zeros(lanes.all * CLASSES),
            image: zeros(stages[0].input.len(lanes)),
        };
        let hidden = &stages[..stages.len() - 1];
        let drops = recipe.dropout > 0.0;
        let maps = hidden.iter().enumerate().map(|(index, stage)| {
            let length = stage.output.len(lanes);
            // What comes after the last of them loads too little to be worth another kernel.
            let is_loaded_raw = Input::is_raw(drops, tile) && index + 1 < hidden.len();
            Maps { raw: zeros(length), normal: (!is_loaded_raw).then(|| zeros(length)), slope: zeros(length) }
        });
        let maps: Vec<Maps> = maps.collect();

        let kernels =
            Kernels { adapter, stages: &stages, places: &places, maps: &maps, memory: &memory, tile, lanes, drops };
        let gather = kernels.gather();
        let (learn, classify) = kernels.of_a_step(&sums_places, rule, &layout);
        let pack = adapter.work(
            "pack",
            &descend::pack(&stages, &sums_places, lanes, &layout),
            &[&memory.values, &memory.packed],
        );
        adapter.submit([&pack]);
        Ok(Self {
            adapter: adapter.clone(),
            layout,
            lanes,
            memory,
            _maps: maps,
            data: None,
            gather,
            gather_raw: None,
            learn,
            classify,
            pack,
            kinds,
            averages: rule.averages,
        })
    }

    /// Gives each kernel of a step to the device alone, and waits for it: `told` hears its name before and after.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn profile(&self, mut told: impl FnMut(&str, bool)) {
        for work in std::iter::once(&self.gather).chain(&self.learn) {
            told(work.name(), false);
            self.adapter.submit([work]);
            // A device that fails shows in the next read.
            let _ = self.adapter.device.poll(wgpu::PollType::wait_indefinitely());
            told(work.name(), true);
        }
    }

    /// How many kernels a step is.
    pub fn kernels(&self) -> usize {
        self.learn.len() + 1
    }

    /// Takes a batch forward and back, and by `step` moves the weights. Its outcome waits in its slot.
    pub fn learn(&self, batch: &Batch, step: &Step) {
        self.adapter.write(&self.memory.pixels, &batch.pixels);
        self.learn_from(&self.gather, &batch.targets, &batch.labels, step);
    }

    /// Keeps a data set on the device, image after image of 28 × 28 bytes, in place of the one before.
    pub fn hold(&mut self, images: &[u8]) {
        let data = self.adapter.filled_bytes(images);
        let map = Stage::of_the_net()[0].input;
        let mut source = Source::of_map(map, self.lanes);
        source.line(format_args!("const MEAN = {PIXEL_MEAN};"));
        source.line(format_args!("const STD = {PIXEL_STD};"));
        let Shared { step, picks, image, .. } = &self.memory;
        let source = source.text(include_str!("wgsl/gather_raw.wgsl"));
        let call = Call::new(source, [self.lanes.groups(), map.side, 1]);
        self.gather_raw = Some(self.adapter.work("gather", &call, &[step, &data, picks, image]));
        self.data = Some(data);
    }

    /// [`Net::learn`] with images of the data set that is held: which ones, and how each is moved. Says whether one is.
    pub fn learn_held(
        &self,
        picks: &[usize],
        movements: &[Movement],
        targets: &[f32],
        labels: &[u8],
        step: &Step,
    ) -> bool {
        let Some(gather) = &self.gather_raw else { return false };
        let mut words: Vec<u32> = picks.iter().map(|pick| *pick as u32).collect();
        words.resize(self.lanes.all, 0);
        words.extend(movements.iter().flat_map(|movement| movement.numbers().map(f32::to_bits)));
        self.adapter.write(&self.memory.picks, &words);
        self.learn_from(gather, targets, labels, step);
        true
    }

    fn learn_from(&self, gather: &Work, targets: &[f32], labels: &[u8], step: &Step) {
        let mut rows = Vec::with_capacity(labels.len() * (CLASSES + 1));
        for (shares, label) in targets.chunks(CLASSES).zip(labels) {
            rows.extend_from_slice(shares);
            rows.push(f32::from(*label));
        }
        self.adapter.write(&self.memory.targets, &rows);
        self.adapter.write(&self.memory.step, &step.words());
        self.adapter.submit(std::iter::once(gather).chain(&self.learn));
    }

    /// Waits until all steps are done.
    ///
    /// # Errors
    /// The device failed or is lost.
    pub async fn catch_up(&self) -> Result<(), LearnerError> {
        self.adapter.catch_up().await
    }

    /// The first outcomes that wait.
    pub async fn outcomes(&self, count: usize) -> Result<Vec<Outcome>, LearnerError> {
        let read = self.adapter.read(&[(&self.memory.outcomes, 0..2 * count)]).await?;
        let (pairs, _) = read[0].as_chunks::<2>();
        Ok(pairs.iter().map(|[loss, correct]| Outcome { loss: *loss, correct: *correct as u32 }).collect())
    }

    /// The logits of images as in use, `[images, 10]`.
    pub async fn classify(&self, pixels: &[f32]) -> Result<Vec<f32>, LearnerError> {
        if !self.averages {
            return self.classify_now(pixels).await;
        }
        let own = self.adapter.zeros(self.memory.values.length);
        self.adapter.copy(&self.memory.values, &own);
        self.adapter.copy(&self.memory.average, &self.memory.values);
        self.adapter.submit([&self.pack]);
        let logits = self.classify_now(pixels).await;
        self.adapter.copy(&own, &self.memory.values);
        self.adapter.submit([&self.pack]);
        logits
    }

    /// The logits of images by the weights that are in place.
    async fn classify_now(&self, pixels: &[f32]) -> Result<Vec<f32>, LearnerError> {
        let mut logits = Vec::with_capacity(pixels.len() / PIXELS * CLASSES);
        for pixels in pixels.chunks(self.lanes.all * PIXELS) {
            let count = pixels.len() / PIXELS;
            self.adapter.write(&self.memory.pixels, pixels);
            self.adapter.write(&self.memory.step, &Step::still(count).words());
            self.adapter.submit(std::iter::once(&self.gather).chain(&self.classify));
            let read = self.adapter.read(&[(&self.memory.logits, 0..count * CLASSES)]).await?;
            logits.extend_from_slice(&read[0]);
        }
        Ok(logits)
    }

    /// Logits and gradients of a batch. No weight and no statistic moves.
    pub async fn probe(&self, batch: &Batch) -> Result<[Vec<f32>; 2], LearnerError> {
        self.probe_with(batch, Dropout::OFF).await
    }

    /// The same with dropout.
    pub(super) async fn probe_with(&self, batch: &Batch, dropout: Dropout) -> Result<[Vec<f32>; 2], LearnerError> {
        let own = self.adapter.zeros(self.memory.values.length);
        self.adapter.copy(&self.memory.values, &own);
        self.learn(batch, &Step { dropout, ..Step::still(batch.len()) });
        let (logits, gradients) = (0..batch.len() * CLASSES, 0..self.layout.parameters());
        let read = self.adapter.read(&[(&self.memory.logits, logits), (&self.memory.gradients, gradients)]).await?;
        self.adapter.copy(&own, &self.memory.values);
        read.try_into().map_err(|_| LearnerError::Device("it gave no answer".to_owned()))
    }

    /// All numbers that a step changes.
    pub async fn training_state(&self) -> Result<TrainingState, LearnerError> {
        let parameters = self.layout.parameters();
        let mut parts = vec![(&self.memory.values, 0..self.layout.len())];
        parts.extend((0..self.kinds).map(|kind| (&self.memory.moments, kind * parameters..(kind + 1) * parameters)));
        if self.averages {
            parts.push((&self.memory.average, 0..self.layout.len()));
        }
        let mut read = self.adapter.read(&parts).await?.into_iter();
        let training_state = TrainingState::from_flat(read.next().unwrap_or_default(), &self.layout);
        let moments = read.by_ref().take(self.kinds).collect();
        Ok(TrainingState { moments, average: read.next().unwrap_or_default(), ..training_state })
    }
}
