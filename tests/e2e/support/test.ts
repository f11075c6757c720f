import { expect, test as base } from "@playwright/test";
import { SheetPage } from "../pages/sheet-page";
import { TrainerPage } from "../pages/trainer-page";
import { watchTexts } from "./translation";

interface Fixtures {
  /** The page, opened at the sheet. */
  sheet: SheetPage;
  /** The page, opened at the trainer. */
  trainer: TrainerPage;
  /** The addresses of all requests so far, including those of workers. */
  requests: string[];
  /** Fails a test in which a request leaves the origin, or the page throws an exception or writes into a text node. */
  guard: void;
}

export const test = base.extend<Fixtures>({
  requests: async ({ context }, use) => {
    const requests: string[] = [];
    context.on("request", (request) => requests.push(request.url()));
    await use(requests);
  },
  guard: [
    async ({ page, context, requests, baseURL }, use) => {
      const exceptions: string[] = [];
      const written: string[] = [];
      await watchTexts(context, (message) => written.push(message));
      page.on("pageerror", (error) => exceptions.push(error.message));
      await use();
      const origin = new URL(baseURL ?? "").origin;
      const foreign = requests.filter((url) => !["blob:", "data:"].includes(new URL(url).protocol) && new URL(url).origin !== origin);
      expect(foreign, "requests that left the origin").toEqual([]);
      expect(exceptions, "exceptions on the page").toEqual([]);
      expect(written, "texts that a translated page would not show").toEqual([]);
    },
    { auto: true },
  ],
  // The fixture `requests` is named here so that it starts before the first request.
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
