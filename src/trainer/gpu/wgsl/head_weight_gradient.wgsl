// The gradients of the last convolution's weights and biases, and the outcome of the step:
//     gradient of weight[k, tap] = sum over images of logit_gradients[k] * window_means[tap]
//     gradient of bias[k] = sum over images of logit_gradients[k]
//     outcome = the mean loss, and the number of right answers
//
// Workgroups: groups of 64 of these numbers. An invocation computes one number.

@compute @workgroup_size(NUMBERS_PER_GROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let number = id.x;
    var sum = 0.0;
    if (number < CLASSES * TAPS) {
        let digit = number / TAPS;
        let tap = number % TAPS;
        for (var image = 0u; image < IMAGES; image++) {
            sum = fma(logit_gradients[digit * IMAGES + image], window_means[tap * IMAGES + image], sum);
        }
        gradients[WEIGHTS_AT + number] = sum;
    } else if (number < CLASSES * (TAPS + 1u)) {
        let digit = number - CLASSES * TAPS;
        for (var image = 0u; image < IMAGES; image++) {
            sum += logit_gradients[digit * IMAGES + image];
        }
        gradients[BIASES_AT + digit] = sum;
    } else if (number < CLASSES * (TAPS + 1u) + 2u) {
        // 0: the loss, 1: the right answers.
        let kind = number - CLASSES * (TAPS + 1u);
        for (var image = 0u; image < IMAGES; image++) {
            sum += image_outcomes[kind * IMAGES + image];
        }
        step_outcomes[step.outcome_slot * 2u + kind] = select(sum / f32(step.images), sum, kind == 1u);
    }
}
