// The gradients of batch norm's scale and shift, and the gradient statistics that take the gradient back through batch
// norm (Ioffe & Szegedy 2015, section 3). The kernel before left the sums, over all n pixels of a channel in the batch,
// of the gradient g by batch norm's output, and of g * (x - mean).
//     gradient of shift = sum of g
//     gradient of scale = sum of g * (x - mean) / deviation
//     gradient by x = scale / deviation * (g - sum of g / n - (x - mean) * (sum of g * (x - mean) / n / deviation²))
//
// Workgroups: one for each channel. The invocations add up the sums; the first one does the rest.

@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let channel = group.x;
    let sum = channel_sum(channel, invocation);
    if (invocation > 0u) {
        return;
    }
    let of_channel = statistics[STATISTICS_AT + channel];
    gradients[SHIFTS_AT + channel] = sum.x;
    gradients[SCALES_AT + channel] = sum.y * of_channel.w;
    let count = f32(step.images * PIXELS);
    gradient_statistics[STATISTICS_AT + channel] =
        vec4<f32>(of_channel.x, sum.x / count, sum.y / count * of_channel.w * of_channel.w, of_channel.y);
}
