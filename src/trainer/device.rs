//! The device that a run uses: opened, named, and justified to the user.

use burn::tensor::Device;

use super::model::Dropout;
use super::protocol::{Backend, BackendKind};
#[cfg(not(target_arch = "wasm32"))]
use super::{
    protocol::{Failure, FailureKind},
    recipe::DeviceChoice,
};

/// A device, ready for use.
#[derive(Clone, Debug)]
pub struct OpenDevice {
    /// Burn's handle, without autodiff.
    pub device: Device,
    /// What it is.
    pub backend: Backend,
    /// Why it was taken: a sentence for the user.
    pub why: String,
}

impl OpenDevice {
    /// Burn's CPU backend, Flex. It is always there.
    pub fn cpu(why: impl Into<String>) -> Self {
        let backend = Backend { kind: BackendKind::Cpu, name: "CPU (Flex, SIMD)".to_owned() };
        Self { device: Device::flex(), backend, why: why.into() }
    }

    /// Dropout as this device does it best. On the CPU, drawing from the run's own stream makes a run reproducible
    /// whatever else the process does; on a GPU, sending masks of several megabytes for each step would cost more than
    /// the step.
    pub fn dropout(&self, seed: u64) -> Dropout {
        match self.backend.kind {
            BackendKind::Cpu => Dropout::on_host(seed),
            BackendKind::WebGpu => Dropout::on_device(seed, &self.device),
        }
    }

    /// Steps that may wait on the device before their losses are read back. A CPU has worked each off by then; a GPU
    /// is given some in advance, so that it need not wait for us.
    pub(crate) fn most_steps_ahead(&self) -> usize {
        match self.backend.kind {
            BackendKind::Cpu => 1,
            BackendKind::WebGpu => 8,
        }
    }
}

/// Opens the device that a native command asks for. `Auto` takes a hardware graphics adapter where the build has the
/// `gpu` feature and there is one, otherwise the CPU.
///
/// # Errors
/// WebGPU was asked for but is not built in, or there is no adapter.
#[cfg(not(target_arch = "wasm32"))]
pub async fn open(choice: DeviceChoice) -> Result<OpenDevice, Failure> {
    match choice {
        DeviceChoice::Cpu => Ok(OpenDevice::cpu("You chose the CPU.")),
        DeviceChoice::WebGpu => open_gpu("You chose WebGPU.").await,
        DeviceChoice::Auto => Ok(match open_gpu("Auto chose the graphics adapter.").await {
            Ok(opened) => opened,
            Err(failure) => OpenDevice::cpu(format!("Auto chose the CPU. {}", failure.message)),
        }),
    }
}

#[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
async fn open_gpu(why: &str) -> Result<OpenDevice, Failure> {
    let (device, setup) = Device::wgpu_options().init_with_setup_async().await.map_err(|error| {
        let message = format!("There is no graphics adapter that works ({error}). Choose the CPU.");
        Failure::new(FailureKind::Device, message)
    })?;
    let info = setup.adapter.get_info();
    let name = format!("WebGPU ({})", info.name);
    Ok(OpenDevice { device, backend: Backend { kind: BackendKind::WebGpu, name }, why: why.to_owned() })
}

#[cfg(not(any(feature = "gpu", target_arch = "wasm32")))]
async fn open_gpu(_why: &str) -> Result<OpenDevice, Failure> {
    let message = "This command was built without WebGPU; build it with `--features gpu` for that.";
    Err(Failure::new(FailureKind::Device, message))
}
