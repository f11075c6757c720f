// Takes a gradient back through normalisation and ReLU, in its place, and sums it for the convolution's biases. An
// invocation for each row of a channel of an image.

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> raw: array<f32>;
@group(0) @binding(2) var<storage, read> backs: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> slope: array<f32>;
@group(0) @binding(4) var<storage, read_write> bias_sums: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let image = group.x * LANES + lane;
    let y = group.y;
    let channel = group.z;
    let back = backs[NORM + channel];
    let factor = back.w * present(image, step.count);
    let start = ((channel * WIDTH + y + BORDER) * WIDTH + BORDER) * ALL + image;
    var sum = 0.0;
    for (var x = 0u; x < SIDE; x++) {
        let at = start + x * ALL;
        let result = taken_back(slope[at], raw[at], back, factor);
        slope[at] = result;
        sum += result;
    }
    sum = sum_of_lanes(vec2<f32>(sum, 0.0), lane).x;
    if (lane > 0u) {
        return;
    }
    bias_sums[BIAS_SUMS + channel * SIDE * (ALL / LANES) + y * (ALL / LANES) + group.x] = sum;
}
