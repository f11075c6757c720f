import { expect, test } from "@playwright/test";
import { TrainerPage } from "../e2e/pages/trainer-page";
import { fakeWorker } from "../e2e/support/fake-worker";
import { frameFigures, quantile, report, watchFrames } from "./support";

test.beforeEach(({ page }) => watchFrames(page));

test("a run of 100,000 steps, with sixteen more in every frame", async ({ page }) => {
  const trainer = new TrainerPage(page);
  await fakeWorker(page, { steps: 100_000, stream: 16, epochs: Array.from({ length: 100 }, (_, n) => 0.98 + n * 1e-4) });
  await trainer.goto();
  await trainer.fill({ Epochs: 250, "Batch size": 128 });
  await trainer.train.click();
  await expect(trainer.accuracy.getByRole("img")).toHaveAccessibleName(/After epoch 100/);
  // The browser compiles the code during the first frames, which do not count.
  const warm = await page.evaluate(() => drawnFrames.length);
  await page.waitForFunction((warm) => drawnFrames.length > warm + 330, warm);
  const drawn = (await page.evaluate(() => drawnFrames)).slice(warm + 30);
  await trainer.stop.click();
  const work = drawn.map((frame) => frame.work);
  report("trainer charts with 100,000 points", {
    ...frameFigures(drawn),
    "frames under 8 ms of work, %": (100 * work.filter((time) => time < 8).length) / work.length,
    "slowest ms": quantile(work, 1),
  });
});
