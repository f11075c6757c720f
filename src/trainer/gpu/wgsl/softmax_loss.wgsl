// The logits of each image, its loss, and the gradient of the mean loss by each logit. With the image's window means m
// and targets t, and n images in the batch:
//     logit[k] = bias[k] + sum over taps of weight[k, tap] * m[tap]
//     loss = -sum over k of t[k] * log p[k],  p = softmax(logits)
//     gradient[k] = (p[k] * sum of t - t[k]) / n
//
// Workgroups: groups of images. An invocation computes one image.

@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let image = group.x * IMAGES_PER_GROUP + invocation;
    var logit: array<f32, CLASSES>;
    for (var digit = 0u; digit < CLASSES; digit++) {
        logit[digit] = values[BIASES_AT + digit];
    }
    for (var tap = 0u; tap < TAPS; tap++) {
        let mean = window_means[tap * IMAGES + image];
        for (var digit = 0u; digit < CLASSES; digit++) {
            logit[digit] = fma(values[WEIGHTS_AT + digit * TAPS + tap], mean, logit[digit]);
        }
    }
    let is_present = present(image, step.images);
    let label = u32(targets[image * (CLASSES + 1u) + CLASSES]);
    var largest = logit[0];
    var best = 0u;
    for (var digit = 1u; digit < CLASSES; digit++) {
        if (logit[digit] > largest) {
            largest = logit[digit];
            best = digit;
        }
    }
    var sum = 0.0;
    var target_sum = 0.0;
    for (var digit = 0u; digit < CLASSES; digit++) {
        sum += exp(logit[digit] - largest);
        target_sum += targets[image * (CLASSES + 1u) + digit];
    }
    var loss = 0.0;
    for (var digit = 0u; digit < CLASSES; digit++) {
        let target_share = targets[image * (CLASSES + 1u) + digit];
        let log_probability = logit[digit] - largest - log(sum);
        loss -= target_share * log_probability;
        logit_gradients[digit * IMAGES + image] =
            is_present * (exp(log_probability) * target_sum - target_share) / f32(step.images);
        logits[image * CLASSES + digit] = logit[digit];
    }
    // A `select`, not a product with `is_present`: an invocation without an image may have computed "not a number".
    image_outcomes[image] = select(0.0, loss, image < step.images);
    image_outcomes[IMAGES + image] = select(0.0, 1.0, image < step.images && best == label);
}
