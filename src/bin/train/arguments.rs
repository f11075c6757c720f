//! The options of the command.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use gradsheet::trainer::recipe::choice::{OptimizerKind, ScheduleKind};
use gradsheet::trainer::recipe::link;
use gradsheet::trainer::recipe::text::RecipeText;
use gradsheet::trainer::recipe::{DeviceChoice, Field, Recipe, sentences};

/// Trains the 18,738-parameter net on MNIST and prints the classic log.
///
/// After every epoch the net is tested with all test images. The same seed, recipe and number of CPU threads give the
/// same numbers, bit for bit, every time.
#[derive(Debug, Parser)]
#[command(
    name = "train",
    version,
    args_override_self = true,
    after_help = "Example, a quick run of about a minute:\n  cargo run --release --bin train -- --epochs 1 --images 6400 --batch-size 32"
)]
pub(crate) struct Arguments {
    /// The recipe; the options below change it.
    #[arg(long, value_enum, default_value_t = RecipeName::Classic)]
    recipe: RecipeName,

    /// The recipe as text, as in the links of the page: `recipe?epochs=4&…&v=1`.
    #[arg(long, value_name = "TEXT", conflicts_with = "recipe")]
    link: Option<String>,

    /// Number of passes over the training images, 1 to 1,000.
    #[arg(long)]
    epochs: Option<String>,

    /// Use only the first of the training images.
    #[arg(long)]
    images: Option<String>,

    /// Number of images in one step, 2 to 4,096; the last step of an epoch may have fewer.
    #[arg(long)]
    batch_size: Option<String>,

    /// The optimizer: `sgd`, `nesterov`, `adam` or `adamw`.
    #[arg(long)]
    optimizer: Option<String>,

    /// Peak learning rate, above 0, at most 10.
    #[arg(long)]
    learning_rate: Option<String>,

    /// How the learning rate changes: `constant`, `step`, `cosine` or `one-cycle`.
    #[arg(long)]
    schedule: Option<String>,

    /// Share of the run in which the learning rate of `one-cycle` rises, 0 to 0.9.
    #[arg(long)]
    warm_up: Option<String>,

    /// Share of an update that is kept in the next update, 0 to below 1.
    #[arg(long)]
    momentum: Option<String>,

    /// How strongly all parameters are pulled towards 0, 0 to 1.
    #[arg(long)]
    weight_decay: Option<String>,

    /// Share of activations that dropout sets to zero, 0 to 0.9.
    #[arg(long)]
    dropout: Option<String>,

    /// Share of the target probability that is spread over all digits, 0 to below 1.
    #[arg(long)]
    label_smoothing: Option<String>,

    /// Move training images at random by up to this number of pixels, 0 to 14.
    #[arg(long)]
    shift: Option<String>,

    /// Turn training images at random by up to this number of degrees, 0 to 180.
    #[arg(long)]
    rotation: Option<String>,

    /// Test with an average of recent weights: the share of the average that each step keeps, 0 (off) to below 1.
    #[arg(long)]
    averaging: Option<String>,

    /// Seed of everything random: the initial weights, the order and the changes of the images, dropout.
    #[arg(long)]
    seed: Option<String>,

    /// The device to train on. `auto` is the CPU, unless the command was built with `--features gpu`.
    #[arg(long, value_enum, default_value_t = DeviceName::Auto)]
    device: DeviceName,

    /// Number of CPU threads that share each batch, 1 to 64; each number rounds differently [default: the recipe's
    /// number of workers, or 1].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) threads: Option<u16>,

    /// Folder with the four IDX files, gzipped or not [default: assets/mnist].
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// Hold this number of training images back, and test with them instead of the test images: to compare recipes
    /// without looking at the test set.
    #[arg(long, value_name = "IMAGES")]
    pub(crate) validate: Option<usize>,

    /// Begin with the weights in a safetensors file of this command, the page or PyTorch.
    #[arg(long, value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,

    /// Write the final weights as a safetensors file, which PyTorch can load.
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,

    /// Print one JSON object on each line: the recipe, the device, every epoch, the end.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RecipeName {
    /// A first look: three epochs on a third of the images.
    Demo,
    /// 20 epochs of batch 128 at learning rate 0.01 with momentum 0.9, dropout 0.1.
    Classic,
    /// 99.4 % in a few epochs.
    Quick,
    /// The highest accuracy in fewer than 20 epochs.
    Best,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DeviceName {
    /// WebGPU if it is built in and the machine has a graphics adapter, otherwise the CPU.
    Auto,
    /// The CPU, with the threads of `--threads`.
    Cpu,
    /// A graphics adapter; needs a build with `--features gpu`.
    Webgpu,
}

impl Arguments {
    /// Returns the recipe that the options describe.
    ///
    /// # Errors
    /// Sentences that name the options which are wrong.
    pub(crate) fn recipe(&self) -> Result<Recipe, String> {
        let base = match (&self.link, self.recipe) {
            (Some(link), _) => link::read(link)?,
            (None, RecipeName::Demo) => Recipe::demo(),
            (None, RecipeName::Classic) => Recipe::classic(),
            (None, RecipeName::Quick) => Recipe::quick(),
            (None, RecipeName::Best) => Recipe::best(),
        };
        let mut text = RecipeText::of(&base);
        text.device = match self.device {
            DeviceName::Auto => DeviceChoice::Auto,
            DeviceName::Cpu => DeviceChoice::Cpu,
            DeviceName::Webgpu => DeviceChoice::WebGpu,
        };
        if let Some(name) = &self.optimizer {
            let known = OptimizerKind::ALL.into_iter().find(|kind| kind.code() == name);
            text.optimizer = known.ok_or("--optimizer: sgd, nesterov, adam or adamw.")?;
        }
        if let Some(name) = &self.schedule {
            let known = ScheduleKind::ALL.into_iter().find(|kind| kind.code() == name);
            text.schedule = known.ok_or("--schedule: constant, step, cosine or one-cycle.")?;
        }
        for (field, value) in [
            (Field::Epochs, &self.epochs),
            (Field::Images, &self.images),
            (Field::BatchSize, &self.batch_size),
            (Field::LearningRate, &self.learning_rate),
            (Field::WarmUp, &self.warm_up),
            (Field::Momentum, &self.momentum),
            (Field::WeightDecay, &self.weight_decay),
            (Field::Dropout, &self.dropout),
            (Field::LabelSmoothing, &self.label_smoothing),
            (Field::Shift, &self.shift),
            (Field::Rotation, &self.rotation),
            (Field::Averaging, &self.averaging),
            (Field::Seed, &self.seed),
        ] {
            if let Some(value) = value {
                text.set(field, value.clone());
            }
        }
        text.parse().map_err(|errors| sentences(&errors))
    }
}
