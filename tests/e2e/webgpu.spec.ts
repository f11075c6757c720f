import { expect, test } from "./support/test";

// The software adapter is many times slower than a graphics card: a few steps must do.
test.describe("on WebGPU's software adapter", { tag: "@webgpu" }, () => {
  test("the net agrees with PyTorch", async ({ trainer, page }) => {
    test.setTimeout(720_000);
    await trainer.fill({ Device: "WebGPU" });
    await trainer.check.click();
    await expect(trainer.verdict).toBeVisible({ timeout: 700_000 });
    // The differences as well, so that a failure says how far off which one is.
    const differences = await page.getByRole("table", { name: "Check against PyTorch" }).innerText();
    expect(`${await trainer.verdict.innerText()}\n${differences}`).toContain("The check passes");
    await expect(page.getByText("The check passes on WebGPU")).toBeVisible();
  });

  test("the loss falls, and the page names the device", async ({ trainer }) => {
    test.setTimeout(400_000);
    // A rate at which forty steps are enough to see it.
    await trainer.start({ Device: "WebGPU", "Training images": 640, "Batch size": 16, "Learning rate": 0.05, Epochs: 1 });
    await expect(trainer.device).toContainText("WebGPU", { timeout: 60_000 });
    const loss = () => trainer.recentLoss();
    await expect.poll(loss, { timeout: 120_000 }).toBeGreaterThan(0);
    const first = await loss();
    await expect.poll(loss, { timeout: 240_000 }).toBeLessThan(first * 0.9);
    await trainer.stop.click();
    await expect(trainer.train).toBeEnabled({ timeout: 60_000 });
  });

  test("a device that is lost is replaced, and after the second loss the CPU goes on", async ({ trainer, page }) => {
    test.setTimeout(400_000);
    // Late enough that even a slow machine has taken some steps and kept them.
    const destroyLater = `{
      const request = GPUAdapter.prototype.requestDevice;
      GPUAdapter.prototype.requestDevice = async function (...options) {
        const device = await request.apply(this, options);
        setTimeout(() => device.destroy(), 30_000);
        return device;
      };
    }`;
    await page.route("**/trainer-gpu.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${destroyLater}\n${await response.text()}` });
    });
    await trainer.start({ Device: "WebGPU", "Training images": 640, "Batch size": 8, Epochs: 2 });
    await expect(trainer.log).toContainText(/The graphics device was lost\. The run goes on from .* on a fresh one\./, { timeout: 120_000 });
    await expect(trainer.log).toContainText(/The graphics device was lost again\. The run goes on from .* on the CPU\./, { timeout: 120_000 });
    await expect(trainer.device).toContainText("CPU", { timeout: 30_000 });
    await expect(trainer.status).toContainText("Finished", { timeout: 120_000 });
  });

  test("Auto prefers the CPU to a software adapter, and says so", async ({ trainer }) => {
    await trainer.start({ Device: "Auto", "Training images": 640 });
    await expect(trainer.device).toContainText("CPU");
    await expect(trainer.device).toContainText(/software/i);
    await trainer.stop.click();
  });
});
