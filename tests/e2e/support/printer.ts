import { expect, type Page } from "@playwright/test";
import { extractText, getDocumentProxy } from "unpdf";

/** A printer: a headless browser has none, so the pages are taken as a PDF file when the page asks to print. */
export class Printer {
  private constructor(readonly page: Page) {}

  static async connect(page: Page): Promise<Printer> {
    await page.evaluate(() => {
      // A phone says that the printing is over before it draws the pages.
      window.print = () => {
        document.body.classList.add("printing");
        window.dispatchEvent(new Event("afterprint"));
      };
    });
    return new Printer(page);
  }

  /** Waits until the page asks to print. */
  async wait(): Promise<void> {
    await expect(this.page.locator("body")).toHaveClass("printing");
  }

  /** The printed pages: their sizes in points, and their texts. */
  async pages(format: "A4" | "Letter"): Promise<{ sizes: number[][]; texts: string[] }> {
    const pdf = await this.page.pdf({ format });
    const sizes = [...pdf.toString("latin1").matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)];
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: false });
    return { sizes: sizes.map(([, width, height]) => [Math.round(Number(width)), Math.round(Number(height))]), texts: text };
  }
}
