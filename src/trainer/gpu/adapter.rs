//! An open graphics device: buffers, compiled kernels, and numbers read back.

use std::ops::Range;
use std::sync::Arc;

use futures_channel::oneshot;

use super::kernels::BoundKernel;
use crate::trainer::engine::learner::LearnerError;

/// The size of a number in bytes: all buffers consist of 32-bit words.
pub(super) const BYTES_PER_NUMBER: usize = 4;

/// How buffers of kernels are used: kernels work on them, and numbers are copied in and out.
const STORAGE: wgpu::BufferUsages =
    wgpu::BufferUsages::STORAGE.union(wgpu::BufferUsages::COPY_SRC).union(wgpu::BufferUsages::COPY_DST);

/// An open device. Clones share it.
#[derive(Clone, Debug)]
pub struct Adapter {
    /// The device.
    pub device: wgpu::Device,
    /// The queue of the device.
    pub queue: wgpu::Queue,
    /// Whether the adapter is software that runs on the CPU.
    pub software: bool,
}

/// A compiled kernel with its buffers, ready to be submitted any number of times.
#[derive(Clone, Debug)]
pub(super) struct Dispatch {
    pipeline: wgpu::ComputePipeline,
    bindings: wgpu::BindGroup,
    workgroups: [u32; 3],
    #[cfg(not(target_arch = "wasm32"))]
    name: String,
}

#[cfg(not(target_arch = "wasm32"))]
impl Dispatch {
    /// The name of the kernel, for a profile.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// A buffer of 32-bit numbers on the device. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct DeviceBuffer {
    buffer: Arc<wgpu::Buffer>,
    /// The number of numbers.
    pub(super) length: usize,
}

impl Drop for DeviceBuffer {
    fn drop(&mut self) {
        // A browser would otherwise free the memory only when it collects garbage.
        if Arc::strong_count(&self.buffer) == 1 {
            self.buffer.destroy();
        }
    }
}

impl Adapter {
    /// Opens the native machine's adapter; `None` if there is none.
    ///
    /// # Errors
    /// The device does not start.
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn native() -> Result<Option<Self>, wgpu::RequestDeviceError> {
        let found = wgpu::Instance::default().request_adapter(&wgpu::RequestAdapterOptions::default()).await;
        let Ok(adapter) = found else { return Ok(None) };
        let descriptor = wgpu::DeviceDescriptor { required_limits: adapter.limits(), ..Default::default() };
        let (device, queue) = adapter.request_device(&descriptor).await?;
        Ok(Some(Self { device, queue, software: adapter.get_info().device_type == wgpu::DeviceType::Cpu }))
    }

    /// The number of invocations that run in lockstep: a workgroup of a multiple of them wastes none.
    pub(super) fn width(&self) -> usize {
        if self.software { 4 } else { 32 }
    }

    /// Creates a buffer of zeros.
    pub(super) fn zeros(&self, length: usize) -> DeviceBuffer {
        self.create(length, STORAGE)
    }

    /// Creates a buffer of zeros for a uniform struct.
    pub(super) fn uniform(&self, length: usize) -> DeviceBuffer {
        self.create(length, wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST)
    }

    fn create(&self, length: usize, usage: wgpu::BufferUsages) -> DeviceBuffer {
        let size = (length * BYTES_PER_NUMBER) as u64;
        let buffer =
            self.device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false });
        DeviceBuffer { buffer: Arc::new(buffer), length }
    }

    /// Creates a buffer of these numbers.
    #[cfg(test)]
    pub(super) fn filled(&self, values: &[f32]) -> DeviceBuffer {
        let buffer = self.zeros(values.len());
        self.write(&buffer, values);
        buffer
    }

    /// Creates a buffer of these bytes, four in each number, the first one in the lowest bits.
    pub(super) fn filled_bytes(&self, bytes: &[u8]) -> DeviceBuffer {
        let (whole, rest) = bytes.as_chunks::<BYTES_PER_NUMBER>();
        let memory = self.zeros(bytes.len().div_ceil(BYTES_PER_NUMBER));
        let whole = whole.as_flattened();
        self.queue.write_buffer(&memory.buffer, 0, whole);
        if !rest.is_empty() {
            let mut last = [0; BYTES_PER_NUMBER];
            last[..rest.len()].copy_from_slice(rest);
            self.queue.write_buffer(&memory.buffer, whole.len() as u64, &last);
        }
        memory
    }

    /// Writes numbers to the beginning of a buffer, before anything that is submitted later.
    pub(super) fn write<T: bytemuck::NoUninit>(&self, to: &DeviceBuffer, values: &[T]) {
        self.queue.write_buffer(&to.buffer, 0, bytemuck::cast_slice(values));
    }

    /// Compiles a kernel.
    pub(super) fn compile(&self, bound: &BoundKernel<'_, DeviceBuffer>) -> Dispatch {
        let BoundKernel { name, kernel, memory } = bound;
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(name),
            source: wgpu::ShaderSource::Wgsl(kernel.source.as_str().into()),
        });
        let pipeline = self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(name),
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        let entries: Vec<_> = memory
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
        Dispatch {
            pipeline,
            bindings,
            workgroups: kernel.workgroups,
            #[cfg(not(target_arch = "wasm32"))]
            name: name.clone(),
        }
    }

    /// Submits kernels to the device, in order.
    pub(super) fn submit<'a>(&self, dispatches: impl IntoIterator<Item = &'a Dispatch>) {
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            for dispatch in dispatches {
                pass.set_pipeline(&dispatch.pipeline);
                pass.set_bind_group(0, &dispatch.bindings, &[]);
                let [x, y, z] = dispatch.workgroups;
                pass.dispatch_workgroups(x, y, z);
            }
        }
        self.queue.submit([encoder.finish()]);
    }

    /// Copies the beginning of one buffer to the beginning of another: as many numbers as both have room for.
    pub(super) fn copy(&self, from: &DeviceBuffer, to: &DeviceBuffer) {
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let size = (from.length.min(to.length) * BYTES_PER_NUMBER) as u64;
        encoder.copy_buffer_to_buffer(&from.buffer, 0, &to.buffer, 0, size);
        self.queue.submit([encoder.finish()]);
    }

    /// Waits until the device has finished everything that was submitted.
    ///
    /// # Errors
    /// The device failed or was lost.
    pub(super) async fn catch_up(&self) -> Result<(), LearnerError> {
        let (sender, done) = oneshot::channel();
        self.queue.on_submitted_work_done(move || {
            // If the run has ended, nobody waits for this message.
            let _ = sender.send(());
        });
        self.poll()?;
        done.await.map_err(|_| lost())
    }

    /// Waits for the device, natively. A browser calls back by itself, so there this does nothing.
    pub(super) fn poll(&self) -> Result<(), LearnerError> {
        let poll = self.device.poll(wgpu::PollType::wait_indefinitely());
        poll.map(drop).map_err(|error| LearnerError::Device(error.to_string()))
    }

    /// Reads parts of buffers, after everything that was submitted before.
    ///
    /// # Errors
    /// The device failed or was lost.
    pub(super) async fn read(&self, parts: &[(&DeviceBuffer, Range<usize>)]) -> Result<Vec<Vec<f32>>, LearnerError> {
        let length: usize = parts.iter().map(|(_, range)| range.len()).sum();
        if length == 0 {
            return Ok(vec![Vec::new(); parts.len()]);
        }
        let copy = self.create(length, wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST);
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut to = 0;
        for (memory, range) in parts {
            let [from, size] = [range.start, range.len()].map(|count| (count * BYTES_PER_NUMBER) as u64);
            encoder.copy_buffer_to_buffer(&memory.buffer, from, &copy.buffer, to, size);
            to += size;
        }
        self.queue.submit([encoder.finish()]);
        let (sender, mapped) = oneshot::channel();
        copy.buffer.map_async(wgpu::MapMode::Read, .., move |result| {
            // If the run has ended, nobody waits for this message.
            let _ = sender.send(result);
        });
        self.poll()?;
        match mapped.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(LearnerError::Device(error.to_string())),
            Err(_) => return Err(lost()),
        }
        let view = copy.buffer.get_mapped_range(..).map_err(|error| LearnerError::Device(error.to_string()))?;
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

fn lost() -> LearnerError {
    LearnerError::Device("it was lost".to_owned())
}
