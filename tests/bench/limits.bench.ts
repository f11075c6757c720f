import binaryen from "binaryen";
import { test } from "@playwright/test";
import { report } from "./support";

// These benchmarks measure the highest rates that this machine reaches. `docs/performance.md` divides operations and
// bytes by them to get the least time of a step.

/** The shortest time of a repeat, in milliseconds. In a shorter one, the start would count too much. */
const LONG_ENOUGH_MS = 150;
const REPEATS = 7;

/** The flags of WebGPU's buffers, which TypeScript's library does not declare. */
declare const GPUBufferUsage: Record<"COPY_DST" | "STORAGE" | "UNIFORM", number>;

declare global {
  /**
   * Measures in the page how many operations per second `run` reaches at most. `run` gets a number of rounds, and does
   * `each` operations in each of them.
   */
  function best(each: number, run: (rounds: number) => Promise<void> | void): Promise<number>;
}

test.beforeEach(async ({ page }) => {
  await page.addInitScript(
    ([longEnough, repeats]) => {
      globalThis.best = async (each, run) => {
        const time = async (rounds: number): Promise<number> => {
          const began = performance.now();
          await run(rounds);
          return performance.now() - began;
        };
        let rounds = 1;
        while ((await time(rounds)) < longEnough && rounds < 1 << 30) rounds *= 2;
        let fastest = Infinity;
        for (let repeat = 0; repeat < repeats; repeat += 1) fastest = Math.min(fastest, await time(rounds));
        return (each * rounds * 1e3) / fastest;
      };
    },
    [LONG_ENOUGH_MS, REPEATS] as const,
  );
  await page.goto("./");
});

/** The number of independent chains of multiply-adds. None waits for another, and all fit into sixteen registers. */
const CHAINS = 12;

test("the GPU's limits", { tag: "@webgpu" }, async ({ page }) => {
  const invocations = 64 * 64;
  const unrolled = 8;
  const chains = Array.from({ length: CHAINS }, (_, chain) => chain);
  const multiplyAdds = (type: string) => `
    @group(0) @binding(0) var<storage, read_write> data: array<${type}>;
    @group(0) @binding(1) var<uniform> rounds: u32;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      let factor = ${type}(0.999);
      let summand = data[id.x];
      ${chains.map((chain) => `var x${chain} = ${type}(${chain});`).join(" ")}
      for (var round = 0u; round < rounds; round++) {
        ${Array.from({ length: unrolled }, () => chains.map((chain) => `x${chain} = fma(x${chain}, factor, summand);`).join(" ")).join("\n")}
      }
      data[id.x] = ${chains.map((chain) => `x${chain}`).join(" + ")};
    }`;
  const copy = `
    @group(0) @binding(0) var<storage, read_write> data: array<vec4f>;
    @group(0) @binding(1) var<uniform> rounds: u32;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      let half = arrayLength(&data) / 2;
      for (var round = 0u; round < rounds; round++) {
        for (var at = id.x; at < half; at += ${invocations}u) { data[at + half] = data[at] + f32(round); }
      }
    }`;
  const found = await page.evaluate(
    async ({ scalar, vector, copy, invocations, inner }) => {
      const adapter = await navigator.gpu.requestAdapter();
      if (!adapter) throw new Error("There is no adapter.");
      const device = await adapter.requestDevice();
      /** The size in bytes: larger than any cache, and small enough for every adapter to bind. */
      const size = 128 << 20;
      const data = device.createBuffer({ size, usage: GPUBufferUsage.STORAGE });
      const rounds = device.createBuffer({ size: 4, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
      const measure = async (code: string, each: number): Promise<number> => {
        const module = device.createShaderModule({ code });
        const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
        const entries = [data, rounds].map((buffer, binding) => ({ binding, resource: { buffer } }));
        const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
        return best(each, async (count) => {
          device.queue.writeBuffer(rounds, 0, new Uint32Array([count]));
          const encoder = device.createCommandEncoder();
          const pass = encoder.beginComputePass();
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, group);
          pass.dispatchWorkgroups(invocations / 64);
          pass.end();
          device.queue.submit([encoder.finish()]);
          await device.queue.onSubmittedWorkDone();
        });
      };
      const { vendor, architecture, description } = adapter.info;
      return {
        adapter: [vendor, architecture, description].filter(Boolean).join(" "),
        scalar: await measure(scalar, 2 * invocations * inner),
        vector: await measure(vector, 8 * invocations * inner),
        bytes: await measure(copy, size),
      };
    },
    { scalar: multiplyAdds("f32"), vector: multiplyAdds("vec4f"), copy, invocations, inner: unrolled * CHAINS },
  );
  report(test.info().title, {
    adapter: found.adapter,
    "GFLOP/s, multiply-add of f32": found.scalar / 1e9,
    "GFLOP/s, multiply-add of vec4f": found.vector / 1e9,
    "GB/s, read and written": found.bytes / 1e9,
  });
});

test("one core's limits in WebAssembly", async ({ page }) => {
  const chains = Array.from({ length: CHAINS }, (_, chain) => chain);
  /**
   * Makes a module with a function of the number of rounds. A round does one multiply-add of four lanes in each chain.
   */
  const program = (multiplyAdd: (chain: string) => string): number[] => {
    const locals = chains.map((chain) => `(local $x${chain} v128)`).join(" ");
    const body = chains.map((chain) => `(local.set $x${chain} ${multiplyAdd(`(local.get $x${chain})`)})`).join("\n");
    const sum = chains.reduce((sum, chain) => `(f32x4.add ${sum} (local.get $x${chain}))`, "(local.get $summand)");
    const module = binaryen.parseText(`(module (func (export "run") (param $rounds i32) (param $seed f32) (result f32)
      (local $factor v128) (local $summand v128) ${locals}
      (local.set $factor (f32x4.splat (f32.const 0.999)))
      (local.set $summand (f32x4.splat (local.get $seed)))
      (loop $again
        ${body}
        (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
      (f32x4.extract_lane 0 ${sum})))`);
    return [...module.emitBinary()];
  };
  const separate = program((x) => `(f32x4.add (f32x4.mul ${x} (local.get $factor)) (local.get $summand))`);
  const relaxed = program((x) => `(f32x4.relaxed_madd ${x} (local.get $factor) (local.get $summand))`);
  const found = await page.evaluate(
    async ({ separate, relaxed, each }) => {
      const measure = async (bytes: number[]): Promise<number> => {
        if (!WebAssembly.validate(Uint8Array.from(bytes))) return NaN;
        const { instance } = await WebAssembly.instantiate(Uint8Array.from(bytes));
        const run = instance.exports.run as (rounds: number, seed: number) => number;
        return best(each, (rounds) => void run(rounds * 1000, 0.5));
      };
      return { separate: await measure(separate), relaxed: await measure(relaxed) };
    },
    { separate, relaxed, each: 1000 * CHAINS * 4 * 2 },
  );
  report(test.info().title, {
    "GFLOP/s, multiply, then add": found.separate / 1e9,
    "GFLOP/s, relaxed multiply-add": found.relaxed / 1e9,
  });
});
