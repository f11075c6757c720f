// What every kernel begins with. Constants in capitals are written before it.

// What changes from step to step.
struct Step {
    // Images in the batch; the lanes beyond them count for nothing.
    count: u32,
    // Dropout: numbers below it, of 24 bits, are dropped; the others are multiplied by `scale`.
    threshold: u32,
    scale: f32,
    key: u32,
    // Where the step's outcome is kept.
    slot: u32,
    // Whether weights move.
    learn: u32,
    rate: f32,
    decay: f32,
    // Shares of the optimizer's means that are kept.
    first: f32,
    second: f32,
    // One over the root of the second mean's bias.
    unbias: f32,
    // Share of the weights that their average takes in.
    taken: f32,
}

// Whether an image is there, as a factor.
fn present(image: u32, count: u32) -> f32 {
    return select(0.0, 1.0, image < count);
}

// 32 bits that look random (multipliers by Chris Wellons, who searched for the least biased ones).
fn scramble(bits: u32) -> u32 {
    var x = bits;
    x = (x ^ (x >> 16u)) * 0x7feb352du;
    x = (x ^ (x >> 15u)) * 0x846ca68bu;
    return x ^ (x >> 16u);
}

// The factor that dropout multiplies an activation by, 1 where it is off: a function of step, layer, image, channel and pixel, so that
// nothing is stored for the way back.
fn kept(place: u32, image_key: u32, threshold: u32, scale: f32) -> f32 {
    return select(scale, 0.0, (scramble(place ^ image_key) >> 8u) < threshold);
}

// A gradient taken back through normalisation, whose mean, offset and slope are in `back`, and ReLU. `raw` is the number
// between them; `factor` is the scale, or 0 for an image that is not there.
fn taken_back(slope: f32, raw: f32, back: vec4<f32>, factor: f32) -> f32 {
    return select(0.0, factor * (slope - back.y - (raw - back.x) * back.z), raw > 0.0);
}

fn image_key(step_key: u32, layer: u32, image: u32) -> u32 {
    return scramble(scramble(step_key ^ (layer * 0x9e3779b9u)) ^ image);
}
