import { appendFileSync } from "node:fs";
import type { Page } from "@playwright/test";

declare global {
  /** In the page, once it is watched: what each frame cost in which the page did something. */
  var drawnFrames: Frame[];
}

/** Figures go where `cargo xtask bench` looks for them: one JSON object a line. */
export function report(name: string, figures: Record<string, number | string>): void {
  const file = process.env.BENCH_OUTPUT;
  const line = JSON.stringify({ name, ...figures }, (_, value) =>
    typeof value === "number" ? Math.round(value * 100) / 100 : value,
  );
  if (file) appendFileSync(file, `${line}\n`);
  else console.log(line);
}

export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** What a display at 60 frames a second leaves for a frame. */
const FRAME = 16.7;

/** What one frame cost, and when it began, in milliseconds. */
export interface Frame {
  start: number;
  work: number;
}

/** The figures of a series of frames. */
export function ofFrames(frames: Frame[]): Record<string, number> {
  const work = frames.map((frame) => frame.work);
  return {
    "work per frame, median ms": quantile(work, 0.5),
    "work per frame, p95 ms": quantile(work, 0.95),
    "frames under 16.7 ms of work, %": (100 * work.filter((time) => time < FRAME).length) / work.length,
  };
}

/** From its next navigation on, the page notes its `drawnFrames`. */
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
          // A message posted in a frame's first callback is heard after this frame was laid out and painted.
          current = { start, work: performance.now() };
          channel.port2.postMessage(null);
        }
        act(start);
      });
  });
}
