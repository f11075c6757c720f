//! The kernels of a step in their order, and the memory that each of them is bound to. Nothing here needs a device: `B`
//! is the type of a buffer's memory, so that tests can list the kernels of a step without one.

use super::batch_norm;
use super::buffers::{
    ACTIVATIONS, AVERAGED_VALUES, BATCH_PIXELS, CHANNEL_SUMS, CONVOLUTION_INPUT, GRADIENT_STATISTICS, GRADIENTS,
    IMAGE_OUTCOMES, INPUT_GRADIENT, INPUT_MAP, LOGIT_GRADIENTS, LOGITS, MOMENTS, NORMALISED, OUTPUT_GRADIENT,
    PACKED_WEIGHTS, PARTIAL_GRADIENTS, PICKED_IMAGES, STATISTICS, STEP, STEP_OUTCOMES, TARGETS, VALUES, WINDOW_MEANS,
};
use super::convolution;
use super::head::{Head, NUMBERS_PER_OUTCOME};
use super::input_batch;
use super::input_loading::InputLoading;
use super::offsets::{Offsets, StageOffsets};
use super::optimizer_step::{UpdateRule, optimizer_step, pack_weights};
use super::shader::{BindError, Buffer, Kernel};
use super::shape::{ImageAxis, Map, Stage, Tile};
use super::uniforms::{OUTCOME_SLOTS, StepUniforms};
use super::weight_gradient::weight_gradient;
use super::weight_gradient_parts::takes_gradient_back;
use crate::mnist::{CLASSES, PIXELS};
use crate::trainer::engine::parameter_layout::Layout;

/// The number of components of a WGSL `vec4`.
const VECTOR: usize = 4;
/// The number of numbers in an image's movement: cosine, sine, shift to the right, shift downwards.
const NUMBERS_PER_MOVEMENT: usize = 4;
/// The number of numbers that the head leaves for each image: the loss, and whether the answer was right.
const NUMBERS_PER_IMAGE_OUTCOME: usize = 2;

/// The maps of a hidden stage.
#[derive(Debug)]
pub(super) struct StageMaps<B> {
    /// See [`ACTIVATIONS`].
    pub(super) activations: B,
    /// See [`NORMALISED`]; `None` if the next stage normalises as it loads.
    pub(super) normalised: Option<B>,
    /// See [`OUTPUT_GRADIENT`].
    pub(super) output_gradient: B,
}

/// The buffers that all stages share; `buffers.rs` says what they hold.
#[derive(Debug)]
pub(super) struct SharedBuffers<B> {
    pub(super) step: B,
    pub(super) values: B,
    pub(super) averaged_values: B,
    pub(super) gradients: B,
    pub(super) moments: B,
    pub(super) packed_weights: B,
    pub(super) partial_gradients: B,
    pub(super) channel_sums: B,
    pub(super) statistics: B,
    pub(super) gradient_statistics: B,
    pub(super) window_means: B,
    pub(super) logits: B,
    pub(super) logit_gradients: B,
    pub(super) image_outcomes: B,
    pub(super) step_outcomes: B,
    pub(super) targets: B,
    pub(super) batch_pixels: B,
    pub(super) picked_images: B,
    pub(super) input_map: B,
}

/// The steps that a kernel is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Only training steps.
    Training,
    /// Only the classification of images.
    Evaluation,
    /// Training steps and classification.
    Both,
}

/// A kernel with its name for profiles and error messages, and the memory for each of its buffers.
#[derive(Clone, Debug)]
pub(super) struct BoundKernel<'a, B> {
    pub(super) name: String,
    pub(super) kernel: Kernel,
    /// In the order of the binding numbers.
    pub(super) memory: Vec<&'a B>,
}

/// Everything that decides the kernels of a step.
#[derive(Debug)]
pub(super) struct KernelSettings {
    pub(super) stages: Vec<Stage>,
    pub(super) offsets: Offsets,
    pub(super) layout: Layout,
    pub(super) tile: Tile,
    pub(super) axis: ImageAxis,
    pub(super) rule: UpdateRule,
    /// Whether the recipe has dropout.
    pub(super) dropout: bool,
}

impl KernelSettings {
    pub(super) fn new(tile: Tile, axis: ImageAxis, rule: UpdateRule, dropout: bool) -> Self {
        let (stages, layout) = (Stage::of_the_net(), Layout::new());
        let offsets = Offsets::new(&stages, tile, axis, &layout);
        Self { stages, offsets, layout, tile, axis, rule, dropout }
    }

    /// The number of stages before the head: convolution, ReLU, batch norm, dropout.
    fn hidden_stages(&self) -> usize {
        self.stages.len() - 1
    }

    /// The last stage.
    fn head(&self) -> Head {
        let last = self.hidden_stages();
        Head { stage: self.stages[last], offsets: self.offsets.stages[last] }
    }

    /// The maps of all hidden stages. `create` makes the memory for a buffer of some length.
    pub(super) fn create_maps<B>(&self, mut create: impl FnMut(Buffer, usize) -> B) -> Vec<StageMaps<B>> {
        let hidden = self.hidden_stages();
        let mut all = Vec::new();
        for (index, stage) in self.stages[..hidden].iter().enumerate() {
            let length = stage.output.len(self.axis);
            // The head has no code for normalising as it loads.
            let is_before_head = index + 1 == hidden;
            let is_stored = is_before_head || !InputLoading::is_normalising_better(self.dropout, self.tile);
            all.push(StageMaps {
                activations: create(ACTIVATIONS, length),
                normalised: is_stored.then(|| create(NORMALISED, length)),
                output_gradient: create(OUTPUT_GRADIENT, length),
            });
        }
        all
    }

    /// The shared buffers. `create` makes the memory for a buffer of some length.
    pub(super) fn create_shared<B>(&self, mut create: impl FnMut(Buffer, usize) -> B) -> SharedBuffers<B> {
        let (images, parameters, values) = (self.axis.length, self.layout.parameters(), self.layout.len());
        let statistics = VECTOR * self.offsets.statistics;
        // A buffer must not be empty.
        let moments = self.rule.optimizer.moments().max(1);
        SharedBuffers {
            step: create(STEP, StepUniforms::WORDS),
            values: create(VALUES, values),
            averaged_values: create(AVERAGED_VALUES, values),
            gradients: create(GRADIENTS, parameters),
            moments: create(MOMENTS, moments * parameters),
            packed_weights: create(PACKED_WEIGHTS, self.offsets.packed_weights),
            partial_gradients: create(PARTIAL_GRADIENTS, self.offsets.partial_gradients),
            channel_sums: create(CHANNEL_SUMS, self.most_channel_sums()),
            statistics: create(STATISTICS, statistics),
            gradient_statistics: create(GRADIENT_STATISTICS, statistics),
            window_means: create(WINDOW_MEANS, self.head().taps() * images),
            logits: create(LOGITS, images * CLASSES),
            logit_gradients: create(LOGIT_GRADIENTS, CLASSES * images),
            image_outcomes: create(IMAGE_OUTCOMES, NUMBERS_PER_IMAGE_OUTCOME * images),
            step_outcomes: create(STEP_OUTCOMES, OUTCOME_SLOTS * NUMBERS_PER_OUTCOME),
            targets: create(TARGETS, images * (CLASSES + 1)),
            batch_pixels: create(BATCH_PIXELS, images * PIXELS),
            picked_images: create(PICKED_IMAGES, images * (1 + NUMBERS_PER_MOVEMENT)),
            input_map: create(INPUT_MAP, self.stages[0].input.len(self.axis)),
        }
    }

    /// The largest number of channel sums that a kernel of any stage leaves.
    fn most_channel_sums(&self) -> usize {
        let sums = |map: Map, stride| 2 * map.channels * self.sums_per_channel(map, stride);
        let both = self.stages.iter().map(|stage| sums(stage.output, 1).max(sums(stage.input, stage.conv.stride)));
        both.max().unwrap_or(0)
    }

    /// The number of pairs of sums for each channel that the kernel which writes a map leaves. `stride` is 1 on the way
    /// forward, and on the way back that of the convolution.
    fn sums_per_channel(&self, map: Map, stride: usize) -> usize {
        convolution::sums_per_channel(map.side, self.tile.columns_of(map.side, stride), self.axis)
    }
}

impl<B> SharedBuffers<B> {
    /// All of them, by name.
    fn by_name(&self) -> [(Buffer, &B); 19] {
        [
            (STEP, &self.step),
            (VALUES, &self.values),
            (AVERAGED_VALUES, &self.averaged_values),
            (GRADIENTS, &self.gradients),
            (MOMENTS, &self.moments),
            (PACKED_WEIGHTS, &self.packed_weights),
            (PARTIAL_GRADIENTS, &self.partial_gradients),
            (CHANNEL_SUMS, &self.channel_sums),
            (STATISTICS, &self.statistics),
            (GRADIENT_STATISTICS, &self.gradient_statistics),
            (WINDOW_MEANS, &self.window_means),
            (LOGITS, &self.logits),
            (LOGIT_GRADIENTS, &self.logit_gradients),
            (IMAGE_OUTCOMES, &self.image_outcomes),
            (STEP_OUTCOMES, &self.step_outcomes),
            (TARGETS, &self.targets),
            (BATCH_PIXELS, &self.batch_pixels),
            (PICKED_IMAGES, &self.picked_images),
            (INPUT_MAP, &self.input_map),
        ]
    }

    /// Binds a kernel: the buffers in `own` to the memory given there, all others to the shared ones of their names.
    ///
    /// # Errors
    /// The kernel declares a buffer that is in neither list, or does not declare one in `own`.
    pub(super) fn bind<'a>(
        &'a self,
        name: impl Into<String>,
        kernel: Kernel,
        own: &[(Buffer, &'a B)],
    ) -> Result<BoundKernel<'a, B>, BindError> {
        let shared = self.by_name().into_iter().filter(|(buffer, _)| kernel.declares(*buffer));
        let all: Vec<_> = own.iter().copied().chain(shared).collect();
        let memory = kernel.bind(&all)?;
        Ok(BoundKernel { name: name.into(), kernel, memory })
    }
}

/// The kernels of a step, with the memory that they work on.
pub(super) struct StepKernels<'a, B> {
    pub(super) settings: &'a KernelSettings,
    pub(super) maps: &'a [StageMaps<B>],
    pub(super) shared: &'a SharedBuffers<B>,
}

type Bound<'a, B> = Result<BoundKernel<'a, B>, BindError>;

impl<'a, B> StepKernels<'a, B> {
    /// The kernels of a step after the one that fills the input map, in order.
    ///
    /// # Errors
    /// A kernel does not fit the buffers, which is a mistake in this module.
    pub(super) fn kernels(&self) -> Result<Vec<(Phase, BoundKernel<'a, B>)>, BindError> {
        let settings = self.settings;
        let hidden = settings.hidden_stages();
        let mut kernels = Vec::new();
        for index in 0..hidden {
            kernels.push((Phase::Both, self.convolution(index)?));
            kernels.push((Phase::Training, self.batch_statistics(index)?));
            kernels.push((Phase::Evaluation, self.running_statistics(index)?));
            if let Some(normalised) = &self.maps[index].normalised {
                kernels.push((Phase::Both, self.batch_norm(index, normalised)?));
            }
        }
        kernels.push((Phase::Both, self.window_means()?));
        kernels.push((Phase::Both, self.softmax_loss()?));
        kernels.push((Phase::Training, self.head_weight_gradient()?));
        kernels.push((Phase::Training, self.head_input_gradient()?));
        for index in (0..hidden).rev() {
            kernels.push((Phase::Training, self.gradient_sums(index)?));
            if !takes_gradient_back(&settings.stages[index]) {
                kernels.push((Phase::Training, self.batch_norm_input_gradient(index)?));
            }
            kernels.push((Phase::Training, self.weight_gradient(index)?));
            if index > 0 {
                kernels.push((Phase::Training, self.input_gradient(index)?));
            }
        }
        let kernel = optimizer_step(
            &settings.stages,
            &settings.offsets,
            settings.rule,
            settings.tile,
            settings.axis,
            &settings.layout,
        );
        kernels.push((Phase::Training, self.shared.bind("optimizer step", kernel, &[])?));
        Ok(kernels)
    }

    /// The kernel that fills the input map from pixels.
    pub(super) fn batch_from_pixels(&self) -> Bound<'a, B> {
        let kernel = input_batch::from_pixels(self.settings.stages[0].input, self.settings.axis);
        self.shared.bind("batch from pixels", kernel, &[])
    }

    /// The kernel that packs all weights.
    pub(super) fn pack_weights(&self) -> Bound<'a, B> {
        let KernelSettings { stages, offsets, axis, layout, .. } = self.settings;
        self.shared.bind("pack weights", pack_weights(stages, offsets, *axis, layout), &[])
    }

    /// Binds a kernel of a stage; its name gets the number of the stage, from 1.
    fn bind(&self, name: &str, index: usize, kernel: Kernel, own: &[(Buffer, &'a B)]) -> Bound<'a, B> {
        self.shared.bind(format!("{name} {}", index + 1), kernel, own)
    }

    /// The memory of a stage's input, and how to load it.
    fn input(&self, index: usize) -> (&'a B, InputLoading) {
        let Some(before) = index.checked_sub(1) else { return (&self.shared.input_map, InputLoading::Stored) };
        let StageMaps { activations, normalised, .. } = &self.maps[before];
        match normalised {
            Some(normalised) => (normalised, InputLoading::Stored),
            None => {
                let StageOffsets { statistics, layer, .. } = self.settings.offsets.stages[before];
                (activations, InputLoading::Normalising { statistics, layer, dropout: self.settings.dropout })
            }
        }
    }

    fn convolution(&self, index: usize) -> Bound<'a, B> {
        let KernelSettings { stages, offsets, tile, axis, .. } = self.settings;
        let (input, loading) = self.input(index);
        let kernel = convolution::forward(&stages[index], offsets.stages[index], loading, *tile, *axis);
        let own = [(CONVOLUTION_INPUT, input), (ACTIVATIONS, &self.maps[index].activations)];
        self.bind("convolution", index, kernel, &own)
    }

    fn batch_statistics(&self, index: usize) -> Bound<'a, B> {
        let KernelSettings { stages, offsets, axis, .. } = self.settings;
        let map = stages[index].output;
        let sums = self.settings.sums_per_channel(map, 1);
        let kernel = batch_norm::batch_statistics(map, &offsets.stages[index], sums, *axis);
        self.bind("batch statistics", index, kernel, &[])
    }

    fn running_statistics(&self, index: usize) -> Bound<'a, B> {
        let KernelSettings { stages, offsets, axis, .. } = self.settings;
        let kernel = batch_norm::running_statistics(stages[index].output, &offsets.stages[index], *axis);
        self.bind("running statistics", index, kernel, &[])
    }

    fn batch_norm(&self, index: usize, normalised: &'a B) -> Bound<'a, B> {
        let KernelSettings { stages, offsets, axis, .. } = self.settings;
        let kernel = batch_norm::batch_norm(stages[index].output, &offsets.stages[index], *axis);
        let own = [(ACTIVATIONS, &self.maps[index].activations), (NORMALISED, normalised)];
        self.bind("batch norm", index, kernel, &own)
    }

    fn window_means(&self) -> Bound<'a, B> {
        // The map before the head is always stored normalised.
        let (input, _) = self.input(self.settings.hidden_stages());
        self.shared.bind("window means", self.settings.head().window_means(self.settings.axis), &[(NORMALISED, input)])
    }

    fn softmax_loss(&self) -> Bound<'a, B> {
        self.shared.bind("softmax and loss", self.settings.head().softmax_loss(self.settings.axis), &[])
    }

    fn head_weight_gradient(&self) -> Bound<'a, B> {
        self.shared.bind("head weight gradient", self.settings.head().weight_gradient(self.settings.axis), &[])
    }

    fn head_input_gradient(&self) -> Bound<'a, B> {
        let before = self.settings.hidden_stages() - 1;
        let kernel = self.settings.head().input_gradient(&self.settings.offsets.stages[before], self.settings.axis);
        let StageMaps { activations, output_gradient, .. } = &self.maps[before];
        let own = [(ACTIVATIONS, activations), (INPUT_GRADIENT, output_gradient)];
        self.shared.bind("head input gradient", kernel, &own)
    }

    fn gradient_sums(&self, index: usize) -> Bound<'a, B> {
        let KernelSettings { stages, offsets, axis, .. } = self.settings;
        let map = stages[index].output;
        // The stage after this one left the sums.
        let after = index + 1;
        let sums = if after == self.settings.hidden_stages() {
            axis.groups()
        } else {
            self.settings.sums_per_channel(map, stages[after].conv.stride)
        };
        let kernel = batch_norm::gradient_sums(map, &offsets.stages[index], sums, *axis);
        self.bind("batch norm gradient sums", index, kernel, &[])
    }

    fn batch_norm_input_gradient(&self, index: usize) -> Bound<'a, B> {
        let KernelSettings { stages, offsets, axis, .. } = self.settings;
        let kernel = batch_norm::input_gradient(stages[index].output, &offsets.stages[index], *axis);
        let StageMaps { activations, output_gradient, .. } = &self.maps[index];
        let own = [(ACTIVATIONS, activations), (OUTPUT_GRADIENT, output_gradient)];
        self.bind("batch norm input gradient", index, kernel, &own)
    }

    fn weight_gradient(&self, index: usize) -> Bound<'a, B> {
        let KernelSettings { stages, offsets, tile, axis, .. } = self.settings;
        let ((input, loading), stage) = (self.input(index), &stages[index]);
        let kernel = weight_gradient(stage, offsets.stages[index], loading, *tile, *axis);
        let StageMaps { activations, output_gradient, .. } = &self.maps[index];
        let mut own = vec![(CONVOLUTION_INPUT, input), (OUTPUT_GRADIENT, output_gradient)];
        if takes_gradient_back(stage) {
            own.push((ACTIVATIONS, activations));
        }
        self.bind("weight gradient", index, kernel, &own)
    }

    fn input_gradient(&self, index: usize) -> Bound<'a, B> {
        let KernelSettings { stages, offsets, tile, axis, .. } = self.settings;
        let before = index - 1;
        let (own_offsets, offsets_before) = (offsets.stages[index], offsets.stages[before]);
        let kernel = convolution::input_gradient(&stages[index], own_offsets, offsets_before, *tile, *axis);
        let own = [
            (OUTPUT_GRADIENT, &self.maps[index].output_gradient),
            (ACTIVATIONS, &self.maps[before].activations),
            (INPUT_GRADIENT, &self.maps[before].output_gradient),
        ];
        self.bind("input gradient", index, kernel, &own)
    }
}
