// Turns the sums of a normalised map's gradient into the gradients of its normalisation's own parameters, and into what
// takes the gradient back through it. A workgroup for each channel.

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> sums: array<f32>;
@group(0) @binding(2) var<storage, read> norms: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> gradients: array<f32>;
// Mean, offset, slope, scale.
@group(0) @binding(4) var<storage, read_write> backs: array<vec4<f32>>;

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
    let norm = norms[NORM + channel];
    gradients[SHIFT + channel] = sum.x;
    gradients[WEIGHT + channel] = sum.y * norm.w;
    let count = f32(step.count * PIXELS);
    backs[NORM + channel] = vec4<f32>(norm.x, sum.x / count, sum.y / count * norm.w * norm.w, norm.y);
}
