// Logits, loss and its gradient by each logit. An invocation for each image.

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> windows: array<f32>;
@group(0) @binding(2) var<storage, read> values: array<f32>;
// Of each image ten shares and its label.
@group(0) @binding(3) var<storage, read> targets: array<f32>;
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;
@group(0) @binding(5) var<storage, read_write> slopes: array<f32>;
// Losses of all images, then whether they were right.
@group(0) @binding(6) var<storage, read_write> verdicts: array<f32>;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let image = group.x * LANES + lane;
    var logit: array<f32, CLASSES>;
    for (var digit = 0u; digit < CLASSES; digit++) {
        logit[digit] = values[BIAS + digit];
    }
    for (var tap = 0u; tap < TAPS; tap++) {
        let window = windows[tap * ALL + image];
        for (var digit = 0u; digit < CLASSES; digit++) {
            logit[digit] = fma(values[WEIGHT + digit * TAPS + tap], window, logit[digit]);
        }
    }
    let here = present(image, step.count);
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
    var weight = 0.0;
    for (var digit = 0u; digit < CLASSES; digit++) {
        sum += exp(logit[digit] - largest);
        weight += targets[image * (CLASSES + 1u) + digit];
    }
    var loss = 0.0;
    for (var digit = 0u; digit < CLASSES; digit++) {
        let share = targets[image * (CLASSES + 1u) + digit];
        let log_share = logit[digit] - largest - log(sum);
        loss -= share * log_share;
        slopes[digit * ALL + image] = here * (exp(log_share) * weight - share) / f32(step.count);
        logits[image * CLASSES + digit] = logit[digit];
    }
    // Multiplied out, a lane that is not there could still leave "not a number".
    verdicts[image] = select(0.0, loss, image < step.count);
    verdicts[ALL + image] = select(0.0, 1.0, image < step.count && best == label);
}
