import { expect, test as base } from "@playwright/test";
import { SheetPage } from "../pages/sheet-page";
import { TrainerPage } from "../pages/trainer-page";

interface Fixtures {
  /** The sheet, open. */
  sheet: SheetPage;
  /** The trainer, open. */
  trainer: TrainerPage;
  /** Every request so far, those of workers included. */
  requests: string[];
  /** Watches every test: nothing leaves the origin, and the page throws nothing. */
  calm: void;
}

export const test = base.extend<Fixtures>({
  requests: async ({ context }, use) => {
    const requests: string[] = [];
    context.on("request", (request) => requests.push(request.url()));
    await use(requests);
  },
  calm: [
    async ({ page, requests, baseURL }, use) => {
      const thrown: string[] = [];
      page.on("pageerror", (error) => thrown.push(error.message));
      await use();
      const origin = new URL(baseURL ?? "").origin;
      const abroad = requests.filter((url) => !["blob:", "data:"].includes(new URL(url).protocol) && new URL(url).origin !== origin);
      expect(abroad, "requests that left the origin").toEqual([]);
      expect(thrown, "exceptions on the page").toEqual([]);
    },
    { auto: true },
  ],
  // `requests` is asked for so that it listens before the first of them.
  sheet: async ({ page, requests: _ }, use) => {
    const sheet = new SheetPage(page);
    await sheet.goto();
    await use(sheet);
  },
  trainer: async ({ page, requests: _ }, use) => {
    const trainer = new TrainerPage(page);
    await trainer.goto();
    await use(trainer);
  },
});

export { expect };
