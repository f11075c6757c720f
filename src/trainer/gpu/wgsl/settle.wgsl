// Turns the sums that a convolution left of each channel into what normalises it, and lets them flow into the running
// statistics. A workgroup for each channel.

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> sums: array<f32>;
@group(0) @binding(2) var<storage, read_write> values: array<f32>;
// Mean, scale, shift, one over the deviation.
@group(0) @binding(3) var<storage, read_write> norms: array<vec4<f32>>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let channel = group.x;
    var sum = vec2<f32>();
    for (var part = lane; part < PARTS; part += LANES) {
        let at = (channel * PARTS + part) * 2u;
        sum += vec2<f32>(sums[at], sums[at + 1u]);
    }
    sum = sum_of_lanes(sum, lane);
    if (lane > 0u) {
        return;
    }
    let count = f32(step.count * PIXELS);
    let offset = sum.x / count;
    let variance = max(sum.y / count - offset * offset, 0.0);
    let running_mean = values[RUNNING_MEAN + channel];
    let mean = running_mean + offset;
    let inverse = 1.0 / sqrt(variance + EPSILON);
    norms[NORM + channel] = vec4<f32>(mean, values[WEIGHT + channel] * inverse, values[SHIFT + channel], inverse);
    // The running variance estimates that of all images, so it is divided by n - 1.
    let unbiased = variance * count / max(count - 1.0, 1.0);
    values[RUNNING_MEAN + channel] = running_mean + SHARE * offset;
    let running_var = values[RUNNING_VAR + channel];
    values[RUNNING_VAR + channel] = running_var + SHARE * (unbiased - running_var);
}
