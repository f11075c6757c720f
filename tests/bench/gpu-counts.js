// Runs in the worker before its own code: counts what it asks of WebGPU. With every message to the page, the counts until
// then go to whoever listens on the channel "gpu-counts".
{
  const counts = {
    dispatches: 0,
    submits: 0,
    passes: 0,
    pipelines: 0,
    /** Bytes of buffers that dispatches were given: what they may read or write, each once. */
    bound: 0,
    uploaded: 0,
    copied: 0,
    readbacks: 0,
    readBack: 0,
    /** Milliseconds of the longest wait for the device. */
    longestWait: 0,
    /** Bytes of buffers that exist, and the most there were. */
    memory: 0,
    peak: 0,
    errors: 0,
    firstError: "",
  };

  /** Calls `note` with the arguments of every call of a method, and what it returned. */
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
    // Not when it is destroyed twice, or collected later.
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
    // Why there is no device, the worker itself hears.
    request.then(listen, () => undefined);
  });

  const channel = new BroadcastChannel("gpu-counts");
  const post = globalThis.postMessage.bind(globalThis);
  globalThis.postMessage = (message, ...options) => {
    channel.postMessage({ message, counts });
    post(message, ...options);
  };
}
