import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { TrainerFilesPage } from "./pages/trainer-files-page";
import { RunsPage } from "./pages/runs-page";
import type { Recipe, TrainerPage } from "./pages/trainer-page";
import { someOfMnist } from "./support/mnist";
import { expect, test } from "./support/test";
import { WIRE } from "./support/wire";
import { LOADER, putBefore } from "./support/worker-files";

/** A run of a few steps and one test, with one worker. */
const SHORT = { Device: "CPU", "CPU workers": 1, "Training images": 96, "Batch size": 32, Epochs: 1, Seed: 7 } as const;
/** A run that is long enough to be paused in the middle of an epoch. */
const LONG = { ...SHORT, "Training images": 6_400, Seed: 5 } as const;

/** Puts each of these scripts before the code of one of the trainer's next workers. */
async function inWorkers(page: Page, scripts: string[]): Promise<void> {
  await putBefore(page, LOADER, () => scripts.shift() ?? "");
}

/** Pauses the run between two steps. A checkpoint is taken at once. */
async function pause(trainer: TrainerPage): Promise<void> {
  await expect(trainer.status).toContainText(/^Epoch \d+ of/, { timeout: 60_000 });
  await trainer.pause.click();
}

/** Starts a run, and reloads the page after the run's first checkpoint. */
async function interrupt(trainer: TrainerPage, runs: RunsPage, recipe: Recipe = LONG): Promise<void> {
  await trainer.start(recipe);
  await pause(trainer);
  await runs.waitForCheckpoint();
  await runs.page.reload();
}

async function finish(trainer: TrainerPage): Promise<void> {
  await expect(trainer.train).toBeEnabled({ timeout: 240_000 });
}

test("a run is kept with its name, and a deleted run can be restored", async ({ trainer, page }) => {
  const runs = new RunsPage(page);
  await expect(runs.region).toContainText("There are no runs yet.");
  await trainer.run(SHORT, 100_000);
  await expect(runs.rows).toHaveCount(1);
  await expect(runs.rows).toContainText("Finished");
  await expect(runs.rows).toContainText("Classic, epochs 1, batch size 32, training images 96");
  await runs.name(runs.rows).fill("First try");
  await runs.name(runs.rows).press("Enter");
  await expect(runs.button("Delete “First try”")).toBeVisible();

  await page.reload();
  await expect(runs.name(runs.rows)).toHaveValue("First try");
  await expect(runs.offer).toHaveCount(0);
  await runs.button("Delete “First try”").click();
  await expect(runs.rows).toHaveCount(0);
  await runs.button("Undo").click();
  await expect(runs.name(runs.rows)).toHaveValue("First try");
  await page.reload();
  await expect(runs.name(runs.rows)).toHaveValue("First try");
});

test("runs are exported and imported, and a damaged file changes nothing", async ({ trainer, page }) => {
  const runs = new RunsPage(page);
  for (const seed of [1, 2]) {
    await trainer.run({ ...SHORT, Seed: seed }, 100_000);
  }
  await expect(runs.rows).toHaveCount(2);
  await expect(runs.region.getByRole("rowheader", { name: /^2 runs: \d+\.\d\d % mean/ })).toBeVisible();
  const { path, runs: exported } = await runs.export();
  expect(exported.map(({ run }) => run.losses.length)).toEqual([3, 3]);
  expect(exported[0]?.recipe).toContain("images=96");

  await runs.button(/^Delete/).first().click();
  await expect(runs.rows).toHaveCount(1);
  await runs.import(path);
  await expect(runs.feedback).toContainText("Added 1 run from");
  await expect(runs.feedback).toContainText("Already in the list: 1 run.");
  await expect(runs.rows).toHaveCount(2);
  const again = await runs.export();
  expect(again.runs).toEqual(exported);

  await runs.import({ name: "cut.json", mimeType: "application/json", buffer: Buffer.from('{"format":"Gradsheet runs","ver') });
  await expect(runs.feedback).toContainText("“cut.json” cannot be imported: its end is missing. Export the runs again");
  await runs.import({ name: "other.json", mimeType: "application/json", buffer: Buffer.from("[1, 2, 3]") });
  await expect(runs.feedback).toContainText("it does not contain Gradsheet runs");
  await expect(runs.rows).toHaveCount(2);

  // A device with a very long name leaves room for the other columns.
  const device = /"CPU \([^"]*\)"/g;
  const text = (await readFile(path, "utf8")).replace(device, JSON.stringify(`CPU ${"x".repeat(300)}`));
  await runs.import({ name: "long.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await expect(runs.rows).toHaveCount(4);
  const table = runs.region.getByRole("region", { name: "Table of runs" });
  expect(await table.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
});

test("a run that a reload interrupts resumes and gives the same bits", async ({ trainer, page }) => {
  test.setTimeout(400_000);
  const runs = new RunsPage(page);
  await trainer.run(LONG, 240_000);
  await interrupt(trainer, runs);

  await expect(runs.offer).toContainText(/was interrupted at epoch 1, step \d+\./);
  await page.getByRole("button", { name: /^Resume at epoch 1, step \d+$/ }).click();
  await expect(trainer.log).toContainText(/Resumed after step \d+\./);
  await expect(runs.offer).toHaveCount(0);
  await finish(trainer);
  const { runs: exported } = await runs.export();
  expect(exported).toHaveLength(2);
  expect(exported[0]?.run.losses).toHaveLength(200);
  expect(exported[1]?.run.losses).toEqual(exported[0]?.run.losses);
});

test("a run without its data is offered until the data is chosen again", async ({ trainer, page }) => {
  test.setTimeout(200_000);
  const [runs, files] = [new RunsPage(page), new TrainerFilesPage(page)];
  const data = someOfMnist(640, 100);
  const use = async () => {
    await files.useData(data);
    await expect(files.dataInUse).toContainText("640 training images from “train-images-idx3-ubyte”", { timeout: 60_000 });
  };
  await use();
  await interrupt(trainer, runs, { ...LONG, "Training images": 640, Epochs: 100 });

  await page.getByRole("button", { name: /^Resume at/ }).click();
  const refusal = trainer.alert.filter({ hasText: "This run was trained on" });
  await expect(refusal).toContainText("Choose that data, then resume.");
  // A new run is started with "Train".
  await expect(trainer.retry).toBeHidden();
  await use();
  await refusal.getByRole("button", { name: /^Resume at/ }).click();
  await expect(trainer.log).toContainText(/Resumed after step \d+\./);
  await trainer.stop.click();
});

test("a run that is not resumed now stays in the list", async ({ trainer, page }) => {
  test.setTimeout(200_000);
  const runs = new RunsPage(page);
  await interrupt(trainer, runs);
  await page.getByRole("button", { name: "Not now" }).click();
  await expect(runs.offer).toHaveCount(0);
  await expect(runs.rows).toContainText("Interrupted at epoch 1, step");
  await runs.button(/^Resume/).click();
  await expect(trainer.log).toContainText(/Resumed after step \d+\./);
  await trainer.stop.click();
  await expect(runs.rows).toContainText("Stopped at epoch 1, step");
});

test("a run of the list is trained for more epochs", async ({ trainer, page }) => {
  const runs = new RunsPage(page);
  await trainer.run(SHORT, 100_000);
  await page.reload();
  await runs.button(/^Continue/).click();
  await expect(trainer.log).toContainText("EPOCH:  1");
  await expect(trainer.field("Batch size")).toHaveValue("32");
  const more = page.getByRole("form", { name: "Continue the run" });
  await more.getByRole("textbox", { name: "More epochs" }).fill("1");
  await more.getByRole("button", { name: "Continue" }).click();
  await expect(trainer.stop).toBeEnabled();
  await finish(trainer);
  await expect(trainer.log).toContainText(/Resumed after step 3\.[\s\S]*EPOCH:  2/);
  await expect(runs.rows).toHaveCount(1);
});

test.describe("when nothing can be saved", () => {
  test("in a private window the page says so, and trains", async ({ page, trainer }) => {
    const forbid = "Object.defineProperty(self, 'indexedDB', { get() { throw new DOMException('denied', 'SecurityError'); } });";
    await page.addInitScript(forbid);
    await inWorkers(page, [forbid]);
    await page.reload();
    const runs = new RunsPage(page);
    await expect(runs.region.getByRole("alert")).toContainText("Runs cannot be saved.");
    await trainer.run(SHORT, 100_000);
    await expect(trainer.log).toContainText("EPOCH:  1");
  });

  test("when the storage is full the page says so and trains, and the run is kept once there is room again", async ({ page, trainer, baseURL }) => {
    test.setTimeout(200_000);
    const runs = new RunsPage(page);
    const browser = await page.context().newCDPSession(page);
    const origin = new URL(baseURL ?? "").origin;
    await browser.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1_000 });
    const warning = trainer.alert.filter({ hasText: "This run is not being saved. The browser’s storage is full." });
    await trainer.start({ ...LONG, Epochs: 100 });
    await pause(trainer);
    await expect(warning).toBeVisible({ timeout: 60_000 });
    await browser.send("Storage.overrideQuotaForOrigin", { origin });
    await trainer.resume.click();
    await expect(warning).toBeHidden({ timeout: 60_000 });
    await expect(runs.rows).toContainText("Running");
    await trainer.stop.click();
    await expect(runs.rows).toContainText("Stopped at");
  });

  test("a damaged checkpoint is named, and its run stays in the list", async ({ page, trainer }) => {
    test.setTimeout(200_000);
    const runs = new RunsPage(page);
    await interrupt(trainer, runs);
    await expect(runs.offer).toBeVisible();
    await runs.damageCheckpoints();
    await page.getByRole("button", { name: /^Resume at/ }).click();
    await expect(trainer.alert.filter({ hasText: "This checkpoint is damaged." })).toBeVisible();
    await expect(runs.rows).toContainText("Interrupted at epoch 1");
    await page.reload();
    await expect(runs.rows).toContainText("Interrupted at epoch 1");
  });
});

test.describe("after a failure", () => {
  /** A script that does this whenever a checkpoint of the run `run_id` is stored. */
  const onSaved = (action: string): string => `{
    const wire = ${WIRE};
    const post = self.postMessage.bind(self);
    self.postMessage = (bytes, ...rest) => {
      post(bytes, ...rest);
      const { event, run_id } = wire.decode("Message", bytes).Run ?? {};
      if (event?.Saved) ${action};
    };
  }`;
  const LOST = `{ Failed: { kind: "Device", message: "The device was lost on purpose." } }`;
  const LOSE = onSaved(`post(wire.encode("Message", { Run: { run_id, event: ${LOST} } }))`);
  const CRASH = onSaved(`setTimeout(() => { throw new Error("a crash on purpose"); })`);

  test("a lost device is opened again, and after two losses the CPU takes over", async ({ page, trainer }) => {
    test.setTimeout(400_000);
    await inWorkers(page, [LOSE, LOSE]);
    await trainer.start(LONG);
    await pause(trainer);
    const notice = page.getByRole("status").filter({ hasText: "The graphics card was lost" });
    await expect(notice).toContainText("continues from epoch 1, step", { timeout: 60_000 });
    // The first step after that is stored at once, and so the device is lost again. Another pause could reach the third
    // worker instead.
    await expect(notice).toContainText("was lost again", { timeout: 60_000 });
    await expect(notice).toContainText("on the CPU");
    await expect(trainer.log).toContainText(/was lost again\. .*\n+Resumed after step \d+\./);
    await finish(trainer);
    await expect(trainer.log).toContainText("EPOCH:  1");
  });

  test("a crash of the worker offers the last checkpoint", async ({ page, trainer }) => {
    test.setTimeout(400_000);
    await inWorkers(page, [CRASH]);
    await trainer.start(LONG);
    await pause(trainer);
    await expect(trainer.alert.filter({ hasText: "a crash on purpose" })).toBeVisible({ timeout: 60_000 });
    await page.getByRole("button", { name: /^Resume at epoch 1, step/ }).click();
    await expect(trainer.log).toContainText(/Resumed after step \d+\./);
    await trainer.stop.click();
    await finish(trainer);
  });

  test("a run whose end is stored has finished, even if the worker crashes before it can say so", async ({ page, trainer }) => {
    test.setTimeout(200_000);
    const runs = new RunsPage(page);
    await inWorkers(page, [
      `{
        const wire = ${WIRE};
        const post = self.postMessage.bind(self);
        let [saved, hasEnded] = [0, false];
        self.postMessage = (bytes, ...rest) => {
          const event = bytes instanceof Uint8Array ? wire.decode("Message", bytes).Run?.event : undefined;
          if (event?.Finished) hasEnded = true;
          else post(bytes, ...rest);
          // The first checkpoint is that of the epoch, the second one that of the end.
          if (event?.Saved) saved += 1;
          if (hasEnded && saved === 2) setTimeout(() => { throw new Error("a crash on purpose"); });
        };
      }`,
    ]);
    await trainer.run(SHORT, 100_000);
    await expect(runs.rows).toContainText("Finished");
    await expect(trainer.status).toContainText("Finished in");
    await expect(page.getByRole("form", { name: "Continue the run" })).toBeVisible();
    await expect(trainer.retry).toBeHidden();
  });

  test("a checkpoint that the worker stored before it crashed is offered, even if the page has not heard of it", async ({ page, trainer }) => {
    test.setTimeout(200_000);
    const runs = new RunsPage(page);
    await inWorkers(page, [
      `{
        const wire = ${WIRE};
        const post = self.postMessage.bind(self);
        self.postMessage = (bytes, ...rest) => {
          const isSaved = bytes instanceof Uint8Array && wire.decode("Message", bytes).Run?.event?.Saved;
          if (!isSaved) return post(bytes, ...rest);
          setTimeout(() => { throw new Error("a crash on purpose"); });
        };
      }`,
    ]);
    await trainer.start(LONG);
    await pause(trainer);
    await expect(trainer.alert.filter({ hasText: "a crash on purpose" })).toBeVisible({ timeout: 60_000 });
    await expect(runs.rows).toContainText("Failed");
    await expect(runs.button(/^Resume/)).toBeEnabled();
    await page.getByRole("button", { name: /^Resume at epoch 1, step/ }).click();
    await expect(trainer.log).toContainText(/Resumed after step \d+\./);
    await trainer.stop.click();
  });

  test("a run that diverges is offered from its last checkpoint at a tenth of its rate", async ({ page, trainer }) => {
    test.setTimeout(200_000);
    await trainer.start(LONG);
    await pause(trainer);
    const form = page.getByRole("form", { name: "Change the learning rate" });
    await form.getByRole("textbox", { name: "New learning rate" }).fill("10");
    await form.getByRole("button", { name: "Change" }).click();
    await expect(form).toContainText("The learning rate is 10");
    await trainer.resume.click();
    await expect(trainer.alert.filter({ hasText: "Training broke down" })).toBeVisible();
    await page.getByRole("button", { name: /^Resume at epoch 1, step \d+ with learning rate 1$/ }).click();
    // A tenth may still be too large. The test is that the run resumes there.
    await expect(trainer.log).toContainText(/Learning rate 1 after step \d+\.\s+Resumed after step/);
  });

  test("a run that diverges before its first checkpoint can be started again at a tenth of its rate", async ({ page, trainer }) => {
    await trainer.start({ ...SHORT, "Training images": 640, "Learning rate": 10 });
    await page.getByRole("button", { name: "Start again with learning rate 1", exact: true }).click();
    await expect(page.getByRole("textbox", { name: "Learning rate" })).toHaveValue("1");
    await expect(trainer.stop).toBeEnabled();
    await trainer.stop.click();
  });
});
