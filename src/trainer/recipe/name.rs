//! A recipe in a few words: the nearest preset, and the settings that differ from it.

use super::preset::Preset;
use super::text::RecipeText;
use super::{Field, Recipe};

impl Recipe {
    /// Returns the name of the nearest preset and the settings that differ from it, without seed, device and number of
    /// workers: "Quick, epochs 2, dropout 0.1".
    pub fn describe(&self) -> String {
        // Of two equally near presets, the older one gives its name; the demo is the newest.
        let presets = [Preset::Classic, Preset::Quick, Preset::Best, Preset::Demo];
        let described = presets.map(|preset| (preset.label(), differences(self, &preset.recipe())));
        let nearest = described.into_iter().reduce(|best, next| if next.1.len() < best.1.len() { next } else { best });
        nearest.map(|(name, differences)| [vec![name.to_owned()], differences].concat().join(", ")).unwrap_or_default()
    }
}

/// The fields that [`Recipe::is_sibling`] ignores.
const IGNORED: [Field; 2] = [Field::Seed, Field::Workers];

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
        if !IGNORED.contains(&field)
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
    fn a_preset_has_its_name_with_any_seed_and_device() {
        for (name, recipe) in Preset::ALL.map(|preset| (preset.label(), preset.recipe())) {
            assert_eq!(Recipe { seed: 12, device: DeviceChoice::Cpu, workers: 2, ..recipe }.describe(), name);
        }
    }

    #[test]
    fn other_recipes_name_their_differences_from_the_nearest_preset() {
        let short = Recipe { epochs: 2, images: 640, ..Recipe::quick() };
        assert_eq!(short.describe(), "Quick, epochs 2, training images 640");
        let best = Recipe { augmentation: Augmentation { shift: 2.0, rotation: 10.0 }, ..Recipe::best() };
        assert_eq!(best.describe(), "Best, shift 2, rotation 10");
        let adam = Recipe { optimizer: Optimizer::Adam(Betas::default()), learning_rate: 0.001, ..Recipe::classic() };
        assert_eq!(adam.describe(), "Classic, Adam, beta 1 0.9, beta 2 0.999, learning rate 0.001");
    }
}
