//! How a kernel loads the input of its stage: either the stored input, or stored activations that it normalises.

use super::buffers::{CONVOLUTION_INPUT, STATISTICS};
use super::shader::{Shader, line};
use super::shape::{Map, Tile};

/// What memory holds for a stage's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InputLoading {
    /// Memory holds the input itself.
    Stored,
    /// Memory holds the activations of the stage before. The kernel applies batch norm, and perhaps dropout, to each
    /// value that it loads.
    Normalising {
        /// The first vector of the stage before in the statistics.
        statistics: usize,
        /// The number of the stage before, from 0.
        layer: usize,
        /// Whether dropout applies too.
        dropout: bool,
    },
}

/// Whether a loaded value lies on the border of its map, where the input is 0. The activations there must not be
/// normalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OnBorder {
    Never,
    Always,
    /// If this WGSL expression is true.
    If(String),
}

impl InputLoading {
    /// Whether to normalise on loading, which happens several times for each value. Normalising costs few operations
    /// and saves a kernel that stores the normalised map. Dropout costs so many that only hardware should repeat them.
    pub(super) fn is_normalising_better(dropout: bool, tile: Tile) -> bool {
        !dropout || tile.dropout_on_load
    }

    /// Whether dropout is computed on loading; then the kernel needs the step's uniforms.
    pub(super) fn has_dropout(self) -> bool {
        matches!(self, Self::Normalising { dropout: true, .. })
    }

    /// Declares the buffers of the input.
    pub(super) fn declare(self, shader: Shader) -> Shader {
        let shader = shader.reads(CONVOLUTION_INPUT);
        if self == Self::Stored { shader } else { shader.reads(STATISTICS) }
    }

    /// Writes what a kernel computes once, where `image` is the invocation's image.
    pub(super) fn begin(self, shader: &mut Shader) {
        if let Self::Normalising { layer, dropout: true, .. } = self {
            line!(shader, "    let image_key = dropout_image_key(step.dropout_key, {layer}u, image);");
        }
    }

    /// Writes what a kernel computes once for a row of a channel. `channel` and `row` are WGSL expressions; rows count
    /// from the border. `suffix` tells the variables of this row from those of others.
    pub(super) fn begin_row(self, shader: &mut Shader, map: Map, suffix: &str, channel: &str, row: &str) {
        let Self::Normalising { statistics, dropout, .. } = self else { return };
        let side = map.side;
        line!(shader, "        let input_statistics{suffix} = {}[{statistics}u + {channel}];", STATISTICS.name);
        line!(shader, "        let inside{suffix} = select(0.0, 1.0, {row} > 0u && {row} <= {side}u);");
        line!(shader, "        let scale{suffix} = input_statistics{suffix}.y * inside{suffix};");
        line!(shader, "        let shift{suffix} = input_statistics{suffix}.z * inside{suffix};");
        if dropout {
            // The same pixel numbers as in `batch_norm.wgsl`, where rows and columns count without the border.
            line!(shader, "        let pixel{suffix} = ({channel} * {side}u + {row} - 1u) * {side}u - 1u;");
        }
    }

    /// Writes code that loads a value into `variable`. `suffix` is that of the row; `at` (the place in memory) and
    /// `column` (counted from the border) are WGSL expressions.
    pub(super) fn load(
        self,
        shader: &mut Shader,
        variable: &str,
        suffix: &str,
        at: &str,
        column: &str,
        border: &OnBorder,
    ) {
        let input = CONVOLUTION_INPUT.name;
        let Self::Normalising { dropout, .. } = self else {
            line!(shader, "        let {variable} = {input}[{at}];");
            return;
        };
        let normalised = format!("fma({input}[{at}] - input_statistics{suffix}.x, scale{suffix}, shift{suffix})");
        let value = if dropout {
            let pixel = format!("pixel{suffix} + {column}");
            format!("{normalised} * dropout_factor({pixel}, image_key, step.dropout_threshold, step.dropout_scale)")
        } else {
            normalised
        };
        match border {
            OnBorder::Never => line!(shader, "        let {variable} = {value};"),
            OnBorder::Always => line!(shader, "        let {variable} = 0.0;"),
            OnBorder::If(condition) => line!(shader, "        let {variable} = select({value}, 0.0, {condition});"),
        }
    }
}
