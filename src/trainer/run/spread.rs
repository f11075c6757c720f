//! The spread of runs that differ only in their seeds: lowest, mean and highest test accuracy.

use std::collections::BTreeMap;

use super::record::RunRecord;

/// The spread of several runs of one recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// The recipe in a few words.
    pub recipe: String,
    /// The number of runs, each with a different seed.
    pub runs: usize,
    /// The spread in each epoch that at least two of the runs have finished.
    pub epochs: Vec<EpochSpread>,
}

/// The spread in one epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpochSpread {
    /// The epoch, from 1.
    pub epoch: u32,
    /// The test accuracies, shares from 0 to 1.
    pub extent: Extent,
}

/// Returns the spread of each recipe that runs with at least two seeds have, in the order of the recipes' first runs.
pub fn spreads<'a>(runs: impl IntoIterator<Item = &'a RunRecord>) -> Vec<Spread> {
    let groups = siblings(runs, |run| run).into_iter().map(one_for_each_seed);
    let spreads = groups.filter(|group| group.len() > 1).map(|group| spread(&group));
    spreads.filter(|spread| !spread.epochs.is_empty()).collect()
}

/// Returns one run for each seed: the one that has come furthest, or the first of those. A run that was repeated says
/// nothing about chance.
fn one_for_each_seed(runs: Vec<&RunRecord>) -> Vec<&RunRecord> {
    let mut chosen: Vec<&RunRecord> = Vec::new();
    for run in runs {
        match chosen.iter_mut().find(|other| other.plan.recipe.seed == run.plan.recipe.seed) {
            Some(other) if other.epochs.len() < run.epochs.len() => *other = run,
            Some(_) => {}
            None => chosen.push(run),
        }
    }
    chosen
}

/// Groups runs of one recipe, in the order of the first run of each group.
pub fn siblings<T>(runs: impl IntoIterator<Item = T>, record: impl Fn(&T) -> &RunRecord) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    // The groups with these settings: there may be thousands of groups, and none is compared with all others.
    let mut alike = BTreeMap::<[u64; 5], Vec<usize>>::new();
    for run in runs {
        let alike = alike.entry(fingerprint(record(&run))).or_default();
        match alike.iter().find(|group| record(&groups[**group][0]).is_sibling(record(&run))) {
            Some(group) => groups[*group].push(run),
            None => {
                alike.push(groups.len());
                groups.push(vec![run]);
            }
        }
    }
    groups
}

/// Some of the settings that the runs of one group share, as numbers that can be looked up.
fn fingerprint(run: &RunRecord) -> [u64; 5] {
    let recipe = &run.plan.recipe;
    // A zero with a minus sign equals one without.
    let reals = [recipe.learning_rate, recipe.weight_decay, recipe.dropout].map(|real| (real + 0.0).to_bits());
    [recipe.epochs.into(), u64::from(recipe.images) << 32 | u64::from(recipe.batch_size), reals[0], reals[1], reals[2]]
}

/// The lowest, the mean and the highest of some accuracies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// The lowest.
    pub low: f64,
    /// The mean.
    pub mean: f64,
    /// The highest.
    pub high: f64,
}

impl Extent {
    /// Returns lowest, mean and highest of at least two values; `None` for fewer.
    pub fn of(values: &[f64]) -> Option<Self> {
        (values.len() > 1).then(|| Self {
            low: values.iter().copied().fold(f64::INFINITY, f64::min),
            mean: values.iter().sum::<f64>() / values.len() as f64,
            high: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

fn spread(runs: &[&RunRecord]) -> Spread {
    let last = runs.iter().flat_map(|run| run.epochs.last()).map(|last| last.epoch).max().unwrap_or_default();
    let epochs = (1..=last).filter_map(|epoch| {
        let at = |run: &&RunRecord| run.epochs.iter().find(|result| result.epoch == epoch).map(|r| r.test_accuracy);
        let all: Vec<f64> = runs.iter().filter_map(at).collect();
        Extent::of(&all).map(|extent| EpochSpread { epoch, extent })
    });
    Spread { recipe: runs[0].plan.recipe.describe(), runs: runs.len(), epochs: epochs.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::epoch::EpochResult;
    use crate::trainer::run::record::RunKey;

    fn run(recipe: Recipe, accuracies: &[f64]) -> RunRecord {
        let mut run = RunRecord::new(RunKey(recipe.seed), Plan::from(recipe), "MNIST".to_owned());
        run.epochs = (1..)
            .zip(accuracies)
            .map(|(epoch, &test_accuracy)| EpochResult {
                epoch,
                learning_rate: 0.01,
                train_loss: 0.1,
                train_accuracy: 0.9,
                test_loss: 0.1,
                test_accuracy,
                correct: 0,
                of: 10_000,
                seconds: 1.0,
            })
            .collect();
        run
    }

    #[test]
    fn runs_that_differ_only_in_the_seed_have_a_spread() {
        let quick = |seed| Recipe { seed, ..Recipe::quick() };
        let runs = [
            run(quick(1), &[0.98, 0.99, 0.992]),
            run(Recipe::classic(), &[0.5]),
            run(quick(2), &[0.96, 0.994]),
            run(quick(3), &[0.97]),
        ];
        let spreads = spreads(&runs);
        assert_eq!(spreads.len(), 1);
        assert_eq!((spreads[0].recipe.as_str(), spreads[0].runs, spreads[0].epochs.len()), ("Quick", 3, 2));
        let first = spreads[0].epochs[0].extent;
        assert!((first.mean - 0.97).abs() < 1e-12 && (first.low, first.high) == (0.96, 0.98));
        assert_eq!((spreads[0].epochs[1].extent.low, spreads[0].epochs[1].extent.high), (0.99, 0.994));
    }

    #[test]
    fn thousands_of_different_recipes_are_grouped_without_comparing_each_with_all() {
        let recipe =
            |seed: u64| Recipe { seed, images: 32 + (seed % 2000) as u32, weight_decay: -0.0, ..Recipe::quick() };
        let runs: Vec<RunRecord> = (0..4000).map(|seed| run(recipe(seed), &[])).collect();
        let looks = std::cell::Cell::new(0);
        let groups = siblings(&runs, |run| {
            looks.set(looks.get() + 1);
            run
        });
        assert!(groups.len() == 2000 && groups.iter().all(|group| group.len() == 2), "{}", groups.len());
        assert!(looks.get() <= 3 * runs.len(), "{} looks", looks.get());
    }

    #[test]
    fn runs_with_the_same_seed_count_once() {
        let quick = |seed| Recipe { seed, ..Recipe::quick() };
        let again = [run(quick(1), &[0.9]), run(quick(1), &[0.9, 0.99]), run(quick(1), &[0.9])];
        assert!(spreads(&again).is_empty(), "one seed has no spread");
        let other = run(quick(2), &[0.98, 0.97]);
        let spreads = spreads(again.iter().chain([&other]));
        assert_eq!((spreads[0].runs, spreads[0].epochs.len()), (2, 2), "the longest of the repeated runs counts");
        assert_eq!(spreads[0].epochs[0].extent.mean, (0.9 + 0.98) / 2.0);
    }

    #[test]
    fn one_run_alone_and_runs_on_different_data_have_none() {
        let mut other = run(Recipe { seed: 2, ..Recipe::quick() }, &[0.9]);
        other.data = "Fashion-MNIST".to_owned();
        assert!(spreads(&[run(Recipe::quick(), &[0.9]), other]).is_empty());
        assert!(spreads([]).is_empty());
    }
}
