import { RunsPage } from "./pages/runs-page";
import { multiplyRuns } from "./support/database";
import { keepRuns } from "./support/kept-runs";
import { expect, test } from "./support/test";

const STARTED = 1_790_000_000_000;

// How long a task takes says little on a busy machine, so these tests count what is built in one.

test("a run of a million steps is shown with its last epochs, and with earlier ones at a click", async ({ page, trainer }) => {
  test.setTimeout(120_000);
  const runs = new RunsPage(page);
  await expect(runs.region).toContainText("There are no runs yet.");
  await keepRuns(page, [{ started: STARTED, epochs: 533, more: 625, end: "Finished" }]);
  await page.reload();
  await expect(runs.rows).toContainText("Finished");
  await runs.button(/^Continue/).click();
  await expect(trainer.log).toContainText("EPOCH:  533");
  await expect(trainer.loss.getByRole("img")).toHaveAccessibleName(/Mean over epoch 533/);
  await page.getByRole("tab", { name: "Epochs" }).click();
  const epochs = page.getByRole("table", { name: "Epochs" }).getByRole("row").filter({ has: page.getByRole("rowheader") });
  await expect(epochs).toHaveCount(100);
  await expect(epochs.last()).toContainText("533");
  await page.getByRole("button", { name: "Show 100 earlier epochs" }).click();
  await expect(epochs).toHaveCount(200);
  await expect(epochs.first()).toContainText("334");
});

test("a long list of runs is built a few rows at a time", async ({ page, trainer }) => {
  test.setTimeout(180_000);
  const runs = new RunsPage(page);
  await expect(trainer.train).toBeEnabled();
  await expect(runs.region).toContainText("There are no runs yet.");
  await keepRuns(page, [{ started: STARTED, epochs: 20 }]);
  await multiplyRuns(page, 1_000);
  await page.evaluate(() => {
    const rowsIn = (node: Node) => (node instanceof Element ? node.querySelectorAll("tr").length + Number(node.matches("tr")) : 0);
    const most = { rows: 0 };
    // What one task has added arrives together.
    new MutationObserver((changes) => {
      const added = changes.flatMap((change) => [...change.addedNodes]).reduce((sum, node) => sum + rowsIn(node), 0);
      most.rows = Math.max(most.rows, added);
    }).observe(document.body, { childList: true, subtree: true });
    Object.assign(window, { most });
    window.dispatchEvent(new Event("focus"));
  });
  // Whole parts of the list are shown, until there are 300 rows.
  await expect(runs.rows).toHaveCount(300, { timeout: 60_000 });
  await expect(runs.region).toContainText("700 more runs are not shown.");
  expect(await page.evaluate(() => (window as unknown as { most: { rows: number } }).most.rows)).toBeLessThanOrEqual(45);
});
