//! Opens devices for Burn's net and for the graphics adapter, and names them for the user.

#[cfg(feature = "gpu")]
use super::graphics::{Graphics, GraphicsLearner};
#[cfg(feature = "flex")]
use super::learner::BurnLearner;
use crate::trainer::engine::host::OpenLearner;
use crate::trainer::engine::learner::LearnerError;
#[cfg(feature = "gpu")]
use crate::trainer::gpu::Adapter;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::backend::{Backend, BackendKind};
use crate::trainer::run::training_state::TrainingState;
#[cfg(feature = "burn-net")]
use burn::tensor::Device;

/// Opens Burn's CPU backend, for comparison.
///
/// # Errors
/// When the training state does not fit the net.
#[cfg(feature = "flex")]
pub fn open_flex(recipe: &Recipe, training_state: &TrainingState) -> Result<OpenLearner<BurnLearner>, LearnerError> {
    let backend = Backend { kind: BackendKind::Cpu, name: "CPU (Burn)".to_owned() };
    let learner = BurnLearner::new(recipe, training_state, &Device::flex(), 1)?;
    Ok(OpenLearner { learner, backend, why: "For comparison.".to_owned() })
}

/// Makes a learner on an open graphics device. `why` is a sentence for the user that says why the device was chosen.
///
/// # Errors
/// When the training state does not fit the net, or the device fails.
#[cfg(feature = "gpu")]
pub async fn open_gpu(
    recipe: &Recipe,
    training_state: &TrainingState,
    graphics: &Graphics,
    why: &str,
) -> Result<OpenLearner<GraphicsLearner>, LearnerError> {
    let learner = GraphicsLearner::new(graphics, recipe, training_state).await?;
    let kernels = if learner.is_burn() { ", Burn’s kernels" } else { "" };
    let backend = Backend { kind: BackendKind::WebGpu, name: format!("WebGPU ({}{kernels})", graphics.name) };
    Ok(OpenLearner { learner, backend, why: why.to_owned() })
}

/// Opens the best graphics adapter of this machine through Burn. `named` is the adapter's name from the browser and
/// whether it is software; natively, with `None`, the adapter itself is asked.
///
/// # Errors
/// When the adapter does not start: the reason.
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
