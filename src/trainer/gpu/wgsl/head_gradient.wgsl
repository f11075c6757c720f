// The gradients of the last convolution's weights and biases, and the step's outcome. An invocation for each number.

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> windows: array<f32>;
@group(0) @binding(2) var<storage, read> slopes: array<f32>;
@group(0) @binding(3) var<storage, read> verdicts: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(5) var<storage, read_write> outcomes: array<f32>;

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let number = id.x;
    var sum = 0.0;
    if (number < CLASSES * TAPS) {
        let digit = number / TAPS;
        let tap = number % TAPS;
        for (var image = 0u; image < ALL; image++) {
            sum = fma(slopes[digit * ALL + image], windows[tap * ALL + image], sum);
        }
        gradients[WEIGHT + number] = sum;
    } else if (number < CLASSES * (TAPS + 1u)) {
        let digit = number - CLASSES * TAPS;
        for (var image = 0u; image < ALL; image++) {
            sum += slopes[digit * ALL + image];
        }
        gradients[BIAS + digit] = sum;
    } else if (number < CLASSES * (TAPS + 1u) + 2u) {
        // Mean loss, and how many were right.
        let what = number - CLASSES * (TAPS + 1u);
        for (var image = 0u; image < ALL; image++) {
            sum += verdicts[what * ALL + image];
        }
        outcomes[step.slot * 2u + what] = select(sum / f32(step.count), sum, what == 1u);
    }
}
