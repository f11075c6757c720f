// Batch norm and dropout of a map (Ioffe & Szegedy 2015, algorithm 1):
//     y = ((x - mean) * scale / deviation + shift) * dropout factor
//
// Workgroups: groups of images × rows × channels. An invocation computes one row of one channel of one image.

@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let image = group.x * IMAGES_PER_GROUP + invocation;
    let y = group.y;
    let channel = group.z;
    let of_channel = statistics[STATISTICS_AT + channel];
    let start = ((channel * WIDTH + y + BORDER) * WIDTH + BORDER) * IMAGES + image;
    let key = dropout_image_key(step.dropout_key, LAYER, image);
    let pixel = (channel * SIDE + y) * SIDE;
    for (var x = 0u; x < SIDE; x++) {
        let value = (activations[start + x * IMAGES] - of_channel.x) * of_channel.y + of_channel.z;
        normalised[start + x * IMAGES] =
            value * dropout_factor(pixel + x, key, step.dropout_threshold, step.dropout_scale);
    }
}
