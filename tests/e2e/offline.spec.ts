import { expect, type Page, test as base } from "@playwright/test";
import { FilesDialog } from "./pages/files-dialog";
import { SheetPage } from "./pages/sheet-page";
import { TrainerPage } from "./pages/trainer-page";
import { type Fault, filterPage, FlakyServer, silence, unavailable } from "./support/flaky-server";

const test = base.extend<{ server: FlakyServer }>({
  server: async ({ baseURL }, use) => {
    const server = await FlakyServer.start(baseURL ?? "");
    await use(server);
    await server.stop();
  },
});
test.use({ serviceWorkers: "allow" });

const grid = (page: Page) => page.getByRole("grid", { name: "Backpropagation table" });

/** Opens the page, and waits until all of it is kept. */
async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(grid(page)).toBeVisible();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
    }
  });
}

/** Waits until the browser has given up an installation of the service worker. */
const givenUp = (page: Page) =>
  expect.poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration()) === undefined), { timeout: 60_000 }).toBe(true);
const caches = (page: Page) => page.evaluate(() => window.caches.keys());

test("after one visit, the sheet, the files and the training work without a network", async ({ page, server }) => {
  test.setTimeout(240_000);
  await visit(page, server.url);
  await server.stop();
  await page.goto(`${server.url}#sheet`);
  await page.reload();
  const sheet = new SheetPage(page);
  await sheet.step.click();
  await sheet.expectCurrent(1);
  const files = new FilesDialog(page);
  await files.open();
  const { path } = await files.save("Excel workbook");
  await files.give("Check", path);
  await expect(files.status).toContainText("right");
  await files.close();

  await page.goto(`${server.url}#trainer`);
  const trainer = new TrainerPage(page);
  await trainer.start({ Device: "CPU", "CPU workers": 2, "Training images": 640, "Batch size": 32, Epochs: 1 });
  await expect(trainer.device).toContainText("2 workers");
  await trainer.stop.click();
});

test("no answer of a bad network takes the place of the kept page", async ({ page, server }) => {
  test.setTimeout(240_000);
  await visit(page, server.url);
  const root = /^\/(index\.html)?(\?|$)/;
  const update: Fault = async (response) => {
    const text = await (await fetch(new URL(server.behind))).text();
    response.writeHead(200, { "content-type": "text/html" }).end(text.replaceAll(/gradsheet-[0-9a-f]+/g, "gradsheet-0123456789abcdef"));
  };
  const toRoot: Fault = (response) => void response.writeHead(301, { location: "/" }).end();
  const answers: [string, string, [RegExp, Fault][]][] = [
    ["an error of the server", "", [[root, unavailable]]],
    ["a filter's page", "", [[/./, filterPage]]],
    ["silence", "", [[/./, silence]]],
    ["half an update", "", [[root, update], [/gradsheet-0123456789abcdef/, filterPage]]],
    ["a redirection", "index.html", [[/^\/index\.html/, toRoot]]],
  ];
  for (const [what, path, faults] of answers) {
    await test.step(what, async () => {
      server.faults = faults;
      await page.goto("about:blank");
      await page.goto(server.url + path);
      await expect(grid(page)).toBeVisible();
      await page.getByRole("link", { name: "Trainer" }).click();
      await expect(page.getByRole("button", { name: "Train", exact: true })).toBeEnabled();
    });
  }
});

test("a build is kept whole or not at all", async ({ page, server }) => {
  server.faults = [[/exchange_bg\.wasm/, filterPage]];
  await page.goto(server.url);
  await expect(grid(page)).toBeVisible();
  await givenUp(page);
  expect(await caches(page)).toEqual([]);
  server.faults = [];
  await visit(page, server.url);
  expect(await caches(page)).toHaveLength(1);
});

test("the build before stays kept while a page of it may be open", async ({ page, server }) => {
  await visit(page, server.url);
  const [before] = await caches(page);
  const script = await (await fetch(new URL("sw.js", server.behind))).text();
  const newer: Fault = (response) =>
    void response.writeHead(200, { "content-type": "text/javascript" }).end(script.replace(/"revision": "\w+"/, '"revision": "newer"'));
  server.faults = [[/sw\.js/, newer]];
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  // A page that is opened during the installation does not disturb it.
  await page.goto("about:blank");
  await page.goto(server.url);
  const isInstalled = () => page.evaluate(async () => {
    const { installing, waiting } = await navigator.serviceWorker.ready;
    return !installing && !waiting;
  });
  await expect.poll(isInstalled, { timeout: 60_000 }).toBe(true);
  expect(await caches(page)).toEqual([before, "gradsheet-newer"]);
  await page.goto("about:blank");
  await page.goto(server.url);
  await expect.poll(() => caches(page)).toEqual(["gradsheet-newer"]);
});

test("a full disk keeps nothing, and the page works online", async ({ page, server }) => {
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(server.url).origin, quotaSize: 1_000_000 });
  await page.goto(server.url);
  await expect(grid(page)).toBeVisible();
  await givenUp(page);
  expect(await caches(page)).toEqual([]);
  await page.reload();
  await expect(grid(page)).toBeVisible();
});
