import type { Page } from "@playwright/test";
import { RunsPage } from "./pages/runs-page";
import { expect, test } from "./support/test";
import type { TrainerPage } from "./pages/trainer-page";

/** A run of a few steps, each with two groups of images. */
const SHORT = { Device: "CPU", "CPU workers": 2, "Training images": 160, "Batch size": 32, Epochs: 1, Seed: 7 } as const;
/** A run that is long enough to be paused in the middle of an epoch. */
const LONG = { ...SHORT, "Training images": 6_400 } as const;

/**
 * Puts a script before the code of every helper that the trainer's worker starts from now on. The worker exists after a
 * first command. The helpers of a new worker, after a failure, don't get the script.
 */
async function inHelpers(page: Page, trainer: TrainerPage, script: string): Promise<void> {
  if (page.workers().length === 0) {
    await trainer.fill({ ...SHORT, "CPU workers": 1 });
    await trainer.measure.click();
    await expect(page.getByRole("region", { name: "Time estimate" })).toContainText("A step takes");
    await expect(trainer.train).toBeEnabled();
  }
  for (const worker of page.workers()) {
    await worker.evaluate((script) => {
      if (self.name !== "trainer") return;
      const Plain = self.Worker;
      self.Worker = class extends Plain {
        constructor(url: string | URL, options?: WorkerOptions) {
          const code = `${script}\nawait import(${JSON.stringify(String(url))});`;
          super(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), options);
        }
      };
    }, script);
  }
}

/** A script that acts at a message. A step takes fifteen messages: the task and fourteen sums. */
const atMessage = (message: number, act: string): string =>
  `let heard = 0; addEventListener("message", () => { heard += 1; if (heard === ${message}) { ${act} } });`;
const CRASH = 'throw new Error("a crash on purpose");';

/** The number of helpers among the workers of this page. */
async function helpers(page: Page): Promise<number> {
  const names = page.workers().map((worker) => worker.evaluate(() => self.name).catch(() => ""));
  return (await Promise.all(names)).filter((name) => name === "gradsheet-helper").length;
}

test.describe("two workers", () => {
  test("train, the page says so, and Stop ends both", async ({ trainer, page }) => {
    await trainer.start(LONG);
    await expect(trainer.device).toHaveText(/CPU \((relaxed )?SIMD, 2 workers\)/);
    await expect(trainer.log).toContainText("2 workers share each batch.");
    await expect(trainer.status).toHaveText("Epoch 1 of 1");
    const took = await page.evaluate(async () => {
      const button = (name: string) => [...document.querySelectorAll("button")].find((each) => each.textContent === name);
      const began = performance.now();
      button("Pause")?.click();
      while (!button("Resume")) await new Promise((done) => requestAnimationFrame(done));
      return performance.now() - began;
    });
    test.info().annotations.push({ type: "from the click to the pause", description: `${took} ms` });
    await trainer.stop.click();
    await expect(trainer.train).toBeEnabled();
    await expect.poll(() => helpers(page)).toBe(0);
  });

  test("give the same numbers for the same seed, close to those of one worker", async ({ trainer, page }) => {
    test.setTimeout(240_000);
    const runs = new RunsPage(page);
    for (const workers of [2, 2, 1]) await trainer.run({ ...SHORT, "CPU workers": workers }, 100_000);
    await expect(runs.rows).toHaveCount(3);
    const { runs: exported } = await runs.export();
    expect(exported.map(({ recipe }) => recipe.includes("workers=2")).sort()).toEqual([false, true, true]);
    const losses = (shared: boolean) =>
      exported.filter(({ recipe }) => recipe.includes("workers=2") === shared).map(({ run }) => run.losses);
    const [first, second] = losses(true);
    expect(first).toHaveLength(5);
    expect(second).toEqual(first);
    const [alone] = losses(false);
    first?.forEach((loss, step) => expect(Math.abs(loss - (alone?.[step] ?? Number.NaN))).toBeLessThan(1e-3));
  });

  test("give the same bits after a reload", async ({ trainer, page }) => {
    test.setTimeout(400_000);
    const runs = new RunsPage(page);
    await trainer.run(LONG, 240_000);
    await trainer.start(LONG);
    await expect(trainer.status).toContainText("Epoch 1 of 1", { timeout: 60_000 });
    await trainer.pause.click();
    await runs.waitForCheckpoint();
    await page.reload();
    await page.getByRole("button", { name: /^Resume at epoch 1, step \d+$/ }).click();
    await expect(trainer.device).toContainText("2 workers");
    await expect(trainer.train).toBeEnabled({ timeout: 240_000 });
    const { runs: exported } = await runs.export();
    expect(exported).toHaveLength(2);
    expect(exported[0]?.run.losses).toHaveLength(200);
    expect(exported[1]?.run.losses).toEqual(exported[0]?.run.losses);
  });

  test("are measured together", async ({ trainer, page }) => {
    await trainer.fill(SHORT);
    await trainer.measure.click();
    await expect(page.getByRole("region", { name: "Time estimate" })).toContainText("2 workers");
    await expect(trainer.train).toBeEnabled();
  });
});

test.describe("when a helper fails", () => {
  test("because it does not load, the run continues without it and says so", async ({ trainer, page }) => {
    await inHelpers(page, trainer, 'throw new Error("no helper on purpose");');
    await trainer.run(SHORT, 100_000);
    await expect(trainer.log).toContainText("Only 1 of 2 workers could be started");
    await expect(trainer.log).toContainText("EPOCH:  1");
  });

  test("during a run, the run continues from its checkpoint with new helpers and gives the same bits", async ({ trainer, page }) => {
    test.setTimeout(400_000);
    const runs = new RunsPage(page);
    await trainer.run(LONG, 240_000);
    await inHelpers(page, trainer, atMessage(2400, CRASH));
    await trainer.start(LONG);
    await expect(trainer.status).toContainText("Epoch 1 of 1", { timeout: 60_000 });
    await trainer.pause.click();
    await runs.waitForCheckpoint();
    await trainer.resume.click();
    const notice = page.getByRole("status").filter({ hasText: "A CPU worker stopped working." });
    await expect(notice).toContainText("Training continues from epoch 1, step", { timeout: 60_000 });
    await expect(trainer.train).toBeEnabled({ timeout: 240_000 });
    const { runs: exported } = await runs.export();
    expect(exported[0]?.run.losses).toHaveLength(200);
    expect(exported[1]?.run.losses).toEqual(exported[0]?.run.losses);
  });

  test("before the first checkpoint, there is a message, and Train works again", async ({ trainer, page }) => {
    test.setTimeout(240_000);
    await inHelpers(page, trainer, atMessage(40, CRASH));
    await trainer.start(LONG);
    await expect(trainer.alert.filter({ hasText: "a crash on purpose" })).toBeVisible({ timeout: 60_000 });
    await expect(trainer.train).toBeEnabled();
    await trainer.run(SHORT, 100_000);
    await expect(trainer.log).toContainText("EPOCH:  1");
  });

  test("without a message, the run does not hang", async ({ trainer, page }) => {
    test.setTimeout(240_000);
    await inHelpers(page, trainer, atMessage(40, "self.close();"));
    await trainer.start(LONG);
    await expect(trainer.alert.filter({ hasText: "it does not answer" })).toBeVisible({ timeout: 100_000 });
    await expect(trainer.train).toBeEnabled();
  });
});
