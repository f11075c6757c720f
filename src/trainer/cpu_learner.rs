//! The net on the CPU, learning by a recipe.

use super::architecture::CLASSES;
use super::batch::Batch;
#[cfg(not(target_arch = "wasm32"))]
use super::cpu::Team;
use super::cpu::{Alone, Dropout, Net};
use super::layout::Layout;
use super::learner::{Learner, LearnerError, Outcome, Probe};
use super::optimizer::average;
use super::recipe::Recipe;
use super::session::is_best;
use super::snapshot::Numbers;

/// The net on one core, or natively on several. Every step is worked off at once, the same on every machine of a kind, to
/// the last bit.
#[derive(Debug)]
pub struct CpuLearner {
    net: Net,
    /// The threads that share each batch, if there are several.
    #[cfg(not(target_arch = "wasm32"))]
    team: Option<Team>,
    recipe: Recipe,
    moments: Vec<Vec<f32>>,
    average: Vec<f32>,
    /// The net that is tested, where the recipe averages.
    averaged: Option<Net>,
    outcomes: Vec<Outcome>,
}

impl CpuLearner {
    /// A net with these numbers that learns by a recipe.
    ///
    /// # Errors
    /// The numbers are not those of this net.
    pub fn new(recipe: &Recipe, numbers: &Numbers) -> Result<Self, LearnerError> {
        let layout = Layout::new();
        numbers.check(&layout)?;
        let mut moments = numbers.moments.clone();
        moments.resize(recipe.optimizer.moments(), vec![0.0; layout.parameters()]);
        Ok(Self {
            net: Net::from_weights(&layout.name(&numbers.flat()))?,
            #[cfg(not(target_arch = "wasm32"))]
            team: None,
            recipe: recipe.clone(),
            moments,
            average: numbers.average.clone(),
            averaged: None,
            outcomes: Vec::new(),
        })
    }

    /// Shares each batch among so many threads. The same number of them gives the same bits.
    #[cfg(not(target_arch = "wasm32"))]
    #[must_use]
    pub fn on_threads(mut self, threads: usize) -> Self {
        self.team = (threads > 1).then(|| Team::new(&self.net, threads));
        self
    }

    /// Takes a batch forward and back and returns its loss.
    async fn take(&mut self, batch: &Batch, dropout: &Dropout) -> f32 {
        #[cfg(not(target_arch = "wasm32"))]
        if let Some(team) = &mut self.team {
            return team.learn(&mut self.net, &batch.pixels, &batch.targets, dropout);
        }
        self.net.learn(&batch.pixels, &batch.targets, dropout, &mut Alone).await
    }
}

impl Learner for CpuLearner {
    async fn learn(&mut self, batch: &Batch, step: u32, rate: f64) -> Result<(), LearnerError> {
        let Recipe { dropout: rate_dropped, seed, .. } = self.recipe;
        let dropout = Dropout { rate: rate_dropped as f32, seed, step: u64::from(step), first_image: 0 };
        let loss = self.take(batch, &dropout).await;
        let recipe = &self.recipe;
        let correct = count_correct(self.net.logits(), &batch.labels);
        self.outcomes.push(Outcome { loss, correct });
        let (parameters, gradients) = self.net.parameters_and_gradients();
        recipe.optimizer.descend(parameters, gradients, &mut self.moments, rate, recipe.weight_decay, step);
        if recipe.averaging > 0.0 {
            let values = self.net.parameters().iter().chain(self.net.statistics()).copied();
            average(&mut self.average, values, recipe.averaging, step);
            self.averaged = None;
        }
        Ok(())
    }

    async fn outcomes(&mut self) -> Result<Vec<Outcome>, LearnerError> {
        Ok(std::mem::take(&mut self.outcomes))
    }

    async fn classify(&mut self, pixels: Vec<f32>) -> Result<Vec<f32>, LearnerError> {
        if self.average.is_empty() {
            return Ok(self.net.infer(&pixels));
        }
        let averaged = match self.averaged.take() {
            Some(net) => net,
            None => Net::from_weights(&Layout::new().name(&self.average))?,
        };
        Ok(self.averaged.insert(averaged).infer(&pixels))
    }

    async fn numbers(&mut self) -> Result<Numbers, LearnerError> {
        Ok(Numbers {
            parameters: self.net.parameters().to_vec(),
            statistics: self.net.statistics().to_vec(),
            moments: self.moments.clone(),
            average: self.average.clone(),
        })
    }

    async fn probe(&mut self, batch: &Batch) -> Result<Probe, LearnerError> {
        // The running statistics would move.
        let statistics = self.net.statistics().to_vec();
        self.take(batch, &Dropout::OFF).await;
        self.net.statistics_mut().copy_from_slice(&statistics);
        Ok(Probe { logits: self.net.logits().to_vec(), gradients: self.net.gradients().to_vec() })
    }

    fn most_steps_ahead(&self) -> usize {
        1
    }
}

/// How many rows of `[batch, 10]` are largest at their label.
pub(super) fn count_correct(logits: &[f32], labels: &[u8]) -> u32 {
    let rows = logits.chunks_exact(CLASSES).zip(labels);
    rows.filter(|(row, label)| is_best(row, usize::from(**label))).count() as u32
}
