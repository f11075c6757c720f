// The means of each input channel over the windows that the taps of the last convolution see:
//     window_means[c, i, j] = mean of input[c, i .. i + WINDOW, j .. j + WINDOW].
// The last convolution and the mean over its output are both linear, so these means are all that they need.
//
// Workgroups: groups of images × channels. An invocation makes the means of one channel of one image.

@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let image = group.x * IMAGES_PER_GROUP + invocation;
    let channel = group.y;
    for (var i = 0u; i < KERNEL; i++) {
        for (var j = 0u; j < KERNEL; j++) {
            var sum = 0.0;
            for (var y = i; y < i + WINDOW; y++) {
                for (var x = j; x < j + WINDOW; x++) {
                    sum += normalised[((channel * WIDTH + y + BORDER) * WIDTH + x + BORDER) * IMAGES + image];
                }
            }
            window_means[((channel * KERNEL + i) * KERNEL + j) * IMAGES + image] = sum / f32(WINDOW * WINDOW);
        }
    }
}
