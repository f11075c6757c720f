//! The gradient of a convolution's weights:
//! gradient[o, c, i, j] = Σ over images, y, x of output gradient[o, y, x] · input[c, y·s + i − p, x·s + j − p],
//! with stride s and padding p. The first stage also computes the gradients of its biases, Σ output gradient[o].
//!
//! Workgroups: groups of images × parts of the rows × (rows of taps · input channels · blocks of output channels). An
//! invocation sums over the columns and some rows of one image; its workgroup adds up its images, and leaves one
//! partial sum for each weight. The kernel of the optimizer adds up the parts.

use super::buffers::{ACTIVATIONS, GRADIENT_STATISTICS, OUTPUT_GRADIENT, PARTIAL_GRADIENTS, STEP};
use super::input_loading::{InputLoading, OnBorder};
use super::offsets::StageOffsets;
use super::shader::{Kernel, Shader, line, sum_over_workgroup, workgroup_values};
use super::shape::{BORDER, ImageAxis, Stage, Tile};
use super::weight_gradient_parts::{Cut, parts, takes_gradient_back};

/// The kernel of a stage's weight gradient.
pub(super) fn weight_gradient(
    stage: &Stage,
    offsets: StageOffsets,
    loading: InputLoading,
    tile: Tile,
    axis: ImageAxis,
) -> Kernel {
    let Stage { conv, input, output } = stage;
    let Cut { channels, tap_rows, rows, columns } = Cut::new(stage, tile);
    let (kernel, stride, takes_back) = (conv.kernel, conv.stride, takes_gradient_back(stage));
    let (blocks, strips) = (output.channels.div_ceil(channels), kernel / tap_rows);
    let inset = BORDER - conv.padding;
    let mut shader = Shader::new(axis)
        .constant("CHANNEL_BLOCKS", blocks)
        .constant("CHANNELS_IN", input.channels)
        .constant("CHANNELS_OUT", output.channels)
        .constant("KERNEL", kernel)
        .constant("TAPS", tap_rows * kernel)
        .constant("BLOCK_CHANNELS", channels)
        .constant("SIDE", output.side)
        .constant("ROWS", rows)
        .constant("INPUT_WIDTH", input.width())
        .constant("OUTPUT_WIDTH", output.width())
        .constant("WEIGHT_SUMS_AT", offsets.weight_sums)
        .constant("WEIGHTS", stage.weights())
        .constant("BIAS_SUMS_AT", offsets.bias_sums)
        .constant("PARTS", parts(stage, tile, axis))
        .reads(OUTPUT_GRADIENT)
        .writes(PARTIAL_GRADIENTS);
    shader = loading.declare(shader);
    if loading.has_dropout() || takes_back {
        shader = shader.uniform(STEP);
    }
    if takes_back {
        shader = shader.reads(ACTIVATIONS).reads(GRADIENT_STATISTICS);
    }
    shader = shader.text(
        "
fn store(index: u32, sum: f32, group: vec3<u32>) {
    let tap = (group.z / (CHANNEL_BLOCKS * CHANNELS_IN)) * TAPS + index % TAPS;
    let channel_in = group.z / CHANNEL_BLOCKS % CHANNELS_IN;
    // The sums of the biases follow those of all weights.
    let is_bias = index >= BLOCK_CHANNELS * TAPS;
    let channel_out = (group.z % CHANNEL_BLOCKS) * BLOCK_CHANNELS
        + select(index / TAPS, index - BLOCK_CHANNELS * TAPS, is_bias);
    let part = group.y * (IMAGES / IMAGES_PER_GROUP) + group.x;
    if (channel_out < CHANNELS_OUT && is_bias) {
        partial_gradients[BIAS_SUMS_AT + channel_out * PARTS + part] = sum;
    } else if (channel_out < CHANNELS_OUT) {
        let weight = (channel_out * CHANNELS_IN + channel_in) * KERNEL * KERNEL + tap;
        partial_gradients[WEIGHT_SUMS_AT + part * WEIGHTS + weight] = sum;
    }
}
",
    );
    let names = names(channels, tap_rows, kernel, takes_back);
    workgroup_values(&mut shader, names.len());
    shader = shader.text(
        "
@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let image = group.x * IMAGES_PER_GROUP + invocation;
    let block = group.z % CHANNEL_BLOCKS;
    let channel_in = group.z / CHANNEL_BLOCKS % CHANNELS_IN;
    let strip = group.z / (CHANNEL_BLOCKS * CHANNELS_IN);
    let first = group.y * ROWS;
",
    );
    loading.begin(&mut shader);
    for name in &names {
        line!(shader, "    var {name} = 0.0;");
    }
    let area = output.width() * output.width();
    for c in 0..channels {
        // The last block may reach beyond the last channel: it computes the last channel again, and `store` ignores
        // that.
        line!(shader, "    let channel{c} = min(block * BLOCK_CHANNELS + {c}u, CHANNELS_OUT - 1u);");
        if takes_back {
            let (buffer, at) = (GRADIENT_STATISTICS.name, offsets.statistics);
            line!(shader, "    let output_statistics{c} = {buffer}[{at}u + channel{c}];");
            line!(shader, "    let factor{c} = output_statistics{c}.w * present(image, step.images);");
        }
    }
    line!(shader, "    for (var row = first; row < min(first + ROWS, SIDE); row++) {{");
    let first_row = format!("channel_in * INPUT_WIDTH + row * {stride}u + strip * {tap_rows}u + {inset}u");
    line!(shader, "    var origin = (({first_row}) * INPUT_WIDTH + {inset}u) * IMAGES + image;");
    for c in 0..channels {
        line!(
            shader,
            "    var at{c} = (channel{c} * {area}u + (row + {BORDER}u) * OUTPUT_WIDTH + {BORDER}u) * IMAGES + image;"
        );
    }
    for i in 0..tap_rows {
        let input_row = format!("(row * {stride}u + strip * {tap_rows}u + {}u)", i + inset);
        loading.begin_row(&mut shader, *input, &i.to_string(), "channel_in", &input_row);
    }
    // The columns of the first and of the last load may lie on the border.
    let last = (output.side - columns) * stride + inset;
    let border = |x: usize| match (x + inset == 0, x + last == input.side + BORDER) {
        (true, _) => OnBorder::If("column == 0u".to_owned()),
        (_, true) => OnBorder::If(format!("column == {}u", output.side - columns)),
        _ => OnBorder::Never,
    };
    line!(shader, "    for (var column = 0u; column < SIDE; column += {columns}u) {{");
    let (gradient, activations) = (OUTPUT_GRADIENT.name, ACTIVATIONS.name);
    for c in 0..channels {
        for q in 0..columns {
            let at = format!("at{c} + {}u", q * axis.length);
            if takes_back {
                let arguments = format!("{gradient}[{at}], {activations}[{at}], output_statistics{c}, factor{c}");
                line!(shader, "        let g{c}_{q} = gradient_before_relu({arguments});");
                line!(shader, "        bias{c} += g{c}_{q};");
            } else {
                line!(shader, "        let g{c}_{q} = {gradient}[{at}];");
            }
        }
        line!(shader, "        at{c} += {}u;", columns * axis.length);
    }
    for i in 0..tap_rows {
        for x in 0..stride * (columns - 1) + kernel {
            let at = format!("origin + {}u", (i * input.width() + x) * axis.length);
            let column = format!("column * {stride}u + {}u", x + inset);
            loading.load(&mut shader, &format!("x{i}_{x}"), &i.to_string(), &at, &column, &border(x));
        }
    }
    line!(shader, "        origin += {}u;", columns * stride * axis.length);
    for q in 0..columns {
        for c in 0..channels {
            for i in 0..tap_rows {
                for j in 0..kernel {
                    let sum = format!("weight{c}_{i}_{j}");
                    line!(shader, "        {sum} = fma(g{c}_{q}, x{i}_{}, {sum});", q * stride + j);
                }
            }
        }
    }
    line!(shader, "    }}");
    line!(shader, "    }}");
    sum_over_workgroup(&mut shader, &names);
    line!(shader, "}}");
    let parts = output.side.div_ceil(rows);
    shader.finish([axis.groups(), parts, blocks * input.channels * strips])
}

/// The names of the variables that hold an invocation's sums, in the order in which `store` counts them.
fn names(channels: usize, tap_rows: usize, kernel: usize, takes_back: bool) -> Vec<String> {
    let of_channel = |c: usize| (0..tap_rows).flat_map(move |i| (0..kernel).map(move |j| format!("weight{c}_{i}_{j}")));
    let biases = (0..channels).filter(|_| takes_back).map(|c| format!("bias{c}"));
    (0..channels).flat_map(of_channel).chain(biases).collect()
}
