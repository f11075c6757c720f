//! Which device a run uses, and the sentence that tells the user why.

use crate::trainer::adapter::AdapterInfo;
use crate::trainer::recipe::DeviceChoice;
use crate::trainer::run::backend::BackendKind;

/// Returns the device that the user's choice leads to, and why. `adapter` is the browser's graphics adapter, or why
/// there is none; it matters only where the choice is left to the page.
pub(super) fn device(choice: DeviceChoice, adapter: Result<AdapterInfo, String>) -> (BackendKind, String) {
    match (choice, adapter) {
        (DeviceChoice::Cpu, _) => (BackendKind::Cpu, "You chose the CPU.".to_owned()),
        (DeviceChoice::WebGpu, _) => (BackendKind::WebGpu, "You chose WebGPU.".to_owned()),
        (DeviceChoice::Burn, _) => (BackendKind::WebGpu, "You chose WebGPU with Burn’s kernels.".to_owned()),
        (DeviceChoice::Auto, Err(reason)) => (BackendKind::Cpu, format!("Auto chose the CPU: {reason}.")),
        (DeviceChoice::Auto, Ok(adapter)) => {
            let name = adapter.name();
            if adapter.is_software() {
                (BackendKind::Cpu, format!("Auto chose the CPU: the only GPU ({name}) is much slower."))
            } else {
                (BackendKind::WebGpu, format!("Auto chose the GPU ({name})."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_takes_a_gpu_of_hardware_and_otherwise_the_cpu() {
        let auto = |adapter| device(DeviceChoice::Auto, adapter);
        let named = |description: &str| AdapterInfo { description: description.to_owned(), ..AdapterInfo::default() };
        let why = "Auto chose the GPU (Apple M2).".to_owned();
        assert_eq!(auto(Ok(named("Apple M2"))), (BackendKind::WebGpu, why));
        let why = "Auto chose the CPU: the only GPU (llvmpipe, software) is much slower.".to_owned();
        assert_eq!(auto(Ok(named("llvmpipe"))), (BackendKind::Cpu, why));
        let why = "Auto chose the CPU: this browser found no GPU.".to_owned();
        assert_eq!(auto(Err("this browser found no GPU".to_owned())), (BackendKind::Cpu, why));
    }

    #[test]
    fn a_choice_of_the_user_is_followed() {
        let none = || Err(String::new());
        assert_eq!(device(DeviceChoice::Cpu, none()).0, BackendKind::Cpu);
        assert_eq!(device(DeviceChoice::WebGpu, none()).0, BackendKind::WebGpu);
        assert_eq!(device(DeviceChoice::Burn, none()).0, BackendKind::WebGpu);
    }
}
