import { availableParallelism } from "node:os";
import { expect, type Page, test } from "@playwright/test";
import { TrainerPage } from "../e2e/pages/trainer-page";
import { quantile } from "./support";
import { events, type ReceivedEvent, listen } from "./wire";

/** The number of images in a step, in all of these benchmarks. */
export const BATCH = Number(process.env.BENCH_BATCH ?? 128);

/** The settings in which a run differs from the classic recipe at this batch size. */
export interface Run {
  device: "cpu" | "webgpu";
  /** The number of workers that share each batch on the CPU; 1 by default. */
  workers?: number;
  /** The number of training images; all by default. */
  images?: number;
}

/** How long to measure. A measurement ends when it has enough steps and enough seconds, or at last after `patience`. */
export interface Extent {
  /** The number of first steps, which do not count. */
  warmUp: number;
  /** The least number of steps. */
  steps: number;
  /** The least number of seconds. */
  seconds: number;
  /** The largest number of seconds. */
  patience: number;
}

/** The numbers of workers to measure: one, two, four and so on, and the number of cores. */
export function workers(): number[] {
  const cores = availableParallelism();
  const powers = Array.from({ length: 6 }, (_, power) => 2 ** power).filter((count) => count < cores);
  return [...powers, cores];
}

/** The link to the trainer with the recipe of a run, as a user would share it. */
export function link({ device, workers = 1, images = 60_000 }: Run): string {
  const shared = device === "cpu" ? { workers } : {};
  // The version of the link comes last.
  const recipe = { device, ...shared, batch: BATCH, images, epochs: 1, v: 1 };
  return `./#trainer?${Object.entries(recipe).map((pair) => pair.join("=")).join("&")}`;
}

/** Opens the recipe of a run in a new page, which records the messages of its workers, and does not start the run. */
export async function open(page: Page, run: Run): Promise<TrainerPage> {
  await listen(page);
  await page.goto(link(run));
  const trainer = new TrainerPage(page);
  await expect(trainer.train).toBeEnabled();
  return trainer;
}

/**
 * Returns the events that the page has received as soon as `enough` says so, or after a number of seconds. Looks twice
 * a second, which hardly disturbs the page.
 */
export async function receiveUntil(page: Page, seconds: number, enough: (received: ReceivedEvent[]) => boolean): Promise<ReceivedEvent[]> {
  const until = Date.now() + seconds * 1e3;
  for (;;) {
    const received = await events(page);
    const failed = received.find((event) => event.kind === "failed");
    if (failed?.kind === "failed") throw new Error(failed.reason);
    if (enough(received) || Date.now() > until) return received;
    await page.waitForTimeout(500);
  }
}

/** The events that report steps, from the end of the warm-up on. */
export function stepsAfter(received: ReceivedEvent[], warmUp: number): (ReceivedEvent & { kind: "steps" })[] {
  return received.filter((event) => event.kind === "steps").filter(({ step }) => step >= warmUp);
}

/**
 * The milliseconds of each step after the warm-up, by the clock of the worker. Where one event reports several steps,
 * each counts with their mean.
 */
export function stepTimes(received: ReceivedEvent[], warmUp: number): number[] {
  const reports = stepsAfter(received, warmUp);
  const times = reports.slice(1).flatMap((event, index) => {
    const before = reports[index] ?? event;
    const count = event.step - before.step;
    // The time between two epochs contains the test of the net, so it does not count.
    return event.epoch === before.epoch ? Array<number>(count).fill((1e3 * (event.seconds - before.seconds)) / count) : [];
  });
  if (times.length === 0) throw new Error("No step was reported in time.");
  return times;
}

/** Starts a run in a new page. Skips the benchmark if the browser does not give the run its number of workers. */
export async function start(page: Page, run: Run): Promise<void> {
  const trainer = await open(page, run);
  await trainer.train.click();
  const received = await receiveUntil(page, 60, (received) => received.some(({ kind }) => kind === "ready"));
  const { workers = 1 } = run;
  test.skip(workers > 1 && !backend(received).includes(`${workers} workers`), `"${backend(received)}" does not share batches`);
}

/** Trains in a new page for this extent, or to the end of the epoch, and returns the received events. */
export async function train(page: Page, run: Run, extent: Extent): Promise<ReceivedEvent[]> {
  await start(page, run);
  return receiveUntil(page, extent.patience, (received) => {
    const [first, ...more] = stepsAfter(received, extent.warmUp);
    const last = more.at(-1);
    const long = first && last && last.step - first.step >= extent.steps && last.seconds - first.seconds >= extent.seconds;
    return long || received.some(({ kind }) => kind === "evaluating" || kind === "epoch");
  });
}

/** The figures of a series of steps. */
export function stepFigures(milliseconds: number[]): Record<string, number> {
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
export function backend(received: ReceivedEvent[]): string {
  const ready = received.find((event) => event.kind === "ready");
  return ready?.kind === "ready" ? ready.backend : "none";
}
