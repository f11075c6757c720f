// Takes the images of a batch from the data set, moves and normalises each, and lays them out with images as the innermost
// axis. An invocation for each row of an image. `mnist::augment` has the same arithmetic for the CPU.

@group(0) @binding(0) var<uniform> step: Step;
// Four bytes each.
@group(0) @binding(1) var<storage, read> data: array<u32>;
// Which images, then their movements: cosine, sine, right, down.
@group(0) @binding(2) var<storage, read> picks: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

// A pixel by its place on a paper one pixel wider on each side.
fn ink(image: u32, line: u32, column: u32) -> f32 {
    if (line == 0u || line > SIDE || column == 0u || column > SIDE) {
        return 0.0;
    }
    let at = image * SIDE * SIDE + (line - 1u) * SIDE + column - 1u;
    return f32((data[at / 4u] >> (at % 4u * 8u)) & 255u);
}

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let place = group.x * LANES + lane;
    let y = group.y;
    let middle = f32(SIDE - 1u) / 2.0;
    let limit = f32(SIDE + 1u);
    let image = picks[place];
    let first = ALL + place * 4u;
    let cosine = bitcast<f32>(picks[first]);
    let sine = bitcast<f32>(picks[first + 1u]);
    let right = bitcast<f32>(picks[first + 2u]);
    let down = f32(y) - middle - bitcast<f32>(picks[first + 3u]);
    for (var x = 0u; x < SIDE; x++) {
        var pixel = 0.0;
        if (place < step.count) {
            let across = f32(x) - middle - right;
            // Where it comes from: turned back; the y axis points down.
            let from_x = cosine * across - sine * down + middle + 1.0;
            let from_y = sine * across + cosine * down + middle + 1.0;
            var value = 0.0;
            if (from_x > 0.0 && from_x < limit && from_y > 0.0 && from_y < limit) {
                let column = u32(from_x);
                let line = u32(from_y);
                let part_x = from_x - f32(column);
                let part_y = from_y - f32(line);
                let corner = ink(image, line, column);
                let above = corner + part_x * (ink(image, line, column + 1u) - corner);
                let under = ink(image, line + 1u, column);
                let below = under + part_x * (ink(image, line + 1u, column + 1u) - under);
                value = above + part_y * (below - above);
            }
            pixel = (value / 255.0 - MEAN) / STD;
        }
        output[((y + BORDER) * WIDTH + x + BORDER) * ALL + place] = pixel;
    }
}
