//! The whole net: its numbers on a device, and the kernels of a step in their order.

use super::adapter::{Adapter, Memory, Work};
use super::convolve::{self, Call, Places};
use super::descend::{self, Rule, Sums};
use super::load::Input;
use super::shape::{BORDER, Lanes, Map, Stage, Tile};
use super::source::Source;
use super::weight_gradient::{takes_back, weight_gradient};
use crate::mnist::{CLASSES, Movement, PIXELS};
use crate::random::{Purpose, Random};
use crate::trainer::architecture::{MEAN, STD};
use crate::trainer::batch::Batch;
use crate::trainer::layout::Layout;
use crate::trainer::learner::{LearnerError, Outcome};
use crate::trainer::optimizer::{AdamFactors, kept_share};
use crate::trainer::recipe::{Optimizer, Recipe};
use crate::trainer::snapshot::Numbers;

/// Added to a variance before its root is taken.
const EPSILON: f64 = 1e-5;
/// Share of a new batch's statistics in the running ones.
const RUNNING_SHARE: f64 = 0.1;
/// Outcomes that may wait on the device.
pub(super) const SLOTS: usize = 64;

/// Which activations a step drops, as kernels are told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// Numbers of 24 bits below it are dropped.
    pub(super) threshold: u32,
    /// What the others are multiplied by.
    pub(super) scale: f32,
    /// Decides the numbers, with layer, image, channel and pixel.
    pub(super) key: u32,
}

impl Dropout {
    /// Drops nothing.
    pub const OFF: Self = Self { threshold: 0, scale: 1.0, key: 0 };

    /// A share of activations, in a step counted from 0.
    pub fn new(rate: f64, seed: u64, step: u32) -> Self {
        let threshold = (rate * f64::from(1 << 24)).round() as u32;
        let scale = (1.0 / (1.0 - f64::from(threshold) / f64::from(1 << 24))) as f32;
        let key = (Random::new(seed, Purpose::Dropout { step }).bits() >> 32) as u32;
        Self { threshold, scale, key }
    }
}

/// What changes from step to step, as `common.wgsl` has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub(super) count: u32,
    pub(super) dropout: Dropout,
    pub(super) slot: u32,
    pub(super) learn: bool,
    pub(super) rate: f32,
    pub(super) decay: f32,
    pub(super) first: f32,
    pub(super) second: f32,
    pub(super) unbias: f32,
    pub(super) taken: f32,
}

impl Step {
    /// Words of it.
    pub(super) const LENGTH: usize = 12;

    /// Nothing moves, nothing is dropped.
    pub fn still(count: usize) -> Self {
        Self {
            count: count as u32,
            dropout: Dropout::OFF,
            slot: 0,
            learn: false,
            rate: 0.0,
            decay: 0.0,
            first: 0.0,
            second: 0.0,
            unbias: 1.0,
            taken: 0.0,
        }
    }

    /// A step of a recipe, counted from 0.
    pub fn of(recipe: &Recipe, count: usize, step: u32, rate: f64) -> Self {
        let decay = recipe.weight_decay;
        let dropout = Dropout::new(recipe.dropout, recipe.seed, step);
        let taken = if step == 0 { 1.0 } else { 1.0 - kept_share(recipe.averaging, step) };
        let still = Self { dropout, learn: true, taken: taken as f32, ..Self::still(count) };
        match recipe.optimizer {
            Optimizer::Sgd { momentum, .. } => {
                Self { rate: rate as f32, decay: decay as f32, first: momentum as f32, ..still }
            }
            Optimizer::Adam(betas) | Optimizer::AdamW(betas) => {
                let AdamFactors { first, second, rate: adam, scale } = AdamFactors::new(betas, rate, step);
                let apart = matches!(recipe.optimizer, Optimizer::AdamW(_));
                let decay = if apart { 1.0 - rate * decay } else { decay };
                Self { rate: adam, decay: decay as f32, first, second, unbias: scale, ..still }
            }
        }
    }

    /// The same, its outcome kept in a slot of its own.
    #[must_use]
    pub fn in_slot(self, slot: usize) -> Self {
        Self { slot: (slot % SLOTS) as u32, ..self }
    }

    pub(super) fn words(&self) -> [u32; Self::LENGTH] {
        let Dropout { threshold, scale, key } = self.dropout;
        let [scale, rate, decay, first, second, unbias, taken] =
            [scale, self.rate, self.decay, self.first, self.second, self.unbias, self.taken].map(f32::to_bits);
        let learn = u32::from(self.learn);
        [self.count, threshold, scale, key, self.slot, learn, rate, decay, first, second, unbias, taken]
    }
}

/// The net of [`crate::trainer::architecture`] on a device, with its working memory.
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

/// The maps of a hidden stage: what its convolution and ReLU made, what normalisation made of that, unless it is made as it
/// is loaded, and the gradient.
#[derive(Debug)]
struct Maps {
    raw: Memory,
    normal: Option<Memory>,
    slope: Memory,
}

impl Net {
    /// A net with these numbers, for batches of a recipe.
    ///
    /// # Errors
    /// The numbers are not those of the net, or the device has no room for it.
    pub async fn new(adapter: &Adapter, recipe: &Recipe, numbers: &Numbers) -> Result<Self, LearnerError> {
        let lanes = Lanes::new(recipe.batch_size as usize, adapter.width());
        let largest = Stage::of_the_net().iter().map(|stage| stage.output.len(lanes)).max().unwrap_or(0) * 4;
        let limits = adapter.device.limits();
        if largest as u64 > limits.max_buffer_size.min(limits.max_storage_buffer_binding_size) {
            return Err(LearnerError::NoRoom);
        }
        let device = &adapter.device;
        let room = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let valid = device.push_error_scope(wgpu::ErrorFilter::Validation);
        let net = Self::build(adapter, recipe, numbers, lanes);
        let (valid, room) = (valid.pop().await, room.pop().await);
        match (valid, room) {
            (None, None) => net,
            (_, Some(_)) => Err(LearnerError::NoRoom),
            (Some(error), None) => Err(LearnerError::Device(error.to_string())),
        }
    }

    fn build(adapter: &Adapter, recipe: &Recipe, numbers: &Numbers, lanes: Lanes) -> Result<Self, LearnerError> {
        let layout = Layout::new();
        numbers.check(&layout)?;
        let tile = if adapter.software { Tile::SOFTWARE } else { Tile::HARDWARE };
        let stages = Stage::of_the_net();
        let (sums_places, partial, packed) = descend::places(&stages, tile, lanes);
        let places = places(&stages, &sums_places, &layout);
        let rule = Rule { optimizer: recipe.optimizer, averages: recipe.averaging > 0.0 };
        let kinds = recipe.optimizer.moments();

        let mut moments = numbers.moments.concat();
        moments.resize(kinds.max(1) * layout.parameters(), 0.0);
        let mut average = numbers.average.clone();
        average.resize(layout.len(), 0.0);
        let zeros = |length| adapter.zeros(length);
        let memory = Shared {
            step: adapter.uniform(Step::LENGTH),
            values: adapter.filled(&numbers.flat()),
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
        let mut source = map_source(map, self.lanes);
        source.line(format_args!("const MEAN = {MEAN};"));
        source.line(format_args!("const STD = {STD};"));
        let Shared { step, picks, image, .. } = &self.memory;
        let call = Call {
            source: source.text(include_str!("wgsl/gather_raw.wgsl")).finish(),
            groups: [self.lanes.groups() as u32, map.side as u32, 1],
        };
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
    pub async fn numbers(&self) -> Result<Numbers, LearnerError> {
        let parameters = self.layout.parameters();
        let mut parts = vec![(&self.memory.values, 0..self.layout.len())];
        parts.extend((0..self.kinds).map(|kind| (&self.memory.moments, kind * parameters..(kind + 1) * parameters)));
        if self.averages {
            parts.push((&self.memory.average, 0..self.layout.len()));
        }
        let mut read = self.adapter.read(&parts).await?.into_iter();
        let numbers = Numbers::from_flat(read.next().unwrap_or_default(), &self.layout);
        let moments = read.by_ref().take(self.kinds).collect();
        Ok(Numbers { moments, average: read.next().unwrap_or_default(), ..numbers })
    }
}

/// The arrays that stages share.
#[derive(Debug)]
struct Shared {
    step: Memory,
    values: Memory,
    gradients: Memory,
    moments: Memory,
    average: Memory,
    packed: Memory,
    /// Partial sums of weights' and biases' gradients.
    partial: Memory,
    /// Sums of each channel that workgroups leave.
    sums: Memory,
    norms: Memory,
    backs: Memory,
    windows: Memory,
    slopes: Memory,
    verdicts: Memory,
    outcomes: Memory,
    pixels: Memory,
    /// Which images of the data set, and how each is moved.
    picks: Memory,
    targets: Memory,
    logits: Memory,
    image: Memory,
}

/// Where the numbers of all stages lie.
pub(super) fn places(stages: &[Stage], sums: &[Sums], layout: &Layout) -> Vec<Places> {
    let mut norm = 0;
    let places = stages.iter().zip(sums).enumerate().map(|(layer, (stage, sums))| {
        let number = layer + 1;
        let start = norm;
        norm += stage.output.channels;
        Places {
            layer,
            bias: layout.range(&format!("conv{number}.bias")).start,
            running_mean: layout.range(&format!("bn{number}.running_mean")).start,
            norm: start,
            forward: sums.forward,
            backward: sums.backward,
        }
    });
    places.collect()
}

/// Room for the sums that any stage's kernels leave.
fn most_sums(stages: &[Stage], tile: Tile, lanes: Lanes) -> usize {
    let of = |map: Map, stride| 2 * map.channels * convolve::parts(map.side, tile.columns_of(map.side, stride), lanes);
    let both = stages.iter().map(|stage| of(stage.output, 1).max(of(stage.input, stage.conv.stride)));
    both.max().unwrap_or(0)
}

/// Constants about a map.
fn map_source(map: Map, lanes: Lanes) -> Source {
    Source::new(lanes)
        .constant("SIDE", map.side)
        .constant("WIDTH", map.width())
        .constant("BORDER", BORDER)
        .constant("PIXELS", map.side * map.side)
}

/// Makes the kernels.
struct Kernels<'a> {
    adapter: &'a Adapter,
    stages: &'a [Stage],
    places: &'a [Places],
    maps: &'a [Maps],
    memory: &'a Shared,
    tile: Tile,
    lanes: Lanes,
    /// Whether the recipe drops activations.
    drops: bool,
}

impl Kernels<'_> {
    /// Those that take a batch forward and back and move the weights, and those that classify one.
    fn of_a_step(&self, sums: &[Sums], rule: Rule, layout: &Layout) -> (Vec<Work>, Vec<Work>) {
        let Shared { step, values, gradients, moments, average, packed, partial, .. } = self.memory;
        let (mut learn, mut classify) = (Vec::new(), Vec::new());
        let hidden = self.stages.len() - 1;
        for index in 0..hidden {
            let convolve = self.forward(index);
            learn.extend([convolve.clone(), self.settle(index, layout)]);
            classify.extend([convolve, self.settle_use(index, layout)]);
            let normalise = self.normalise(index);
            learn.extend(normalise.clone());
            classify.extend(normalise);
        }
        let head = [self.windows(layout), self.judge(layout)];
        learn.extend(head.clone());
        classify.extend(head);

        learn.extend([self.head_gradient(layout), self.head_back(layout)]);
        for index in (0..hidden).rev() {
            learn.push(self.settle_back(index, layout));
            if !takes_back(&self.stages[index]) {
                learn.push(self.normalise_back(index, sums));
            }
            learn.push(self.weight_gradient(index, sums));
            if index > 0 {
                learn.push(self.input_gradient(index));
            }
        }
        let mut bound = vec![step, values, gradients, partial, packed];
        if rule.has_moments() {
            bound.push(moments);
        }
        if rule.averages {
            bound.push(average);
        }
        let call = descend::descend(self.stages, sums, rule, self.tile, self.lanes, layout);
        learn.push(self.adapter.work("descend", &call, &bound));
        (learn, classify)
    }

    /// A stage's input, and how it is loaded.
    fn input(&self, index: usize) -> (&Memory, Input) {
        let Some(before) = index.checked_sub(1) else { return (&self.memory.image, Input::Ready) };
        let Maps { raw, normal, .. } = &self.maps[before];
        match normal {
            Some(normal) => (normal, Input::Ready),
            None => {
                let Places { norm, layer, .. } = self.places[before];
                (raw, Input::Raw { norm, layer, drops: self.drops })
            }
        }
    }

    fn map_source(&self, map: Map) -> Source {
        map_source(map, self.lanes)
    }

    /// A kernel with a workgroup for `y` × `z` of each group of images.
    fn kernel(&self, name: &str, source: Source, [y, z]: [usize; 2], bound: &[&Memory]) -> Work {
        let groups = [self.lanes.groups(), y, z].map(|count| count as u32);
        self.adapter.work(name, &Call { source: source.finish(), groups }, bound)
    }

    fn gather(&self) -> Work {
        let map = self.stages[0].input;
        let Shared { step, pixels, image, .. } = self.memory;
        let source = self.map_source(map).text(include_str!("wgsl/gather.wgsl"));
        self.kernel("gather", source, [map.side, 1], &[step, pixels, image])
    }

    fn forward(&self, index: usize) -> Work {
        let (input, load) = self.input(index);
        let call = convolve::forward(&self.stages[index], self.places[index], load, self.tile, self.lanes);
        let Shared { step, packed, values, sums, norms, .. } = self.memory;
        let mut bound = vec![step, input, packed, values, &self.maps[index].raw, sums];
        if load != Input::Ready {
            bound.push(norms);
        }
        self.adapter.work(&format!("convolve {}", index + 1), &call, &bound)
    }

    /// Constants about a stage's normalisation.
    fn norm_source(&self, index: usize, layout: &Layout) -> Source {
        let number = index + 1;
        let place = |kind: &str| layout.range(&format!("bn{number}.{kind}")).start;
        let mut source = self
            .map_source(self.stages[index].output)
            .constant("NORM", self.places[index].norm)
            .constant("WEIGHT", place("weight"))
            .constant("SHIFT", place("bias"))
            .constant("RUNNING_MEAN", place("running_mean"))
            .constant("RUNNING_VAR", place("running_var"));
        source.line(format_args!("const EPSILON = {EPSILON:e};"));
        source.line(format_args!("const SHARE = {RUNNING_SHARE};"));
        source
    }

    /// A kernel that sums, with one workgroup for each channel of a stage.
    fn of_channels(&self, name: &str, index: usize, source: Source, text: &str, bound: &[&Memory]) -> Work {
        let groups = [self.stages[index].output.channels as u32, 1, 1];
        self.adapter.work(
            &format!("{name} {}", index + 1),
            &Call { source: source.summing(text).finish(), groups },
            bound,
        )
    }

    fn settle(&self, index: usize, layout: &Layout) -> Work {
        let side = self.stages[index].output.side;
        let parts = convolve::parts(side, self.tile.columns_of(side, 1), self.lanes);
        let source = self.norm_source(index, layout).constant("PARTS", parts);
        let Shared { step, sums, values, norms, .. } = self.memory;
        self.of_channels("settle", index, source, include_str!("wgsl/settle.wgsl"), &[step, sums, values, norms])
    }

    fn settle_use(&self, index: usize, layout: &Layout) -> Work {
        let source = self.norm_source(index, layout).constant("CHANNELS", self.stages[index].output.channels);
        let call = Call { source: source.text(include_str!("wgsl/settle_use.wgsl")).finish(), groups: [1, 1, 1] };
        self.adapter.work("settle for use", &call, &[&self.memory.values, &self.memory.norms])
    }

    /// Unless the next stage does it.
    fn normalise(&self, index: usize) -> Option<Work> {
        let Maps { raw, normal, .. } = &self.maps[index];
        let normal = normal.as_ref()?;
        let map = self.stages[index].output;
        let source =
            self.map_source(map).constant("NORM", self.places[index].norm).constant("LAYER", self.places[index].layer);
        let bound = [&self.memory.step, raw, &self.memory.norms, normal];
        let source = source.text(include_str!("wgsl/normalise.wgsl"));
        Some(self.kernel(&format!("normalise {}", index + 1), source, [map.side, map.channels], &bound))
    }

    /// Constants about the last stage.
    fn head_source(&self, layout: &Layout) -> Source {
        let (number, Stage { conv, input, output }) = (self.stages.len(), &self.stages[self.stages.len() - 1]);
        let place = |kind: &str| layout.range(&format!("conv{number}.{kind}")).start;
        self.map_source(*input)
            .constant("CHANNELS", input.channels)
            .constant("KERNEL", conv.kernel)
            .constant("WINDOW", output.side)
            .constant("TAPS", input.channels * conv.kernel * conv.kernel)
            .constant("CLASSES", CLASSES)
            .constant("WEIGHT", place("weight"))
            .constant("BIAS", place("bias"))
    }

    fn windows(&self, layout: &Layout) -> Work {
        let last = self.stages.len() - 1;
        let channels = self.stages[last].input.channels;
        let source = self.head_source(layout).text(include_str!("wgsl/windows.wgsl"));
        // The map before the last stage is kept normalised.
        let bound = [self.input(last).0, &self.memory.windows];
        self.kernel("windows", source, [channels, 1], &bound)
    }

    fn judge(&self, layout: &Layout) -> Work {
        let Shared { step, windows, values, targets, logits, slopes, verdicts, .. } = self.memory;
        let bound = [step, windows, values, targets, logits, slopes, verdicts];
        let source = self.head_source(layout).text(include_str!("wgsl/judge.wgsl"));
        self.kernel("judge", source, [1, 1], &bound)
    }

    fn head_gradient(&self, layout: &Layout) -> Work {
        let last = &self.stages[self.stages.len() - 1];
        let numbers = last.weights() + CLASSES + 2;
        let source = self.head_source(layout).text(include_str!("wgsl/head_gradient.wgsl")).finish();
        let call = Call { source, groups: [numbers.div_ceil(64) as u32, 1, 1] };
        let Shared { step, windows, slopes, verdicts, gradients, outcomes, .. } = self.memory;
        self.adapter.work("head gradient", &call, &[step, windows, slopes, verdicts, gradients, outcomes])
    }

    fn head_back(&self, layout: &Layout) -> Work {
        let before = self.stages.len() - 2;
        let source = self
            .head_source(layout)
            .constant("NORM", self.places[before].norm)
            .constant("LAYER", self.places[before].layer)
            .summing(include_str!("wgsl/head_back.wgsl"));
        let Shared { step, slopes, values, norms, sums, .. } = self.memory;
        let Maps { raw, slope, .. } = &self.maps[before];
        let bound = [step, slopes, values, raw, norms, slope, sums];
        let channels = self.stages[before].output.channels;
        self.kernel("head back", source, [channels, 1], &bound)
    }

    fn settle_back(&self, index: usize, layout: &Layout) -> Work {
        // The next stage left the sums.
        let next = &self.stages[index + 1];
        let parts = if index + 2 == self.stages.len() {
            self.lanes.groups()
        } else {
            let side = next.input.side;
            convolve::parts(side, self.tile.columns_of(side, next.conv.stride), self.lanes)
        };
        let source = self.norm_source(index, layout).constant("PARTS", parts);
        let Shared { step, sums, norms, gradients, backs, .. } = self.memory;
        let text = include_str!("wgsl/settle_back.wgsl");
        self.of_channels("settle back", index, source, text, &[step, sums, norms, gradients, backs])
    }

    fn normalise_back(&self, index: usize, sums: &[Sums]) -> Work {
        let map = self.stages[index].output;
        let source =
            self.map_source(map).constant("NORM", self.places[index].norm).constant("BIAS_SUMS", sums[index].biases);
        let Maps { raw, slope, .. } = &self.maps[index];
        let Shared { step, backs, partial, .. } = self.memory;
        let bound = [step, raw, backs, slope, partial];
        let source = source.summing(include_str!("wgsl/normalise_back.wgsl"));
        self.kernel(&format!("normalise back {}", index + 1), source, [map.side, map.channels], &bound)
    }

    fn weight_gradient(&self, index: usize, sums: &[Sums]) -> Work {
        let ((input, load), stage) = (self.input(index), &self.stages[index]);
        let norm = self.places[index].norm;
        let call = weight_gradient(stage, &sums[index], norm, load, self.tile, self.lanes);
        let Shared { step, partial, norms, backs, .. } = self.memory;
        let Maps { raw, slope, .. } = &self.maps[index];
        let mut bound = vec![input, slope, partial];
        if load != Input::Ready {
            bound.push(norms);
        }
        if load.drops() || takes_back(stage) {
            bound.push(step);
        }
        if takes_back(stage) {
            bound.extend([raw, backs]);
        }
        self.adapter.work(&format!("weight gradient {}", index + 1), &call, &bound)
    }

    fn input_gradient(&self, index: usize) -> Work {
        let (places, before) = (self.places[index], self.places[index - 1]);
        let call = convolve::input_gradient(&self.stages[index], places, before, self.tile, self.lanes);
        let Shared { step, packed, norms, sums, .. } = self.memory;
        let Maps { raw, slope, .. } = &self.maps[index - 1];
        let bound = [step, &self.maps[index].slope, packed, raw, norms, slope, sums];
        self.adapter.work(&format!("input gradient {}", index + 1), &call, &bound)
    }
}
