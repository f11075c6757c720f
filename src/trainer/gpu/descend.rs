//! The last kernel of a step: adds up the partial sums of all gradients, moves every weight, and packs it anew.

use super::convolve::{Call, packed_channels};
use super::shape::{Lanes, Stage, Tile};
use super::source::{Source, line};
use super::sums::Sums;
use super::weight_gradient;
use crate::trainer::engine::optimizer::ADAM_EPSILON;
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::recipe::Optimizer;

/// Invocations of a workgroup.
const GROUP: usize = 64;

/// The places of all stages' sums, and the lengths of both arrays.
pub(super) fn places(stages: &[Stage], tile: Tile, lanes: Lanes) -> (Vec<Sums>, usize, usize) {
    let (mut partial, mut packed) = (0, 0);
    let take = |array: &mut usize, length: usize| {
        let start = *array;
        *array += length;
        start
    };
    let places = stages.iter().map(|stage| {
        let taps = stage.conv.kernel * stage.conv.kernel;
        let (channels_in, channels_out) = (stage.input.channels, stage.output.channels);
        Sums {
            weights: take(&mut partial, weight_gradient::parts(stage, tile, lanes) * stage.weights()),
            biases: take(&mut partial, channels_out * weight_gradient::bias_parts(stage, tile, lanes)),
            forward: take(&mut packed, channels_in * taps * packed_channels(channels_out)),
            backward: take(&mut packed, channels_out * taps * packed_channels(channels_in)),
        }
    });
    let places = places.collect();
    (places, partial, packed)
}

/// Of each stage, where a kind of its numbers begins in the layout.
fn start(layout: &Layout, number: usize, kind: &str) -> usize {
    layout.range(&format!("conv{number}.{kind}")).start
}

/// Writes the function that packs a weight.
fn write_pack(source: &mut Source, stages: &[Stage], sums: &[Sums], layout: &Layout) {
    line!(source, "fn pack(number: u32, value: f32) {{");
    for (index, (stage, sums)) in stages.iter().zip(sums).enumerate() {
        let first = start(layout, index + 1, "weight");
        let taps = stage.conv.kernel * stage.conv.kernel;
        line!(source, "    if (number >= {first}u && number < {}u) {{", first + stage.weights());
        line!(source, "        let place = number - {first}u;");
        line!(source, "        let tap = place % {taps}u;");
        line!(source, "        let channel_in = place / {taps}u % {}u;", stage.input.channels);
        line!(source, "        let channel_out = place / {}u;", taps * stage.input.channels);
        let (to, back) = (packed_channels(stage.output.channels), packed_channels(stage.input.channels));
        line!(
            source,
            "        packed[{}u + (channel_in * {taps}u + tap) * {to}u + channel_out] = value;",
            sums.forward
        );
        line!(
            source,
            "        packed[{}u + (channel_out * {taps}u + tap) * {back}u + channel_in] = value;",
            sums.backward
        );
        line!(source, "    }}");
    }
    line!(source, "}}");
}

/// Packs all weights. Bindings: values, packed.
pub(super) fn pack(stages: &[Stage], sums: &[Sums], lanes: Lanes, layout: &Layout) -> Call {
    let mut source = Source::new(lanes).text(
        "
@group(0) @binding(0) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> packed: array<f32>;
",
    );
    write_pack(&mut source, stages, sums, layout);
    line!(source, "@compute @workgroup_size({GROUP})");
    line!(source, "fn main(@builtin(global_invocation_id) id: vec3<u32>) {{");
    line!(source, "    if (id.x < {}u) {{ pack(id.x, values[id.x]); }}", layout.parameters());
    line!(source, "}}");
    Call::new(source, [layout.parameters().div_ceil(GROUP), 1, 1])
}

/// What the kernel of a step's end is made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) optimizer: Optimizer,
    /// Whether the weights' running mean is kept.
    pub(super) averages: bool,
}

impl Rule {
    /// Whether the optimizer keeps running means: then they are bound, too.
    pub(super) fn has_moments(self) -> bool {
        self.optimizer.moments() > 0
    }

    /// How a weight moves.
    fn body(self) -> String {
        match self.optimizer {
            Optimizer::Sgd { momentum, nesterov } => {
                let direction = match (momentum > 0.0, nesterov) {
                    (false, _) => "gradient",
                    (true, false) => "velocity",
                    (true, true) => "(gradient + step.first * velocity)",
                };
                let velocity = "let velocity = step.first * moments[number] + gradient; moments[number] = velocity;";
                format!(
                    "let gradient = slope + step.decay * value; {} return value - step.rate * {direction};",
                    if momentum > 0.0 { velocity } else { "" }
                )
            }
            Optimizer::Adam(_) => format!(
                "let gradient = slope + step.decay * value; {} return value - step.rate * first / (sqrt(second) * step.unbias + {ADAM_EPSILON:e});",
                Self::ADAM
            ),
            // Its decay is what is left of a weight.
            Optimizer::AdamW(_) => format!(
                "let gradient = slope; {} return step.decay * value - step.rate * first / (sqrt(second) * step.unbias + {ADAM_EPSILON:e});",
                Self::ADAM
            ),
        }
    }

    const ADAM: &'static str = "let first = step.first * moments[number] + (1.0 - step.first) * gradient; \
        let second = step.second * moments[PARAMETERS + number] + (1.0 - step.second) * gradient * gradient; \
        moments[number] = first; moments[PARAMETERS + number] = second;";
}

/// The end of a step.
///
/// Bindings: step, values, gradients, partial sums, packed, then moments if there are any, then the average if there is
/// one. The last stage's gradients, and those of normalisation, are in place already.
pub(super) fn descend(stages: &[Stage], sums: &[Sums], rule: Rule, tile: Tile, lanes: Lanes, layout: &Layout) -> Call {
    let mut source =
        Source::new(lanes).constant("LENGTH", layout.len()).constant("PARAMETERS", layout.parameters()).text(
            "
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read_write> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> gradients: array<f32>;
@group(0) @binding(3) var<storage, read> sums: array<f32>;
@group(0) @binding(4) var<storage, read_write> packed: array<f32>;
",
        );
    let mut binding = 5;
    for (name, there) in [("moments", rule.has_moments()), ("average", rule.averages)] {
        if there {
            line!(source, "@group(0) @binding({binding}) var<storage, read_write> {name}: array<f32>;");
            binding += 1;
        }
    }
    write_pack(&mut source, stages, sums, layout);
    line!(source, "fn gradient_of(number: u32) -> f32 {{");
    line!(source, "    var sum = 0.0;");
    let hidden = stages.len() - 1;
    for (index, (stage, sums)) in stages.iter().zip(sums).enumerate().take(hidden) {
        let (weight, bias) = (start(layout, index + 1, "weight"), start(layout, index + 1, "bias"));
        let parts = weight_gradient::parts(stage, tile, lanes);
        line!(source, "    if (number >= {weight}u && number < {}u) {{", weight + stage.weights());
        line!(source, "        for (var part = 0u; part < {parts}u; part++) {{");
        line!(source, "            sum += sums[{}u + part * {}u + number - {weight}u];", sums.weights, stage.weights());
        line!(source, "        }}");
        line!(source, "        return sum;");
        line!(source, "    }}");
        let parts = weight_gradient::bias_parts(stage, tile, lanes);
        line!(source, "    if (number >= {bias}u && number < {}u) {{", bias + stage.output.channels);
        line!(source, "        for (var part = 0u; part < {parts}u; part++) {{");
        line!(source, "            sum += sums[{}u + (number - {bias}u) * {parts}u + part];", sums.biases);
        line!(source, "        }}");
        line!(source, "        return sum;");
        line!(source, "    }}");
    }
    line!(source, "    return gradients[number];");
    line!(source, "}}");
    line!(source, "fn moved(number: u32, value: f32, slope: f32) -> f32 {{ {} }}", rule.body());
    line!(source, "@compute @workgroup_size({GROUP})");
    source = source.text(
        "fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let number = id.x;
    if (number < PARAMETERS) {
        let slope = gradient_of(number);
        gradients[number] = slope;
        if (step.learn == 1u) {
            let value = moved(number, values[number], slope);
            values[number] = value;
            pack(number, value);
        }
    }
",
    );
    if rule.averages {
        source = source.text(
            "    if (number < LENGTH && step.learn == 1u) {
        average[number] += step.taken * (values[number] - average[number]);
    }
",
        );
    }
    line!(source, "}}");
    Call::new(source, [layout.len().div_ceil(GROUP), 1, 1])
}
