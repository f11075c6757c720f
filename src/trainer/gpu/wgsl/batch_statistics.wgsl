// The batch statistics of a map (Ioffe & Szegedy 2015, algorithm 1), from the sums that the convolution's kernel left:
// of d = x - running mean, and of d², over all n pixels of a channel in the batch.
//     mean = running mean + sum of d / n
//     variance = sum of d² / n - (sum of d / n)²
//     deviation = sqrt(variance + EPSILON)
// The running mean and the running variance move towards them by RUNNING_SHARE.
//
// Workgroups: one for each channel. The invocations add up the sums; the first one does the rest.

@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let channel = group.x;
    let sum = channel_sum(channel, invocation);
    if (invocation > 0u) {
        return;
    }
    let count = f32(step.images * PIXELS);
    let offset = sum.x / count;
    let variance = max(sum.y / count - offset * offset, 0.0);
    let running_mean = values[RUNNING_MEANS_AT + channel];
    let mean = running_mean + offset;
    let inverse = 1.0 / sqrt(variance + EPSILON);
    statistics[STATISTICS_AT + channel] =
        vec4<f32>(mean, values[SCALES_AT + channel] * inverse, values[SHIFTS_AT + channel], inverse);
    // The running variance estimates the variance of all images, so its divisor is n - 1.
    let unbiased = variance * count / max(count - 1.0, 1.0);
    values[RUNNING_MEANS_AT + channel] = running_mean + RUNNING_SHARE * offset;
    let running_variance = values[RUNNING_VARIANCES_AT + channel];
    values[RUNNING_VARIANCES_AT + channel] = running_variance + RUNNING_SHARE * (unbiased - running_variance);
}
