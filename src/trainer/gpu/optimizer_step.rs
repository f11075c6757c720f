//! The last kernel of a step: it adds up the partial sums of all gradients, moves every parameter, packs the new
//! weights for the convolutions, and updates the running average of the parameters.
//!
//! With gradient g (weight decay λ included: g + λ·w), learning rate η:
//!
//! - SGD: w ← w − η·g; with momentum μ: v ← μ·v + g, w ← w − η·v; Nesterov: w ← w − η·(g + μ·v)
//! - Adam (Kingma & Ba 2015, algorithm 1): m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g²,
//!   w ← w − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
//! - AdamW: the same without λ in g, after w ← (1 − η·λ)·w
//!
//! Workgroups: groups of 64 values. An invocation computes one value of the net.

use super::buffers::{AVERAGED_VALUES, GRADIENTS, MOMENTS, PACKED_WEIGHTS, PARTIAL_GRADIENTS, STEP, VALUES};
use super::offsets::{Offsets, packed_channels};
use super::shader::{Kernel, Shader, line};
use super::shape::{ImageAxis, Stage, Tile};
use super::weight_gradient_parts::{bias_parts, parts};
use crate::trainer::engine::optimizer::ADAM_EPSILON;
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::recipe::Optimizer;

/// The number of invocations in a workgroup, each of which computes one value of the net.
const VALUES_PER_GROUP: usize = 64;

/// Writes the function that copies a new weight to both of its packed places.
fn write_pack(shader: &mut Shader, stages: &[Stage], offsets: &Offsets) {
    line!(shader, "fn pack(number: u32, value: f32) {{");
    let packed = PACKED_WEIGHTS.name;
    for (stage, offsets) in stages.iter().zip(&offsets.stages) {
        let first = offsets.weights;
        let taps = stage.conv.kernel * stage.conv.kernel;
        line!(shader, "    if (number >= {first}u && number < {}u) {{", first + stage.weights());
        line!(shader, "        let place = number - {first}u;");
        line!(shader, "        let tap = place % {taps}u;");
        line!(shader, "        let channel_in = place / {taps}u % {}u;", stage.input.channels);
        line!(shader, "        let channel_out = place / {}u;", taps * stage.input.channels);
        let (forward, backward) = (offsets.packed_forward, offsets.packed_backward);
        let (out, back) = (packed_channels(stage.output.channels), packed_channels(stage.input.channels));
        line!(shader, "        {packed}[{forward}u + (channel_in * {taps}u + tap) * {out}u + channel_out] = value;");
        line!(shader, "        {packed}[{backward}u + (channel_out * {taps}u + tap) * {back}u + channel_in] = value;");
        line!(shader, "    }}");
    }
    line!(shader, "}}");
}

/// The kernel that packs all weights for the convolutions, after the values were replaced.
pub(super) fn pack_weights(stages: &[Stage], offsets: &Offsets, axis: ImageAxis, layout: &Layout) -> Kernel {
    let mut shader = Shader::new(axis).reads(VALUES).writes(PACKED_WEIGHTS);
    write_pack(&mut shader, stages, offsets);
    line!(shader, "@compute @workgroup_size({VALUES_PER_GROUP})");
    line!(shader, "fn main(@builtin(global_invocation_id) id: vec3<u32>) {{");
    line!(shader, "    if (id.x < {}u) {{ pack(id.x, {}[id.x]); }}", layout.parameters(), VALUES.name);
    line!(shader, "}}");
    shader.finish([layout.parameters().div_ceil(VALUES_PER_GROUP), 1, 1])
}

/// What the recipe says about the update of parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct UpdateRule {
    pub(super) optimizer: Optimizer,
    /// Whether the running average of the parameters is kept.
    pub(super) averages: bool,
}

impl UpdateRule {
    /// Whether the optimizer keeps moments.
    pub(super) fn has_moments(self) -> bool {
        self.optimizer.moments() > 0
    }

    /// The body of the WGSL function that returns a parameter's new value.
    fn body(self) -> String {
        match self.optimizer {
            Optimizer::Sgd { momentum, nesterov } => {
                let direction = match (momentum > 0.0, nesterov) {
                    (false, _) => "g",
                    (true, false) => "velocity",
                    (true, true) => "(g + step.beta1 * velocity)",
                };
                let velocity = "let velocity = step.beta1 * moments[number] + g; moments[number] = velocity;";
                format!(
                    "let g = gradient + step.weight_decay * value; {} return value - step.learning_rate * {direction};",
                    if momentum > 0.0 { velocity } else { "" }
                )
            }
            Optimizer::Adam(_) => format!(
                "let g = gradient + step.weight_decay * value; {} return value - {};",
                Self::ADAM_MOMENTS,
                Self::adam_step()
            ),
            // Here `weight_decay` is the factor 1 - rate * decay.
            Optimizer::AdamW(_) => format!(
                "let g = gradient; {} return step.weight_decay * value - {};",
                Self::ADAM_MOMENTS,
                Self::adam_step()
            ),
        }
    }

    const ADAM_MOMENTS: &'static str = "let first = step.beta1 * moments[number] + (1.0 - step.beta1) * g; \
        let second = step.beta2 * moments[PARAMETERS + number] + (1.0 - step.beta2) * g * g; \
        moments[number] = first; moments[PARAMETERS + number] = second;";

    fn adam_step() -> String {
        format!("step.learning_rate * first / (sqrt(second) * step.second_moment_scale + {ADAM_EPSILON:e})")
    }
}

/// The kernel of a step's end. The gradients of the head and of batch norm are complete already.
pub(super) fn optimizer_step(
    stages: &[Stage],
    offsets: &Offsets,
    rule: UpdateRule,
    tile: Tile,
    axis: ImageAxis,
    layout: &Layout,
) -> Kernel {
    let mut shader = Shader::new(axis)
        .constant("LENGTH", layout.len())
        .constant("PARAMETERS", layout.parameters())
        .uniform(STEP)
        .writes(VALUES)
        .writes(GRADIENTS)
        .reads(PARTIAL_GRADIENTS)
        .writes(PACKED_WEIGHTS);
    if rule.has_moments() {
        shader = shader.writes(MOMENTS);
    }
    if rule.averages {
        shader = shader.writes(AVERAGED_VALUES);
    }
    write_pack(&mut shader, stages, offsets);
    line!(shader, "fn gradient_of(number: u32) -> f32 {{");
    line!(shader, "    var sum = 0.0;");
    let (partial, hidden) = (PARTIAL_GRADIENTS.name, stages.len() - 1);
    for (stage, offsets) in stages.iter().zip(&offsets.stages).take(hidden) {
        let (first, weights) = (offsets.weights, stage.weights());
        let parts = parts(stage, tile, axis);
        line!(shader, "    if (number >= {first}u && number < {}u) {{", first + weights);
        line!(shader, "        for (var part = 0u; part < {parts}u; part++) {{");
        let sums = offsets.weight_sums;
        line!(shader, "            sum += {partial}[{sums}u + part * {weights}u + number - {first}u];");
        line!(shader, "        }}");
        line!(shader, "        return sum;");
        line!(shader, "    }}");
        let (first, sums) = (offsets.biases, offsets.bias_sums);
        let parts = bias_parts(stage, tile, axis);
        line!(shader, "    if (number >= {first}u && number < {}u) {{", first + stage.output.channels);
        line!(shader, "        for (var part = 0u; part < {parts}u; part++) {{");
        line!(shader, "            sum += {partial}[{sums}u + (number - {first}u) * {parts}u + part];");
        line!(shader, "        }}");
        line!(shader, "        return sum;");
        line!(shader, "    }}");
    }
    line!(shader, "    return gradients[number];");
    line!(shader, "}}");
    line!(shader, "fn updated(number: u32, value: f32, gradient: f32) -> f32 {{ {} }}", rule.body());
    line!(shader, "@compute @workgroup_size({VALUES_PER_GROUP})");
    shader = shader.text(
        "fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let number = id.x;
    if (number < PARAMETERS) {
        let gradient = gradient_of(number);
        gradients[number] = gradient;
        if (step.updates == 1u) {
            let value = updated(number, values[number], gradient);
            values[number] = value;
            pack(number, value);
        }
    }
",
    );
    if rule.averages {
        shader = shader.text(
            "    if (number < LENGTH && step.updates == 1u) {
        averaged_values[number] += step.average_share * (values[number] - averaged_values[number]);
    }
",
        );
    }
    line!(shader, "}}");
    shader.finish([layout.len().div_ceil(VALUES_PER_GROUP), 1, 1])
}
