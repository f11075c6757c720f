// The gradient of the last convolution's input, taken back through dropout, with the sums that normalisation needs. An
// invocation for each channel of an image.

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> slopes: array<f32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
@group(0) @binding(3) var<storage, read> raw: array<f32>;
@group(0) @binding(4) var<storage, read> norms: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;
@group(0) @binding(6) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let image = group.x * LANES + lane;
    let channel = group.y;
    // What each tap's window gets.
    var taps: array<f32, KERNEL * KERNEL>;
    for (var digit = 0u; digit < CLASSES; digit++) {
        let slope = slopes[digit * ALL + image] / f32(WINDOW * WINDOW);
        for (var tap = 0u; tap < KERNEL * KERNEL; tap++) {
            let weight = values[WEIGHT + (digit * CHANNELS + channel) * KERNEL * KERNEL + tap];
            taps[tap] = fma(weight, slope, taps[tap]);
        }
    }
    let mean = norms[NORM + channel].x;
    let key = image_key(step.key, LAYER, image);
    var sum = vec2<f32>();
    for (var y = 0u; y < SIDE; y++) {
        for (var x = 0u; x < SIDE; x++) {
            var gradient = 0.0;
            for (var i = 0u; i < KERNEL; i++) {
                for (var j = 0u; j < KERNEL; j++) {
                    // A window reaches from its tap over so many pixels.
                    if (y >= i && y < i + WINDOW && x >= j && x < j + WINDOW) {
                        gradient += taps[i * KERNEL + j];
                    }
                }
            }
            gradient *= kept((channel * SIDE + y) * SIDE + x, key, step.threshold, step.scale);
            let at = ((channel * WIDTH + y + BORDER) * WIDTH + x + BORDER) * ALL + image;
            output[at] = gradient;
            sum += vec2<f32>(gradient, gradient * (raw[at] - mean));
        }
    }
    sum = sum_of_lanes(sum, lane);
    if (lane > 0u) {
        return;
    }
    let at = (channel * (ALL / LANES) + group.x) * 2u;
    sums[at] = sum.x;
    sums[at + 1u] = sum.y;
}
