// Takes a gradient back through batch norm and ReLU, in place: from the gradient by the output of batch norm to the
// gradient by the output of the convolution (the formula stands at `gradient_before_relu`). Also the sums of the
// result, which add up to the gradients of the convolution's biases.
//
// Workgroups: groups of images × rows × channels. An invocation computes one row of one channel of one image; each
// workgroup leaves one sum.

@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let image = group.x * IMAGES_PER_GROUP + invocation;
    let y = group.y;
    let channel = group.z;
    let of_channel = gradient_statistics[STATISTICS_AT + channel];
    let factor = of_channel.w * present(image, step.images);
    let start = ((channel * WIDTH + y + BORDER) * WIDTH + BORDER) * IMAGES + image;
    var sum = 0.0;
    for (var x = 0u; x < SIDE; x++) {
        let at = start + x * IMAGES;
        let gradient = gradient_before_relu(output_gradient[at], activations[at], of_channel, factor);
        output_gradient[at] = gradient;
        sum += gradient;
    }
    sum = workgroup_sum(vec2<f32>(sum, 0.0), invocation).x;
    if (invocation > 0u) {
        return;
    }
    partial_gradients[BIAS_SUMS_AT + channel * SIDE * (IMAGES / IMAGES_PER_GROUP)
        + y * (IMAGES / IMAGES_PER_GROUP) + group.x] = sum;
}
