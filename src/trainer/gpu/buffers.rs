//! The buffers that kernels work on: their names in WGSL, and what they hold.
//!
//! A map is a stack of square images, one for each channel, `[channels, side + 2, side + 2, images]`: images are the
//! innermost axis (see [`ImageAxis`](super::shape::ImageAxis)), and a border of zeros surrounds each channel. Numbers
//! have no unit, except the loss, which is in nats; a gradient is the derivative of the batch's mean loss.

use super::shader::Buffer;

/// The values that change from step to step: the struct of `common.wgsl`, written by `uniforms.rs`.
pub(super) const STEP: Buffer = Buffer::new("step", "StepUniforms");

/// The parameters of the net, then the running statistics of batch norm: `[Layout::len()]`, in the order of
/// [`Layout`](crate::trainer::engine::parameter_layout::Layout).
pub(super) const VALUES: Buffer = Buffer::new("values", "f32");

/// The running averages of all [`VALUES`], in the same order; they exist only if the recipe averages.
pub(super) const AVERAGED_VALUES: Buffer = Buffer::new("averaged_values", "f32");

/// The gradients of all parameters: `[parameters]`, in the order of [`VALUES`].
pub(super) const GRADIENTS: Buffer = Buffer::new("gradients", "f32");

/// The optimizer's moments: `[moments, parameters]`. SGD with momentum keeps one, Adam two, plain SGD none.
pub(super) const MOMENTS: Buffer = Buffer::new("moments", "f32");

/// The weights of all convolutions, twice each, so that a tile's channels lie side by side. For the way forward:
/// `[channels_in, kernel, kernel, channels_out]`; for the way back: `[channels_out, kernel, kernel, channels_in]`. The
/// last axis is padded to [`packed_channels`](super::offsets::packed_channels).
pub(super) const PACKED_WEIGHTS: Buffer = Buffer::new("packed_weights", "f32");

/// [`PACKED_WEIGHTS`], read four channels at a time.
pub(super) const PACKED_WEIGHT_VECTORS: Buffer = Buffer::new("packed_weights", "vec4<f32>");

/// Partial sums of the gradients of convolutions, which the optimizer's kernel adds up. For each hidden stage: weights
/// `[parts, channels_out, channels_in, kernel, kernel]`, then biases `[channels_out, parts]`.
pub(super) const PARTIAL_GRADIENTS: Buffer = Buffer::new("partial_gradients", "f32");

/// Two sums for each channel of a map and each part of it that a workgroup computed: `[channels, parts, 2]`. On the way
/// forward: of d = activation - running mean, and of d². On the way back: of the gradient g by batch norm's output, and
/// of g · (activation - mean). All stages share the memory, one after the other.
pub(super) const CHANNEL_SUMS: Buffer = Buffer::new("channel_sums", "f32");

/// The statistics that normalise each channel: `[channels of all stages]` vectors of mean, scale / deviation,
/// shift, and 1 / deviation. The deviation is the root of variance + ε. In training the statistics are those of the
/// batch, otherwise the running ones.
pub(super) const STATISTICS: Buffer = Buffer::new("statistics", "vec4<f32>");

/// The statistics that take a gradient g back through each channel's batch norm: `[channels of all stages]`
/// vectors of the activations' mean, the mean of g, the mean of g · (activation - mean) / deviation², and scale /
/// deviation.
pub(super) const GRADIENT_STATISTICS: Buffer = Buffer::new("gradient_statistics", "vec4<f32>");

/// The means of the last convolution's input over the windows that its taps see: `[channels, kernel, kernel, images]`.
pub(super) const WINDOW_MEANS: Buffer = Buffer::new("window_means", "f32");

/// The outputs of the net before softmax: `[images, 10]`.
pub(super) const LOGITS: Buffer = Buffer::new("logits", "f32");

/// The gradients of the logits: `[10, images]`, 0 beyond the batch's last image.
pub(super) const LOGIT_GRADIENTS: Buffer = Buffer::new("logit_gradients", "f32");

/// The loss of each image in nats, then 1 for each image that was classified right and 0 for the others: `[2, images]`.
pub(super) const IMAGE_OUTCOMES: Buffer = Buffer::new("image_outcomes", "f32");

/// The mean loss in nats and the number of right answers of each step that has not been read yet: `[OUTCOME_SLOTS, 2]`.
pub(super) const STEP_OUTCOMES: Buffer = Buffer::new("step_outcomes", "f32");

/// The targets of each image, ten probabilities, and its label, 0 to 9, as a number: `[images, 11]`.
pub(super) const TARGETS: Buffer = Buffer::new("targets", "f32");

/// The normalised pixels of a batch: `[images, 28, 28]`.
pub(super) const BATCH_PIXELS: Buffer = Buffer::new("pixels", "f32");

/// The data set: `[images, 28, 28]` bytes from 0 to 255, four in each number, the first one in the lowest bits.
pub(super) const DATA_SET: Buffer = Buffer::new("data_set", "u32");

/// The numbers of a batch's images in [`DATA_SET`]: `[images]`; then the movement of each image: `[images, 4]`, the
/// bits of the cosine and the sine of its turn, its shift to the right and its shift downwards, both in pixels.
pub(super) const PICKED_IMAGES: Buffer = Buffer::new("picked_images", "u32");

/// The map that the first convolution reads: the normalised pixels, `[1, 30, 30, images]`.
pub(super) const INPUT_MAP: Buffer = Buffer::new("input_map", "f32");

/// The map that a convolution reads: the [`INPUT_MAP`], or the [`NORMALISED`] map of the stage before. Where a kernel
/// normalises as it loads: the [`ACTIVATIONS`] of the stage before.
pub(super) const CONVOLUTION_INPUT: Buffer = Buffer::new("convolution_input", "f32");

/// The map of a stage after convolution, bias and ReLU, before batch norm.
pub(super) const ACTIVATIONS: Buffer = Buffer::new("activations", "f32");

/// The map of a stage after batch norm and dropout.
pub(super) const NORMALISED: Buffer = Buffer::new("normalised", "f32");

/// The gradient of a stage's output. The next stage writes the gradient by the output of batch norm, already taken back
/// through dropout. `batch_norm_input_gradient.wgsl` replaces it by the gradient by the output of the convolution; the
/// first stage has no such kernel, since its weight gradient does this as it loads.
pub(super) const OUTPUT_GRADIENT: Buffer = Buffer::new("output_gradient", "f32");

/// The gradient of a convolution's input, taken back through dropout: the [`OUTPUT_GRADIENT`] of the stage before.
pub(super) const INPUT_GRADIENT: Buffer = Buffer::new("input_gradient", "f32");
