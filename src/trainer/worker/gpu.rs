//! WebGPU: is there an adapter, what is it, and is it worth taking?

use std::cell::RefCell;

use burn::tensor::Device;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::super::adapter::AdapterInfo;
use super::super::device::OpenDevice;
use super::super::protocol::{Backend, BackendKind, Failure, FailureKind};
use crate::wire::describe;
use crate::wire::scope::scope;

thread_local! {
    /// Burn opens a device once; later runs share it.
    static OPENED: RefCell<Option<Device>> = const { RefCell::new(None) };
}

/// The adapter that the user asked for by hand, software or not.
///
/// # Errors
/// There is none, or it does not work.
pub(super) async fn open_chosen() -> Result<OpenDevice, Failure> {
    let unusable = |reason: String| {
        let remedy = "Choose Auto or CPU, or open this page in a browser with WebGPU switched on.";
        Failure::new(FailureKind::Device, format!("WebGPU cannot be used: {reason}. {remedy}"))
    };
    let info = find().await.map_err(unusable)?;
    open(&info, "You chose WebGPU.".to_owned()).await.map_err(unusable)
}

/// WebGPU where there is a hardware adapter, otherwise the CPU, and why.
pub(super) async fn open_best() -> OpenDevice {
    let info = match find().await {
        Ok(info) => info,
        Err(reason) => return OpenDevice::cpu(format!("Auto chose the CPU: {reason}.")),
    };
    let name = info.name();
    if info.is_software() {
        let why = format!("Auto chose the CPU: the only graphics adapter ({name}) is many times slower than the CPU.");
        return OpenDevice::cpu(why);
    }
    match open(&info, format!("Auto chose WebGPU: this machine has a graphics adapter ({name}).")).await {
        Ok(opened) => opened,
        Err(reason) => OpenDevice::cpu(format!("Auto chose the CPU: {reason}.")),
    }
}

async fn open(info: &AdapterInfo, why: String) -> Result<OpenDevice, String> {
    let device = match OPENED.with_borrow(Clone::clone) {
        Some(device) => device,
        None => Device::wgpu_options()
            .init_async()
            .await
            .map_err(|error| format!("the graphics adapter ({}) does not start: {error}", info.name()))?,
    };
    OPENED.set(Some(device.clone()));
    let name = format!("WebGPU ({})", info.name());
    Ok(OpenDevice { device, backend: Backend { kind: BackendKind::WebGpu, name }, why })
}

/// Asks the browser for its fast adapter. The error is a reason, without a full stop.
async fn find() -> Result<AdapterInfo, String> {
    let none = || "this browser offers no WebGPU".to_owned();
    // By hand: web-sys has WebGPU only behind an unstable flag.
    let navigator: JsValue = scope().navigator().into();
    let gpu = get(&navigator, "gpu").ok_or_else(none)?;
    let request: Function = get(&gpu, "requestAdapter").and_then(|value| value.dyn_into().ok()).ok_or_else(none)?;
    let options = Object::new();
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let promise: Promise =
        request.call1(&gpu, &options).and_then(|value| value.dyn_into()).map_err(|error| describe(&error))?;
    let adapter = JsFuture::from(promise).await.map_err(|error| describe(&error))?;
    if adapter.is_null() || adapter.is_undefined() {
        return Err("this browser finds no graphics adapter for WebGPU".to_owned());
    }
    let info = get(&adapter, "info").unwrap_or_else(|| Object::new().into());
    let text = |name: &str| get(&info, name).and_then(|value| value.as_string()).unwrap_or_default();
    let flag = |object: &JsValue| get(object, "isFallbackAdapter").is_some_and(|value| value.is_truthy());
    Ok(AdapterInfo {
        vendor: text("vendor"),
        architecture: text("architecture"),
        description: text("description"),
        // It has moved from the adapter to its info.
        fallback: flag(&info) || flag(&adapter),
    })
}

/// A property that is there.
fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
