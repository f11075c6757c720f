// Copies the images of a batch from the data set on the device into the net's input map: turned, shifted (bilinear
// interpolation) and normalised, (x / 255 - MEAN) / STD. `mnist::augment` does the same arithmetic for the CPU.
//
// Workgroups: groups of images × rows. An invocation makes one row of one image.

// A pixel of an image, 0 to 255. Lines and columns count from a margin of one empty pixel around the image.
fn ink(image: u32, line: u32, column: u32) -> f32 {
    if (line == 0u || line > SIDE || column == 0u || column > SIDE) {
        return 0.0;
    }
    let at = image * SIDE * SIDE + (line - 1u) * SIDE + column - 1u;
    return f32((data_set[at / 4u] >> (at % 4u * 8u)) & 255u);
}

@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    // The image's place in the batch, and its number in the data set.
    let place = group.x * IMAGES_PER_GROUP + invocation;
    let y = group.y;
    let middle = f32(SIDE - 1u) / 2.0;
    let limit = f32(SIDE + 1u);
    let image = picked_images[place];
    // The image's movement: cosine and sine of its turn, shift to the right, shift downwards.
    let movement = IMAGES + place * 4u;
    let cosine = bitcast<f32>(picked_images[movement]);
    let sine = bitcast<f32>(picked_images[movement + 1u]);
    let right = bitcast<f32>(picked_images[movement + 2u]);
    let down = f32(y) - middle - bitcast<f32>(picked_images[movement + 3u]);
    for (var x = 0u; x < SIDE; x++) {
        var pixel = 0.0;
        if (place < step.images) {
            let across = f32(x) - middle - right;
            // The point of the image that moves to this pixel: the movement taken back. The y axis points down.
            let from_x = cosine * across - sine * down + middle + 1.0;
            let from_y = sine * across + cosine * down + middle + 1.0;
            var value = 0.0;
            if (from_x > 0.0 && from_x < limit && from_y > 0.0 && from_y < limit) {
                let column = u32(from_x);
                let line = u32(from_y);
                let part_x = from_x - f32(column);
                let part_y = from_y - f32(line);
                let upper_left = ink(image, line, column);
                let upper = upper_left + part_x * (ink(image, line, column + 1u) - upper_left);
                let lower_left = ink(image, line + 1u, column);
                let lower = lower_left + part_x * (ink(image, line + 1u, column + 1u) - lower_left);
                value = upper + part_y * (lower - upper);
            }
            pixel = (value / 255.0 - MEAN) / STD;
        }
        input_map[((y + BORDER) * WIDTH + x + BORDER) * IMAGES + place] = pixel;
    }
}
