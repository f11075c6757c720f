// What normalises each channel of a stage in use: the running statistics. An invocation for each channel.

@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> norms: array<vec4<f32>>;

@compute @workgroup_size(CHANNELS)
fn main(@builtin(local_invocation_index) channel: u32) {
    let inverse = 1.0 / sqrt(values[RUNNING_VAR + channel] + EPSILON);
    let scale = values[WEIGHT + channel] * inverse;
    norms[NORM + channel] = vec4<f32>(values[RUNNING_MEAN + channel], scale, values[SHIFT + channel], inverse);
}
