// The end of every kernel's source. `shader.rs` writes the constants in capitals and the buffers before it.

// The values that change from step to step, as `uniforms.rs` writes them.
struct StepUniforms {
    // The number of images in the batch. The invocations beyond it compute, but nothing counts their results.
    images: u32,
    // Dropout: an activation whose 24 random bits are below this number becomes 0.
    dropout_threshold: u32,
    // Dropout: the factor of the other activations, 1 / (1 - rate).
    dropout_scale: f32,
    // Dropout: the key of this step's random bits.
    dropout_key: u32,
    // The place of the step's outcome in the buffer of outcomes.
    outcome_slot: u32,
    // 1 if the step changes the parameters, otherwise 0.
    updates: u32,
    // The learning rate; for Adam divided by the bias of the first moment.
    learning_rate: f32,
    // The factor of the weight decay; for AdamW the factor that shrinks each parameter.
    weight_decay: f32,
    // Momentum, or Adam's beta1.
    beta1: f32,
    // Adam's beta2.
    beta2: f32,
    // 1 / sqrt(1 - beta2^t): corrects the bias of Adam's second moment.
    second_moment_scale: f32,
    // The share of the new parameters in their running average.
    average_share: f32,
}

// 1 for an image of the batch, 0 for an invocation beyond the last image.
fn present(image: u32, images: u32) -> f32 {
    return select(0.0, 1.0, image < images);
}

// Mixes 32 bits until they look random. Chris Wellons searched for the multipliers with the smallest bias.
fn scramble(bits: u32) -> u32 {
    var x = bits;
    x = (x ^ (x >> 16u)) * 0x7feb352du;
    x = (x ^ (x >> 15u)) * 0x846ca68bu;
    return x ^ (x >> 16u);
}

// The factor by which dropout multiplies an activation: 1 where dropout is off. A function of step, layer, image,
// channel and pixel, so that the way back can compute it again and no mask is stored.
fn dropout_factor(pixel: u32, image_key: u32, threshold: u32, scale: f32) -> f32 {
    return select(scale, 0.0, (scramble(pixel ^ image_key) >> 8u) < threshold);
}

// Takes a gradient back through batch norm and ReLU (Ioffe & Szegedy 2015, section 3). `g` is the gradient by the
// output of batch norm, `activation` the output of ReLU. `s` are the channel's gradient statistics, as
// `batch_norm_gradient_sums.wgsl` computes them: the mean of the activations, the mean of g, the mean of g *
// (activation - mean) divided by the variance, and scale / deviation. `factor` is scale / deviation too, or 0 for an
// invocation without an image.
fn gradient_before_relu(g: f32, activation: f32, s: vec4<f32>, factor: f32) -> f32 {
    return select(0.0, factor * (g - s.y - (activation - s.x) * s.z), activation > 0.0);
}

// The dropout key of an image in a layer.
fn dropout_image_key(step_key: u32, layer: u32, image: u32) -> u32 {
    return scramble(scramble(step_key ^ (layer * 0x9e3779b9u)) ^ image);
}
