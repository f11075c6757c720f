import { expect, type Locator, type Page } from "@playwright/test";

/** A file as the browser is given it. */
export interface GivenFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** Weights and data: what leaves the trainer as a file, and what enters it. */
export class CarryPage {
  readonly region: Locator;
  readonly told: Locator;
  readonly toldOfData: Locator;
  readonly differences: Locator;
  readonly data: Locator;
  readonly trainOn: Locator;

  constructor(readonly page: Page) {
    this.region = page.getByRole("region", { name: "Weights and data" });
    this.told = this.region.getByRole("status").first();
    this.toldOfData = this.region.getByRole("status").last();
    this.differences = this.region.getByRole("listitem");
    this.data = this.region.getByLabel("Data in use");
    this.trainOn = this.button("Train on from these weights");
  }

  button(name: string): Locator {
    return this.region.getByRole("button", { name, exact: true });
  }

  /** Exports the current run's weights: the file's name, and where it lies. */
  async export(): Promise<{ name: string; path: string }> {
    const download = this.page.waitForEvent("download");
    await this.button("Export weights").click();
    const file = await download;
    return { name: file.suggestedFilename(), path: await file.path() };
  }

  /** Imports weights, and waits for what is told of them. */
  async import(file: GivenFile): Promise<void> {
    await this.region.getByLabel("File of weights").setInputFiles(file);
    await expect(this.told).toContainText(`“${file.name}”`, { timeout: 60_000 });
  }

  /** Chooses files as the data set; whether they are one is told later. */
  async useData(files: GivenFile[]): Promise<void> {
    await this.region.getByLabel("Files of a data set").setInputFiles(files);
  }
}
