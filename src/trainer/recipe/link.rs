//! A recipe as a short text, for addresses of the page, logs and files of runs.
//!
//! `recipe` is the classic recipe. Each setting that differs from it is a pair of key and value. The version comes
//! last, so that a link that was cut anywhere is noticed; what programs do to a link on its way is undone (`crate::link`):
//!
//! ```text
//! recipe?optimizer=nesterov&schedule=one-cycle&epochs=4&batch=64&rate=0.1&decay=0.0005&dropout=0&v=1
//! ```

use super::choice::{OptimizerKind, ScheduleKind};
use super::text::RecipeText;
use super::{DeviceChoice, Field, Recipe, sentences};
use crate::link::{self, End, LinkWriter, OpenedLink};

/// The version that this page writes, and the only one that it reads.
const VERSION: &str = "1";
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
    link.version(VERSION);
    link.finish()
}

/// What was read from a link that somebody opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The recipe. What could not be read is as in the classic recipe.
    pub recipe: Recipe,
    /// What could not be read, in sentences for the user.
    pub problem: Option<String>,
}

/// Reads a recipe from text that must be whole.
///
/// # Errors
/// The text is damaged, of another version, or has a value that is not allowed; the error is a sentence for the user.
pub fn read(text: &str) -> Result<Recipe, String> {
    match open(text, HEAD)? {
        None => Ok(Recipe::classic()),
        Some(Reading { recipe, problem: None }) => Ok(recipe),
        Some(Reading { problem: Some(problem), .. }) => Err(problem),
    }
}

/// Reads a link that somebody opened, which begins with this name: what can be read of it. Unknown keys are ignored,
/// since a later page may add some, and trackers do. A name without settings gives `None`.
///
/// # Errors
/// A sentence for the user if nothing in the link can be used.
pub fn open(text: &str, name: &str) -> Result<Option<Reading>, String> {
    let damaged = || "The settings in this link are damaged.".to_owned();
    if text.len() > link::LONGEST {
        return Err(damaged());
    }
    let opened = OpenedLink::read(text, &|key| CHOICES.contains(&key) || field_of(key).is_some());
    if opened.name != name {
        return Err(damaged());
    }
    match &opened.end {
        End::Bare => return Ok(None),
        End::Version(version) if version != VERSION => {
            return Err("The settings in this link are from another version of the page.".to_owned());
        }
        End::Version(_) | End::Missing(_) => {}
    }
    let classic = RecipeText::of(&Recipe::classic());
    let mut text = classic.clone();
    let mut problems = Vec::new();
    for (key, value) in &opened.pairs {
        let is_known = match (key.as_str(), field_of(key)) {
            ("device", _) => choose(&mut text.device, &DeviceChoice::ALL, |device| device.code(), value),
            ("optimizer", _) => choose(&mut text.optimizer, &OptimizerKind::ALL, |kind| kind.code(), value),
            ("schedule", _) => choose(&mut text.schedule, &ScheduleKind::ALL, |kind| kind.code(), value),
            (_, Some(field)) => {
                text.set(field, value.clone());
                true
            }
            (_, None) => true,
        };
        if !is_known {
            problems.push(format!("This page knows no {key} with this name."));
        }
    }
    let recipe = text.parse().or_else(|errors| {
        problems.extend(errors.iter().map(|error| error.message.clone()));
        for error in errors {
            text.set(error.field, classic.get(error.field).to_owned());
        }
        text.parse()
    });
    let recipe = recipe.map_err(|errors| sentences(&errors))?;
    let is_used = problems.len() < opened.pairs.len();
    let mut problem = String::new();
    if !problems.is_empty() {
        let subject = if is_used { "Some settings" } else { "The settings" };
        problem = format!("{subject} in this link cannot be used. {}", problems.join(" "));
    }
    if let End::Missing(cut) = &opened.end {
        let left_out = link::left_out(cut);
        problem = format!("The end of this link is missing, and with it perhaps some settings.{left_out} {problem}");
    }
    let problem = Some(problem.trim_end().to_owned()).filter(|problem| !problem.is_empty());
    match problem {
        Some(problem) if !is_used => Err(problem),
        problem => Ok(Some(Reading { recipe, problem })),
    }
}

/// The keys of the choices from lists.
const CHOICES: [&str; 3] = ["device", "optimizer", "schedule"];

fn field_of(key: &str) -> Option<Field> {
    Field::ALL.into_iter().find(|field| field.code() == key)
}

/// Sets a choice by its code; returns whether there is one with this code.
fn choose<T: Copy>(place: &mut T, all: &[T], code: impl Fn(T) -> &'static str, wanted: &str) -> bool {
    let found = all.iter().copied().find(|item| code(*item) == wanted);
    *place = found.unwrap_or(*place);
    found.is_some()
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
            Err("The settings in this link are from another version of the page.".into())
        );
        let error = read("recipe?epochs=0&dropout=2&v=1").err().unwrap_or_default();
        assert!(error.contains("Epochs: a whole") && error.contains("Dropout: a number"), "{error}");
        assert_eq!(read("recipe?later=1&v=1"), Ok(Recipe::classic()));
    }

    #[test]
    fn what_can_be_read_of_a_link_is_used_and_the_rest_is_named() {
        let reading = open("trainer?epochs=4&dropout=2&device=tpu&v=1", "trainer").expect("a part is readable");
        let Reading { recipe, problem } = reading.expect("there are settings");
        assert_eq!(recipe, Recipe { epochs: 4, ..Recipe::classic() });
        let problem = problem.unwrap_or_default();
        for part in ["Some settings in this link cannot be used. ", "no device with this name", "Dropout: a number"] {
            assert!(problem.contains(part), "{problem}");
        }
        let cut = open("trainer?epochs=4&batch=12", "trainer").ok().flatten().expect("a part is readable");
        assert_eq!(cut.recipe, Recipe { epochs: 4, ..Recipe::classic() });
        let problem = cut.problem.unwrap_or_default();
        assert!(problem.contains("end of this link is missing") && problem.contains("“batch=12” may be"), "{problem}");
        assert!(open("trainer?dropout=2&v=1", "trainer").is_err());
        assert_eq!(open("trainer", "trainer"), Ok(None));
        assert_eq!(open("TRAINER?utm_source=moodle.", "trainer"), Ok(None));
    }

    #[test]
    fn a_link_that_chats_have_mangled_is_read() {
        let recipe = Recipe { seed: 12, workers: 3, ..Recipe::best() };
        let text = write(&recipe);
        let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        for mangled in [
            format!("{text}."),
            format!("“{text}”)"),
            text.replace('&', "&amp;"),
            text.to_ascii_uppercase(),
            escaped(&text),
            escaped(&escaped(&text)),
            format!("{text}&utm_source=moodle&gclid=x_-"),
            text.replace('&', "\n&"),
            format!("{text}%20and"),
            format!("{text}and then"),
        ] {
            assert_eq!(read(&mangled), Ok(recipe.clone()), "{mangled}");
        }
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
        // A user may type the smallest number there is into any field.
        let tiny = || (1_u64..1 << 60).prop_map(f64::from_bits);
        let numbers = (
            prop_oneof![1e-12..=10.0, tiny()],
            prop_oneof![0.0..=1.0, tiny()],
            prop_oneof![0.0..=0.9, tiny()],
            prop_oneof![0.0..1.0, tiny()],
            prop_oneof![0.0..=Augmentation::LARGEST_SHIFT, tiny()],
            prop_oneof![0.0..=Augmentation::LARGEST_ROTATION, tiny()],
            prop_oneof![0.0..1.0, tiny()],
        );
        let counts = (1_u32..=1000, 2_u32..=4096, 1_u32..=1_000_000, 0_u64..1 << 53, 0_usize..3, 0_u32..=16);
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
            prop_assert!(link.len() <= 1000, "{}", link.len());
            prop_assert_eq!(read(&link), Ok(recipe));
        }

        #[test]
        fn no_text_causes_a_panic(text in "(recipe\\?)?[a-z0-9=&.,\\-é]{0,80}") {
            let _ = read(&text);
        }
    }
}
