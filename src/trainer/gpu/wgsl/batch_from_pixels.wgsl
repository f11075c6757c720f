// Copies the normalised pixels of a batch, image after image, into the net's input map, where images are the innermost
// axis and a border of zeros surrounds each image. No arithmetic.
//
// Workgroups: groups of images × rows. An invocation copies one row of one image.

@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let image = group.x * IMAGES_PER_GROUP + invocation;
    let y = group.y;
    for (var x = 0u; x < SIDE; x++) {
        var pixel = 0.0;
        if (image < step.images) {
            pixel = pixels[(image * SIDE + y) * SIDE + x];
        }
        input_map[((y + BORDER) * WIDTH + x + BORDER) * IMAGES + image] = pixel;
    }
}
