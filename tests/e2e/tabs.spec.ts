import type { BrowserContext, Page } from "@playwright/test";
import { RunsPage } from "./pages/runs-page";
import { TrainerPage } from "./pages/trainer-page";
import { loseDatabase } from "./support/database";
import { expect, test } from "./support/test";
import { DATA, LOADER } from "./support/worker-files";

/** A run of a few steps and one test, with one worker. */
const SHORT = { Device: "CPU", "CPU workers": 1, "Training images": 96, "Batch size": 32, Epochs: 1, Seed: 7 } as const;
/** A run whose first epoch lasts for minutes, so that it does not end while a slow page is looked at. */
const LONG = { ...SHORT, "Training images": 60_000, Seed: 5 } as const;

const ELSEWHERE = "Training in another tab. Stop it there, or close that tab.";
const REFUSAL = "This run is training in another tab.";

/**
 * A script for a tab that is not told which runs are held, and that hears nothing of other tabs while it is deaf, as if it
 * acted right before it learned of them.
 */
const BLIND = `
  navigator.locks.query = () => Promise.resolve({ held: [], pending: [] });
  self.isDeaf = false;
  addEventListener("focus", (event) => self.isDeaf && event.stopImmediatePropagation());
  const { set } = Object.getOwnPropertyDescriptor(BroadcastChannel.prototype, "onmessage");
  Object.defineProperty(BroadcastChannel.prototype, "onmessage", {
    set(hear) {
      set.call(this, (event) => self.isDeaf || hear(event));
    },
  });`;

/** A tab with the trainer and its list of runs. */
class Tab {
  readonly trainer: TrainerPage;
  readonly runs: RunsPage;
  readonly refusal;

  constructor(readonly page: Page) {
    this.trainer = new TrainerPage(page);
    this.runs = new RunsPage(page);
    this.refusal = this.trainer.alert.filter({ hasText: REFUSAL });
  }

  static async open(context: BrowserContext, script = ""): Promise<Tab> {
    const page = await context.newPage();
    await page.addInitScript(script);
    const tab = new Tab(page);
    await tab.trainer.goto();
    return tab;
  }

  /** Makes a tab with the script {@link BLIND} deaf, or lets it hear again. */
  async setDeaf(isDeaf: boolean): Promise<void> {
    await this.page.evaluate((isDeaf) => Object.assign(window, { isDeaf }), isDeaf);
  }

  async pause(): Promise<void> {
    // In a short epoch, nearly all of the time is spent on its test.
    await expect(this.trainer.status).toContainText(/^Epoch \d+/, { timeout: 60_000 });
    await this.trainer.pause.click();
    await expect(this.trainer.resume).toBeEnabled();
    await this.runs.waitForCheckpoint();
  }

  /** Trains the current run for more epochs. */
  async more(epochs: number): Promise<void> {
    await expect(this.trainer.status).toContainText(/^(Finished|Stopped)/);
    const form = this.page.getByRole("form", { name: "Continue the run" });
    await expect(form).toBeVisible();
    await form.getByRole("textbox", { name: "More epochs" }).fill(String(epochs));
    await form.getByRole("button", { name: "Continue" }).click();
  }

  /** The number of steps of the first run, as an export has it. */
  async exportedSteps(): Promise<number | undefined> {
    return (await this.runs.export()).runs[0]?.run.losses.length;
  }
}

test("a run that another tab trains can be read there, and is free as soon as that tab is gone", async ({ context, page, trainer }) => {
  test.setTimeout(300_000);
  const first = new Tab(page);
  const second = await Tab.open(context);
  await trainer.start(LONG);
  // The run is in the other list long before its first checkpoint.
  await expect(second.runs.rows).toContainText(ELSEWHERE);
  await first.pause();
  const third = await Tab.open(context);
  for (const { runs } of [second, third]) {
    await expect(runs.rows).toContainText(ELSEWHERE);
    await expect(runs.offer).toHaveCount(0);
    await expect(runs.button(/^Resume/)).toBeDisabled();
    await expect(runs.button(/^Delete/)).toBeDisabled();
    await expect(runs.button(/^Delete/)).toHaveAttribute("title", new RegExp(REFUSAL));
  }
  // A name and an export harm nobody.
  await second.runs.name(second.runs.rows).fill("Shared");
  await second.runs.name(second.runs.rows).press("Enter");
  await expect(first.runs.button("Delete “Shared”")).toBeVisible();
  expect(await second.exportedSteps()).toBeGreaterThan(0);

  // Nobody reloads the other tabs or looks at them.
  await page.close();
  await expect(second.runs.rows).toContainText("Interrupted at epoch 1, step");
  await expect(third.runs.offer).toContainText("“Shared”");
  await second.page.getByRole("button", { name: /^Resume at epoch 1/ }).click();
  await expect(third.runs.rows).toContainText(ELSEWHERE);
  await expect(third.runs.offer).toHaveCount(0);
  await expect(second.trainer.log).toContainText(/Resumed after step \d+\./);
  await second.trainer.stop.click();
  await expect(third.runs.rows).toContainText("Stopped at epoch 1, step");
  await expect(third.runs.button(/^Delete/)).toBeEnabled();
  // A run that this tab has not decided about is not offered, for it was stopped on purpose.
  await expect(third.runs.offer).toHaveCount(0);
});

test("a tab that does not know of another tab’s run is refused, and writes nothing", async ({ context, page, trainer }) => {
  test.setTimeout(400_000);
  const first = new Tab(page);
  await trainer.run(SHORT, 100_000);
  const blind = await Tab.open(context, BLIND);
  await expect(blind.runs.rows).toContainText("Finished");
  await blind.runs.button(/^Continue/).click();
  await expect(blind.trainer.log).toContainText("EPOCH:  1");
  await blind.setDeaf(true);
  await first.more(20);
  await first.pause();

  await blind.more(1);
  await expect(blind.refusal).toContainText("Stop it there");
  await expect(blind.trainer.status).toContainText("Finished in");
  await blind.runs.button(/^Delete/).click();
  await expect(blind.runs.feedback).toContainText(REFUSAL);
  await blind.setDeaf(false);
  // The run goes on as if nothing had happened, and the other tab shows how far it has come.
  const before = await first.exportedSteps();
  expect(before).toBeGreaterThan(3);
  await trainer.resume.click();
  await expect(trainer.log).toContainText("EPOCH:  3", { timeout: 60_000 });
  await trainer.stop.click();
  await expect(first.runs.rows).toContainText("Stopped at");
  // The other tab shows what is stored, and this one may be about to store it.
  await expect(blind.runs.rows).toContainText("Stopped at");
  const steps = await first.exportedSteps();
  expect(steps).toBeGreaterThan(before ?? 0);
  await expect(blind.trainer.log).toContainText("EPOCH:  3");
  expect(await blind.exportedSteps()).toBe(steps);

  // A deleted run does not go on, even if the tab has not heard of that yet.
  const more = page.getByRole("form", { name: "Continue the run" });
  await blind.page.evaluate(() => {
    const { postMessage } = BroadcastChannel.prototype;
    Object.assign(window, { speakAgain: () => Object.assign(BroadcastChannel.prototype, { postMessage }) });
    BroadcastChannel.prototype.postMessage = () => undefined;
  });
  await blind.runs.button(/^Delete/).click();
  await expect(blind.trainer.status).toHaveText("This run was deleted.");
  await first.more(1);
  await expect(trainer.alert.filter({ hasText: "This run was deleted, perhaps in another tab." })).toBeVisible();
  await expect(trainer.status).toHaveText("This run was deleted.");
  await expect(first.runs.rows).toHaveCount(0);
  await expect(more).toBeHidden();
  await expect(trainer.retry).toBeHidden();
  // Undo brings back what was deleted, and no older copy.
  await blind.page.evaluate(() => (window as unknown as { speakAgain: () => void }).speakAgain());
  await blind.runs.button("Undo").click();
  await expect(first.runs.rows).toContainText("Stopped at");
  await expect(more).toBeVisible();
  expect(await first.exportedSteps()).toBe(steps);
});

test("without locks, of two tabs one gets the run", async ({ context, page }) => {
  test.setTimeout(300_000);
  await context.addInitScript("delete Navigator.prototype.locks;");
  const first = new Tab(page);
  await first.trainer.goto();
  await page.reload();
  await first.trainer.start(LONG);
  await first.pause();
  await page.reload();
  await expect(first.runs.offer).toBeVisible();
  const second = await Tab.open(context);
  await expect(second.runs.offer).toBeVisible();
  // The page itself clicks, so that both do so before one of them hears of the other.
  const buttons = [first, second].map(({ page }) => page.getByRole("button", { name: /^Resume at epoch 1/ }));
  await Promise.all(buttons.map((button) => button.evaluate((element: HTMLElement) => element.click())));
  const refused = () => Promise.all([first, second].map(({ refusal }) => refusal.isVisible()));
  await expect.poll(async () => (await refused()).filter(Boolean)).toHaveLength(1);
  const [owner, other] = (await first.refusal.isVisible()) ? [second, first] : [first, second];
  await expect(owner.trainer.log).toContainText(/Resumed after step \d+\./);
  await expect(other.runs.rows).toContainText(ELSEWHERE);
  await owner.page.close();
  await expect(other.runs.rows).toContainText("Interrupted at epoch 1, step");
});

test("runs in the list survive when another tab erases everything that the browser has stored", async ({ context, page, trainer }) => {
  test.setTimeout(200_000);
  const first = new Tab(page);
  await trainer.run(SHORT, 100_000);
  await expect(first.runs.rows).toContainText("Finished");
  const before = (await first.runs.export()).runs[0];
  const second = await Tab.open(context);
  await expect(second.runs.rows).toContainText("Finished");
  await second.page.evaluate(() => localStorage.clear());
  await loseDatabase(second.page);
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(trainer.alert.filter({ hasText: "A run was missing from the browser’s storage" })).toBeVisible();
  await expect(first.runs.rows).toContainText("Finished");
  await page.reload();
  await expect(first.runs.rows).toContainText("Finished");
  const after = (await first.runs.export()).runs[0];
  expect(after?.run.losses).toEqual(before?.run.losses);

  // What the user has deleted does not come back.
  await first.runs.button(/^Delete/).click();
  await expect(first.runs.rows).toHaveCount(0);
  await expect(second.runs.rows).toHaveCount(0);
});

test("a tab that draws a lost run adds the curve when a tab that does not was the first to bring it back", async ({ context, page, trainer }) => {
  test.setTimeout(200_000);
  const first = new Tab(page);
  await trainer.run(SHORT, 100_000);
  await expect(first.runs.rows).toContainText("Finished");
  const before = (await first.runs.export()).runs[0];
  const second = await Tab.open(context);
  await expect(second.runs.rows).toContainText("Finished");
  await second.page.evaluate(() => localStorage.clear());
  await loseDatabase(second.page);
  await second.page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(second.trainer.alert.filter({ hasText: "A run was missing from the browser’s storage" })).toBeVisible();
  // The first tab hears of that by itself.
  const chunks = () => second.page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opened = indexedDB.open("gradsheet");
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const count = opened.result.transaction("losses").objectStore("losses").count();
          count.onerror = () => reject(count.error);
          count.onsuccess = () => {
            opened.result.close();
            resolve(count.result);
          };
        };
      }),
  );
  await expect.poll(chunks).toBe(1);
  await page.close();
  await second.page.reload();
  expect((await second.runs.export()).runs[0]?.run.losses).toEqual(before?.run.losses);
});

test("a finished run that cannot be continued stays finished", async ({ page, trainer }) => {
  test.setTimeout(300_000);
  const tab = new Tab(page);
  await trainer.run(SHORT, 100_000);
  const finished = (await tab.runs.export()).runs;
  const isAsBefore = async () => {
    await expect(tab.runs.rows).toContainText("Finished");
    expect((await tab.runs.export()).runs).toEqual(finished);
  };
  const open = async () => {
    await page.reload();
    await tab.runs.button(/^Continue/).click();
    await expect(trainer.log).toContainText("EPOCH:  1");
  };
  // The worker cannot be loaded; then the data is missing; then the user changes their mind while the data arrives.
  for (const [file, message] of [[LOADER, "does not arrive"], [DATA, "could not be"]] as const) {
    await open();
    await page.route(file, (route) => route.abort());
    await tab.more(2);
    await expect(trainer.alert.filter({ hasText: message })).toBeVisible({ timeout: 60_000 });
    await expect(trainer.status).toHaveText("The run did not go on. It is as it was: Finished.");
    await isAsBefore();
    await page.unroute(file);
  }
  await open();
  await page.route(DATA, () => {});
  await tab.more(2);
  await expect(trainer.stop).toBeEnabled();
  await trainer.stop.click();
  await expect(trainer.status).toContainText("Finished in", { timeout: 60_000 });
  await isAsBefore();
  await page.unroute(DATA);
  // Nothing is lost for another attempt.
  await page.reload();
  await isAsBefore();
  await open();
  await tab.more(1);
  await expect(trainer.train).toBeEnabled({ timeout: 100_000 });
  await expect(trainer.log).toContainText("EPOCH:  2");
});

test("a run is kept from the first moment, and an offer that was declined does not come back", async ({ page, trainer }) => {
  test.setTimeout(200_000);
  const tab = new Tab(page);
  // The worker never loads, so there is neither a step nor a checkpoint.
  await page.route(LOADER, () => {});
  await trainer.start(SHORT);
  await expect(tab.runs.rows).toContainText("Running");
  await page.reload();
  await page.unroute(LOADER);
  await expect(tab.runs.offer).toContainText("was interrupted at the start.");
  await page.getByRole("button", { name: "Resume at the start" }).click();
  await expect(trainer.stop).toBeEnabled();
  await expect(trainer.train).toBeEnabled({ timeout: 100_000 });
  await expect(tab.runs.rows).toHaveCount(1);
  await expect(tab.runs.rows).toContainText("Finished");
  expect(await tab.exportedSteps()).toBe(3);

  await page.route(LOADER, () => {});
  await trainer.start({ ...SHORT, Seed: 8 });
  await expect(tab.runs.rows.filter({ hasText: "Running" })).toHaveCount(1);
  await page.reload();
  await page.getByRole("button", { name: "Not now" }).click();
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await tab.runs.name(tab.runs.rows.first()).fill("Later");
  await tab.runs.name(tab.runs.rows.first()).press("Enter");
  await expect(tab.runs.button("Delete “Later”")).toBeVisible();
  await expect(tab.runs.offer).toHaveCount(0);

  // A reload right after the start shows the settings of the run.
  await trainer.start({ ...SHORT, Epochs: 7, Seed: 10 });
  await page.reload();
  await expect(trainer.field("Epochs")).toHaveValue("7");
  await trainer.fill({ Device: "CPU" });
  await expect(tab.runs.rows).toHaveCount(3);

  // A run that is stopped before its first step leaves nothing behind.
  await trainer.start({ ...SHORT, Seed: 9 });
  await expect(tab.runs.rows).toHaveCount(4);
  await trainer.stop.click();
  await expect(tab.runs.rows).toHaveCount(3);
});
