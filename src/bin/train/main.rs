//! The native training command: the same training loop as in the browser, on the command line.

mod arguments;
mod files;
#[cfg(feature = "gpu")]
mod gpu;
mod terminal;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use gradsheet::mnist::{Dataset, NAME};
use gradsheet::trainer::cpu::device::open_cpu;
use gradsheet::trainer::cpu::worker_pool::WorkerPool;
use gradsheet::trainer::engine::session;
use gradsheet::trainer::recipe::{DeviceChoice, link};
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::record::RunKey;

use arguments::Arguments;
use files::{load_data, read_weights, write_weights};
use terminal::Terminal;

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

/// Trains as the options say.
///
/// # Errors
/// A sentence for the user.
fn train(arguments: &Arguments) -> Result<(), String> {
    let mut recipe = arguments.recipe()?;
    let mut data = load_data(arguments.data.as_deref()).map_err(|error| error.to_string())?;
    if let Some(held_out) = arguments.validate {
        data = data.validation(held_out).ok_or("--validate: choose fewer images than the data set has.")?;
        recipe.images = recipe.images.min(data.train.len() as u32);
    }
    let mut host = Terminal::new(arguments.json);
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

/// Trains on the device that the recipe names.
async fn train_on_device(begin: Checkpoint, threads: usize, data: &Dataset, host: &mut Terminal) -> Result<(), String> {
    let recipe = begin.record.plan.recipe.clone();
    let why = match recipe.device {
        DeviceChoice::Cpu => "You chose the CPU.".to_owned(),
        DeviceChoice::Burn => return train_on_gpu(begin, data, host, "You chose WebGPU with Burn’s kernels.").await,
        DeviceChoice::WebGpu => return train_on_gpu(begin, data, host, "You chose WebGPU.").await,
        DeviceChoice::Auto => match train_on_gpu(begin.clone(), data, host, "Auto chose the GPU.").await {
            Ok(()) => return Ok(()),
            Err(reason) => format!("Auto chose the CPU. {reason}"),
        },
    };
    let pool = WorkerPool::of_threads(threads);
    let opened = open_cpu(&recipe, &begin.training_state, &why, pool).map_err(|error| error.to_string())?;
    session::run(begin, opened, data, host).await;
    Ok(())
}

/// Trains on a graphics adapter.
///
/// # Errors
/// A sentence for the user: this command has no WebGPU, or there is no adapter that works.
#[allow(unused_variables, reason = "only a build with WebGPU uses them")]
async fn train_on_gpu(begin: Checkpoint, data: &Dataset, host: &mut Terminal, why: &str) -> Result<(), String> {
    if !cfg!(feature = "gpu") {
        return Err("This command was built without WebGPU. To use it, build with `--features gpu`.".to_owned());
    }
    #[cfg(feature = "gpu")]
    gpu::train(begin, data, host, why).await?;
    Ok(())
}
