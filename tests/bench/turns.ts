import type { BrowserContext, Page } from "@playwright/test";
import { quantile, report } from "./support";
import { BATCH, backend, type Extent, type Run, stepTimes, train } from "./training";

/** How often each contestant takes its turn. The machine is noisy, so they alternate. */
const ROUNDS = 3;
/**
 * One turn of ours, and of the others as nearly as they can be told. A first step, which compiles, never counts; some of
 * the others take a minute for each.
 */
export const TURN: Extent = { warmUp: 1, steps: 4, seconds: 8, patience: 300 };

/** One turn of a contestant, in milliseconds per step. */
export interface Turn {
  min: number;
  median: number;
  name: string;
}

export interface Contestant {
  name: string;
  turn(): Promise<Turn>;
}

/** A run of ours, in a fresh page each time that is first made `ready`. */
export function ours(context: BrowserContext, run: Run, name = "Gradsheet", ready: (page: Page) => Promise<unknown> = async () => {}): Contestant {
  const turn = async (): Promise<Turn> => {
    const page = await context.newPage();
    await ready(page);
    const heard = await train(page, run, TURN);
    // It would train on beside the next contestant.
    await page.close();
    const times = stepTimes(heard, TURN.warmUp);
    return { min: Math.min(...times), median: quantile(times, 0.5), name: backend(heard) };
  };
  return { name, turn };
}

/** Lets two contestants take turns, and reports both and how many times as fast the first is. */
export async function compare(name: string, first: Contestant, second: Contestant): Promise<void> {
  const turns: [Turn, Turn][] = [];
  for (let round = 0; round < ROUNDS; round += 1) turns.push([await first.turn(), await second.turn()]);
  const of = (index: 0 | 1) => {
    const all = turns.map((pair) => pair[index]);
    return { min: Math.min(...all.map(({ min }) => min)), median: quantile(all.map(({ median }) => median), 0.5), name: all[0]?.name ?? "" };
  };
  const [a, b] = [of(0), of(1)];
  report(name, {
    device: a.name,
    against: b.name,
    "batch size": BATCH,
    rounds: ROUNDS,
    [`${first.name}: ms per step, min`]: a.min,
    [`${first.name}: ms per step, median`]: a.median,
    [`${second.name}: ms per step, min`]: b.min,
    [`${second.name}: ms per step, median`]: b.median,
    "times as fast, by minima": b.min / a.min,
    "times as fast, by medians": b.median / a.median,
  });
}
