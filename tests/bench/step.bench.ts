import { expect, test } from "@playwright/test";
import { TrainerPage } from "../e2e/pages/trainer-page";
import { quantile, report } from "./support";

/** How often each number of workers has its turn: other work on the machine then slows all of them alike. */
const ROUNDS = 7;

for (const [name, relaxed] of [["relaxed SIMD", true], ["SIMD", false]] as const) {
  test(`a training step of 128 images on the CPU, ${name}`, async ({ page }) => {
    test.setTimeout(400_000);
    if (!relaxed) await page.addInitScript(() => Object.assign(WebAssembly, { validate: () => false }));
    const trainer = new TrainerPage(page);
    await trainer.goto();
    const panel = page.getByRole("region", { name: "Preflight" });
    const milliseconds: Record<number, number[]> = { 1: [], 2: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const workers of [1, 2]) {
        await trainer.fill({ Device: "CPU", "CPU workers": workers, "Batch size": 128 });
        await trainer.measure.click();
        await expect(panel).toContainText(workers > 1 ? `${name}, ${workers} workers)` : `${name})`, { timeout: 60_000 });
        await expect(trainer.train).toBeEnabled();
        milliseconds[workers]?.push(Number(/A step takes ([\d.]+) ms/.exec(await panel.innerText())?.[1]));
      }
    }
    const figures: Record<string, number> = {};
    for (const [workers, times] of Object.entries(milliseconds)) {
      figures[`workers: ${workers}, median ms`] = quantile(times, 0.5);
      figures[`workers: ${workers}, fastest ms`] = quantile(times, 0);
    }
    report(`a training step of 128 images on the CPU, ${name}`, figures);
  });
}
