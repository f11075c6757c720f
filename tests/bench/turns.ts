import type { BrowserContext, Page } from "@playwright/test";
import { quantile, report } from "./support";
import { BATCH, backend, type Extent, type Run, stepTimes, train } from "./training";

/** The number of turns of each contestant. They alternate, because the speed of the machine varies. */
const ROUNDS = 3;
/**
 * The extent of a turn. The other libraries get the same warm-up and seconds. The first step, which compiles, never
 * counts. Few steps, because some of the other libraries take a minute for each.
 */
export const TURN: Extent = { warmUp: 1, steps: 4, seconds: 8, patience: 300 };

/** The result of one turn: the contestant's name with its version or device, and milliseconds per step. */
export interface Turn {
  min: number;
  median: number;
  name: string;
}

export interface Contestant {
  name: string;
  turn(): Promise<Turn>;
}

/** Makes a contestant of a run in Gradsheet. Each turn opens a new page and calls `prepare` for it. */
export function ours(context: BrowserContext, run: Run, name = "Gradsheet", prepare: (page: Page) => Promise<unknown> = async () => {}): Contestant {
  const turn = async (): Promise<Turn> => {
    const page = await context.newPage();
    await prepare(page);
    const received = await train(page, run, TURN);
    // Otherwise the run would go on beside the next contestant.
    await page.close();
    const times = stepTimes(received, TURN.warmUp);
    return { min: Math.min(...times), median: quantile(times, 0.5), name: backend(received) };
  };
  return { name, turn };
}

/** Lets two contestants take turns, and reports the times of both and how many times as fast the first one is. */
export async function compare(name: string, first: Contestant, second: Contestant): Promise<void> {
  const turns: [Turn, Turn][] = [];
  for (let round = 0; round < ROUNDS; round += 1) turns.push([await first.turn(), await second.turn()]);
  const total = (index: 0 | 1) => {
    const all = turns.map((pair) => pair[index]);
    return { min: Math.min(...all.map(({ min }) => min)), median: quantile(all.map(({ median }) => median), 0.5), name: all[0]?.name ?? "" };
  };
  const [a, b] = [total(0), total(1)];
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
