//! A recipe as a short text, for addresses of the page, logs and files of runs.
//!
//! `recipe` is the classic recipe. Each setting that differs from it is a pair of key and value. The version comes
//! last, so that a link that was cut anywhere is noticed:
//!
//! ```text
//! recipe?optimizer=nesterov&schedule=one-cycle&epochs=4&batch=64&rate=0.1&decay=0.0005&dropout=0&v=1
//! ```

use super::choice::{OptimizerKind, ScheduleKind};
use super::text::RecipeText;
use super::{DeviceChoice, Field, Recipe, sentences};
use crate::link::{self, LinkWriter};

/// The version that this page writes, and the only one that it reads.
const VERSION: &str = "1";
/// The longest text that is read, in bytes.
const LONGEST: usize = 1000;
/// How the text begins.
const HEAD: &str = "recipe";

/// Returns the text of a recipe.
pub fn write(recipe: &Recipe) -> String {
    let (classic, text) = (RecipeText::of(&Recipe::classic()), RecipeText::of(recipe));
    let mut link = LinkWriter::new(HEAD);
    if text.device != classic.device {
        link.pair("device", &text.device.code());
    }
    if text.optimizer != classic.optimizer {
        link.pair("optimizer", &text.optimizer.code());
    }
    if text.schedule != classic.schedule {
        link.pair("schedule", &text.schedule.code());
    }
    for field in Field::ALL {
        if text.applies(field) && text.get(field) != classic.get(field) {
            link.pair(field.code(), &text.get(field));
        }
    }
    link.pair("v", &VERSION);
    link.finish()
}

/// Reads a recipe. Unknown keys are ignored, since a later page may add some.
///
/// # Errors
/// The text is damaged, of another version, or has a value that is not allowed; the error is a sentence for the user.
pub fn read(link: &str) -> Result<Recipe, String> {
    let damaged = || "The settings in this link are damaged.".to_owned();
    let (name, pairs) = link::split(link);
    if name != HEAD {
        return Err(damaged());
    }
    let Some(pairs) = pairs else { return Ok(Recipe::classic()) };
    if link.len() > LONGEST {
        return Err(damaged());
    }
    let mut text = RecipeText::of(&Recipe::classic());
    let mut version = None;
    for pair in link::pairs(pairs) {
        let (key, value) = pair.ok_or_else(damaged)?;
        version = None;
        match key {
            "v" => version = Some(value),
            "device" => text.device = find(&DeviceChoice::ALL, |device| device.code(), value).ok_or_else(damaged)?,
            "optimizer" => text.optimizer = find(&OptimizerKind::ALL, |kind| kind.code(), value).ok_or_else(damaged)?,
            "schedule" => text.schedule = find(&ScheduleKind::ALL, |kind| kind.code(), value).ok_or_else(damaged)?,
            _ => {
                if let Some(field) = find(&Field::ALL, |field| field.code(), key) {
                    text.set(field, value.to_owned());
                }
            }
        }
    }
    match version {
        Some(VERSION) => {
            text.parse().map_err(|errors| format!("The settings in this link cannot be used. {}", sentences(&errors)))
        }
        Some(_) => Err("The settings in this link are from a newer version of the page.".to_owned()),
        None => Err(damaged()),
    }
}

fn find<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str, wanted: &str) -> Option<T> {
    all.iter().copied().find(|item| code(*item) == wanted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::trainer::recipe::schedule::Schedule;
    use crate::trainer::recipe::{Augmentation, Betas, Optimizer};

    #[test]
    fn a_link_names_only_the_differences_from_the_classic_recipe() {
        assert_eq!(write(&Recipe::classic()), "recipe?v=1");
        assert_eq!(read("recipe"), Ok(Recipe::classic()));
        assert_eq!(
            write(&Recipe::quick()),
            "recipe?optimizer=nesterov&schedule=one-cycle&epochs=4&batch=64&rate=0.1&decay=0.0005&dropout=0&v=1"
        );
        assert_eq!(read(&write(&Recipe::quick())), Ok(Recipe::quick()));
        let shared = Recipe { device: DeviceChoice::Cpu, workers: 2, ..Recipe::classic() };
        assert_eq!(write(&shared), "recipe?device=cpu&workers=2&v=1");
    }

    #[test]
    fn a_link_that_was_cut_anywhere_is_refused() {
        let link = write(&Recipe { seed: 12, ..Recipe::best() });
        for end in HEAD.len() + 1..link.len() {
            assert!(read(&link[..end]).is_err(), "{}", &link[..end]);
        }
    }

    #[test]
    fn the_reason_of_a_refusal_is_a_sentence() {
        assert_eq!(
            read("recipe?epochs=4&v=2"),
            Err("The settings in this link are from a newer version of the page.".into())
        );
        let error = read("recipe?epochs=0&dropout=2&v=1").err().unwrap_or_default();
        assert!(error.contains("Epochs: a whole") && error.contains("Dropout: a number"), "{error}");
        assert_eq!(read("recipe?later=1&v=1"), Ok(Recipe::classic()));
    }

    fn recipes() -> impl Strategy<Value = Recipe> {
        let optimizer = prop_oneof![
            (0.0..1.0, any::<bool>()).prop_map(|(momentum, nesterov)| Optimizer::Sgd { momentum, nesterov }),
            (0.0..1.0, 0.0..1.0).prop_map(|(first, second)| Optimizer::Adam(Betas { first, second })),
            (0.0..1.0, 0.0..1.0).prop_map(|(first, second)| Optimizer::AdamW(Betas { first, second })),
        ];
        let schedule = prop_oneof![
            Just(Schedule::Constant),
            Just(Schedule::Cosine),
            (1_u32..=1000, 1e-9..=1.0).prop_map(|(epochs, factor)| Schedule::Step { epochs, factor }),
            (0.0..=0.9).prop_map(|warm_up| Schedule::OneCycle { warm_up }),
        ];
        let numbers = (
            1e-12..=10.0,
            0.0..=1.0,
            0.0..=0.9,
            0.0..1.0,
            0.0..=Augmentation::LARGEST_SHIFT,
            0.0..=Augmentation::LARGEST_ROTATION,
            0.0..1.0,
        );
        let counts = (1_u32..=1000, 2_u32..=4096, 2_u32..=60_000, 0_u64..1 << 53, 0_usize..3, 0_u32..=16);
        (optimizer, schedule, numbers, counts).prop_map(|(optimizer, schedule, numbers, counts)| {
            let (learning_rate, weight_decay, dropout, label_smoothing, shift, rotation, averaging) = numbers;
            let (epochs, batch_size, images, seed, device, workers) = counts;
            let device = DeviceChoice::ALL[device];
            Recipe {
                device,
                epochs,
                batch_size,
                optimizer,
                learning_rate,
                schedule,
                weight_decay,
                dropout,
                label_smoothing,
                augmentation: Augmentation { shift, rotation },
                averaging,
                images,
                seed,
                workers: if matches!(device, DeviceChoice::Auto | DeviceChoice::Cpu) { workers } else { 0 },
            }
        })
    }

    proptest! {
        #[test]
        fn every_recipe_is_read_back_from_its_link_to_the_last_bit(recipe in recipes()) {
            let link = write(&recipe);
            prop_assert!(link.len() <= LONGEST, "{}", link.len());
            prop_assert_eq!(read(&link), Ok(recipe));
        }

        #[test]
        fn no_text_causes_a_panic(text in "(recipe\\?)?[a-z0-9=&.,\\-é]{0,80}") {
            let _ = read(&text);
        }
    }
}
