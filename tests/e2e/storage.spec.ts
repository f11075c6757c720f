import type { Page } from "@playwright/test";
import { RunsPage } from "./pages/runs-page";
import type { TrainerPage } from "./pages/trainer-page";
import { inDatabase, loseDatabase, multiplyRuns } from "./support/database";
import { saveFile } from "./support/files";
import { expect, test } from "./support/test";

/** A run of a few steps and one test, with one worker. */
const SHORT = { Device: "CPU", "CPU workers": 1, "Training images": 96, "Batch size": 32, Epochs: 1, Seed: 7 } as const;

/** Whether the browser would ask before the page is closed. */
function wouldAsk(page: Page): Promise<boolean> {
  return page.evaluate(() => !window.dispatchEvent(new Event("beforeunload", { cancelable: true })));
}

/** Keeps one short run. */
async function keepOne(trainer: TrainerPage, runs: RunsPage): Promise<void> {
  await trainer.run(SHORT, 100_000);
  await expect(runs.rows).toContainText("Finished");
}

test("finished runs that could not be stored wait in the page until there is room, whatever is trained next", async ({ page, trainer, baseURL }) => {
  test.setTimeout(200_000);
  const runs = new RunsPage(page);
  const browser = await page.context().newCDPSession(page);
  const origin = new URL(baseURL ?? "").origin;
  await browser.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1_000 });
  const notices = page.getByRole("alert").filter({ hasText: "Training has ended, but the run" });
  await trainer.run(SHORT, 100_000);
  await expect(notices).toContainText("could not be stored. The browser’s storage is full.");
  await expect(page.getByText("This run is not being saved.")).toBeHidden();
  expect(await wouldAsk(page)).toBe(true);
  const { name } = await saveFile(notices.getByRole("button", { name: /^Save as a file/ }));
  expect(name).toMatch(/^gradsheet run \d+\.json$/);
  expect(await wouldAsk(page)).toBe(false);

  await trainer.run({ ...SHORT, Seed: 8 }, 100_000);
  await expect(notices.getByRole("button", { name: /^Try again/ })).toHaveCount(2);
  expect(await wouldAsk(page)).toBe(true);
  await browser.send("Storage.overrideQuotaForOrigin", { origin });
  await notices.getByRole("button", { name: /^Try again/ }).first().click();
  await expect(notices).toHaveCount(0);
  expect(await wouldAsk(page)).toBe(false);
  await page.reload();
  await expect(runs.rows).toHaveCount(2);
  await expect(runs.rows.filter({ hasText: "Finished" })).toHaveCount(2);
  await expect(runs.button(/^Continue/)).toHaveCount(2);
});

test("a run that the browser has lost comes back from its second copy", async ({ page, trainer }) => {
  const runs = new RunsPage(page);
  await keepOne(trainer, runs);
  const { runs: before } = await runs.export();
  await loseDatabase(page);
  await page.reload();
  await expect(runs.rows).toContainText("Finished");
  const notice = runs.region.getByRole("alert").filter({ hasText: "A run was missing from the browser’s storage" });
  await expect(notice).toContainText("The results are back, from a second copy.");
  expect((await runs.export()).runs).toEqual(before);
  // It is stored again, and a run that the user deletes does not come back.
  await page.reload();
  await expect(runs.rows).toHaveCount(1);
  await expect(notice).toHaveCount(0);
  await runs.button(/^Delete/).click();
  await expect(runs.rows).toHaveCount(0);
  await page.reload();
  await expect(runs.region).toContainText("There are no runs yet.");
});

test("a damaged record comes back from its checkpoint, and the run can go on", async ({ page, trainer }) => {
  const runs = new RunsPage(page);
  await keepOne(trainer, runs);
  await page.evaluate(() => localStorage.clear());
  await inDatabase(page, ({ store }) => {
    const cursor = store("runs").openCursor();
    cursor.onsuccess = () => cursor.result?.update(Uint8Array.of(1, 2, 3));
  });
  await page.reload();
  await expect(runs.rows).toContainText("Finished");
  await expect(runs.button(/^Continue/)).toBeVisible();
  expect((await runs.export()).runs.map(({ run }) => run.losses.length)).toEqual([3]);
});

test("a checkpoint that no run could have is named, and its run stays as it was", async ({ page, trainer }) => {
  const runs = new RunsPage(page);
  await keepOne(trainer, runs);
  await inDatabase(page, ({ store }) => {
    const cursor = store("snapshots").openCursor();
    cursor.onsuccess = () => cursor.result?.update(Uint8Array.of(1, 2, 3));
  });
  await page.reload();
  await runs.button(/^Continue/).click();
  await page.getByRole("form", { name: "Continue the run" }).getByRole("button", { name: "Continue" }).click();
  await expect(trainer.alert.filter({ hasText: "This is not a checkpoint of a run." })).toBeVisible();
  await page.reload();
  await expect(runs.rows).toContainText("Finished");
});

test("a database without its object stores is repaired", async ({ page, trainer }) => {
  const runs = new RunsPage(page);
  for (const version of [2, 7]) {
    await page.evaluate(() => localStorage.clear());
    await loseDatabase(page, version);
    await page.reload();
    await keepOne(trainer, runs);
    await page.reload();
    await expect(runs.rows).toContainText("Finished");
  }
});

test("a database that never answers is named", async ({ page, trainer }) => {
  test.setTimeout(100_000);
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
  });
  await page.reload();
  await expect(trainer.train).toBeEnabled();
  const runs = new RunsPage(page);
  const notice = runs.region.getByRole("alert").filter({ hasText: "The browser’s storage does not answer." });
  await expect(notice).toBeVisible({ timeout: 60_000 });
});

test("too many runs are listed without blocking the page, and deleting that fails is not repeated at once", async ({ page, trainer }) => {
  test.setTimeout(200_000);
  const runs = new RunsPage(page);
  await keepOne(trainer, runs);
  await multiplyRuns(page, 1_000);
  await page.addInitScript(() => {
    const open = IDBFactory.prototype.open;
    const counted = window as unknown as { openings: number };
    counted.openings = 0;
    IDBFactory.prototype.open = function (...given) {
      counted.openings += 1;
      return open.apply(this, given);
    };
    IDBObjectStore.prototype.delete = () => {
      throw new DOMException("refused on purpose", "UnknownError");
    };
  });
  await page.reload();
  await expect(runs.rows.first()).toBeVisible({ timeout: 60_000 });
  await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
  const openings = () => page.evaluate(() => (window as unknown as { openings: number }).openings);
  const before = await openings();
  expect(before).toBeLessThan(200);
  for (let turn = 0; turn < 50; turn++) await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
  expect((await openings()) - before).toBeLessThan(200);
});
