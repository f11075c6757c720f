//! A net on a device, opened, named, and justified to the user.

use super::cpu_learner::CpuLearner;
use super::crew::{Crew, Helper};
use super::learner::LearnerError;
#[cfg(feature = "flex")]
use super::model::BurnLearner;
use super::protocol::{Backend, BackendKind};
use super::recipe::Recipe;
use super::session::Opened;
use super::snapshot::Numbers;
#[cfg(feature = "burn-net")]
use burn::tensor::Device;
#[cfg(feature = "gpu")]
use {
    super::gpu::Adapter,
    super::graphics::{Graphics, GraphicsLearner},
};

/// The CPU, which is always there, and the workers that share each batch.
///
/// # Errors
/// The numbers are not those of the net.
pub fn cpu<H: Helper>(
    recipe: &Recipe,
    numbers: &Numbers,
    why: &str,
    crew: Crew<H>,
) -> Result<Opened<CpuLearner<H>>, LearnerError> {
    let backend = cpu_backend(crew.workers());
    Ok(Opened { learner: CpuLearner::new(recipe, numbers, crew)?, backend, why: why.to_owned() })
}

/// The CPU with so many workers, as the user sees it.
pub(super) fn cpu_backend(workers: usize) -> Backend {
    let simd = if cfg!(feature = "relaxed-simd") { "relaxed SIMD" } else { "SIMD" };
    let shared = if workers > 1 { format!(", {workers} workers") } else { String::new() };
    Backend { kind: BackendKind::Cpu, name: format!("CPU ({simd}{shared})") }
}

/// Burn's CPU backend, to compare with.
///
/// # Errors
/// The numbers are not those of the net.
#[cfg(feature = "flex")]
pub fn flex(recipe: &Recipe, numbers: &Numbers) -> Result<Opened<BurnLearner>, LearnerError> {
    let backend = Backend { kind: BackendKind::Cpu, name: "CPU (Burn)".to_owned() };
    let learner = BurnLearner::new(recipe, numbers, &Device::flex(), 1)?;
    Ok(Opened { learner, backend, why: "For comparison.".to_owned() })
}

/// The net on a graphics device that is open.
///
/// # Errors
/// The numbers are not those of the net, or the device does not work.
#[cfg(feature = "gpu")]
pub async fn gpu(
    recipe: &Recipe,
    numbers: &Numbers,
    graphics: &Graphics,
    why: &str,
) -> Result<Opened<GraphicsLearner>, LearnerError> {
    let learner = GraphicsLearner::new(graphics, recipe, numbers).await?;
    let kernels = if learner.is_burn() { ", Burn’s kernels" } else { "" };
    let backend = Backend { kind: BackendKind::WebGpu, name: format!("WebGPU ({}{kernels})", graphics.name) };
    Ok(Opened { learner, backend, why: why.to_owned() })
}

/// Opens the best graphics adapter of this machine, through Burn. `named` is what the browser says of it: its name, and
/// whether it is software; natively the adapter is asked itself.
///
/// # Errors
/// Why it does not start.
#[cfg(feature = "gpu")]
pub async fn open_graphics(named: Option<(String, bool)>) -> Result<Graphics, String> {
    let (burn, setup) = Device::wgpu_options().init_with_setup_async().await.map_err(|error| error.to_string())?;
    let (name, software) = named.unwrap_or_else(|| {
        let info = setup.adapter.get_info();
        (info.name, info.device_type == wgpu::DeviceType::Cpu)
    });
    let adapter = Adapter { device: setup.device, queue: setup.queue, software };
    Ok(Graphics { burn, adapter, name })
}
