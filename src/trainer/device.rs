//! The device that a run uses: opened, named, and justified to the user.

use burn::tensor::Device;

use super::model::Dropout;
use super::protocol::{Backend, BackendKind};

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
