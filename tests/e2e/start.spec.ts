import { expect, type Locator, type Page, type Route, test } from "@playwright/test";
import { FilesDialog } from "./pages/files-dialog";
import { TrainerPage } from "./pages/trainer-page";
import { LOADER, putBefore } from "./support/worker-files";

type Answer = (route: Route) => unknown;

const missing: Answer = (route) => route.fulfill({ status: 404 });
const blocked: Answer = (route) => route.abort("blockedbyclient");
const overloaded: Answer = (route) => route.fulfill({ status: 503 });
const filterPage: Answer = (route) => route.fulfill({ contentType: "text/html", body: "<h1>This page is blocked.</h1>" });
const half: Answer = async (route) => {
  const response = await route.fetch();
  const body = await response.body();
  await route.fulfill({ response, body: body.subarray(0, body.length / 2) });
};

/** The ways in which a file fails to arrive, and what the user reads about each. */
const WAYS: [what: string, answer: Answer, says: RegExp][] = [
  ["missing", missing, /could not start: the server does not have the file/],
  ["blocked", blocked, /could not start: the file .* does not arrive/],
  ["overloaded", overloaded, /could not start: the server has a problem just now/],
  ["replaced", filterPage, /could not start: a web page came in place of the file/],
  ["halved", half, /could not start: a file arrived damaged/],
];

interface Part {
  name: string;
  address: string;
  files: RegExp[];
  /** Asks for the part, if the address alone does not. */
  ask?: (page: Page) => Promise<void>;
  /** What is there when the part has started. */
  started: (page: Page) => Locator;
}

const PARTS: Part[] = [
  {
    name: "the page",
    address: "./#sheet",
    files: [/\/gradsheet-\w+\.js/, /\/gradsheet-\w+_bg\.wasm/],
    started: (page) => page.getByRole("grid", { name: "Backpropagation table" }),
  },
  {
    name: "the trainer",
    address: "./#trainer",
    files: [/\/loader\.js/, /\/lab\.js/, /\/lab_bg\.wasm/],
    started: (page) => page.getByRole("button", { name: "Train", exact: true }),
  },
  {
    name: "a tool of the sheet",
    address: "./#sheet",
    files: [/\/loader\.js/, /\/tools\.js/, /\/tools_bg\.wasm/],
    ask: (page) => page.getByRole("button", { name: "File", exact: true }).click(),
    started: (page) => page.getByRole("dialog", { name: "File" }),
  },
  {
    name: "the pad",
    address: "./#trainer",
    files: [/\/inside\.js/, /\/inside_bg\.wasm/],
    ask: (page) => page.getByRole("button", { name: "Draw a digit" }).click(),
    started: (page) => page.getByRole("application", { name: "Pad" }),
  },
];

const alert = (page: Page) => page.getByRole("alert").filter({ hasText: /\w/ });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

for (const { name, address, files, ask, started } of PARTS) {
  test(`if ${name} cannot start, a sentence says why, and "Try again" starts it`, async ({ page }) => {
    test.setTimeout(240_000);
    for (const file of files) {
      for (const [what, answer, says] of WAYS) {
        await test.step(`${file} is ${what}`, async () => {
          await page.route(file, answer);
          await page.goto("about:blank");
          await page.goto(address);
          await ask?.(page);
          await expect(alert(page)).toHaveText(says);
          await page.unroute(file);
          await button(page, "Try again").click();
          await expect(started(page)).toBeVisible();
          await expect(alert(page)).toHaveCount(0);
        });
      }
    }
  });

  test(`if ${name} takes long to load, the page says so, and "Try again" starts it`, async ({ page }) => {
    await page.clock.install();
    for (const file of files) {
      await test.step(`${file} hangs`, async () => {
        let hangs = true;
        await page.route(file, (route) => (hangs ? undefined : route.continue()));
        await page.goto("about:blank");
        await page.goto(address, { waitUntil: "commit" });
        await page.waitForFunction(() => document.readyState !== "loading");
        await ask?.(page);
        await expect(page.getByRole("status").filter({ hasText: "Loading" })).toBeVisible();
        await page.clock.fastForward(21_000);
        await expect(alert(page)).toContainText("takes long to load");
        hangs = false;
        await button(page, "Try again").click();
        await page.clock.fastForward(10_000);
        await expect(started(page)).toBeVisible();
        await page.unroute(file);
      });
    }
  });
}

test.describe("a browser that cannot run the page is told what it lacks", () => {
  const lacks: [what: string, script: () => void, says: RegExp][] = [
    ["modules", () => delete (HTMLScriptElement.prototype as Partial<HTMLScriptElement>).noModule, /too old for Gradsheet/],
    ["WebAssembly", () => delete (globalThis as { WebAssembly?: unknown }).WebAssembly, /no WebAssembly/],
    ["SIMD", () => (WebAssembly.validate = () => false), /too old for Gradsheet.*Firefox 114/],
  ];
  for (const [what, script, says] of lacks) {
    test(what, async ({ page }) => {
      await page.addInitScript(script);
      // In such a browser the code would not run.
      await page.route(/\/gradsheet-\w+\.js/, blocked);
      await page.goto("./");
      await expect(alert(page)).toHaveText(says);
      await expect(button(page, "Try again")).toBeVisible();
    });
  }
});

test.describe("in a frame that is shut off from its server", () => {
  const inFrame = async (page: Page) => {
    await page.route("**/frame", (route) =>
      route.fulfill({ contentType: "text/html", body: '<iframe sandbox="allow-scripts" src="./" width="1300" height="800">' }),
    );
    await page.goto("./frame");
    return page.frameLocator("iframe");
  };

  test("the page says that it cannot start there", async ({ page }) => {
    const frame = await inFrame(page);
    await expect(frame.getByRole("alert").filter({ hasText: "in a tab of its own" })).toBeVisible();
  });

  test("the page works without storage and workers, if its code may be fetched", async ({ page }) => {
    await page.route(/\.(js|wasm|woff2)(\?|$)/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), "access-control-allow-origin": "*" } });
    });
    const frame = await inFrame(page);
    await frame.getByRole("button", { name: "Step", exact: true }).click();
    await expect(frame.getByRole("row").filter({ has: frame.getByRole("gridcell", { selected: true }) })).toHaveAttribute("aria-rowindex", "3");
    await frame.getByRole("link", { name: "Trainer" }).click();
    await expect(frame.getByRole("button", { name: "Train", exact: true })).toBeVisible();
    await expect(frame.getByRole("alert").filter({ hasText: "stopped because of an error" })).toBeHidden();
  });
});

test("a missing style sheet is mentioned, and the page works", async ({ page }) => {
  await page.route(/sheet-\w+\.css/, missing);
  await page.goto("./#sheet");
  await expect(alert(page)).toContainText("may look wrong");
  await expect(page.getByRole("grid")).toBeVisible();
});

test.describe("when the page meets another build, it asks for a reload", () => {
  const OTHER = 'postMessage("gradsheet other");';
  const expectReload = async (page: Page) => {
    await expect(alert(page).filter({ hasText: "Gradsheet has been updated" }).first()).toBeVisible();
    await button(page, "Reload").click();
    await page.waitForLoadState();
    await expect(alert(page)).toHaveCount(0);
  };

  test("in the worker for files", async ({ page }) => {
    await page.route(/loader\.js\?code=exchange/, (route) => route.fulfill({ contentType: "text/javascript", body: OTHER }));
    await page.goto("./#sheet");
    const files = new FilesDialog(page);
    await files.open();
    await button(page, "Save as CSV").click();
    await expect(files.dialog).toContainText("Gradsheet has been updated");
    await files.close();
    await expectReload(page);
  });

  test("in the trainer's worker", async ({ page }) => {
    await page.route(LOADER, (route) => route.fulfill({ contentType: "text/javascript", body: OTHER }));
    const trainer = new TrainerPage(page);
    await trainer.goto();
    await trainer.start({ Device: "CPU", "Training images": 640 });
    await expectReload(page);
  });

  test("in a worker that helps on the CPU", async ({ page }) => {
    await putBefore(page, LOADER, () => `
      const Plain = self.Worker;
      self.Worker = class extends Plain {
        constructor(_, options) {
          super(URL.createObjectURL(new Blob([${JSON.stringify(OTHER)}], { type: "text/javascript" })), options);
        }
      };`);
    const trainer = new TrainerPage(page);
    await trainer.goto();
    await trainer.start({ Device: "CPU", "CPU workers": 2, "Training images": 640 });
    await expectReload(page);
  });

  test("in the trainer's lab", async ({ page }) => {
    await page.addInitScript(() => {
      addEventListener("DOMContentLoaded", () => {
        const load = (globalThis as unknown as { gradsheetLoadPart: (loader: string) => void });
        const plain = load.gradsheetLoadPart;
        load.gradsheetLoadPart = (loader) => {
          document.querySelector("[data-code=lab]")?.setAttribute("data-build", "other");
          plain(loader);
        };
      });
    });
    await page.goto("./#trainer");
    await expect(alert(page)).toContainText("Gradsheet has been updated");
    await expect(button(page, "Reload")).toBeVisible();
  });

  test("whose server no longer has the files of the open page", async ({ page }) => {
    await page.goto("./#sheet");
    await page.route(/\/lab(_bg)?\.(js|wasm)/, missing);
    await page.route((url) => url.pathname === "/", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replaceAll(/gradsheet-\w+/g, "gradsheet-0123456789abcdef") });
    });
    await page.getByRole("link", { name: "Trainer" }).click();
    await expect(alert(page)).toContainText("Gradsheet has been updated");
    await expect(button(page, "Reload")).toBeVisible();
  });
});

test("the address of all code that is fetched later names the build", async ({ page }) => {
  const later: string[] = [];
  page.context().on("request", (request) => later.push(request.url()));
  const trainer = new TrainerPage(page);
  await trainer.goto();
  await trainer.run({ Device: "CPU", "CPU workers": 2, "Training images": 64, "Batch size": 32, Epochs: 1 }, 100_000);
  const code = later.filter((url) => /\.(js|wasm)(\?|$)/.test(url) && !/-[0-9a-f]{12,16}[._]|sw\.js/.test(url));
  expect(code.length).toBeGreaterThan(5);
  expect(new Set(code.map((url) => new URL(url).searchParams.get("v"))).size).toBe(1);
  expect(code[0]).toMatch(/[?&]v=\w+/);
});
