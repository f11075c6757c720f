// The statistics that normalise a map outside of training (Ioffe & Szegedy 2015, algorithm 2): the running mean, and
// deviation = sqrt(running variance + EPSILON).
//
// Workgroups: one. An invocation computes one channel.

@compute @workgroup_size(CHANNELS)
fn main(@builtin(local_invocation_index) channel: u32) {
    let inverse = 1.0 / sqrt(values[RUNNING_VARIANCES_AT + channel] + EPSILON);
    let scale = values[SCALES_AT + channel] * inverse;
    statistics[STATISTICS_AT + channel] =
        vec4<f32>(values[RUNNING_MEANS_AT + channel], scale, values[SHIFTS_AT + channel], inverse);
}
