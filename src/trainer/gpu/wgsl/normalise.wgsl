// Normalises a map and drops some of it. An invocation for each row of a channel of an image.

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> raw: array<f32>;
@group(0) @binding(2) var<storage, read> norms: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let image = group.x * LANES + lane;
    let y = group.y;
    let channel = group.z;
    let norm = norms[NORM + channel];
    let start = ((channel * WIDTH + y + BORDER) * WIDTH + BORDER) * ALL + image;
    let key = image_key(step.key, LAYER, image);
    let place = (channel * SIDE + y) * SIDE;
    for (var x = 0u; x < SIDE; x++) {
        let value = (raw[start + x * ALL] - norm.x) * norm.y + norm.z;
        output[start + x * ALL] = value * kept(place + x, key, step.threshold, step.scale);
    }
}
