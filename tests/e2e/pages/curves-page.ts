import { expect, type Locator, type Page } from "@playwright/test";
import { saveFile, type SavedFile } from "../support/files";

/** The views "Error curves" and "Learning rates". */
export class CurvesPage {
  readonly figure: Locator;
  readonly canvas: Locator;
  readonly legend: Locator;
  readonly readout: Locator;
  readonly logRows: Locator;
  readonly logError: Locator;
  readonly zoomIn: Locator;
  readonly zoomOut: Locator;
  readonly everything: Locator;
  readonly race: Locator;
  readonly threshold: Locator;

  constructor(readonly page: Page) {
    this.figure = page.getByRole("figure", { name: "Error curves" });
    this.canvas = this.figure.getByRole("img");
    this.legend = this.figure.getByRole("list", { name: "Legend" });
    this.readout = this.figure.getByRole("status");
    this.logRows = this.figure.getByRole("checkbox", { name: "Log rows" });
    this.logError = this.figure.getByRole("checkbox", { name: "Log error" });
    this.zoomIn = this.figure.getByRole("button", { name: "Zoom in" });
    this.zoomOut = this.figure.getByRole("button", { name: "Zoom out" });
    this.everything = this.figure.getByRole("button", { name: "Show everything" });
    this.race = page.getByRole("table", { name: "Learning rates" });
    this.threshold = this.race.getByRole("textbox", { name: "Error that is good enough" });
  }

  async showCurves(): Promise<void> {
    await this.page.getByRole("tab", { name: "Error curves" }).click();
    await expect(this.canvas).toBeVisible();
  }

  async showRace(): Promise<void> {
    await this.page.getByRole("tab", { name: "Learning rates" }).click();
    await expect(this.race).toBeVisible();
  }

  /** The drawn picture as a data URL. */
  picture(): Promise<string> {
    return this.canvas.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** Expects that the chart reports itself as zoomed in, or as not zoomed in. */
  async expectZoomed(zoomed: boolean): Promise<void> {
    const name = zoomed ? /Zoomed in: Row from/ : /plus and minus zoom\.$/;
    await expect(this.canvas).toHaveAccessibleName(name);
  }

  /** Turns a place on the canvas, in fractions of its width and height, into pixels of the page. */
  async place(across: number, down: number): Promise<{ x: number; y: number }> {
    const box = await this.canvas.boundingBox();
    if (!box) throw new Error("The chart is not on the screen.");
    return { x: box.x + across * box.width, y: box.y + down * box.height };
  }

  /** The row of a learning rate, such as "0.1" or "yours", in the table "Learning rates". */
  line(rate: string): Locator {
    return this.race.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name: rate, exact: rate !== "yours" }) });
  }

  /** The texts of that row: the result, E in the current row, the first row below the threshold, the last E. */
  async texts(rate: string): Promise<string[]> {
    return (await this.line(rate).getByRole("cell").allInnerTexts()).slice(0, 4);
  }

  async save(kind: "PNG" | "SVG"): Promise<SavedFile> {
    return saveFile(this.figure.getByRole("button", { name: `Save as ${kind}` }));
  }
}
