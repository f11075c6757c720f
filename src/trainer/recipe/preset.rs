//! The recipes to start from. `docs/accuracy.md` has the results of each.

use super::schedule::Schedule;
use super::{Augmentation, DeviceChoice, Optimizer, Recipe};
use crate::mnist::TRAINING_IMAGES;

impl Recipe {
    /// Returns the recipe of the published log: 20 epochs of batch 128 at learning rate 0.01, momentum 0.9, dropout
    /// 0.1.
    pub fn classic() -> Self {
        Self {
            device: DeviceChoice::Auto,
            epochs: 20,
            batch_size: 128,
            optimizer: Optimizer::Sgd { momentum: 0.9, nesterov: false },
            learning_rate: 0.01,
            schedule: Schedule::Constant,
            weight_decay: 0.0,
            dropout: 0.1,
            label_smoothing: 0.0,
            augmentation: Augmentation::default(),
            averaging: 0.0,
            images: TRAINING_IMAGES,
            seed: 1,
            workers: 0,
        }
    }

    /// Returns a recipe for a first look: three short epochs of the same cycle as [`Recipe::quick`], on a third of the
    /// images.
    pub fn demo() -> Self {
        Self { epochs: 3, images: TRAINING_IMAGES / 3, ..Self::quick() }
    }

    /// Returns a recipe that reaches 99.4 % in four epochs: one cycle of a ten times larger learning rate, smaller
    /// batches, no dropout.
    pub fn quick() -> Self {
        Self {
            epochs: 4,
            batch_size: 64,
            optimizer: Optimizer::Sgd { momentum: 0.9, nesterov: true },
            learning_rate: 0.1,
            schedule: Schedule::OneCycle { warm_up: 0.25 },
            weight_decay: 5e-4,
            dropout: 0.0,
            ..Self::classic()
        }
    }

    /// Returns the recipe with the highest accuracy: more epochs of the same cycle, on images that are shifted and
    /// rotated a little.
    pub fn best() -> Self {
        Self {
            epochs: 19,
            schedule: Schedule::OneCycle { warm_up: 0.2 },
            weight_decay: 1e-4,
            augmentation: Augmentation { shift: 1.0, rotation: 7.0 },
            ..Self::quick()
        }
    }
}

/// The recipes to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// [`Recipe::demo`]
    Demo,
    /// [`Recipe::classic`]
    Classic,
    /// [`Recipe::quick`]
    Quick,
    /// [`Recipe::best`]
    Best,
}

impl Preset {
    /// All presets, in the order of the form, which begins with the first one.
    pub const ALL: [Self; 4] = [Self::Demo, Self::Quick, Self::Best, Self::Classic];

    /// Returns the name in the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Demo => "Demo",
            Self::Classic => "Classic",
            Self::Quick => "Quick",
            Self::Best => "Best",
        }
    }

    /// Returns a line for the user that says what to expect.
    pub const fn purpose(self) -> &'static str {
        match self {
            Self::Demo => "A first look: 3 passes over a third of the images. About 99 % within a minute or two.",
            Self::Classic => "20 passes at a constant learning rate. Slow: about 99.4 % at the end.",
            Self::Quick => "Fast: the learning rate rises, then falls. About 99.4 % after 4 passes.",
            Self::Best => "Most accurate: 19 passes over images that are moved and turned a little. About 99.5 %.",
        }
    }

    /// Returns the recipe.
    pub fn recipe(self) -> Recipe {
        match self {
            Self::Demo => Recipe::demo(),
            Self::Classic => Recipe::classic(),
            Self::Quick => Recipe::quick(),
            Self::Best => Recipe::best(),
        }
    }

    /// Returns the recipe for a data set with this number of training images: all of them, or for the demo a third.
    pub fn recipe_for(self, images: u32) -> Recipe {
        let images = match self {
            Self::Demo => (images / 3).max(1),
            Self::Classic | Self::Quick | Self::Best => images,
        };
        Recipe { images, ..self.recipe() }
    }

    /// Returns the seconds that the recipe takes with this number of training images, for a device that learns from
    /// `images_per_second`, tests included.
    pub fn seconds(self, images: u32, images_per_second: f64) -> f64 {
        let recipe = self.recipe_for(images);
        f64::from(recipe.epochs) * f64::from(recipe.images) / images_per_second
    }

    /// Returns the preset with the settings of a recipe for a data set with this number of training images, or `None` if
    /// there is none. Seed, device and number of workers may differ.
    pub fn of_data(recipe: &Recipe, images: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.recipe_for(images).is_sibling(recipe))
    }

    /// Returns the number of training images of a recipe when data with `before` of them give way to data with `now`: a preset
    /// stays this preset, and a recipe that uses all images goes on to use all. Any other recipe keeps its number.
    pub fn images_on(recipe: &Recipe, before: u32, now: u32) -> u32 {
        match Self::of_data(recipe, before) {
            Some(preset) => preset.recipe_for(now).images,
            None if recipe.images == before => now,
            None => recipe.images,
        }
    }

    /// Returns the preset with the settings of a recipe, or `None` if there is none. Seed, device and number of workers
    /// may differ.
    pub fn of(recipe: &Recipe) -> Option<Self> {
        Self::of_data(recipe, TRAINING_IMAGES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_is_recognised_with_any_seed_and_device() {
        for preset in Preset::ALL {
            let recipe = Recipe { seed: 77, device: DeviceChoice::Cpu, workers: 3, ..preset.recipe() };
            assert_eq!(Preset::of(&recipe), Some(preset));
            assert_eq!(Preset::of(&Recipe { epochs: 7, ..recipe.clone() }), None);
            let of_800 = Recipe { images: preset.recipe_for(800).images, ..recipe };
            assert_eq!((Preset::of(&of_800), Preset::of_data(&of_800, 800)), (None, Some(preset)));
        }
    }

    #[test]
    fn the_demo_is_the_fastest() {
        let seconds = |preset: Preset| preset.seconds(TRAINING_IMAGES, 1_000.0);
        assert_eq!((seconds(Preset::Demo), seconds(Preset::Quick)), (60.0, 240.0));
        assert!(Preset::ALL.into_iter().all(|preset| seconds(preset) >= seconds(Preset::Demo)));
    }

    #[test]
    fn a_preset_stays_what_it_is_on_other_data_and_back() {
        for preset in Preset::ALL {
            let there = Preset::images_on(&preset.recipe(), TRAINING_IMAGES, 600);
            assert_eq!(there, preset.recipe_for(600).images);
            let back = Preset::images_on(&preset.recipe_for(600), 600, TRAINING_IMAGES);
            assert_eq!(back, preset.recipe().images, "{}", preset.label());
        }
        let own = |images| Recipe { dropout: 0.5, images, ..Recipe::quick() };
        assert_eq!(Preset::images_on(&own(600), 600, TRAINING_IMAGES), TRAINING_IMAGES);
        assert_eq!(Preset::images_on(&own(70), 600, TRAINING_IMAGES), 70);
    }

    #[test]
    fn a_purpose_names_the_number_of_passes() {
        for preset in Preset::ALL {
            let passes = format!("{} passes", preset.recipe().epochs);
            assert!(preset.purpose().contains(&passes), "{}", preset.purpose());
        }
    }
}
