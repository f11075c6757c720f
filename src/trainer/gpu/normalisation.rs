//! Normalisation, forward and back. Kernels that convolve leave sums of each channel; those here turn sums into what
//! normalises a map, or takes a gradient back, and apply it where the next kernel does not do so as it loads.

use super::convolve::{Call, Places};
use super::shape::{Lanes, Map};
use super::source::Source;

/// Added to a variance before its root is taken.
const EPSILON: f64 = 1e-5;
/// Share of a new batch's statistics in the running ones.
const RUNNING_SHARE: f64 = 0.1;

fn source(map: Map, places: &Places, lanes: Lanes) -> Source {
    let mut source = Source::of_map(map, lanes)
        .constant("CHANNELS", map.channels)
        .constant("LAYER", places.layer)
        .constant("NORM", places.norm)
        .constant("WEIGHT", places.scale)
        .constant("SHIFT", places.shift)
        .constant("RUNNING_MEAN", places.running_mean)
        .constant("RUNNING_VAR", places.running_var);
    source.line(format_args!("const EPSILON = {EPSILON:e};"));
    source.line(format_args!("const SHARE = {RUNNING_SHARE};"));
    source
}

/// Of a batch: what normalises a map, from so many sums of each channel; the running statistics take their share.
///
/// Bindings: step, sums, values, norms.
pub(super) fn settle(map: Map, places: &Places, parts: usize, lanes: Lanes) -> Call {
    let source = source(map, places, lanes).constant("PARTS", parts).summing(include_str!("wgsl/settle.wgsl"));
    Call::new(source, [map.channels, 1, 1])
}

/// In use: what normalises a map, from the running statistics.
///
/// Bindings: values, norms.
pub(super) fn settle_use(map: Map, places: &Places, lanes: Lanes) -> Call {
    let source = source(map, places, lanes).text(include_str!("wgsl/settle_use.wgsl"));
    Call::new(source, [1, 1, 1])
}

/// Normalises a map and drops some of it.
///
/// Bindings: step, map, norms, result.
pub(super) fn normalise(map: Map, places: &Places, lanes: Lanes) -> Call {
    let source = source(map, places, lanes).text(include_str!("wgsl/normalise.wgsl"));
    Call::new(source, [lanes.groups(), map.side, map.channels])
}

/// The gradients of a normalisation's own parameters, and what takes a gradient back through it, from so many sums of each
/// channel.
///
/// Bindings: step, sums, norms, gradients, backs.
pub(super) fn settle_back(map: Map, places: &Places, parts: usize, lanes: Lanes) -> Call {
    let source = source(map, places, lanes).constant("PARTS", parts).summing(include_str!("wgsl/settle_back.wgsl"));
    Call::new(source, [map.channels, 1, 1])
}

/// Takes a gradient back through normalisation and ReLU, in its place. `first` is where it leaves channels × rows × groups
/// of lanes sums for the biases.
///
/// Bindings: step, map before normalisation, backs, gradient, partial sums.
pub(super) fn normalise_back(map: Map, places: &Places, first: usize, lanes: Lanes) -> Call {
    let source = source(map, places, lanes).constant("BIAS_SUMS", first);
    let source = source.summing(include_str!("wgsl/normalise_back.wgsl"));
    Call::new(source, [lanes.groups(), map.side, map.channels])
}
