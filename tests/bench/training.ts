import { availableParallelism } from "node:os";
import { expect, type Page, test } from "@playwright/test";
import { TrainerPage } from "../e2e/pages/trainer-page";
import { quantile } from "./support";
import { events, type Heard, listen } from "./wire";

/** Images of a step, everywhere in these benchmarks. */
export const BATCH = Number(process.env.BENCH_BATCH ?? 128);

/** How a run differs from the classic recipe at this batch size. */
export interface Run {
  device: "cpu" | "webgpu";
  /** Workers that share each batch on the CPU; 1 unless told. */
  workers?: number;
  /** Training images; all unless told. */
  images?: number;
}

/** How long to measure: both must be reached, and nothing waits longer than `patience`. */
export interface Extent {
  /** Steps that are taken first and do not count. */
  warmUp: number;
  steps: number;
  seconds: number;
  /** Seconds. */
  patience: number;
}

/** Numbers of workers to try here: one, two, four and so on, and all cores. */
export function workers(): number[] {
  const cores = availableParallelism();
  const powers = Array.from({ length: 6 }, (_, power) => 2 ** power).filter((count) => count < cores);
  return [...powers, cores];
}

/** The trainer's address with a run's recipe: a link as a user would share it. */
export function link({ device, workers = 1, images = 60_000 }: Run): string {
  const shared = device === "cpu" ? { workers } : {};
  // The version comes last.
  const recipe = { device, ...shared, batch: BATCH, images, epochs: 1, v: 1 };
  return `./#trainer?${Object.entries(recipe).map((pair) => pair.join("=")).join("&")}`;
}

/** Opens a run's recipe in a fresh page, listening to its workers, and leaves it to be started. */
export async function open(page: Page, run: Run): Promise<TrainerPage> {
  await listen(page);
  await page.goto(link(run));
  const trainer = new TrainerPage(page);
  await expect(trainer.train).toBeEnabled();
  return trainer;
}

/** Waits until what was heard is enough, and returns it. The page is asked twice a second, so that it is hardly disturbed. */
export async function hear(page: Page, seconds: number, enough: (heard: Heard[]) => boolean): Promise<Heard[]> {
  const until = Date.now() + seconds * 1e3;
  for (;;) {
    const heard = await events(page);
    const failed = heard.find((event) => event.kind === "failed");
    if (failed?.kind === "failed") throw new Error(failed.reason);
    if (enough(heard) || Date.now() > until) return heard;
    await page.waitForTimeout(500);
  }
}

/** What was heard of steps, after so many of them. */
export function stepsAfter(heard: Heard[], warmUp: number): (Heard & { kind: "steps" })[] {
  return heard.filter((event) => event.kind === "steps").filter(({ step }) => step >= warmUp);
}

/**
 * Milliseconds of each step after the first ones, by the worker's clock, as the page heard of them. Where several are
 * told at once, each took their mean.
 */
export function stepTimes(heard: Heard[], warmUp: number): number[] {
  const told = stepsAfter(heard, warmUp);
  const times = told.slice(1).flatMap((event, index) => {
    const before = told[index] ?? event;
    const count = event.step - before.step;
    // Between two epochs the net was tested.
    return event.epoch === before.epoch ? Array<number>(count).fill((1e3 * (event.seconds - before.seconds)) / count) : [];
  });
  if (times.length === 0) throw new Error("No step was told of in time.");
  return times;
}

/** Starts a run in a fresh page. Skips the test where that many workers are not to be had. */
export async function start(page: Page, run: Run): Promise<void> {
  const trainer = await open(page, run);
  await trainer.train.click();
  const heard = await hear(page, 60, (heard) => heard.some(({ kind }) => kind === "ready"));
  const { workers = 1 } = run;
  test.skip(workers > 1 && !backend(heard).includes(`${workers} workers`), `"${backend(heard)}" does not share batches`);
}

/** Trains in a fresh page for as long as told, or to the end of the epoch, and returns what was heard. */
export async function train(page: Page, run: Run, extent: Extent): Promise<Heard[]> {
  await start(page, run);
  return hear(page, extent.patience, (heard) => {
    const [first, ...more] = stepsAfter(heard, extent.warmUp);
    const last = more.at(-1);
    const long = first && last && last.step - first.step >= extent.steps && last.seconds - first.seconds >= extent.seconds;
    return long || heard.some(({ kind }) => kind === "evaluating" || kind === "epoch");
  });
}

/** The figures of a series of steps. */
export function ofSteps(milliseconds: number[]): Record<string, number> {
  const sum = milliseconds.reduce((sum, time) => sum + time, 0);
  return {
    "steps measured": milliseconds.length,
    "ms per step, min": Math.min(...milliseconds),
    "ms per step, median": quantile(milliseconds, 0.5),
    "ms per step, p90": quantile(milliseconds, 0.9),
    "images a second": (BATCH * 1e3 * milliseconds.length) / sum,
  };
}

/** The device in use, as the worker names it. */
export function backend(heard: Heard[]): string {
  const ready = heard.find((event) => event.kind === "ready");
  return ready?.kind === "ready" ? ready.backend : "none";
}
