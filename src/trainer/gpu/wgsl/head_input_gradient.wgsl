// The gradient of the last convolution's input, taken back through dropout. A pixel lies in the windows of some taps:
//     gradient[c, y, x] =
//         dropout factor * sum over these taps and all k of weight[k, c, tap] * logit_gradients[k] / WINDOW²
// Also, for each channel, the sums that `batch_norm_gradient_sums.wgsl` needs: of the gradient g, and of
// g * (activation - mean).
//
// Workgroups: groups of images × channels. An invocation computes one channel of one image; each workgroup leaves one
// pair of sums.

@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let image = group.x * IMAGES_PER_GROUP + invocation;
    let channel = group.y;
    // The gradient that each tap gives to every pixel of its window.
    var taps: array<f32, KERNEL * KERNEL>;
    for (var digit = 0u; digit < CLASSES; digit++) {
        let logit_gradient = logit_gradients[digit * IMAGES + image] / f32(WINDOW * WINDOW);
        for (var tap = 0u; tap < KERNEL * KERNEL; tap++) {
            let weight = values[WEIGHTS_AT + (digit * CHANNELS + channel) * KERNEL * KERNEL + tap];
            taps[tap] = fma(weight, logit_gradient, taps[tap]);
        }
    }
    let mean = statistics[STATISTICS_AT + channel].x;
    let key = dropout_image_key(step.dropout_key, LAYER, image);
    var sum = vec2<f32>();
    for (var y = 0u; y < SIDE; y++) {
        for (var x = 0u; x < SIDE; x++) {
            var gradient = 0.0;
            for (var i = 0u; i < KERNEL; i++) {
                for (var j = 0u; j < KERNEL; j++) {
                    if (y >= i && y < i + WINDOW && x >= j && x < j + WINDOW) {
                        gradient += taps[i * KERNEL + j];
                    }
                }
            }
            gradient *= dropout_factor(
                (channel * SIDE + y) * SIDE + x, key, step.dropout_threshold, step.dropout_scale);
            let at = ((channel * WIDTH + y + BORDER) * WIDTH + x + BORDER) * IMAGES + image;
            input_gradient[at] = gradient;
            sum += vec2<f32>(gradient, gradient * (activations[at] - mean));
        }
    }
    sum = workgroup_sum(sum, invocation);
    if (invocation > 0u) {
        return;
    }
    let at = (channel * (IMAGES / IMAGES_PER_GROUP) + group.x) * 2u;
    channel_sums[at] = sum.x;
    channel_sums[at + 1u] = sum.y;
}
