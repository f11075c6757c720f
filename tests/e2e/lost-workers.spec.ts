import type { Page } from "@playwright/test";
import { RunsPage } from "./pages/runs-page";
import { holdDatabase } from "./support/database";
import { expect, test } from "./support/test";
import { GPU_LOADER, LOADER, putBefore } from "./support/worker-files";

/** A run of a few steps on the CPU. */
const SHORT = { "CPU workers": 1, "Training images": 96, "Batch size": 32, Epochs: 1, Seed: 7 } as const;

/** Lets the page find a graphics adapter of hardware. Its worker is replaced, so nothing is ever computed on it. */
async function pretendAdapter(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const info = { vendor: "acme", architecture: "", description: "Acme 1", isFallbackAdapter: false };
    const gpu = { requestAdapter: async () => ({ info }) };
    Object.defineProperty(Navigator.prototype, "gpu", { configurable: true, get: () => gpu });
  });
  await page.reload();
}

/** Replaces the worker for WebGPU by this script. */
async function gpuWorker(page: Page, body: string): Promise<void> {
  await page.route(GPU_LOADER, (route) => route.fulfill({ contentType: "text/javascript", body }));
}

test.describe("under Auto, the CPU trains when the worker for the GPU", () => {
  test.beforeEach(async ({ trainer, page }) => {
    await pretendAdapter(page);
    await expect(trainer.train).toBeEnabled();
  });

  test("cannot be fetched", async ({ trainer, page }) => {
    await page.route(GPU_LOADER, (route) => route.fulfill({ status: 404 }));
    await trainer.run({ Device: "Auto", ...SHORT }, 100_000);
    await expect(trainer.log).toContainText("Auto chose the CPU. The worker for the GPU failed: the server does not have the file “loader.js”.");
    await expect(trainer.log).toContainText("EPOCH:  1");
  });

  test("throws", async ({ trainer, page }) => {
    await gpuWorker(page, 'throw new Error("a panic on purpose");');
    await trainer.run({ Device: "Auto", ...SHORT }, 100_000);
    await expect(trainer.log).toContainText(/Auto chose the CPU\. The worker for the GPU failed: .*a panic on purpose\./);
    await expect(trainer.log).toContainText("EPOCH:  1");
  });

  for (const [what, body] of [
    ["closes without a word", "self.close();"],
    ["loops for ever", "for (;;);"],
  ] as const) {
    test(what, async ({ trainer, page }) => {
      await page.clock.install();
      await gpuWorker(page, body);
      await trainer.start({ Device: "Auto", ...SHORT });
      await expect(trainer.stop).toBeEnabled();
      await page.clock.runFor(130_000);
      await expect(trainer.log).toContainText("Auto chose the CPU. The worker for the GPU failed: it no longer answers.");
      await expect(trainer.log).toContainText("EPOCH:  1", { timeout: 100_000 });
    });
  }

  test("fails in a measurement", async ({ trainer, page }) => {
    await gpuWorker(page, 'throw new Error("a panic on purpose");');
    await trainer.fill({ Device: "Auto", ...SHORT });
    await trainer.measure.click();
    await expect(page.getByRole("region", { name: "Time estimate" })).toContainText("Auto chose the CPU.");
  });
});

test("a chosen WebGPU that does not work is replaced by the CPU at a click", async ({ trainer, page }) => {
  const { "CPU workers": _, ...recipe } = SHORT;
  await trainer.start({ Device: "WebGPU", ...recipe });
  await page.getByRole("button", { name: "Go on with the CPU" }).click();
  await expect(trainer.log).toContainText("You chose to go on with the CPU.");
  await expect(trainer.log).toContainText("EPOCH:  1", { timeout: 100_000 });
});

for (const [what, script] of [
  ["closes without a word", "self.close();"],
  ["loops for ever", "for (;;);"],
] as const) {
  test(`a leading worker that ${what} in a pause is noticed, and the run goes on from its checkpoint`, async ({ trainer, page }) => {
    test.setTimeout(240_000);
    const runs = new RunsPage(page);
    await putBefore(page, LOADER, () => `new BroadcastChannel("end").onmessage = () => { ${script} };`);
    await page.clock.install();
    await trainer.start({ Device: "CPU", ...SHORT, "Training images": 3_200 });
    await expect(trainer.status).toHaveText("Epoch 1 of 1");
    await trainer.pause.click();
    await runs.waitForCheckpoint();
    await page.evaluate(() => new BroadcastChannel("end").postMessage("now"));
    const release = await holdDatabase(page);
    await page.clock.runFor(70_000);
    await expect(trainer.alert.filter({ hasText: "it no longer answers" })).toBeVisible();
    // The list says so before the database answers.
    await expect(trainer.status).toHaveText("The run has failed.");
    await expect(runs.rows).toContainText("Failed");
    await expect(runs.button(/^Resume/)).toBeEnabled();
    await release();
    await page.getByRole("button", { name: /^Resume at epoch 1, step \d+$/ }).click();
    await expect(trainer.log).toContainText("The run has ended", { timeout: 100_000 });
  });
}

test("a long pause loses no worker", async ({ trainer, page }) => {
  await page.clock.install();
  await trainer.start({ Device: "CPU", ...SHORT, "Training images": 3_200 });
  await expect(trainer.status).toHaveText("Epoch 1 of 1");
  await trainer.pause.click();
  await expect(trainer.resume).toBeVisible();
  for (let minute = 0; minute < 3; minute += 1) {
    await page.clock.runFor(20_000);
    // The worker answers in real time.
    await page.evaluate(() => fetch("./?answer"));
  }
  await expect(trainer.resume).toBeEnabled();
  await trainer.stop.click();
});

test("a learning rate changed in a pause is there after a reload, with its line in the log", async ({ trainer, page }) => {
  test.setTimeout(240_000);
  const runs = new RunsPage(page);
  await trainer.start({ Device: "CPU", ...SHORT, "Training images": 3_200 });
  await expect(trainer.status).toHaveText("Epoch 1 of 1");
  await trainer.pause.click();
  await runs.waitForCheckpoint();
  await page.getByRole("textbox", { name: "New learning rate" }).fill("0.005");
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await expect(trainer.log).toContainText("Learning rate 0.005 after step");
  await expect(async () => {
    const { runs: exported } = await runs.export();
    expect(JSON.stringify(exported[0]?.run.notes)).toContain("Changed");
  }).toPass();
  await page.reload();
  await page.getByRole("button", { name: /^Resume at epoch 1, step \d+$/ }).click();
  await expect(trainer.log).toContainText("Learning rate 0.005 after step", { timeout: 60_000 });
  await trainer.stop.click();
});

test("a large batch is announced with the memory that it takes", async ({ trainer, page }) => {
  const note = page.getByRole("status").filter({ hasText: "On the CPU, batches of 4,096 images take about 1.8 GB" });
  await expect(note).toHaveCount(0);
  await trainer.fill({ Device: "CPU", "Batch size": 4096 });
  await expect(note).toBeVisible();
  await trainer.fill({ Device: "WebGPU" });
  await expect(note).toHaveCount(0);
});
