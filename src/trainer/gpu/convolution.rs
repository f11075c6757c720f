//! Convolution forward with bias and ReLU, and the gradient of a convolution's input: one kernel each for a stage.
//!
//! With weights w, stride s, padding p and taps (i, j):
//!
//! - output[o, y, x] = max(0, bias[o] + Σ over c, i, j of w[o, c, i, j] · input[c, y·s + i − p, x·s + j − p])
//! - input gradient[c, v, u] = Σ over o, i, j of w[o, c, i, j] · output gradient[o, (v + p − i) / s, (u + p − j) / s],
//!   over the taps for which both divisions come out even; then times dropout's factor of the stage before
//!
//! Workgroups: groups of images × rows × (tiles of a row · blocks of channels). An invocation holds a tile of sums in
//! registers, channels by columns of one row of one image. Which column of the input meets a column of the output at a
//! tap is known when the source is written, so the kernel has no branch and only two loops: over the channels that are
//! summed up, and over the rows of taps. Each workgroup leaves two sums for each of its channels.

use super::buffers::{
    ACTIVATIONS, CHANNEL_SUMS, INPUT_GRADIENT, OUTPUT_GRADIENT, PACKED_WEIGHT_VECTORS, STATISTICS, STEP, VALUES,
};
use super::input_loading::{InputLoading, OnBorder};
use super::offsets::{StageOffsets, packed_channels};
use super::shader::{Buffer, Kernel, Shader, line};
use super::shape::{BORDER, ImageAxis, Map, Stage, Tile};

/// The number of weights in a WGSL vector.
const VECTOR: usize = 4;

/// The number of pairs of sums that a kernel leaves for each channel of a map: one for each workgroup that computes the
/// channel. `columns` is the width of a tile.
pub(super) fn sums_per_channel(side: usize, columns: usize, axis: ImageAxis) -> usize {
    axis.groups() * side * (side / columns)
}

/// The parameters of the loops over a tile, for the way forward and the way back.
struct TileLoops<'a> {
    /// The map that is read: the input, or the output gradient.
    source: Map,
    /// Writes code that loads column c of the source, relative to `first_column`, into the variable `x{c}`.
    load: &'a dyn Fn(&mut Shader, usize),
    /// Writes what a kernel computes once for a row of the source.
    begin_row: &'a dyn Fn(&mut Shader),
    /// The side of the kernel in taps.
    kernel: usize,
    /// A WGSL expression: the first row of taps that meets the row `y`.
    first_tap_row: &'a str,
    /// The distance to the next row of taps that meets the row `y`.
    tap_row_step: usize,
    /// The WGSL statement that sets `row`, the row of the source, from `y` and `tap_row`.
    row: &'a str,
    tile: Tile,
    /// The number of columns of a tile.
    columns: usize,
    /// The place of the first packed weight, in numbers.
    weights: usize,
    /// The number of channels that the packed weights of a tap have room for.
    packed_channels: usize,
}

impl TileLoops<'_> {
    /// Writes the loops, which leave the sums in variables `sum{vector}_{column}`. `source_column` returns the column
    /// of the source, relative to `first_column`, that a column of the tile needs for a column of taps, if there is
    /// one.
    fn write(&self, shader: &mut Shader, source_column: impl Fn(usize, usize) -> Option<usize>) {
        let vectors = self.tile.channels / VECTOR;
        for vector in 0..vectors {
            for column in 0..self.columns {
                line!(shader, "    var sum{vector}_{column} = vec4<f32>();");
            }
        }
        line!(shader, "    for (var channel = 0u; channel < {}u; channel++) {{", self.source.channels);
        line!(
            shader,
            "    for (var tap_row = {}; tap_row < {}u; tap_row += {}u) {{",
            self.first_tap_row,
            self.kernel,
            self.tap_row_step
        );
        line!(shader, "        {}", self.row);
        let width = self.source.width();
        let area = width * width;
        line!(shader, "        let origin = (channel * {area}u + row * {width}u + first_column) * IMAGES + image;");
        line!(
            shader,
            "        let tap = {}u + ((channel * {k}u + tap_row) * {k}u) * {v}u + block * {vectors}u;",
            self.weights / VECTOR,
            k = self.kernel,
            v = self.packed_channels / VECTOR
        );
        let all = (0..self.columns).flat_map(|column| (0..self.kernel).map(move |tap| (column, tap)));
        let mut needed: Vec<usize> = all.filter_map(|(column, tap)| source_column(column, tap)).collect();
        needed.sort_unstable();
        needed.dedup();
        (self.begin_row)(shader);
        for column in needed {
            (self.load)(shader, column);
        }
        for tap in 0..self.kernel {
            for vector in 0..vectors {
                line!(
                    shader,
                    "        let w{tap}_{vector} = {}[tap + {}u];",
                    PACKED_WEIGHT_VECTORS.name,
                    tap * (self.packed_channels / VECTOR) + vector
                );
                for column in 0..self.columns {
                    if let Some(from) = source_column(column, tap) {
                        let sum = format!("sum{vector}_{column}");
                        line!(shader, "        {sum} = fma(w{tap}_{vector}, vec4<f32>(x{from}), {sum});");
                    }
                }
            }
        }
        line!(shader, "    }}");
        line!(shader, "    }}");
    }
}

/// Functions that sum pairs of numbers for each channel of a tile: `keep_pair` stores the pair of an invocation, and
/// `sum_pairs` leaves the sums of a workgroup in `channel_sums`.
const SUM_PAIRS: &str = "
var<workgroup> pairs: array<vec2<f32>, TILE_CHANNELS * IMAGES_PER_GROUP>;

fn keep_pair(tile_channel: u32, invocation: u32, pair: vec2<f32>) {
    pairs[tile_channel * IMAGES_PER_GROUP + invocation] = pair;
}

fn sum_pairs(group: vec3<u32>, invocation: u32) {
    workgroupBarrier();
    for (var tile_channel = invocation; tile_channel < TILE_CHANNELS; tile_channel += IMAGES_PER_GROUP) {
        let channel = (group.z % CHANNEL_BLOCKS) * TILE_CHANNELS + tile_channel;
        if (channel < CHANNELS) {
            var sum = vec2<f32>();
            for (var i = 0u; i < IMAGES_PER_GROUP; i++) {
                sum += pairs[tile_channel * IMAGES_PER_GROUP + i];
            }
            let part = (group.x * SIDE + group.y) * TILES_PER_ROW + group.z / CHANNEL_BLOCKS;
            let at = (channel * SUMS_PER_CHANNEL + part) * 2u;
            channel_sums[at] = sum.x;
            channel_sums[at + 1u] = sum.y;
        }
    }
}
";

const BEGIN_MAIN: &str = "
@compute @workgroup_size(IMAGES_PER_GROUP)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) invocation: u32) {
    let image = group.x * IMAGES_PER_GROUP + invocation;
    let y = group.y;
    let block = group.z % CHANNEL_BLOCKS;
    let tile = group.z / CHANNEL_BLOCKS;
    let is_present = present(image, step.images);
";

/// Begins a kernel that writes a map in tiles.
fn begin(map: Map, tile: Tile, columns: usize, axis: ImageAxis) -> Shader {
    Shader::new(axis)
        .constant("CHANNEL_BLOCKS", map.channels.div_ceil(tile.channels))
        .constant("CHANNELS", map.channels)
        .constant("SIDE", map.side)
        .constant("WIDTH", map.width())
        .constant("TILES_PER_ROW", map.side / columns)
        .constant("TILE_COLUMNS", columns)
        .constant("TILE_CHANNELS", tile.channels)
        .constant("SUMS_PER_CHANNEL", sums_per_channel(map.side, columns, axis))
}

/// Ends a kernel that writes a map in tiles.
fn finish(shader: Shader, map: Map, tile: Tile, columns: usize, axis: ImageAxis) -> Kernel {
    let blocks = map.channels.div_ceil(tile.channels);
    shader.finish([axis.groups(), map.side, blocks * (map.side / columns)])
}

/// Writes code that stores the sums of a tile unchanged. A loop over the stored numbers does the rest of the
/// arithmetic: without a loop, its code would take long to compile.
fn store_tile(shader: &mut Shader, output: Buffer, map: Map, tile: Tile, columns: usize, axis: ImageAxis) {
    line!(shader, "    let place = ((y + {BORDER}u) * WIDTH + tile * TILE_COLUMNS + {BORDER}u) * IMAGES + image;");
    // The last block may reach beyond the last channel.
    let is_last_block_partial = !map.channels.is_multiple_of(tile.channels);
    for channel in 0..tile.channels {
        let (vector, component) = (channel / VECTOR, channel % VECTOR);
        if is_last_block_partial {
            line!(shader, "    if (block * TILE_CHANNELS + {channel}u < CHANNELS) {{");
        } else {
            line!(shader, "    {{");
        }
        line!(shader, "        let to = (block * TILE_CHANNELS + {channel}u) * WIDTH * WIDTH * IMAGES + place;");
        for column in 0..columns {
            line!(
                shader,
                "        {}[to + {}u] = sum{vector}_{column}[{component}];",
                output.name,
                column * axis.length
            );
        }
        line!(shader, "    }}");
    }
}

/// The kernel of a convolution with bias and ReLU. For each channel it leaves the sums of d and of d², where d = output
/// − running mean: batch statistics lose little precision if the numbers that are squared are small.
pub(super) fn forward(
    stage: &Stage,
    offsets: StageOffsets,
    loading: InputLoading,
    tile: Tile,
    axis: ImageAxis,
) -> Kernel {
    let Stage { conv, input, output } = *stage;
    let columns = tile.columns_of(output.side, 1);
    let inset = BORDER - conv.padding;
    let shader = begin(output, tile, columns, axis)
        .constant("BIASES_AT", offsets.biases)
        .constant("RUNNING_MEANS_AT", offsets.running_means)
        .uniform(STEP)
        .reads(PACKED_WEIGHT_VECTORS)
        .reads(VALUES)
        .writes(ACTIVATIONS)
        .writes(CHANNEL_SUMS);
    let mut shader = loading.declare(shader).text(SUM_PAIRS).text(BEGIN_MAIN);
    loading.begin(&mut shader);
    line!(shader, "    let first_column = tile * TILE_COLUMNS * {}u + {inset}u;", conv.stride);
    // In the first and in the last tile of a row, columns may lie on the border.
    let (tiles, last_column) = (output.side / columns, input.side + BORDER);
    let start_of_last_tile = (tiles - 1) * columns * conv.stride + inset;
    let border = |column: usize| match (column + inset == 0, column + start_of_last_tile == last_column) {
        (false, false) => OnBorder::Never,
        _ if tiles == 1 => OnBorder::Always,
        (true, _) => OnBorder::If("tile == 0u".to_owned()),
        (_, true) => OnBorder::If(format!("tile == {}u", tiles - 1)),
    };
    let load = |shader: &mut Shader, column: usize| {
        let at = format!("origin + {}u", column * axis.length);
        let map_column = format!("first_column + {column}u");
        loading.load(shader, &format!("x{column}"), "", &at, &map_column, &border(column));
    };
    let loops = TileLoops {
        source: input,
        load: &load,
        begin_row: &|shader| loading.begin_row(shader, input, "", "channel", "row"),
        kernel: conv.kernel,
        first_tap_row: "0u",
        tap_row_step: 1,
        row: &format!("let row = y * {}u + tap_row + {inset}u;", conv.stride),
        tile,
        columns,
        weights: offsets.packed_forward,
        packed_channels: packed_channels(output.channels),
    };
    loops.write(&mut shader, |column, tap| Some(column * conv.stride + tap));
    store_tile(&mut shader, ACTIVATIONS, output, tile, columns, axis);
    let shader = shader.text(
        "
    for (var tile_channel = 0u; tile_channel < TILE_CHANNELS; tile_channel++) {
        let channel = block * TILE_CHANNELS + tile_channel;
        var sums = vec2<f32>();
        if (channel < CHANNELS) {
            let bias = values[BIASES_AT + channel];
            let running_mean = values[RUNNING_MEANS_AT + channel];
            for (var column = 0u; column < TILE_COLUMNS; column++) {
                let at = channel * WIDTH * WIDTH * IMAGES + place + column * IMAGES;
                let value = max(activations[at] + bias, 0.0);
                activations[at] = value;
                let distance = value - running_mean;
                sums += vec2<f32>(distance, distance * distance);
            }
        }
        keep_pair(tile_channel, invocation, sums * is_present);
    }
    sum_pairs(group, invocation);
}
",
    );
    finish(shader, output, tile, columns, axis)
}

/// The kernel of the gradient of a convolution's input, taken back through dropout: the gradient g by the output of
/// batch norm in the stage before. For each channel it leaves the sums of g and of g · (activation − mean).
///
/// `offsets` are those of this stage, `before` those of the stage whose output this stage reads.
pub(super) fn input_gradient(
    stage: &Stage,
    offsets: StageOffsets,
    before: StageOffsets,
    tile: Tile,
    axis: ImageAxis,
) -> Kernel {
    let Stage { conv, input, output } = *stage;
    let stride = conv.stride;
    // An output row y and a tap row i meet the input row y * stride + i - padding. Here the input row is given and the
    // output row is asked for: (input row + padding - i) / stride, moved by the border so that nothing is negative.
    let reach = BORDER * stride + conv.padding;
    let columns = tile.columns_of(input.side, stride);
    let mut shader = begin(input, tile, columns, axis)
        .constant("STATISTICS_AT", before.statistics)
        .constant("LAYER", before.layer)
        .uniform(STEP)
        .reads(OUTPUT_GRADIENT)
        .reads(PACKED_WEIGHT_VECTORS)
        .reads(ACTIVATIONS)
        .reads(STATISTICS)
        .writes(INPUT_GRADIENT)
        .writes(CHANNEL_SUMS)
        .text(SUM_PAIRS)
        .text(BEGIN_MAIN);
    line!(shader, "    let first_column = tile * TILE_COLUMNS / {stride}u;");
    let load = |shader: &mut Shader, column: usize| {
        let at = column * axis.length;
        line!(shader, "        let x{column} = {}[origin + {at}u];", OUTPUT_GRADIENT.name);
    };
    let loops = TileLoops {
        source: output,
        load: &load,
        begin_row: &|_| {},
        kernel: conv.kernel,
        // Only each `stride`th row of taps meets a row of the output.
        first_tap_row: &format!("(y + {reach}u) % {stride}u"),
        tap_row_step: stride,
        row: &format!("let row = (y + {reach}u - tap_row) / {stride}u;"),
        tile,
        columns,
        weights: offsets.packed_backward,
        packed_channels: packed_channels(input.channels),
    };
    loops.write(&mut shader, |column, tap| {
        let place = column + reach - tap;
        place.is_multiple_of(stride).then_some(place / stride)
    });
    store_tile(&mut shader, INPUT_GRADIENT, input, tile, columns, axis);
    let shader = shader.text(
        "
    let key = dropout_image_key(step.dropout_key, LAYER, image);
    for (var tile_channel = 0u; tile_channel < TILE_CHANNELS; tile_channel++) {
        let channel = block * TILE_CHANNELS + tile_channel;
        var sums = vec2<f32>();
        if (channel < CHANNELS) {
            let mean = statistics[STATISTICS_AT + channel].x;
            for (var column = 0u; column < TILE_COLUMNS; column++) {
                let at = channel * WIDTH * WIDTH * IMAGES + place + column * IMAGES;
                let pixel = (channel * SIDE + y) * SIDE + tile * TILE_COLUMNS + column;
                let value = input_gradient[at] *
                    dropout_factor(pixel, key, step.dropout_threshold, step.dropout_scale);
                input_gradient[at] = value;
                sums += vec2<f32>(value, value * (activations[at] - mean));
            }
        }
        keep_pair(tile_channel, invocation, sums * is_present);
    }
    sum_pairs(group, invocation);
}
",
    );
    finish(shader, input, tile, columns, axis)
}
