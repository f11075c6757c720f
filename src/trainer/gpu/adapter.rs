//! What is asked of a graphics device: buffers, kernels, and numbers back.

use std::ops::Range;
use std::sync::Arc;

use futures_channel::oneshot;
use wgpu::util::DeviceExt;

use super::convolve::Call;
use crate::trainer::engine::learner::LearnerError;

/// An open device. Clones share it.
#[derive(Clone, Debug)]
pub struct Adapter {
    /// The device.
    pub device: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
    /// Whether a processor plays the adapter.
    pub software: bool,
}

/// A kernel with what it works on.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pipeline: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
    groups: [u32; 3],
    #[cfg(not(target_arch = "wasm32"))]
    name: String,
}

#[cfg(not(target_arch = "wasm32"))]
impl Work {
    /// As a profile calls it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// A buffer of 32-bit numbers.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    pub(super) buffer: Arc<wgpu::Buffer>,
    pub(super) length: usize,
}

impl Drop for Memory {
    fn drop(&mut self) {
        // In a browser memory would otherwise be given back only when garbage is collected there.
        if Arc::strong_count(&self.buffer) == 1 {
            self.buffer.destroy();
        }
    }
}

impl Adapter {
    /// The native machine's, if it has one.
    ///
    /// # Errors
    /// It does not start.
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn native() -> Result<Option<Self>, wgpu::RequestDeviceError> {
        let found = wgpu::Instance::default().request_adapter(&wgpu::RequestAdapterOptions::default()).await;
        let Ok(adapter) = found else { return Ok(None) };
        let descriptor = wgpu::DeviceDescriptor { required_limits: adapter.limits(), ..Default::default() };
        let (device, queue) = adapter.request_device(&descriptor).await?;
        Ok(Some(Self { device, queue, software: adapter.get_info().device_type == wgpu::DeviceType::Cpu }))
    }

    /// Invocations that run in step: fewer than in a workgroup waste nothing.
    pub(super) fn width(&self) -> usize {
        if self.software { 4 } else { 32 }
    }

    /// A buffer of zeros.
    pub(super) fn zeros(&self, length: usize) -> Memory {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        self.buffer(length, usage)
    }

    /// A small buffer that every invocation reads alike.
    pub(super) fn uniform(&self, length: usize) -> Memory {
        self.buffer(length, wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST)
    }

    fn buffer(&self, length: usize, usage: wgpu::BufferUsages) -> Memory {
        let size = length as u64 * 4;
        let buffer =
            self.device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false });
        Memory { buffer: Arc::new(buffer), length }
    }

    /// A buffer of these numbers.
    pub(super) fn filled(&self, values: &[f32]) -> Memory {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        let contents = bytemuck::cast_slice(values);
        let buffer = self.device.create_buffer_init(&wgpu::util::BufferInitDescriptor { label: None, contents, usage });
        Memory { buffer: Arc::new(buffer), length: values.len() }
    }

    /// A buffer of these bytes, four in each number.
    pub(super) fn filled_bytes(&self, bytes: &[u8]) -> Memory {
        let length = bytes.len().div_ceil(4);
        let memory = self.zeros(length);
        let (whole, rest) = bytes.split_at(bytes.len() / 4 * 4);
        self.queue.write_buffer(&memory.buffer, 0, whole);
        let mut last = [0; 4];
        if !rest.is_empty() {
            last[..rest.len()].copy_from_slice(rest);
            self.queue.write_buffer(&memory.buffer, whole.len() as u64, &last);
        }
        memory
    }

    /// Writes numbers to the beginning of a buffer, before whatever is submitted next.
    pub(super) fn write<T: bytemuck::NoUninit>(&self, to: &Memory, values: &[T]) {
        self.queue.write_buffer(&to.buffer, 0, bytemuck::cast_slice(values));
    }

    /// Makes a kernel for the buffers that it binds, in order.
    pub(super) fn work(&self, name: &str, call: &Call, buffers: &[&Memory]) -> Work {
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(name),
            source: wgpu::ShaderSource::Wgsl(call.source.as_str().into()),
        });
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(name),
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        let entries: Vec<_> = buffers
            .iter()
            .zip(0..)
            .map(|(memory, binding)| wgpu::BindGroupEntry { binding, resource: memory.buffer.as_entire_binding() })
            .collect();
        let layout = pipeline.get_bind_group_layout(0);
        let bindings = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(name),
            layout: &layout,
            entries: &entries,
        });
        Work {
            pipeline,
            bindings,
            groups: call.groups,
            #[cfg(not(target_arch = "wasm32"))]
            name: name.to_owned(),
        }
    }

    /// Gives the device some work, in order.
    pub(super) fn submit<'a>(&self, works: impl IntoIterator<Item = &'a Work>) {
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for work in works {
                pass.set_pipeline(&work.pipeline);
                pass.set_bind_group(0, &work.bindings, &[]);
                let [x, y, z] = work.groups;
                pass.dispatch_workgroups(x, y, z);
            }
        }
        self.queue.submit([encoder.finish()]);
    }

    /// Copies the beginning of one buffer to that of another.
    pub(super) fn copy(&self, from: &Memory, to: &Memory) {
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_buffer_to_buffer(&from.buffer, 0, &to.buffer, 0, from.length.min(to.length) as u64 * 4);
        self.queue.submit([encoder.finish()]);
    }

    /// Waits until everything that was submitted is done.
    ///
    /// # Errors
    /// The device failed or is lost.
    pub(super) async fn catch_up(&self) -> Result<(), LearnerError> {
        let (done, heard) = oneshot::channel();
        self.queue.on_submitted_work_done(move || {
            // Nobody listens any more if the run was ended.
            let _ = done.send(());
        });
        self.poll()?;
        heard.await.map_err(|_| LearnerError::Device("it is lost".to_owned()))
    }

    /// Waits for the device. In a browser this does nothing: the browser calls back by itself.
    fn poll(&self) -> Result<(), LearnerError> {
        let poll = self.device.poll(wgpu::PollType::wait_indefinitely());
        poll.map(drop).map_err(|error| LearnerError::Device(error.to_string()))
    }

    /// Reads parts of buffers, once everything before is done.
    ///
    /// # Errors
    /// The device failed or is lost.
    pub(super) async fn read(&self, parts: &[(&Memory, Range<usize>)]) -> Result<Vec<Vec<f32>>, LearnerError> {
        let length: usize = parts.iter().map(|(_, range)| range.len()).sum();
        if length == 0 {
            return Ok(vec![Vec::new(); parts.len()]);
        }
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let copy = self.buffer(length, usage);
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut at = 0;
        for (memory, range) in parts {
            let (from, size) = (range.start as u64 * 4, range.len() as u64 * 4);
            encoder.copy_buffer_to_buffer(&memory.buffer, from, &copy.buffer, at, size);
            at += size;
        }
        self.queue.submit([encoder.finish()]);
        let (done, mapped) = oneshot::channel();
        copy.buffer.map_async(wgpu::MapMode::Read, .., move |result| {
            // Nobody listens any more if the run was ended.
            let _ = done.send(result);
        });
        let failed = |reason: String| LearnerError::Device(reason);
        self.poll()?;
        match mapped.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(failed(error.to_string())),
            Err(_) => return Err(failed("it is lost".to_owned())),
        }
        let view = copy.buffer.get_mapped_range(..).map_err(|error| failed(error.to_string()))?;
        let values: Vec<f32> = bytemuck::pod_collect_to_vec(&view);
        let mut values = values.as_slice();
        let mut read = Vec::with_capacity(parts.len());
        for (_, range) in parts {
            let (part, rest) = values.split_at(range.len());
            read.push(part.to_vec());
            values = rest;
        }
        Ok(read)
    }
}
