// The last convolution and the mean over its output are linear: all that they need of their input are its sums over the
// window that each tap sees. An invocation for each channel of an image.

@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read_write> windows: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let image = group.x * LANES + lane;
    let channel = group.y;
    for (var i = 0u; i < KERNEL; i++) {
        for (var j = 0u; j < KERNEL; j++) {
            var sum = 0.0;
            for (var y = i; y < i + WINDOW; y++) {
                for (var x = j; x < j + WINDOW; x++) {
                    sum += input[((channel * WIDTH + y + BORDER) * WIDTH + x + BORDER) * ALL + image];
                }
            }
            windows[((channel * KERNEL + i) * KERNEL + j) * ALL + image] = sum / f32(WINDOW * WINDOW);
        }
    }
}
