//! How weights follow their gradients: PyTorch's SGD, Adam and AdamW, over flat slices.

use crate::trainer::recipe::{Betas, Optimizer};

/// Added to the root of Adam's second moment.
pub const ADAM_EPSILON: f64 = 1e-8;

impl Optimizer {
    /// How many running means it keeps for each parameter.
    pub fn moments(self) -> usize {
        match self {
            Self::Sgd { momentum, .. } => usize::from(momentum > 0.0),
            Self::Adam(_) | Self::AdamW(_) => 2,
        }
    }

    /// Moves parameters one step down their gradients. `step` counts from 0; `moments` are [`Optimizer::moments`] slices
    /// as long as the parameters, zero before the first step. As in PyTorch, weight decay pulls on all parameters.
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

/// What all parameters share in one step of Adam.
#[derive(Clone, Copy, Debug)]
pub struct AdamFactors {
    /// Share of the first moment that is kept.
    pub first: f32,
    /// Share of the second moment that is kept.
    pub second: f32,
    /// The rate over the first moment's bias: both moments begin at 0.
    pub rate: f32,
    /// One over the root of the second moment's bias.
    pub scale: f32,
}

impl AdamFactors {
    /// For a step counted from 0.
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

    fn step(self, gradient: f32, first: &mut f32, second: &mut f32) -> f32 {
        *first = self.first * *first + (1.0 - self.first) * gradient;
        *second = self.second * *second + (1.0 - self.second) * gradient * gradient;
        self.rate * *first / (second.sqrt() * self.scale + ADAM_EPSILON as f32)
    }
}

/// The share of an average that is kept at a step counted from 0: less in the beginning, so that the first weights, which
/// are random, are soon forgotten.
pub fn kept_share(averaging: f64, step: u32) -> f64 {
    let count = f64::from(step) + 1.0;
    averaging.min(count / (count + 9.0))
}

/// Lets new values flow into their average. An empty average begins with them.
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
    fn an_average_begins_with_the_values_and_follows_them_ever_more_slowly() {
        let mut mean = Vec::new();
        average(&mut mean, [1.0, 2.0].into_iter(), 0.9, 0);
        assert_eq!(mean, [1.0, 2.0]);
        average(&mut mean, [2.0, 2.0].into_iter(), 0.9, 1);
        // A share of 2/11 is kept.
        assert!((f64::from(mean[0]) - (2.0 - 2.0 / 11.0)).abs() < 1e-6 && mean[1] == 2.0, "{mean:?}");
        assert_eq!(kept_share(0.9, 1_000), 0.9);
    }
}
