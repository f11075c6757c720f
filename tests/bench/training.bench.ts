import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { GPU_CODE, putBefore } from "../e2e/support/worker-files";
import { frameFigures, quantile, report, watchFrames } from "./support";
import { BATCH, backend, type Extent, receiveUntil, stepFigures, type Run, start, stepsAfter, stepTimes, train, workers } from "./training";
import { decode, type ReceivedEvent } from "./wire";

declare global {
  /** In the page: the messages of the worker for WebGPU, each with the counts of `gpu-counts.js` at that moment. */
  var counted: { message: Uint8Array; counts: Counts }[];
  /** In the page: the tasks of the main thread that took more than 50 ms. Times are in milliseconds. */
  var longTasks: { start: number; duration: number }[];
}

/** The counts that `gpu-counts.js` explains. */
interface Counts {
  dispatches: number;
  submits: number;
  passes: number;
  pipelines: number;
  bound: number;
  uploaded: number;
  copied: number;
  readbacks: number;
  readBack: number;
  longestWait: number;
  memory: number;
  peak: number;
  errors: number;
  firstError: string;
}

const ON_CPU: Extent = { warmUp: 5, steps: 20, seconds: 15, patience: 200 };
/** Few steps, because the software adapter takes seconds for each of them. */
const ON_GPU: Extent = { warmUp: 2, steps: 4, seconds: 15, patience: 400 };
/** The time after which an evaluation is cut off and extrapolated, in seconds. */
const EVALUATION = 60;
/** The smallest number of training images that a recipe allows. The run then has one step. */
const ONE_STEP = 2;

async function measureSteps(page: Page, name: string, run: Run, extent: Extent): Promise<void> {
  const received = await train(page, run, extent);
  report(name, { device: backend(received), "batch size": BATCH, "warm-up steps": extent.warmUp, ...stepFigures(stepTimes(received, extent.warmUp)) });
}

async function measureEvaluation(page: Page, name: string, run: Run): Promise<void> {
  await start(page, { ...run, images: ONE_STEP });
  const testing = (received: ReceivedEvent[]) => received.filter((event) => event.kind === "evaluating");
  await receiveUntil(page, 200, (received) => testing(received).length > 0);
  const received = await receiveUntil(page, EVALUATION, (received) => received.some(({ kind }) => kind === "epoch"));
  const [first, last] = [testing(received)[0], testing(received).at(-1)];
  const [step, epoch] = [stepsAfter(received, 0).at(-1), received.find(({ kind }) => kind === "epoch")];
  if (epoch && step) {
    report(name, { device: backend(received), "s for 10,000 images": (epoch.at - step.at) / 1e3 });
  } else if (first && last && last.done > first.done) {
    const seconds = ((last.at - first.at) / 1e3) * (last.of / (last.done - first.done));
    report(name, { device: backend(received), "s for 10,000 images, extrapolated": seconds, "from images": last.done - first.done });
  } else throw new Error(`Fewer than two chunks of images were classified in ${EVALUATION} s.`);
}

async function measureFrames(page: Page, name: string, run: Run, extent: Extent): Promise<void> {
  await watchFrames(page);
  await page.addInitScript(() => {
    globalThis.longTasks = [];
    const observer = new PerformanceObserver((list) => {
      globalThis.longTasks.push(...list.getEntries().map(({ startTime, duration }) => ({ start: startTime, duration })));
    });
    observer.observe({ type: "longtask" });
  });
  const received = await train(page, run, extent);
  const began = stepsAfter(received, extent.warmUp)[0]?.at ?? 0;
  const { frames, tasks } = await page.evaluate(() => ({ frames: drawnFrames, tasks: longTasks }));
  const drawn = frames.filter(({ start }) => start > began);
  const longest = Math.max(0, ...tasks.filter(({ start }) => start > began).map(({ duration }) => duration));
  report(name, {
    device: backend(received),
    "frames drawn": drawn.length,
    ...frameFigures(drawn),
    "slowest frame, ms": quantile(drawn.map(({ work }) => work), 1),
    "longest task, ms (0: none over 50)": longest,
  });
}

test.describe("training on the CPU", () => {
  test.beforeEach(() => test.setTimeout(500_000));

  for (const count of workers()) {
    const run: Run = { device: "cpu", workers: count };
    const by = count === 1 ? "1 worker" : `${count} workers`;
    test(`steps on the CPU, ${by}`, ({ page }) => measureSteps(page, test.info().title, run, ON_CPU));
    test(`evaluation on the CPU, ${by}`, ({ page }) => measureEvaluation(page, test.info().title, run));
  }

  const SOME: Extent = { ...ON_CPU, steps: 10, seconds: 10 };
  test("the page while the CPU trains", ({ page }) => measureFrames(page, test.info().title, { device: "cpu" }, SOME));
});

test.describe("training on the GPU", { tag: "@webgpu" }, () => {
  test.beforeEach(() => test.setTimeout(900_000));

  const run: Run = { device: "webgpu" };
  test("steps on the GPU", ({ page }) => measureSteps(page, test.info().title, run, ON_GPU));
  test("evaluation on the GPU", ({ page }) => measureEvaluation(page, test.info().title, run));
  test("the page while the GPU trains", ({ page }) => measureFrames(page, test.info().title, run, ON_GPU));

  test("what steps ask of the GPU", async ({ page }) => {
    const count = await readFile(join(import.meta.dirname, "gpu-counts.js"), "utf8");
    await putBefore(page, GPU_CODE, () => count);
    await page.addInitScript(() => {
      globalThis.counted = [];
      new BroadcastChannel("gpu-counts").onmessage = ({ data }) => globalThis.counted.push(data);
    });
    const received = await train(page, run, { ...ON_GPU, seconds: 5 });

    const all = await page.evaluate(() => counted.map(({ message, counts }) => ({ message: [...message], counts })));
    const steps = all.flatMap(({ message, counts }) => {
      const event = decode(Uint8Array.from(message));
      return event.kind === "steps" && event.step >= ON_GPU.warmUp ? [{ ...counts, step: event.step }] : [];
    });
    // No step is cut by a report, so counts are taken between two reports. A checkpoint also reads numbers back. The
    // stretch that read back least has none.
    const stretches = steps.slice(1).map((last, index) => ({ first: steps[index] ?? last, last }));
    stretches.sort((a, b) => a.last.readBack - a.first.readBack - (b.last.readBack - b.first.readBack));
    const [stretch] = stretches;
    const end = steps.at(-1);
    if (!stretch || !end) throw new Error("Too few steps were counted.");
    const { first, last } = stretch;
    const taken = last.step - first.step;
    const perStep = (what: Exclude<keyof Counts, "firstError">) => (last[what] - first[what]) / taken;
    report(test.info().title, {
      device: backend(received),
      "batch size": BATCH,
      "steps counted": taken,
      "dispatches per step": perStep("dispatches"),
      "compute passes per step": perStep("passes"),
      "submits per step": perStep("submits"),
      "readbacks per step": perStep("readbacks"),
      "MB bound to dispatches per step": perStep("bound") / 1e6,
      "MB uploaded per step": perStep("uploaded") / 1e6,
      "MB copied per step": perStep("copied") / 1e6,
      "KB read back per step": perStep("readBack") / 1e3,
      "pipelines made": end.pipelines,
      "MB of buffers, at most": end.peak / 1e6,
      "longest wait for the device, ms": end.longestWait,
      "validation errors": end.errors,
    });
    expect(end.firstError, "the first validation error").toBe("");
  });
});
