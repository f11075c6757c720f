//! The optimizers, over flat slices: SGD, Adam and AdamW as PyTorch computes them; and averages of weights.

use crate::trainer::recipe::{Betas, Optimizer};

/// Adam adds this to the root of the second moment (ε of Kingma & Ba 2015).
pub const ADAM_EPSILON: f64 = 1e-8;

impl Optimizer {
    /// Returns the number of values that the optimizer keeps for each parameter: momentum, or Adam's two moments.
    pub fn moments(self) -> usize {
        match self {
            Self::Sgd { momentum, .. } => usize::from(momentum > 0.0),
            Self::Adam(_) | Self::AdamW(_) => 2,
        }
    }

    /// Moves the parameters one step down their gradients.
    ///
    /// `rate` is the learning rate, and `step` counts from 0. `moments` holds [`Optimizer::moments`] slices, each as
    /// long as the parameters and zero before the first step. As in PyTorch, weight decay applies to all parameters.
    ///
    /// Sources: momentum as in PyTorch's `SGD` (v ← μv + g, w ← w − ηv; Nesterov: w ← w − η(g + μv), after Sutskever et
    /// al. 2013); Adam: Kingma & Ba 2015; AdamW: Loshchilov & Hutter 2019.
    pub fn descend(
        self,
        parameters: &mut [f32],
        gradients: &[f32],
        moments: &mut [Vec<f32>],
        rate: f64,
        weight_decay: f64,
        step: u32,
    ) {
        let decay = weight_decay as f32;
        match (self, moments) {
            (Self::Sgd { momentum, nesterov }, [velocity, ..]) => {
                let (rate, momentum) = (rate as f32, momentum as f32);
                for ((value, gradient), velocity) in parameters.iter_mut().zip(gradients).zip(velocity) {
                    let gradient = gradient + decay * *value;
                    *velocity = momentum * *velocity + gradient;
                    *value -= rate * if nesterov { gradient + momentum * *velocity } else { *velocity };
                }
            }
            (Self::Sgd { .. }, []) => {
                let rate = rate as f32;
                for (value, gradient) in parameters.iter_mut().zip(gradients) {
                    *value -= rate * (gradient + decay * *value);
                }
            }
            (Self::Adam(betas), [first, second, ..]) => {
                let factors = AdamFactors::new(betas, rate, step);
                for (((value, gradient), first), second) in parameters.iter_mut().zip(gradients).zip(first).zip(second)
                {
                    *value -= factors.step(gradient + decay * *value, first, second);
                }
            }
            (Self::AdamW(betas), [first, second, ..]) => {
                let factors = AdamFactors::new(betas, rate, step);
                let shrink = (1.0 - rate * weight_decay) as f32;
                for (((value, gradient), first), second) in parameters.iter_mut().zip(gradients).zip(first).zip(second)
                {
                    *value = shrink * *value - factors.step(*gradient, first, second);
                }
            }
            (Self::Adam(_) | Self::AdamW(_), _) => {}
        }
    }
}

/// `AdamFactors` holds the numbers that all parameters share in one step of Adam (Kingma & Ba 2015, algorithm 1).
#[derive(Clone, Copy, Debug)]
pub struct AdamFactors {
    /// The share of the first moment that is kept, β₁.
    pub first: f32,
    /// The share of the second moment that is kept, β₂.
    pub second: f32,
    /// The learning rate divided by 1 − β₁ᵗ, which corrects the first moment's start at 0.
    pub rate: f32,
    /// 1 / √(1 − β₂ᵗ), which corrects the second moment's start at 0.
    pub scale: f32,
}

impl AdamFactors {
    /// Returns the factors of a step, counted from 0.
    pub fn new(betas: Betas, rate: f64, step: u32) -> Self {
        let count = f64::from(step) + 1.0;
        let bias = |beta: f64| 1.0 - libm::pow(beta, count);
        Self {
            first: betas.first as f32,
            second: betas.second as f32,
            rate: (rate / bias(betas.first)) as f32,
            scale: (1.0 / bias(betas.second).sqrt()) as f32,
        }
    }

    /// Updates both moments of a parameter and returns the amount to subtract from it.
    fn step(self, gradient: f32, first: &mut f32, second: &mut f32) -> f32 {
        *first = self.first * *first + (1.0 - self.first) * gradient;
        *second = self.second * *second + (1.0 - self.second) * gradient * gradient;
        self.rate * *first / (second.sqrt() * self.scale + ADAM_EPSILON as f32)
    }
}

/// Returns the share of an average that is kept in a step, counted from 0. The share is small in the first steps, so
/// that the random first weights soon leave the average (as TensorFlow's `ExponentialMovingAverage` does with
/// `num_updates`).
pub fn kept_share(averaging: f64, step: u32) -> f64 {
    let count = f64::from(step) + 1.0;
    averaging.min(count / (count + 9.0))
}

/// Adds new values to their exponential moving average. An empty average begins as a copy of the values.
pub fn average(average: &mut Vec<f32>, values: impl Iterator<Item = f32>, averaging: f64, step: u32) {
    if average.is_empty() {
        average.extend(values);
        return;
    }
    let kept = kept_share(averaging, step) as f32;
    for (mean, value) in average.iter_mut().zip(values) {
        *mean += (1.0 - kept) * (value - *mean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_begins_as_a_copy_and_then_changes_more_and_more_slowly() {
        let mut mean = Vec::new();
        average(&mut mean, [1.0, 2.0].into_iter(), 0.9, 0);
        assert_eq!(mean, [1.0, 2.0]);
        average(&mut mean, [2.0, 2.0].into_iter(), 0.9, 1);
        // In step 1, 2/11 of the average is kept.
        assert!((f64::from(mean[0]) - (2.0 - 2.0 / 11.0)).abs() < 1e-6 && mean[1] == 2.0, "{mean:?}");
        assert_eq!(kept_share(0.9, 1_000), 0.9);
    }
}
