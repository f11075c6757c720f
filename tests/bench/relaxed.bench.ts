import { test } from "@playwright/test";
import { quantile, report } from "./support";
import { backend, type Extent, stepTimes, train } from "./training";

/** How often each build of the worker has its turn: other work on the machine then slows both alike. */
const ROUNDS = 3;
const TURN: Extent = { warmUp: 5, steps: 4, seconds: 8, patience: 100 };

test("steps on the CPU, with relaxed SIMD and without", async ({ context }) => {
  test.setTimeout(400_000);
  const names: Record<string, string> = {};
  const times: Record<string, number[]> = { with: [], without: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const which of ["with", "without"] as const) {
      const page = await context.newPage();
      // A browser that has none says so here.
      if (which === "without") await page.addInitScript(() => Object.assign(WebAssembly, { validate: () => false }));
      const heard = await train(page, { device: "cpu", workers: 1 }, TURN);
      await page.close();
      names[which] = backend(heard);
      times[which]?.push(...stepTimes(heard, TURN.warmUp));
    }
  }
  const figures = Object.entries(times).flatMap(([which, times]) => [
    [`${which}: device`, names[which] ?? ""],
    [`${which}: ms per step, min`, Math.min(...times)],
    [`${which}: ms per step, median`, quantile(times, 0.5)],
  ]);
  report(test.info().title, Object.fromEntries(figures));
});
