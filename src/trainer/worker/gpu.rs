//! The graphics adapter, through Burn.

use std::cell::RefCell;

use burn::tensor::Device;

use super::super::device;
use super::super::find_adapter::find_adapter;
use super::super::model::BurnLearner;
use super::super::protocol::{Event, Failure, FailureKind};
use super::super::recipe::Recipe;
use super::super::session::Opened;
use super::super::snapshot::Numbers;

thread_local! {
    /// Burn opens a device once; later runs share it.
    static OPENED: RefCell<Option<Device>> = const { RefCell::new(None) };
}

/// The net on the graphics adapter.
///
/// # Errors
/// There is no adapter, or it does not work.
pub(super) async fn open(recipe: &Recipe, numbers: &Numbers, why: &str) -> Result<Opened<BurnLearner>, Event> {
    let unusable = |reason: String| {
        let remedy = "Choose Auto or CPU, or open this page in a browser with WebGPU switched on.";
        let message = format!("WebGPU cannot be used: {reason}. {remedy}");
        Event::Failed(Failure::new(FailureKind::Device, message))
    };
    let name = find_adapter().await.map_err(unusable)?.name();
    let device = match OPENED.with_borrow(Clone::clone) {
        Some(device) => device,
        None => Device::wgpu_options()
            .init_async()
            .await
            .map_err(|error| unusable(format!("the graphics adapter ({name}) does not start: {error}")))?,
    };
    OPENED.set(Some(device.clone()));
    device::gpu(recipe, numbers, &device, &name, why).map_err(|error| Event::Failed(error.into()))
}
