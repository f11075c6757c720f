//! A recipe in a few words: the preset it is, or the nearest one and what differs.

use super::text::{Preset, RecipeText};
use super::{Field, Recipe};

impl Recipe {
    /// The nearest preset's name and what differs from it, but for the seed and where it is trained: "Quick, epochs 2, dropout 0.1".
    pub fn describe(&self) -> String {
        let described = Preset::ALL.map(|preset| (preset.label(), differences(self, &preset.recipe())));
        let nearest = described.into_iter().reduce(|best, next| if next.1.len() < best.1.len() { next } else { best });
        nearest.map(|(name, differences)| [vec![name.to_owned()], differences].concat().join(", ")).unwrap_or_default()
    }
}

/// What is not said: it changes where and in which order a recipe is worked off, and not what it is.
const PLACE: [Field; 2] = [Field::Seed, Field::Workers];

fn differences(recipe: &Recipe, preset: &Recipe) -> Vec<String> {
    let (own, other) = (RecipeText::of(recipe), RecipeText::of(preset));
    let mut differences = Vec::new();
    if own.optimizer != other.optimizer {
        differences.push(own.optimizer.label().to_owned());
    }
    if own.schedule != other.schedule {
        differences.push(format!("schedule {}", own.schedule.code()));
    }
    for field in Field::ALL {
        if !PLACE.contains(&field)
            && own.applies(field)
            && (own.get(field) != other.get(field) || !other.applies(field))
        {
            differences.push(format!("{} {}", field.label().to_ascii_lowercase(), own.get(field)));
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::{Augmentation, Betas, DeviceChoice, Optimizer};

    #[test]
    fn presets_have_their_names_whatever_the_seed_and_the_device() {
        for (name, recipe) in Preset::ALL.map(|preset| (preset.label(), preset.recipe())) {
            assert_eq!(Recipe { seed: 12, device: DeviceChoice::Cpu, workers: 2, ..recipe }.describe(), name);
        }
    }

    #[test]
    fn others_are_told_by_what_differs_from_the_nearest() {
        let short = Recipe { epochs: 2, images: 640, ..Recipe::quick() };
        assert_eq!(short.describe(), "Quick, epochs 2, training images 640");
        let best = Recipe { augmentation: Augmentation { shift: 2.0, rotation: 10.0 }, ..Recipe::best() };
        assert_eq!(best.describe(), "Best, shift 2, rotation 10");
        let adam = Recipe { optimizer: Optimizer::Adam(Betas::default()), learning_rate: 0.001, ..Recipe::classic() };
        assert_eq!(adam.describe(), "Classic, Adam, beta 1 0.9, beta 2 0.999, learning rate 0.001");
    }
}
