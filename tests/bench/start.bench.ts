import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, expect, test } from "@playwright/test";
import { report } from "./support";
import { BATCH, backend, receiveUntil, open, type Run } from "./training";

/** Measures the seconds from the click on "Train" to each of the first messages of the worker. */
async function firstStep(context: BrowserContext, run: Run): Promise<Record<string, number | string>> {
  const page = await context.newPage();
  const trainer = await open(page, run);
  // The page must have loaded its own files first, because they do not count.
  await page.waitForLoadState("networkidle");
  await trainer.train.click();
  const received = await receiveUntil(page, 200, (received) => received.some(({ kind }) => kind === "steps"));
  const clicked = await page.evaluate(() => globalThis.clicked);
  const since = (kind: string) => ((received.find((event) => event.kind === kind)?.at ?? NaN) - clicked) / 1e3;
  const [code, ready, step] = ["loaded", "ready", "steps"].map(since);
  expect(step, "seconds to the first step").toBeGreaterThan(0);
  return {
    device: backend(received),
    "batch size": BATCH,
    "s until the worker's code runs": code ?? NaN,
    "s until device and data are there": ready ?? NaN,
    "s until the first step is shown": step ?? NaN,
  };
}

function measureStart(run: Run): void {
  const where = run.device === "cpu" ? "CPU" : "GPU";
  test(`from the click to the first step on the ${where}`, async ({ playwright, baseURL, launchOptions, channel }) => {
    test.setTimeout(500_000);
    const profile = await mkdtemp(join(tmpdir(), "gradsheet-bench-"));
    try {
      for (const visit of ["first visit", "second visit"]) {
        // Each visit starts a new browser with the same profile: nothing is in memory, and the cache is as it is for a
        // user.
        const options = { ...launchOptions, channel, baseURL, viewport: { width: 1440, height: 900 } };
        const context = await playwright.chromium.launchPersistentContext(profile, options);
        try {
          report(`${test.info().title}, ${visit}`, await firstStep(context, run));
        } finally {
          await context.close();
        }
      }
    } finally {
      await rm(profile, { recursive: true, force: true });
    }
  });
}

measureStart({ device: "cpu" });

test.describe("on the GPU", { tag: "@webgpu" }, () => measureStart({ device: "webgpu" }));
