//! The device that a run uses.

use serde::{Deserialize, Serialize};

/// The device that a run uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backend {
    /// The kind of device.
    pub kind: BackendKind,
    /// The device's name for the user, for example "WebGPU (SwiftShader, software)" or "CPU (SIMD, 3 workers)".
    pub name: String,
}

/// The kinds of device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BackendKind {
    /// The CPU.
    Cpu,
    /// A graphics adapter through WebGPU.
    WebGpu,
}
