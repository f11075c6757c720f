//! The native training command: the same loop as in the browser, on the command line.

use std::future::Future;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use gradsheet::mnist::{DataError, Dataset, FILES, Problem};
use gradsheet::trainer::device;
use gradsheet::trainer::protocol::{Event, Failure};
use gradsheet::trainer::recipe::{DeviceChoice, Optimizer, Recipe};
use gradsheet::trainer::session::{self, Flow, Host};

/// Trains the 18,738-parameter net on MNIST and prints the classic log.
///
/// After every epoch the net is tested with all test images. The same seed and recipe on the CPU give the same numbers,
/// bit for bit, every time.
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

    /// Passes over the training images, 1 to 1,000 [classic: 20].
    #[arg(long)]
    epochs: Option<u32>,

    /// How many training images are used, from the first, 2 to 60,000 [classic: 60000].
    #[arg(long)]
    images: Option<u32>,

    /// Images in one step, 2 to 4,096; the last step of an epoch may have fewer [classic: 128].
    #[arg(long)]
    batch_size: Option<u32>,

    /// Size of a step, above 0, at most 10 [classic: 0.01].
    #[arg(long)]
    learning_rate: Option<f64>,

    /// Share of the last update that is kept in the next, 0 to below 1 [classic: 0.9].
    #[arg(long)]
    momentum: Option<f64>,

    /// Seeds the initial weights, the order of the images and dropout [classic: 1].
    #[arg(long)]
    seed: Option<u64>,

    /// Where to train. `auto` is the CPU unless the command was built with `--features gpu`.
    #[arg(long, value_enum, default_value_t = DeviceName::Auto)]
    device: DeviceName,

    /// Folder with the four IDX files, gzipped or not [default: assets/mnist].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Print one JSON object a line instead: the device, every epoch, the end.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RecipeName {
    /// 20 epochs of batch 128 at learning rate 0.01 with momentum 0.9, on all images.
    Classic,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum DeviceName {
    /// WebGPU if built in and a graphics adapter is there, otherwise the CPU.
    Auto,
    /// Burn's CPU backend, on one core.
    Cpu,
    /// A graphics adapter; needs a build with `--features gpu`.
    Webgpu,
}

impl Arguments {
    fn recipe(&self) -> Recipe {
        let RecipeName::Classic = self.recipe;
        let classic = Recipe::classic();
        Recipe {
            device: match self.device {
                DeviceName::Auto => DeviceChoice::Auto,
                DeviceName::Cpu => DeviceChoice::Cpu,
                DeviceName::Webgpu => DeviceChoice::WebGpu,
            },
            epochs: self.epochs.unwrap_or(classic.epochs),
            batch_size: self.batch_size.unwrap_or(classic.batch_size),
            learning_rate: self.learning_rate.unwrap_or(classic.learning_rate),
            optimizer: self.momentum.map_or(classic.optimizer, |momentum| Optimizer::Sgd { momentum, nesterov: false }),
            images: self.images.unwrap_or(classic.images),
            seed: self.seed.unwrap_or(classic.seed),
            ..classic
        }
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
    let recipe = arguments.recipe();
    session::check_recipe(&recipe).map_err(|Failure { message, .. }| message)?;
    let data = load(arguments.data.as_deref()).map_err(|error| error.to_string())?;
    let opened = wait(device::open(recipe.device)).map_err(|failure| failure.message)?;
    let mut host = Terminal { json: arguments.json, started: Instant::now(), outcome: Ok(()) };
    wait(session::run(&recipe, &data, &opened, &mut host));
    host.outcome
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

    async fn breathe(&mut self) -> Flow {
        Flow::Continue
    }

    fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// Wakes the thread that waits.
struct Bell(Thread);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future to its end on this thread.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Bell(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}
