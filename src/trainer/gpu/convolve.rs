//! Convolution forward, and the gradient of its input: one kernel each for a stage.
//!
//! An invocation holds a tile of sums in registers, channels by columns, for one image. Which column of the input a
//! column of the output needs for each tap is known here, so that the kernel is straight lines in two loops: over the
//! channels and the rows of the taps.

use super::load::{Border, Input};
use super::shape::{BORDER, Lanes, Map, Stage, Tile};
use super::source::{Source, line};

/// Where a stage's numbers lie in the flat arrays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// The stage's number, from 0.
    pub(super) layer: usize,
    /// Of the biases in the net's values.
    pub(super) bias: usize,
    /// Of what normalisation multiplies by and adds, in the net's values and gradients.
    pub(super) scale: usize,
    pub(super) shift: usize,
    /// Of the running means and variances in the net's values.
    pub(super) running_mean: usize,
    pub(super) running_var: usize,
    /// Of the normalisations in the array of them.
    pub(super) norm: usize,
    /// Of the weights, packed for the way forward.
    pub(super) forward: usize,
    /// Of the weights, packed for the way back.
    pub(super) backward: usize,
}

/// Channels, filled up to whole tiles of any size.
pub(super) fn packed_channels(channels: usize) -> usize {
    channels.next_multiple_of(8)
}

/// Sums that a convolution's kernel leaves for each channel: of how many workgroups.
pub(super) fn parts(side: usize, columns: usize, lanes: Lanes) -> usize {
    lanes.groups() * side * (side / columns)
}

/// How a kernel is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) source: String,
    pub(super) groups: [u32; 3],
}

impl Call {
    /// A kernel, and how many workgroups of it there are.
    pub(super) fn new(source: Source, groups: [usize; 3]) -> Self {
        Self { source: source.finish(), groups: groups.map(|count| count as u32) }
    }
}

/// The loops over a tile: what is common to both directions.
struct Loops<'a> {
    /// Channels and rows of taps that are summed over, and the columns that are needed of a row.
    channels: usize,
    kernel: usize,
    /// The first row of taps that counts for `y`, and the distance to the next.
    first_tap: &'a str,
    stride: usize,
    tile: &'a Tile,
    columns: usize,
    /// Vectors of four packed weights for a tap.
    vectors: usize,
    weights: usize,
    input: Map,
    /// How the input is loaded.
    load: Input,
    lanes: Lanes,
}

impl Loops<'_> {
    /// `row` is the statement that sets `row`, in the input, from `y` and `tap_row`; `column` says which column,
    /// relative to `first_column`, a column of the output needs for a tap; `border` says whether that is one of the border.
    fn write(
        &self,
        source: &mut Source,
        row: &str,
        column: impl Fn(usize, usize) -> Option<usize>,
        border: impl Fn(usize) -> Border,
    ) {
        let vectors = self.tile.channels / 4;
        for vector in 0..vectors {
            for p in 0..self.columns {
                line!(source, "    var a{vector}_{p} = vec4<f32>();");
            }
        }
        line!(source, "    for (var channel = 0u; channel < {}u; channel++) {{", self.channels);
        line!(
            source,
            "    for (var tap_row = {}; tap_row < {}u; tap_row += {}u) {{",
            self.first_tap,
            self.kernel,
            self.stride
        );
        line!(source, "        {row}");
        let width = self.input.width();
        let map = width * width;
        line!(source, "        let origin = (channel * {map}u + row * {width}u + first_column) * ALL + image;");
        line!(
            source,
            "        let tap = {}u + ((channel * {k}u + tap_row) * {k}u) * {v}u + block * {vectors}u;",
            self.weights / 4,
            k = self.kernel,
            v = self.vectors
        );
        let all = (0..self.columns).flat_map(|p| (0..self.kernel).map(move |tap| (p, tap)));
        let mut needed: Vec<usize> = all.filter_map(|(p, tap)| column(p, tap)).collect();
        needed.sort_unstable();
        needed.dedup();
        self.load.row(source, self.input, "", "channel", "row");
        for column in needed {
            let (variable, at) = (format!("x{column}"), format!("origin + {}u", column * self.lanes.all));
            self.load.load(source, &variable, "", &at, &format!("first_column + {column}u"), &border(column));
        }
        for tap in 0..self.kernel {
            for vector in 0..vectors {
                line!(source, "        let w{tap}_{vector} = weights[tap + {}u];", tap * self.vectors + vector);
                for p in 0..self.columns {
                    if let Some(column) = column(p, tap) {
                        let sum = format!("a{vector}_{p}");
                        line!(source, "        {sum} = fma(w{tap}_{vector}, vec4<f32>(x{column}), {sum});");
                    }
                }
            }
        }
        line!(source, "    }}");
        line!(source, "    }}");
    }
}

/// What a kernel sums of each of its channels: two numbers in each lane, then in each workgroup.
const SUMS: &str = "
var<workgroup> pairs: array<vec2<f32>, OWN * LANES>;

fn leave(own: u32, lane: u32, pair: vec2<f32>) {
    pairs[own * LANES + lane] = pair;
}

fn gather(group: vec3<u32>, lane: u32) {
    workgroupBarrier();
    for (var own = lane; own < OWN; own += LANES) {
        let channel = (group.z % BLOCKS) * OWN + own;
        if (channel < CHANNELS) {
            var sum = vec2<f32>();
            for (var i = 0u; i < LANES; i++) {
                sum += pairs[own * LANES + i];
            }
            let part = (group.x * SIDE + group.y) * TILES + group.z / BLOCKS;
            let at = (channel * PARTS + part) * 2u;
            sums[at] = sum.x;
            sums[at + 1u] = sum.y;
        }
    }
}
";

/// Stores a tile as it is. What is done to each number afterwards needs no straight lines, and would take long to compile.
fn store(source: &mut Source, tile: Tile, columns: usize, channels: usize, lanes: Lanes) {
    line!(source, "    let place = ((y + {BORDER}u) * WIDTH + tile * COLUMNS + {BORDER}u) * ALL + image;");
    for own in 0..tile.channels {
        let partial = !channels.is_multiple_of(tile.channels);
        line!(
            source,
            "    {}{{",
            if partial { format!("if (block * OWN + {own}u < CHANNELS) ") } else { String::new() }
        );
        line!(source, "        let to = (block * OWN + {own}u) * WIDTH * WIDTH * ALL + place;");
        for p in 0..columns {
            let (vector, part) = (own / 4, own % 4);
            line!(source, "        output[to + {}u] = a{vector}_{p}[{part}];", p * lanes.all);
        }
        line!(source, "    }}");
    }
}

const HEAD: &str = "
@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let image = group.x * LANES + lane;
    let y = group.y;
    let block = group.z % BLOCKS;
    let tile = group.z / BLOCKS;
    let here = present(image, step.count);
";

/// Convolution, bias and ReLU, and of each channel the sums and the sums of squares of what comes out, relative to the
/// running mean, so that little is lost when they are subtracted later.
///
/// Bindings: step, input, packed weights, values, output, sums; norms where the input is normalised as it is loaded.
pub(super) fn forward(stage: &Stage, places: Places, load: Input, tile: Tile, lanes: Lanes) -> Call {
    let Stage { conv, input, output } = stage;
    let columns = tile.columns_of(output.side, 1);
    let (blocks, tiles) = (output.channels.div_ceil(tile.channels), output.side / columns);
    let mut source = Source::new(lanes)
        .constant("BLOCKS", blocks)
        .constant("CHANNELS", output.channels)
        .constant("SIDE", output.side)
        .constant("WIDTH", output.width())
        .constant("TILES", tiles)
        .constant("COLUMNS", columns)
        .constant("OWN", tile.channels)
        .constant("BIAS", places.bias)
        .constant("RUNNING_MEAN", places.running_mean)
        .constant("PARTS", parts(output.side, columns, lanes))
        .text(
            "
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;
",
        );
    load.declare(&mut source, 6);
    source = source.text(SUMS).text(HEAD);
    load.begin(&mut source);
    line!(source, "    let first_column = tile * COLUMNS * {}u + {}u;", conv.stride, BORDER - conv.padding);
    let loops = Loops {
        channels: input.channels,
        kernel: conv.kernel,
        first_tap: "0u",
        stride: 1,
        tile: &tile,
        columns,
        vectors: packed_channels(output.channels) / 4,
        weights: places.forward,
        input: *input,
        load,
        lanes,
    };
    let row = format!("let row = y * {}u + tap_row + {}u;", conv.stride, BORDER - conv.padding);
    // Of the first tile and of the last, columns may lie on the border.
    let (inset, last) = (BORDER - conv.padding, input.side + BORDER);
    let first_of_last = (tiles - 1) * columns * conv.stride + inset;
    let border = |column: usize| match (column + inset == 0, column + first_of_last == last) {
        (false, false) => Border::Never,
        _ if tiles == 1 => Border::Always,
        (true, _) => Border::When("tile == 0u".to_owned()),
        (_, true) => Border::When(format!("tile == {}u", tiles - 1)),
    };
    loops.write(&mut source, &row, |p, tap| Some(p * conv.stride + tap), border);
    store(&mut source, tile, columns, output.channels, lanes);
    source = source.text(
        "
    for (var own = 0u; own < OWN; own++) {
        let channel = block * OWN + own;
        var sums = vec2<f32>();
        if (channel < CHANNELS) {
            let bias = values[BIAS + channel];
            let shift = values[RUNNING_MEAN + channel];
            for (var column = 0u; column < COLUMNS; column++) {
                let at = channel * WIDTH * WIDTH * ALL + place + column * ALL;
                let value = max(output[at] + bias, 0.0);
                output[at] = value;
                let beyond = value - shift;
                sums += vec2<f32>(beyond, beyond * beyond);
            }
        }
        leave(own, lane, sums * here);
    }
    gather(group, lane);
}
",
    );
    Call::new(source, [lanes.groups(), output.side, blocks * tiles])
}

/// The gradient of a convolution's input, taken back through dropout: the gradient of the normalised map before it. Of
/// each channel also the sums of it, and of it times what was normalised, relative to its mean.
///
/// `places` are those of this stage, `before` those of the stage whose output the input comes from.
///
/// Bindings: step, gradient of the output, packed weights, the map before normalisation, norms, gradient, sums.
pub(super) fn input_gradient(stage: &Stage, places: Places, before: Places, tile: Tile, lanes: Lanes) -> Call {
    let Stage { conv, input, output } = stage;
    let stride = conv.stride;
    // Output row y and a tap meet input row y * stride + tap - padding; here it is asked the other way round, all moved by
    // the border so that nothing is negative.
    let reach = BORDER * stride + conv.padding;
    let columns = tile.columns_of(input.side, stride);
    let (blocks, tiles) = (input.channels.div_ceil(tile.channels), input.side / columns);
    let mut source = Source::new(lanes)
        .constant("BLOCKS", blocks)
        .constant("CHANNELS", input.channels)
        .constant("SIDE", input.side)
        .constant("WIDTH", input.width())
        .constant("TILES", tiles)
        .constant("COLUMNS", columns)
        .constant("OWN", tile.channels)
        .constant("NORM", before.norm)
        .constant("LAYER", before.layer)
        .constant("PARTS", parts(input.side, columns, lanes))
        .text(
            "
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> raw: array<f32>;
@group(0) @binding(4) var<storage, read> norms: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;
@group(0) @binding(6) var<storage, read_write> sums: array<f32>;
",
        );
    source = source.text(SUMS).text(HEAD);
    line!(source, "    let first_column = tile * COLUMNS / {stride}u;");
    let loops = Loops {
        channels: output.channels,
        kernel: conv.kernel,
        first_tap: &format!("(y + {reach}u) % {stride}u"),
        stride,
        tile: &tile,
        columns,
        vectors: packed_channels(input.channels) / 4,
        weights: places.backward,
        input: *output,
        load: Input::Ready,
        lanes,
    };
    // Of the rows of taps only one in so many meets a row of the output at all; the loop goes over those.
    let row = format!("let row = (y + {reach}u - tap_row) / {stride}u;");
    let column = |p: usize, tap: usize| {
        let place = p + reach - tap;
        place.is_multiple_of(stride).then_some(place / stride)
    };
    loops.write(&mut source, &row, column, |_| Border::Never);
    store(&mut source, tile, columns, input.channels, lanes);
    source = source.text(
        "
    let key = image_key(step.key, LAYER, image);
    for (var own = 0u; own < OWN; own++) {
        let channel = block * OWN + own;
        var sums = vec2<f32>();
        if (channel < CHANNELS) {
            let mean = norms[NORM + channel].x;
            for (var column = 0u; column < COLUMNS; column++) {
                let at = channel * WIDTH * WIDTH * ALL + place + column * ALL;
                let pixel = (channel * SIDE + y) * SIDE + tile * COLUMNS + column;
                let value = output[at] * kept(pixel, key, step.threshold, step.scale);
                output[at] = value;
                sums += vec2<f32>(value, value * (raw[at] - mean));
            }
        }
        leave(own, lane, sums * here);
    }
    gather(group, lane);
}
",
    );
    Call::new(source, [lanes.groups(), input.side, blocks * tiles])
}
