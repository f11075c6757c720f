import { appendFileSync } from "node:fs";

/** Figures go where `cargo xtask bench` looks for them: one JSON object a line. */
export function report(name: string, figures: Record<string, number>): void {
  const file = process.env.BENCH_OUTPUT;
  const rounded = Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Math.round(value * 100) / 100]));
  const line = JSON.stringify({ name, ...rounded });
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
