//! The network's forward pass and the chain rule: all 31 columns of one row.
//!
//! This is the fast path, which computes all rows of the right sheet. [`formula`](mod@super::formula) has the same
//! formulas a second time, as expressions that the page can show; its test
//! `every_formula_gives_the_bits_that_network_computes` proves that both give the same bits.

use serde::{Deserialize, Serialize};

use super::column::Column;

/// The given numbers of row 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constants {
    /// The targets t1 and t2.
    pub targets: [f64; 2],
    /// The inputs i1 and i2.
    pub inputs: [f64; 2],
    /// The starting weights w1 to w8.
    pub weights: [f64; 8],
}

impl Constants {
    /// The classic exercise.
    pub const CLASSIC: Self =
        Self { targets: [0.01, 0.99], inputs: [0.05, 0.10], weights: [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55] };
}

/// One row of the sheet: the value of every column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row([f64; Column::COUNT]);

impl Row {
    /// A row of given values, in the order of [`Column::ALL`].
    pub const fn from_values(values: [f64; Column::COUNT]) -> Self {
        Self(values)
    }

    /// The value of a column. A δ, which the classic table does not have, is computed from the row's other values.
    pub fn get(&self, column: Column) -> f64 {
        use Column::*;
        let output = |activation, target| output_delta(self.get(activation), self.get(target));
        let hidden = |activation, to_o1, to_o2| {
            let deltas = [DO1, DO2].map(|delta| self.get(delta));
            hidden_delta(self.get(activation), deltas, [self.get(to_o1), self.get(to_o2)])
        };
        match column {
            DO1 => output(AO1, T1),
            DO2 => output(AO2, T2),
            DH1 => hidden(AH1, W5, W7),
            DH2 => hidden(AH2, W6, W8),
            _ => self.0[column.index()],
        }
    }

    /// Sets the value of a column of the classic table.
    pub(crate) fn set(&mut self, column: Column, value: f64) {
        self.0[column.index()] = value;
    }

    /// All values, in the order of [`Column::ALL`].
    pub fn values(&self) -> &[f64; Column::COUNT] {
        &self.0
    }

    /// The weights w1 to w8.
    pub fn weights(&self) -> [f64; 8] {
        Column::WEIGHTS.map(|weight| self.get(weight))
    }

    /// The gradients ∂E_t/∂w1 to ∂E_t/∂w8.
    pub fn gradients(&self) -> [f64; 8] {
        std::array::from_fn(|weight| self.0[Column::G1.index() + weight])
    }

    /// The total error E_t.
    pub fn total_error(&self) -> f64 {
        self.get(Column::ETotal)
    }
}

/// The logistic function, 1 / (1 + e⁻ˣ).
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// The δ of an output neuron, from its activation and target.
#[inline(always)]
fn output_delta(activation: f64, target: f64) -> f64 {
    (activation - target) * activation * (1.0 - activation)
}

/// The δ of a hidden neuron, from its activation, the δ of both outputs, and the weights that lead to them.
#[inline(always)]
fn hidden_delta(activation: f64, deltas: [f64; 2], weights: [f64; 2]) -> f64 {
    (deltas[0] * weights[0] + deltas[1] * weights[1]) * activation * (1.0 - activation)
}

/// The result of one forward and backward pass.
struct Pass {
    h: [f64; 2],
    a_h: [f64; 2],
    o: [f64; 2],
    a_o: [f64; 2],
    e: [f64; 2],
    gradients: [f64; 8],
}

/// Computes the forward pass, the errors and the gradients for one set of weights.
///
/// The gradients are the chain rule written out, as in the classic worked example: with
/// `δ_o = (a_o − t)·a_o·(1 − a_o)`, `∂E_t/∂w5 = δ_o1·a_h1` and
/// `∂E_t/∂w1 = (δ_o1·w5 + δ_o2·w7)·a_h1·(1 − a_h1)·i1`.
// Always inlined, so that a loop over a million rows keeps everything in registers even in a build for size.
#[inline(always)]
fn pass(targets: [f64; 2], inputs: [f64; 2], weights: &[f64; 8]) -> Pass {
    let [t1, t2] = targets;
    let [i1, i2] = inputs;
    let [w1, w2, w3, w4, w5, w6, w7, w8] = *weights;

    let h1 = w1 * i1 + w2 * i2;
    let h2 = w3 * i1 + w4 * i2;
    let (a_h1, a_h2) = (sigmoid(h1), sigmoid(h2));
    let o1 = w5 * a_h1 + w6 * a_h2;
    let o2 = w7 * a_h1 + w8 * a_h2;
    let (a_o1, a_o2) = (sigmoid(o1), sigmoid(o2));

    let e1 = 0.5 * ((t1 - a_o1) * (t1 - a_o1));
    let e2 = 0.5 * ((t2 - a_o2) * (t2 - a_o2));

    let (delta_o1, delta_o2) = (output_delta(a_o1, t1), output_delta(a_o2, t2));
    let delta_h1 = hidden_delta(a_h1, [delta_o1, delta_o2], [w5, w7]);
    let delta_h2 = hidden_delta(a_h2, [delta_o1, delta_o2], [w6, w8]);

    Pass {
        h: [h1, h2],
        a_h: [a_h1, a_h2],
        o: [o1, o2],
        a_o: [a_o1, a_o2],
        e: [e1, e2],
        gradients: [
            delta_h1 * i1,
            delta_h1 * i2,
            delta_h2 * i1,
            delta_h2 * i2,
            delta_o1 * a_h1,
            delta_o1 * a_h2,
            delta_o2 * a_h1,
            delta_o2 * a_h2,
        ],
    }
}

/// Computes a whole row: every column for one set of weights.
pub fn row(targets: [f64; 2], inputs: [f64; 2], weights: &[f64; 8]) -> Row {
    let [t1, t2] = targets;
    let [i1, i2] = inputs;
    let [w1, w2, w3, w4, w5, w6, w7, w8] = *weights;
    let Pass { h: [h1, h2], a_h: [a_h1, a_h2], o: [o1, o2], a_o: [a_o1, a_o2], e: [e1, e2], gradients } =
        pass(targets, inputs, weights);
    let [g1, g2, g3, g4, g5, g6, g7, g8] = gradients;
    Row([
        t1,
        t2,
        i1,
        i2,
        w1,
        w2,
        w3,
        w4,
        h1,
        a_h1,
        h2,
        a_h2,
        w5,
        w6,
        w7,
        w8,
        o1,
        a_o1,
        o2,
        a_o2,
        e1,
        e2,
        e1 + e2,
        g1,
        g2,
        g3,
        g4,
        g5,
        g6,
        g7,
        g8,
    ])
}

/// Updates all eight weights, `w ← w − η·∂E_t/∂w`, and returns E_t before the update. The arithmetic is that of
/// [`row`].
pub fn descend(targets: [f64; 2], inputs: [f64; 2], weights: &mut [f64; 8], learning_rate: f64) -> f64 {
    let Pass { e: [e1, e2], gradients, .. } = pass(targets, inputs, weights);
    *weights = step(weights, gradients, learning_rate);
    e1 + e2
}

/// The weights after one update, `w − η·∂E_t/∂w`.
#[inline(always)]
pub(super) fn step(weights: &[f64; 8], gradients: [f64; 8], learning_rate: f64) -> [f64; 8] {
    let [w1, w2, w3, w4, w5, w6, w7, w8] = *weights;
    let [g1, g2, g3, g4, g5, g6, g7, g8] = gradients;
    // Written out, because a build for size would not unroll a loop.
    [
        w1 - learning_rate * g1,
        w2 - learning_rate * g2,
        w3 - learning_rate * g3,
        w4 - learning_rate * g4,
        w5 - learning_rate * g5,
        w6 - learning_rate * g6,
        w7 - learning_rate * g7,
        w8 - learning_rate * g8,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares every gradient with a central difference of the total error: for the classic constants, and for others
    /// with half saturated neurons, different signs, or an output near its target.
    #[test]
    fn gradients_agree_with_central_differences() {
        let far = Constants {
            targets: [0.9, 0.2],
            inputs: [-1.5, 2.0],
            weights: [0.8, -1.1, 0.3, 0.6, -2.0, 1.4, 0.7, -0.2],
        };
        let large =
            Constants { targets: [0.0, 1.0], inputs: [3.0, -2.0], weights: [1.0, 0.5, -0.5, 1.0, 3.0, -2.0, 1.0, 2.0] };
        for constants in [Constants::CLASSIC, far, large] {
            let Constants { targets, inputs, weights } = constants;
            let analytic = row(targets, inputs, &weights).gradients();
            for (index, gradient) in analytic.into_iter().enumerate() {
                let error_at = |shift: f64| {
                    let mut moved = weights;
                    moved[index] += shift;
                    row(targets, inputs, &moved).total_error()
                };
                let step = 1e-5;
                let numeric = (error_at(step) - error_at(-step)) / (2.0 * step);
                assert!(
                    (gradient - numeric).abs() < 1e-10,
                    "w{}: chain rule {gradient}, central difference {numeric}",
                    index + 1
                );
                assert!(gradient.abs() > 1e-6, "w{}: a gradient of zero would prove nothing", index + 1);
            }
        }
    }

    #[test]
    fn the_sigmoid_is_finite_for_the_largest_and_smallest_numbers() {
        assert_eq!(sigmoid(f64::NEG_INFINITY), 0.0);
        assert_eq!(sigmoid(-1e308), 0.0);
        assert_eq!(sigmoid(0.0), 0.5);
        assert_eq!(sigmoid(1e308), 1.0);
        assert!(sigmoid(f64::NAN).is_nan());
    }
}
