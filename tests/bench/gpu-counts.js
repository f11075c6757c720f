// This code runs in the worker before the worker's own code, and counts its calls of WebGPU. Each time that the worker
// sends a message to the page, this code sends the message and the present counts to the channel "gpu-counts".
{
  const counts = {
    dispatches: 0,
    submits: 0,
    passes: 0,
    pipelines: 0,
    /** The sizes of the buffers that dispatches were given, in bytes, added up over all dispatches. */
    bound: 0,
    uploaded: 0,
    copied: 0,
    readbacks: 0,
    readBack: 0,
    /** The longest wait for the device, in milliseconds. */
    longestWait: 0,
    /** The size of all buffers that exist now, in bytes, and the largest that it has been. */
    memory: 0,
    peak: 0,
    errors: 0,
    firstError: "",
  };

  /** After every call of a method, calls `note` with the arguments and the result. */
  const watch = (type, method, note) => {
    const original = type.prototype[method];
    type.prototype[method] = function (...options) {
      const result = original.apply(this, options);
      note.call(this, options, result);
      return result;
    };
  };
  const bound = new WeakMap();
  const size = (binding) => binding.size ?? (binding.buffer ?? binding).size - (binding.offset ?? 0);

  const waits = async (promise) => {
    const began = performance.now();
    await promise.catch(() => undefined);
    counts.longestWait = Math.max(counts.longestWait, performance.now() - began);
  };
  const collected = new FinalizationRegistry((size) => (counts.memory -= size));
  const dispatch = function () {
    counts.dispatches += 1;
    for (const bytes of bound.get(this)?.values() ?? []) counts.bound += bytes;
  };

  watch(GPUDevice, "createBuffer", ([{ size, mappedAtCreation }], buffer) => {
    collected.register(buffer, size, buffer);
    counts.memory += size;
    counts.peak = Math.max(counts.peak, counts.memory);
    if (mappedAtCreation) counts.uploaded += size;
  });
  watch(GPUBuffer, "destroy", function () {
    // A buffer that is destroyed twice, or is garbage-collected later, counts once.
    if (collected.unregister(this)) counts.memory -= this.size;
  });
  watch(GPUBuffer, "mapAsync", function ([mode, offset = 0, length = this.size - offset], mapped) {
    if (mode === GPUMapMode.READ) {
      counts.readbacks += 1;
      counts.readBack += length;
    }
    waits(mapped);
  });
  watch(GPUQueue, "onSubmittedWorkDone", (_, done) => waits(done));
  watch(GPUQueue, "submit", () => (counts.submits += 1));
  watch(GPUQueue, "writeBuffer", ([, , data, offset = 0, length]) => {
    const unit = data.BYTES_PER_ELEMENT ?? 1;
    counts.uploaded += length === undefined ? data.byteLength - offset * unit : length * unit;
  });
  watch(GPUCommandEncoder, "copyBufferToBuffer", (options) => {
    // (source, destination, size?) or (source, offset, destination, offset, size?)
    const [source, second] = options;
    const [offset, length] = typeof second === "number" ? [second, options[4]] : [0, options[2]];
    counts.copied += length ?? source.size - offset;
  });
  watch(GPUCommandEncoder, "beginComputePass", () => (counts.passes += 1));
  watch(GPUDevice, "createComputePipeline", () => (counts.pipelines += 1));
  watch(GPUDevice, "createComputePipelineAsync", () => (counts.pipelines += 1));
  watch(GPUDevice, "createBindGroup", ([{ entries }], group) => {
    const buffers = entries.map(({ resource }) => resource).filter((resource) => (resource.buffer ?? resource) instanceof GPUBuffer);
    bound.set(group, buffers.reduce((sum, buffer) => sum + size(buffer), 0));
  });
  watch(GPUComputePassEncoder, "setBindGroup", function ([index, group]) {
    if (!bound.has(this)) bound.set(this, new Map());
    bound.get(this).set(index, bound.get(group) ?? 0);
  });
  watch(GPUComputePassEncoder, "dispatchWorkgroups", dispatch);
  watch(GPUComputePassEncoder, "dispatchWorkgroupsIndirect", dispatch);
  watch(GPUAdapter, "requestDevice", (_, request) => {
    const listen = (device) =>
      device.addEventListener("uncapturederror", ({ error }) => {
        counts.errors += 1;
        counts.firstError ||= error.message;
      });
    // The worker's own code handles a failed request.
    request.then(listen, () => undefined);
  });

  const channel = new BroadcastChannel("gpu-counts");
  const post = globalThis.postMessage.bind(globalThis);
  globalThis.postMessage = (message, ...options) => {
    // The first message is a text.
    if (message instanceof Uint8Array) channel.postMessage({ message, counts });
    post(message, ...options);
  };
}
