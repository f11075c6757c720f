//! The native training command: the same loop as in the browser, on the command line.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use clap::{Parser, ValueEnum};
use gradsheet::mnist::{DataError, Dataset, FILES, NAME, Problem};
#[cfg(feature = "gpu")]
use gradsheet::trainer::burn::device::{open_gpu, open_graphics};
use gradsheet::trainer::cpu::device::open_cpu;
use gradsheet::trainer::cpu::worker_pool::WorkerPool;
use gradsheet::trainer::engine::host::{Flow, Host};
use gradsheet::trainer::engine::session;
use gradsheet::trainer::engine::weights_file;
use gradsheet::trainer::recipe::choice::{OptimizerKind, ScheduleKind};
use gradsheet::trainer::recipe::link;
use gradsheet::trainer::recipe::text::RecipeText;
use gradsheet::trainer::recipe::{DeviceChoice, Field, Recipe, sentences};
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::protocol::Event;
use gradsheet::trainer::run::record::RunKey;
use gradsheet::trainer::run::training_state::TrainingState;

/// Trains the 18,738-parameter net on MNIST and prints the classic log.
///
/// After every epoch the net is tested with all test images. The same seed and recipe on as many threads of the CPU give the
/// same numbers, bit for bit, every time.
#[derive(Debug, Parser)]
#[command(
    name = "train",
    version,
    args_override_self = true,
    after_help = "Example, a quick run of about a minute:\n  cargo run --release --bin train -- --epochs 1 --images 6400 --batch-size 32"
)]
struct Arguments {
    /// The recipe to begin with; the options below change it.
    #[arg(long, value_enum, default_value_t = RecipeName::Classic)]
    recipe: RecipeName,

    /// The recipe as text instead, as the page writes it into links: `recipe?epochs=4&…&v=1`.
    #[arg(long, value_name = "TEXT", conflicts_with = "recipe")]
    link: Option<String>,

    /// Passes over the training images, 1 to 1,000.
    #[arg(long)]
    epochs: Option<String>,

    /// How many training images are used, from the first, 2 to 60,000.
    #[arg(long)]
    images: Option<String>,

    /// Images in one step, 2 to 4,096; the last step of an epoch may have fewer.
    #[arg(long)]
    batch_size: Option<String>,

    /// `sgd`, `nesterov`, `adam` or `adamw`.
    #[arg(long)]
    optimizer: Option<String>,

    /// Largest size of a step, above 0, at most 10.
    #[arg(long)]
    learning_rate: Option<String>,

    /// How the size changes: `constant`, `step`, `cosine` or `one-cycle`.
    #[arg(long)]
    schedule: Option<String>,

    /// Share of the run that `one-cycle` rises, 0 to 0.9.
    #[arg(long)]
    warm_up: Option<String>,

    /// Share of the last update that is kept in the next, 0 to below 1.
    #[arg(long)]
    momentum: Option<String>,

    /// Pull of all parameters towards 0, 0 to 1.
    #[arg(long)]
    weight_decay: Option<String>,

    /// Share of activations that dropout sets to zero, 0 to 0.9.
    #[arg(long)]
    dropout: Option<String>,

    /// Share of the target that is spread over all classes, 0 to below 1.
    #[arg(long)]
    label_smoothing: Option<String>,

    /// Training images are moved by up to this many pixels, 0 to 14.
    #[arg(long)]
    shift: Option<String>,

    /// Training images are turned by up to this many degrees, 0 to 180.
    #[arg(long)]
    rotation: Option<String>,

    /// How slowly the running mean of the weights forgets, 0 (none) to below 1; it is what is tested.
    #[arg(long)]
    averaging: Option<String>,

    /// Seeds the initial weights, the order of the images, their changes, and dropout.
    #[arg(long)]
    seed: Option<String>,

    /// Where to train. `auto` is the CPU unless the command was built with `--features gpu`.
    #[arg(long, value_enum, default_value_t = DeviceName::Auto)]
    device: DeviceName,

    /// Threads that share each batch on the CPU, 1 to 64; another number of them rounds differently [default: the recipe's
    /// number of workers, or 1].
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: Option<u16>,

    /// Folder with the four IDX files, gzipped or not [default: assets/mnist].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Test with the last so many training images instead of the test images, and do not learn from them: for choosing
    /// between recipes without looking at the test set.
    #[arg(long, value_name = "IMAGES")]
    validate: Option<usize>,

    /// Begin with the weights of a safetensors file, from this command, the page or PyTorch.
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,

    /// At the end write the weights as a safetensors file, which PyTorch can load.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,

    /// Print one JSON object a line instead: the recipe, the device, every epoch, the end.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RecipeName {
    /// 20 epochs of batch 128 at learning rate 0.01 with momentum 0.9, dropout 0.1.
    Classic,
    /// A few epochs to 99.4 %.
    Quick,
    /// Fewer than 20 epochs to the highest accuracy.
    Best,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DeviceName {
    /// WebGPU if built in and a graphics adapter is there, otherwise the CPU.
    Auto,
    /// The CPU, on one core or on `--threads`.
    Cpu,
    /// A graphics adapter; needs a build with `--features gpu`.
    Webgpu,
}

impl Arguments {
    fn recipe(&self) -> Result<Recipe, String> {
        let base = match (&self.link, self.recipe) {
            (Some(link), _) => link::read(link)?,
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

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match train(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn train(arguments: &Arguments) -> Result<(), String> {
    let mut recipe = arguments.recipe()?;
    let mut data = load(arguments.data.as_deref()).map_err(|error| error.to_string())?;
    if let Some(held_out) = arguments.validate {
        data = data.validation(held_out).ok_or("--validate: fewer images than the data set has.")?;
        recipe.images = recipe.images.min(data.train.len() as u32);
    }
    let mut host = Terminal { json: arguments.json, started: Instant::now(), outcome: Ok(()), last: None };
    if arguments.json {
        host.print(&serde_json::json!({ "recipe": link::write(&recipe) }).to_string());
    }
    let milliseconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    let key = RunKey::new(milliseconds, 0);
    let name = arguments.data.as_ref().and_then(|folder| folder.file_name());
    let name = name.map_or_else(|| NAME.to_owned(), |name| name.to_string_lossy().into_owned());
    let begin = match &arguments.weights {
        None => Checkpoint::begin(key, recipe, name),
        Some(path) => Checkpoint::begin_with(key, recipe, name, &path.display().to_string(), read_weights(path)?),
    };
    let threads = arguments.threads.map_or(begin.record.plan.recipe.workers as usize, usize::from);
    pollster::block_on(train_on_device(begin, threads, &data, &mut host))?;
    host.outcome?;
    match (&arguments.save, &host.last) {
        (Some(path), Some(checkpoint)) => write_weights(path, checkpoint),
        _ => Ok(()),
    }
}

fn read_weights(path: &Path) -> Result<TrainingState, String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("{name} cannot be read: {error}."))?;
    let imported = weights_file::read(&bytes).map_err(|error| {
        let lines = [vec![format!("{name}: {error}")], error.differences().to_vec()].concat();
        lines.join("\n")
    })?;
    Ok(imported.training_state)
}

fn write_weights(path: &Path, checkpoint: &Checkpoint) -> Result<(), String> {
    let bytes = weights_file::write(checkpoint).map_err(|error| error.to_string())?;
    std::fs::write(path, bytes).map_err(|error| format!("{} cannot be written: {error}.", path.display()))
}

/// Trains on the device that the recipe asks for.
async fn train_on_device(begin: Checkpoint, threads: usize, data: &Dataset, host: &mut Terminal) -> Result<(), String> {
    let recipe = begin.record.plan.recipe.clone();
    let why = match recipe.device {
        DeviceChoice::Cpu => "You chose the CPU.".to_owned(),
        DeviceChoice::Burn => return train_on_gpu(begin, data, host, "You chose WebGPU with Burn’s kernels.").await,
        DeviceChoice::WebGpu => return train_on_gpu(begin, data, host, "You chose WebGPU.").await,
        DeviceChoice::Auto => match train_on_gpu(begin.clone(), data, host, "Auto chose the graphics adapter.").await {
            Ok(()) => return Ok(()),
            Err(reason) => format!("Auto chose the CPU. {reason}"),
        },
    };
    let pool = WorkerPool::of_threads(threads);
    let opened = open_cpu(&recipe, &begin.training_state, &why, pool).map_err(|error| error.to_string())?;
    session::run(begin, opened, data, host).await;
    Ok(())
}

#[cfg(feature = "gpu")]
async fn train_on_gpu(begin: Checkpoint, data: &Dataset, host: &mut Terminal, why: &str) -> Result<(), String> {
    let unusable = |error: String| format!("There is no graphics adapter that works ({error}). Choose the CPU.");
    let graphics = open_graphics(None).await.map_err(unusable)?;
    let recipe = &begin.record.plan.recipe;
    let opened = open_gpu(recipe, &begin.training_state, &graphics, why).await.map_err(|error| error.to_string())?;
    session::run(begin, opened, data, host).await;
    Ok(())
}

#[cfg(not(feature = "gpu"))]
async fn train_on_gpu(_begin: Checkpoint, _data: &Dataset, _host: &mut Terminal, _why: &str) -> Result<(), String> {
    Err("This command was built without WebGPU; build it with `--features gpu` for that.".to_owned())
}

/// Reads the four files. Where one of them is missing, the same name without `.gz` will do.
fn load(folder: Option<&Path>) -> Result<Dataset, DataError> {
    let folder = folder.map_or_else(default_folder, Path::to_path_buf);
    let read = |file: &str| {
        let packed = folder.join(file);
        let plain = packed.with_extension("");
        let path = if !packed.exists() && plain.exists() { plain } else { packed };
        let name = path.display().to_string();
        let bytes =
            std::fs::read(&path).map_err(|error| DataError::new(&name, Problem::Unreadable(error.to_string())))?;
        Ok((name, bytes))
    };
    let [a, b, c, d] = FILES;
    let files = [read(a)?, read(b)?, read(c)?, read(d)?];
    Dataset::parse(files.each_ref().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
}

/// The project's own data: below the current folder, or else where the command was built.
fn default_folder() -> PathBuf {
    let here = PathBuf::from("assets/mnist");
    if here.is_dir() { here } else { Path::new(env!("CARGO_MANIFEST_DIR")).join(here) }
}

/// Prints what a run tells.
struct Terminal {
    json: bool,
    started: Instant,
    outcome: Result<(), String>,
    /// The run at its last checkpoint.
    last: Option<Checkpoint>,
}

impl Terminal {
    /// Prints a line; if nobody listens any more (a closed pipe), the run goes on in silence.
    fn print(&self, line: &str) {
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}

impl Host for Terminal {
    fn emit(&mut self, event: Event) {
        match &event {
            Event::Failed(failure) => self.outcome = Err(failure.message.clone()),
            Event::Ready { backend, why } if self.json => {
                self.print(&serde_json::json!({ "backend": backend.name, "why": why }).to_string());
            }
            Event::Ready { backend, why } => self.print(&format!("Device: {}. {why}", backend.name)),
            Event::Epoch(result) if self.json => {
                self.print(&serde_json::to_string(result).unwrap_or_default());
            }
            Event::Epoch(result) => result.log_lines().iter().for_each(|line| self.print(line)),
            Event::Finished { seconds } if self.json => {
                self.print(&serde_json::json!({ "finished": true, "seconds": seconds }).to_string());
            }
            Event::Finished { seconds } => self.print(&format!("Finished in {seconds:.1} s.")),
            _ => {}
        }
    }

    fn save(&mut self, checkpoint: Checkpoint) {
        self.last = Some(checkpoint);
    }

    async fn yield_now(&mut self) -> Flow {
        Flow::Continue
    }

    fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}
