import { appendFileSync } from "node:fs";
import type { Page } from "@playwright/test";

declare global {
  /** The frames in which the page did something, once `watchFrames` has been called. */
  var drawnFrames: Frame[];
}

/** Writes figures to the file that `cargo xtask bench` reads, as one line of JSON. */
export function report(name: string, figures: Record<string, number | string>): void {
  const file = process.env.BENCH_OUTPUT;
  const line = JSON.stringify({ name, ...figures }, (_, value) =>
    typeof value === "number" ? Math.round(value * 100) / 100 : value,
  );
  if (file) appendFileSync(file, `${line}\n`);
  else console.log(line);
}

/** The value below which this share of the values lies; `share` is between 0 and 1. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** The time of a frame on a display with 60 frames per second, in milliseconds. */
const FRAME = 16.7;

/** The start of a frame and the time that the page worked in it, in milliseconds. */
export interface Frame {
  start: number;
  work: number;
}

/** The figures of a series of frames. */
export function frameFigures(frames: Frame[]): Record<string, number> {
  const work = frames.map((frame) => frame.work);
  return {
    "work per frame, median ms": quantile(work, 0.5),
    "work per frame, p95 ms": quantile(work, 0.95),
    "frames under 16.7 ms of work, %": (100 * work.filter((time) => time < FRAME).length) / work.length,
  };
}

/** Makes the page record its `drawnFrames` from its next navigation on. */
export async function watchFrames(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.drawnFrames = [];
    const ask = globalThis.requestAnimationFrame.bind(globalThis);
    const channel = new MessageChannel();
    let current: Frame | undefined;
    channel.port1.onmessage = () => {
      if (current) globalThis.drawnFrames.push({ ...current, work: performance.now() - current.work });
      current = undefined;
    };
    globalThis.requestAnimationFrame = (act) =>
      ask((start) => {
        if (!current) {
          // A message that is posted now arrives after the browser has laid out and painted this frame.
          current = { start, work: performance.now() };
          channel.port2.postMessage(null);
        }
        act(start);
      });
  });
}
