//! How a kernel gets the input of a stage: as it lies there, or made of the map before normalisation, as it is loaded.

use super::shape::{Map, Tile};
use super::source::{Source, line};

/// What lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// The input itself.
    Ready,
    /// What it is before normalisation.
    Raw {
        /// Of its normalisations in the array of them.
        norm: usize,
        /// The stage that made it.
        layer: usize,
        /// Whether some of it is dropped.
        drops: bool,
    },
}

/// Whether a number that is loaded lies on the map's border, where there are zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Border {
    Never,
    Always,
    /// If this holds.
    When(String),
}

impl Input {
    /// Whether a stage's input is best normalised as it is loaded, several times over. That saves a kernel that writes it,
    /// and costs few operations; but masks of dropout cost so many that only hardware should compute them so often.
    pub(super) fn is_raw(drops: bool, tile: Tile) -> bool {
        !drops || tile.drops_on_load
    }

    /// Whether the kernel needs to know of the step.
    pub(super) fn drops(self) -> bool {
        matches!(self, Self::Raw { drops: true, .. })
    }

    /// Declares the norms at this binding, if they are needed.
    pub(super) fn declare(self, source: &mut Source, binding: u32) {
        if let Self::Raw { .. } = self {
            line!(source, "@group(0) @binding({binding}) var<storage, read> norms: array<vec4<f32>>;");
        }
    }

    /// Begins a kernel whose invocation has an `image`.
    pub(super) fn begin(self, source: &mut Source) {
        if let Self::Raw { layer, drops: true, .. } = self {
            line!(source, "    let image_mask = image_key(step.key, {layer}u, image);");
        }
    }

    /// Begins to load from a row, of a channel; both are expressions, rows are counted with the border. `name` tells it
    /// from other rows.
    pub(super) fn row(self, source: &mut Source, map: Map, name: &str, channel: &str, row: &str) {
        let Self::Raw { norm, drops, .. } = self else { return };
        let side = map.side;
        line!(source, "        let norm{name} = norms[{norm}u + {channel}];");
        line!(source, "        let inside{name} = select(0.0, 1.0, {row} > 0u && {row} <= {side}u);");
        line!(source, "        let scale{name} = norm{name}.y * inside{name};");
        line!(source, "        let shift{name} = norm{name}.z * inside{name};");
        if drops {
            // As in `normalise.wgsl`, where rows and columns are counted without the border.
            line!(source, "        let pixel{name} = ({channel} * {side}u + {row} - 1u) * {side}u - 1u;");
        }
    }

    /// Loads a number of the row of this name into a variable. `column` is an expression, counted with the border.
    pub(super) fn load(self, source: &mut Source, variable: &str, row: &str, at: &str, column: &str, border: &Border) {
        let Self::Raw { drops, .. } = self else {
            line!(source, "        let {variable} = input[{at}];");
            return;
        };
        let normal = format!("fma(input[{at}] - norm{row}.x, scale{row}, shift{row})");
        let kept = if drops {
            format!("{normal} * kept(pixel{row} + {column}, image_mask, step.threshold, step.scale)")
        } else {
            normal
        };
        match border {
            Border::Never => line!(source, "        let {variable} = {kept};"),
            Border::Always => line!(source, "        let {variable} = 0.0;"),
            Border::When(condition) => line!(source, "        let {variable} = select({kept}, 0.0, {condition});"),
        }
    }
}
