// Lays out the pixels of a batch with images as the innermost axis. An invocation for each pixel of an image.

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> pixels: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let image = group.x * LANES + lane;
    let y = group.y;
    for (var x = 0u; x < SIDE; x++) {
        var pixel = 0.0;
        if (image < step.count) {
            pixel = pixels[(image * SIDE + y) * SIDE + x];
        }
        output[((y + BORDER) * WIDTH + x + BORDER) * ALL + image] = pixel;
    }
}
