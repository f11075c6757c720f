//! A net on a device, opened, named, and justified to the user.

use super::cpu_learner::CpuLearner;
use super::learner::LearnerError;
use super::protocol::{Backend, BackendKind};
#[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
use super::protocol::{Failure, FailureKind};
use super::recipe::Recipe;
use super::session::Opened;
use super::snapshot::Numbers;
#[cfg(feature = "burn-net")]
use {super::model::BurnLearner, burn::tensor::Device};

/// Steps that a GPU is given in advance at most.
#[cfg(feature = "gpu")]
const MOST_STEPS_AHEAD: usize = 8;

/// The CPU, which is always there.
///
/// # Errors
/// The numbers are not those of the net.
pub fn cpu(recipe: &Recipe, numbers: &Numbers, why: &str) -> Result<Opened<CpuLearner>, LearnerError> {
    let backend = Backend { kind: BackendKind::Cpu, name: "CPU (SIMD)".to_owned() };
    Ok(Opened { learner: CpuLearner::new(recipe, numbers)?, backend, why: why.to_owned() })
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

/// The net on a graphics adapter that is open.
///
/// # Errors
/// The numbers are not those of the net.
#[cfg(feature = "gpu")]
pub fn gpu(
    recipe: &Recipe,
    numbers: &Numbers,
    device: &Device,
    name: &str,
    why: &str,
) -> Result<Opened<BurnLearner>, LearnerError> {
    let backend = Backend { kind: BackendKind::WebGpu, name: format!("WebGPU ({name})") };
    let learner = BurnLearner::new(recipe, numbers, device, MOST_STEPS_AHEAD)?;
    Ok(Opened { learner, backend, why: why.to_owned() })
}

/// Opens the best graphics adapter of a native machine: Burn's handle, and the adapter's name.
///
/// # Errors
/// There is none that works.
#[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
pub async fn open_adapter() -> Result<(Device, String), Failure> {
    let (device, setup) = Device::wgpu_options().init_with_setup_async().await.map_err(|error| {
        let message = format!("There is no graphics adapter that works ({error}). Choose the CPU.");
        Failure::new(FailureKind::Device, message)
    })?;
    Ok((device, setup.adapter.get_info().name))
}
