//! The model summary: each layer with its output, its parameters, and the arithmetic behind them, as PyTorch users know it.

use super::architecture::{CLASSES, CONVOLUTIONS, Convolution, HIDDEN_LAYERS, IMAGE_SIDE, parameter_count};
use crate::format::thousands;

/// The bytes of a number of the net, a 32-bit float.
const BYTES: usize = 4;

/// The name of dropout where no number is set to 0.
const OFF: &str = "Dropout, off";

/// `Row` is a line of the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The name for the page, for example `Conv 1→32, 5×5`.
    pub name: String,
    /// Output shape, channels × height × width, or the number of classes.
    pub output: String,
    /// Trainable parameters.
    pub parameters: usize,
    /// How output and parameters come about, in sentences.
    pub arithmetic: Vec<String>,
}

/// `Sizes` holds how much memory one image needs, in megabytes of 2²⁰ bytes, counted as PyTorch's usual summary does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// The image.
    pub input: f64,
    /// The outputs of all rows, twice: once on the way forward, and once for their gradients on the way back.
    pub forward_and_back: f64,
    /// The parameters.
    pub parameters: f64,
}

impl Sizes {
    /// Returns the sizes of the net.
    pub fn of_the_net() -> Self {
        let megabytes = |numbers: usize| (numbers * BYTES) as f64 / f64::from(1 << 20);
        let outputs = blocks().iter().map(|block| block.rows() * block.outputs()).sum::<usize>() + CLASSES;
        Self {
            input: megabytes(IMAGE_SIDE * IMAGE_SIDE),
            forward_and_back: megabytes(2 * outputs),
            parameters: megabytes(parameter_count()),
        }
    }

    /// Returns the sum of all.
    pub fn total(&self) -> f64 {
        self.input + self.forward_and_back + self.parameters
    }
}

/// `Block` is a convolution with what follows it.
struct Block {
    conv: Convolution,
    /// The side of the input, in pixels.
    side_in: usize,
    /// The side of the output, in pixels.
    side: usize,
    /// The side of the square of the image that an output depends on, in pixels.
    field: usize,
    /// Whether ReLU, batch normalisation and dropout follow.
    is_hidden: bool,
}

/// Returns the seven blocks in order.
fn blocks() -> Vec<Block> {
    let (mut side, mut field, mut step) = (IMAGE_SIDE, 1, 1);
    let block = |(index, &conv): (usize, &Convolution)| {
        let side_in = side;
        side = conv.output_side(side_in);
        field += (conv.kernel - 1) * step;
        step *= conv.stride;
        Block { conv, side_in, side, field, is_hidden: index < HIDDEN_LAYERS }
    };
    CONVOLUTIONS.iter().enumerate().map(block).collect()
}

impl Block {
    /// Returns the number of the block's rows in the summary.
    fn rows(&self) -> usize {
        if self.is_hidden { 4 } else { 1 }
    }

    /// Returns the number of outputs of each row.
    fn outputs(&self) -> usize {
        self.conv.channels_out * self.side * self.side
    }

    /// Returns the row of the convolution itself.
    fn convolution(&self) -> Row {
        let Convolution { channels_in, channels_out, kernel, stride, padding } = self.conv;
        let (side_in, side, field) = (self.side_in, self.side, self.field);
        let name = format!("Conv {channels_in}→{channels_out}, {kernel}×{kernel}");
        let room = match padding {
            0 => format!("{side_in} − {kernel}"),
            _ => format!("{side_in} + 2·{padding} − {kernel}"),
        };
        let (name, positions) = match stride {
            1 => (name, format!("{room} + 1 = {side}")),
            _ => (format!("{name}, stride {stride}"), format!("({room}) / {stride}, rounded down, + 1 = {side}")),
        };
        let rim = if padding == 0 { String::new() } else { format!(" with a rim of {padding} around them") };
        let weights = channels_in * kernel * kernel;
        let parameters = self.conv.parameters();
        let arithmetic = vec![
            format!(
                "Output: a kernel of {kernel}×{kernel} slides over {side_in}×{side_in} numbers{rim}, {stride} at a time. \
                 Places in each direction: {positions}."
            ),
            format!(
                "Parameters: {channels_out} kernels, each with {channels_in}·{kernel}·{kernel} = {weights} weights and a \
                 bias: {channels_out} · ({weights} + 1) = {}.",
                thousands(parameters as u32)
            ),
            if field > IMAGE_SIDE {
                "Each number depends on nearly the whole digit.".to_owned()
            } else {
                format!("Each number depends on {field}×{field} pixels of the digit.")
            },
        ];
        Row { name, output: self.output(), parameters, arithmetic }
    }

    fn output(&self) -> String {
        let side = self.side;
        format!("{}×{side}×{side}", self.conv.channels_out)
    }

    /// Returns the rows of ReLU, batch normalisation and dropout, if these follow.
    fn after(&self, dropout: f64) -> Vec<Row> {
        if !self.is_hidden {
            return Vec::new();
        }
        let channels = self.conv.channels_out;
        let row = |name: &str, parameters, sentence: String| Row {
            name: name.to_owned(),
            output: self.output(),
            parameters,
            arithmetic: vec![sentence],
        };
        let (name, effect) = if dropout == 0.0 {
            (OFF.to_owned(), "With these settings, no number is set to 0.".to_owned())
        } else {
            let effect = format!(
                "While the net learns, a share of {dropout} of the numbers is set to 0 at random, and the others are divided \
                 by 1 − {dropout}. In a test all stay as they are. Nothing to learn."
            );
            (format!("Dropout {dropout}"), effect)
        };
        let normalised = format!(
            "γ · (x − mean) / √(variance + 0.00001) + β, with a γ and a β for each of {channels} channels: 2 · {channels} = \
             {}. Mean and variance are measured, not learned.",
            2 * channels
        );
        vec![
            row("ReLU", 0, "max(0, x): a negative number becomes 0. Nothing to learn.".to_owned()),
            row("BatchNorm", 2 * channels, normalised),
            row(&name, 0, effect),
        ]
    }
}

/// Returns all rows of the summary in order, as PyTorch lists them. `dropout` is the share of activations that is set to
/// zero.
pub fn rows(dropout: f64) -> Vec<Row> {
    parts(dropout).into_iter().flatten().collect()
}

/// Returns the summary with a row for each block.
pub fn folded(dropout: f64) -> Vec<Row> {
    let fold = |rows: Vec<Row>| Row {
        name: rows.iter().map(|row| row.name.as_str()).filter(|name| *name != OFF).collect::<Vec<_>>().join(", "),
        output: rows[0].output.clone(),
        parameters: rows.iter().map(|row| row.parameters).sum(),
        arithmetic: rows
            .iter()
            .flat_map(|row| {
                row.arithmetic.iter().enumerate().map(|(index, sentence)| match (rows.len(), index) {
                    (1, _) | (_, 1..) => sentence.clone(),
                    _ => format!("{}. {sentence}", row.name),
                })
            })
            .collect(),
    };
    parts(dropout).into_iter().map(fold).collect()
}

/// Returns the rows of each block, and of the end of the net.
fn parts(dropout: f64) -> Vec<Vec<Row>> {
    let blocks = blocks();
    let side = blocks.last().map_or(IMAGE_SIDE, |block| block.side);
    let mean = format!(
        "The mean of each {side}×{side} map is the score of its digit, and softmax makes shares of the ten scores that add up \
         to 1. Nothing to learn. Each score depends on the whole digit."
    );
    let end = Row {
        name: format!("Average pool {side}×{side}, log-softmax"),
        output: CLASSES.to_string(),
        parameters: 0,
        arithmetic: vec![mean],
    };
    let rows = |block: &Block| [vec![block.convolution()], block.after(dropout)].concat();
    blocks.iter().map(rows).chain([vec![end]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_has_the_rows_and_the_sizes_of_the_published_one() {
        let rows = rows(0.1);
        assert_eq!((rows.len(), folded(0.1).len()), (26, 8));
        assert_eq!(rows.iter().map(|row| row.parameters).sum::<usize>(), 18_738);
        assert_eq!(folded(0.1).iter().map(|row| row.parameters).sum::<usize>(), parameter_count());
        let sizes = Sizes::of_the_net();
        let shown =
            [sizes.input, sizes.forward_and_back, sizes.parameters, sizes.total()].map(|size| format!("{size:.2}"));
        assert_eq!(shown, ["0.00", "1.30", "0.07", "1.38"]);
        let row = |index: usize| (rows[index].name.as_str(), rows[index].output.as_str(), rows[index].parameters);
        assert_eq!(row(0), ("Conv 1→32, 5×5", "32×26×26", 832));
        assert_eq!(row(2), ("BatchNorm", "32×26×26", 64));
        assert_eq!(row(8), ("Conv 16→16, 3×3, stride 2", "16×13×13", 2_320));
        assert_eq!(row(24), ("Conv 16→10, 3×3", "10×5×5", 1_450));
        assert_eq!(row(25), ("Average pool 5×5, log-softmax", "10", 0));
        assert_eq!(folded(0.25)[0].name, "Conv 1→32, 5×5, ReLU, BatchNorm, Dropout 0.25");
        assert_eq!(
            (super::rows(0.0)[3].name.as_str(), folded(0.0)[0].name.as_str()),
            (OFF, "Conv 1→32, 5×5, ReLU, BatchNorm")
        );
    }

    #[test]
    fn the_arithmetic_gives_the_numbers_of_its_row() {
        let rows = rows(0.1);
        assert!(rows[0].arithmetic[0].ends_with("28 + 2·1 − 5 + 1 = 26."), "{}", rows[0].arithmetic[0]);
        assert!(rows[0].arithmetic[1].ends_with("1·5·5 = 25 weights and a bias: 32 · (25 + 1) = 832."));
        let halved = &rows[8].arithmetic[0];
        assert!(
            halved.ends_with("2 at a time. Places in each direction: (26 + 2·1 − 3) / 2, rounded down, + 1 = 13."),
            "{halved}"
        );
        let fields: Vec<usize> = blocks().iter().map(|block| block.field).collect();
        assert_eq!(fields, [5, 7, 9, 13, 17, 21, 29]);
    }
}
