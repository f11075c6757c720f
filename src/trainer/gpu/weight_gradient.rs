//! The gradient of a convolution's weights, in two stages: a kernel that sums over columns, some rows and the images of a
//! workgroup, and `descend`, which adds up what workgroups left.

use super::convolve::Call;
use super::load::{Border, Input};
use super::shape::{BORDER, Lanes, Stage, Tile};
use super::source::{Source, line, shared_values, sum_lanes};
use super::sums::Sums;

/// How the work is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    /// Channels of the output of an invocation.
    channels: usize,
    /// Rows of taps of an invocation.
    tap_rows: usize,
    /// Rows of the output of an invocation.
    rows: usize,
    /// Columns between two looks at the input.
    columns: usize,
}

impl Cut {
    fn new(stage: &Stage, tile: Tile) -> Self {
        let kernel = stage.conv.kernel;
        let taps = kernel * kernel;
        let (channels, tap_rows) = if takes_back(stage) {
            // Each with a sum for its bias.
            (tile.weight_sums / (taps + 1), kernel)
        } else {
            (tile.weight_channels, if tile.weight_channels * taps > tile.weight_sums { 1 } else { kernel })
        };
        let side = stage.output.side;
        let columns = if side.is_multiple_of(2) { 2 } else { 1 };
        Self { channels, tap_rows, rows: side.div_ceil(tile.weight_parts), columns }
    }
}

/// Whether the gradient of a stage's output is taken back through normalisation and ReLU as it is loaded. Where there is one
/// channel of input, each of its numbers is loaded once; elsewhere a kernel that stores the result is better.
pub(super) fn takes_back(stage: &Stage) -> bool {
    stage.input.channels == 1
}

/// How many partial sums there are of each bias. Whoever takes the gradient back leaves them: this kernel, or one with an
/// invocation for each row.
pub(super) fn bias_parts(stage: &Stage, tile: Tile, lanes: Lanes) -> usize {
    if takes_back(stage) { parts(stage, tile, lanes) } else { stage.output.side * lanes.groups() }
}

/// How many partial sums there are of each weight.
pub(super) fn parts(stage: &Stage, tile: Tile, lanes: Lanes) -> usize {
    stage.output.side.div_ceil(Cut::new(stage, tile).rows) * lanes.groups()
}

/// The kernel. It leaves parts × weights, in the order of the net's values, and where it takes the gradient back, channels ×
/// parts for the biases. `norm` is where the stage's numbers lie in the array of `backs`.
///
/// Bindings: input, gradient of the output, partial sums; norms where the input is normalised as it is loaded; the step
/// where some of it is dropped, or where the gradient is taken back, and then the output before normalisation and `backs`.
pub(super) fn weight_gradient(stage: &Stage, sums: &Sums, norm: usize, load: Input, tile: Tile, lanes: Lanes) -> Call {
    let Stage { conv, input, output } = stage;
    let Cut { channels, tap_rows, rows, columns } = Cut::new(stage, tile);
    let (kernel, stride, takes_back) = (conv.kernel, conv.stride, takes_back(stage));
    let (blocks, strips) = (output.channels.div_ceil(channels), kernel / tap_rows);
    let mut source = Source::new(lanes)
        .constant("BLOCKS", blocks)
        .constant("STRIPS", strips)
        .constant("CHANNELS_IN", input.channels)
        .constant("CHANNELS_OUT", output.channels)
        .constant("KERNEL", kernel)
        .constant("TAPS", tap_rows * kernel)
        .constant("CHANNELS", channels)
        .constant("SIDE", output.side)
        .constant("ROWS", rows)
        .constant("IN", input.width())
        .constant("OUT", output.width())
        .constant("FIRST", sums.weights)
        .constant("WEIGHTS", stage.weights())
        .constant("FIRST_BIAS", sums.biases)
        .constant("PARTS", parts(stage, tile, lanes))
        .text(
            "
@group(0) @binding(0) var<storage, read> input: array<f32>;
@group(0) @binding(1) var<storage, read> slope: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

fn put(index: u32, sum: f32, group: vec3<u32>) {
    let tap = (group.z / (BLOCKS * CHANNELS_IN)) * TAPS + index % TAPS;
    let channel_in = group.z / BLOCKS % CHANNELS_IN;
    // After all weights come the biases.
    let is_bias = index >= CHANNELS * TAPS;
    let channel_out = (group.z % BLOCKS) * CHANNELS + select(index / TAPS, index - CHANNELS * TAPS, is_bias);
    let part = group.y * (ALL / LANES) + group.x;
    if (channel_out < CHANNELS_OUT && is_bias) {
        sums[FIRST_BIAS + channel_out * PARTS + part] = sum;
    } else if (channel_out < CHANNELS_OUT) {
        let weight = (channel_out * CHANNELS_IN + channel_in) * KERNEL * KERNEL + tap;
        sums[FIRST + part * WEIGHTS + weight] = sum;
    }
}
",
        );
    load.declare(&mut source, 3);
    let mut binding = if load == Input::Ready { 3 } else { 4 };
    if load.drops() || takes_back {
        line!(source, "@group(0) @binding({binding}) var<uniform> step: Step;");
        binding += 1;
    }
    if takes_back {
        line!(source, "@group(0) @binding({binding}) var<storage, read> raw: array<f32>;");
        line!(source, "@group(0) @binding({}) var<storage, read> backs: array<vec4<f32>>;", binding + 1);
    }
    let names = names(channels, tap_rows, kernel, takes_back);
    shared_values(&mut source, names.len());
    source = source.text(
        "
@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let image = group.x * LANES + lane;
    let block = group.z % BLOCKS;
    let channel_in = group.z / BLOCKS % CHANNELS_IN;
    let strip = group.z / (BLOCKS * CHANNELS_IN);
    let first = group.y * ROWS;
",
    );
    load.begin(&mut source);
    for name in &names {
        line!(source, "    var {name} = 0.0;");
    }
    let map = output.width() * output.width();
    for c in 0..channels {
        // The last tile may reach beyond the last channel: what it finds there is ignored.
        line!(source, "    let channel{c} = min(block * CHANNELS + {c}u, CHANNELS_OUT - 1u);");
        if takes_back {
            line!(source, "    let back{c} = backs[{norm}u + channel{c}];");
            line!(source, "    let factor{c} = back{c}.w * present(image, step.count);");
        }
    }
    line!(source, "    for (var row = first; row < min(first + ROWS, SIDE); row++) {{");
    line!(
        source,
        "    var origin = ((channel_in * IN + row * {stride}u + strip * {tap_rows}u + {b}u) * IN + {b}u) * ALL + image;",
        b = BORDER - conv.padding
    );
    for c in 0..channels {
        line!(source, "    var at{c} = (channel{c} * {map}u + (row + {BORDER}u) * OUT + {BORDER}u) * ALL + image;");
    }
    let inset = BORDER - conv.padding;
    for i in 0..tap_rows {
        let of_input = format!("(row * {stride}u + strip * {tap_rows}u + {}u)", i + inset);
        load.row(&mut source, *input, &i.to_string(), "channel_in", &of_input);
    }
    // What of the columns that are loaded at once lies on the border.
    let last = (output.side - columns) * stride + inset;
    let border = |x: usize| match (x + inset == 0, x + last == input.side + BORDER) {
        (true, _) => Border::When("column == 0u".to_owned()),
        (_, true) => Border::When(format!("column == {}u", output.side - columns)),
        _ => Border::Never,
    };
    line!(source, "    for (var column = 0u; column < SIDE; column += {columns}u) {{");
    for c in 0..channels {
        for q in 0..columns {
            let at = format!("at{c} + {}u", q * lanes.all);
            if takes_back {
                line!(source, "        let s{c}_{q} = taken_back(slope[{at}], raw[{at}], back{c}, factor{c});");
                line!(source, "        b{c} += s{c}_{q};");
            } else {
                line!(source, "        let s{c}_{q} = slope[{at}];");
            }
        }
        line!(source, "        at{c} += {}u;", columns * lanes.all);
    }
    for i in 0..tap_rows {
        for x in 0..stride * (columns - 1) + kernel {
            let at = format!("origin + {}u", (i * input.width() + x) * lanes.all);
            let column = format!("column * {stride}u + {}u", x + inset);
            load.load(&mut source, &format!("x{i}_{x}"), &i.to_string(), &at, &column, &border(x));
        }
    }
    line!(source, "        origin += {}u;", columns * stride * lanes.all);
    for q in 0..columns {
        for c in 0..channels {
            for i in 0..tap_rows {
                for j in 0..kernel {
                    let sum = format!("a{c}_{i}_{j}");
                    line!(source, "        {sum} = fma(s{c}_{q}, x{i}_{}, {sum});", q * stride + j);
                }
            }
        }
    }
    line!(source, "    }}");
    line!(source, "    }}");
    sum_lanes(&mut source, &names);
    line!(source, "}}");
    let parts = output.side.div_ceil(rows);
    Call::new(source, [lanes.groups(), parts, blocks * input.channels * strips])
}

/// The variables of an invocation's sums, in the order in which `put` counts them.
fn names(channels: usize, tap_rows: usize, kernel: usize, takes_back: bool) -> Vec<String> {
    let of_channel = |c: usize| (0..tap_rows).flat_map(move |i| (0..kernel).map(move |j| format!("a{c}_{i}_{j}")));
    let biases = (0..channels).filter(|_| takes_back).map(|c| format!("b{c}"));
    (0..channels).flat_map(of_channel).chain(biases).collect()
}
