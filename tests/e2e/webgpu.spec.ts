import { TrainerFilesPage } from "./pages/trainer-files-page";
import { RunsPage } from "./pages/runs-page";
import { someOfMnist } from "./support/mnist";
import { expect, test } from "./support/test";
import { GPU_CODE, putBefore } from "./support/worker-files";

// The software adapter is many times slower than a graphics card, so the runs have only a few steps.
test.describe("on WebGPU's software adapter", { tag: "@webgpu" }, () => {
  test("the net agrees with PyTorch", async ({ trainer, page }) => {
    test.setTimeout(720_000);
    await trainer.fill({ Device: "WebGPU" });
    await trainer.check.click();
    await expect(trainer.verdict).toBeVisible({ timeout: 700_000 });
    // The message of a failure also contains the differences.
    const differences = await page.getByRole("table", { name: "Check against PyTorch" }).innerText();
    expect(`${await trainer.verdict.innerText()}\n${differences}`).toContain("The check passes");
    await expect(page.getByText("The check passes on WebGPU")).toBeVisible();
  });

  test("the data arrives while the device is opened", async ({ trainer, page }) => {
    test.setTimeout(180_000);
    const openLater = `{
      const request = GPUAdapter.prototype.requestDevice;
      const opened = new Promise((resolve) => new BroadcastChannel("open").addEventListener("message", resolve));
      GPUAdapter.prototype.requestDevice = async function (...options) {
        await opened;
        return request.apply(this, options);
      };
    }`;
    await putBefore(page, GPU_CODE, () => openLater);
    await trainer.start({ Device: "WebGPU", "Training images": 32, "Batch size": 8, Epochs: 1 });
    await expect(trainer.status).toHaveText("The data is loaded. Preparing the graphics card…", { timeout: 60_000 });
    await page.evaluate(() => new BroadcastChannel("open").postMessage("now"));
    await expect(trainer.figure("Step")).toHaveText(/^\d+ \/ 4$/, { timeout: 120_000 });
    await trainer.stop.click();
  });

  test("our kernels give nearly the same losses as Burn's", async ({ trainer, page }) => {
    test.setTimeout(400_000);
    const [runs, files] = [new RunsPage(page), new TrainerFilesPage(page)];
    await files.useData(someOfMnist(40, 10));
    await expect(files.dataInUse).toContainText("40 training images from “train-images-idx3-ubyte”", { timeout: 60_000 });
    for (const device of ["WebGPU", "WebGPU (reference)"] as const) {
      await trainer.run({ Device: device, "Training images": 40, "Batch size": 8, Dropout: 0, Epochs: 1, Seed: 3 }, 180_000);
    }
    await expect(trainer.device).toContainText("Burn’s kernels");
    const [ours, burns] = (await runs.export()).runs.map(({ run }) => run.losses);
    expect(ours).toHaveLength(5);
    expect(burns).toHaveLength(5);
    ours?.forEach((loss, step) => expect(Math.abs(loss - (burns?.[step] ?? Number.NaN))).toBeLessThanOrEqual(2e-3));
  });

  test("the loss falls, and the page names the device", async ({ trainer }) => {
    test.setTimeout(400_000);
    // With this learning rate, forty steps are enough to see the loss fall.
    await trainer.start({ Device: "WebGPU", "Training images": 640, "Batch size": 16, "Learning rate": 0.05, Epochs: 1 });
    await expect(trainer.device).toContainText("WebGPU", { timeout: 60_000 });
    const loss = () => trainer.recentLoss();
    await expect.poll(loss, { timeout: 120_000 }).toBeGreaterThan(0);
    const first = await loss();
    await expect.poll(loss, { timeout: 240_000 }).toBeLessThan(first * 0.9);
    await trainer.stop.click();
    await expect(trainer.train).toBeEnabled({ timeout: 60_000 });
  });

  test("a lost device is opened again, and after the second loss the CPU takes over", async ({ trainer, page }) => {
    test.setTimeout(400_000);
    // At this time even a slow machine has taken some steps and stored a checkpoint.
    const destroyLater = `{
      const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...options) {
        const device = await request.apply(this, options);
        setTimeout(() => device.destroy(), 30_000);
        return device;
      };
    }`;
    await putBefore(page, GPU_CODE, () => destroyLater);
    await trainer.start({ Device: "WebGPU", "Training images": 640, "Batch size": 8, Epochs: 2 });
    await expect(trainer.log).toContainText(/The graphics card was lost\. Training continues from .*\./, { timeout: 120_000 });
    await expect(trainer.log).toContainText(/The graphics card was lost again\. Training continues from .* on the CPU\./, { timeout: 120_000 });
    await expect(trainer.device).toContainText("CPU", { timeout: 30_000 });
    await expect(trainer.status).toContainText("Finished", { timeout: 120_000 });
  });

  for (const [when, script] of [
    ["does not open", 'GPUAdapter.prototype.requestDevice = async () => { throw new Error("none on purpose"); };'],
    [
      "is lost before the first step",
      `const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...options) {
        const device = await request.apply(this, options);
        setTimeout(() => device.destroy());
        return device;
      };`,
    ],
  ] as const) {
    test(`a device that ${when} is replaced by the CPU at a click`, async ({ trainer, page }) => {
      test.setTimeout(240_000);
      await putBefore(page, GPU_CODE, () => `{ ${script} }`);
      await trainer.start({ Device: "WebGPU", "Training images": 96, "Batch size": 32, Epochs: 1 });
      await page.getByRole("button", { name: "Go on with the CPU" }).click({ timeout: 120_000 });
      await expect(trainer.log).toContainText("You chose to go on with the CPU.", { timeout: 60_000 });
      await expect(trainer.log).toContainText("EPOCH:  1", { timeout: 100_000 });
    });
  }

  test("a run that a reload interrupts resumes with the same batches and gives the same losses", async ({ trainer, page }) => {
    test.setTimeout(600_000);
    const [runs, files] = [new RunsPage(page), new TrainerFilesPage(page)];
    // Few training and test images: this adapter takes seconds for a step, and minutes for all test images.
    const data = someOfMnist(160, 20);
    const use = async () => {
      await files.useData(data);
      await expect(files.dataInUse).toContainText("160 training images from “train-images-idx3-ubyte”", { timeout: 60_000 });
    };
    const recipe = { Device: "WebGPU", "Training images": 160, "Batch size": 8, Dropout: 0, Epochs: 1, Seed: 3 } as const;
    await use();
    await trainer.run(recipe, 300_000);

    await trainer.start(recipe);
    await expect(trainer.figure("Step")).toHaveText(/^\d+ \/ 20$/, { timeout: 120_000 });
    await trainer.pause.click();
    await runs.waitForCheckpoint();
    await page.reload();
    await use();
    await page.getByRole("button", { name: /^Resume at epoch 1, step \d+$/ }).click();
    await expect(trainer.log).toContainText(/Resumed after step \d+\./, { timeout: 60_000 });
    await expect(trainer.train).toBeEnabled({ timeout: 300_000 });
    await expect(trainer.device).toContainText("WebGPU");

    const [whole, resumed] = (await runs.export()).runs.map(({ run }) => run.losses);
    expect(whole).toHaveLength(20);
    expect(resumed).toHaveLength(20);
    const apart = (one: number[] = [], other: number[] = []) => one.map((loss, step) => Math.abs(loss - (other[step] ?? NaN)));
    const farthest = Math.max(...apart(whole, resumed));
    test.info().annotations.push({ type: "largest difference between losses", description: `${farthest}` });
    // The same tolerance as for PyTorch after ten steps. The losses of different batches differ by much more.
    expect(farthest).toBeLessThanOrEqual(2e-3);
    expect(Math.max(...apart(whole?.slice(1), whole))).toBeGreaterThan(0.1);
  });

  test("Auto prefers the CPU to a software adapter, and says so", async ({ trainer }) => {
    await trainer.start({ Device: "Auto", "Training images": 640 });
    await expect(trainer.device).toContainText("CPU");
    await expect(trainer.device).toContainText(/software/i);
    await trainer.stop.click();
  });
});
