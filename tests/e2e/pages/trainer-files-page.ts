import { expect, type Locator, type Page } from "@playwright/test";
import { type GivenFile, saveFile, type SavedFile } from "../support/files";

/** The panel "Weights and data" of the trainer. */
export class TrainerFilesPage {
  readonly region: Locator;
  /** The feedback under "Weights". */
  readonly weightsFeedback: Locator;
  /** The feedback under "Data". */
  readonly dataFeedback: Locator;
  readonly differences: Locator;
  /** The sentence that names the data set in use. */
  readonly dataInUse: Locator;
  readonly trainWithImported: Locator;

  constructor(readonly page: Page) {
    this.region = page.getByRole("region", { name: "Weights and data" });
    this.weightsFeedback = this.region.getByRole("status").first();
    this.dataFeedback = this.region.getByRole("status").last();
    this.differences = this.region.getByRole("listitem");
    this.dataInUse = this.region.getByLabel("Data in use");
    this.trainWithImported = this.button("Train with these weights");
  }

  button(name: string): Locator {
    return this.region.getByRole("button", { name, exact: true });
  }

  /** Exports the weights of the current run. */
  async export(): Promise<SavedFile> {
    return saveFile(this.button("Export weights"));
  }

  /** Imports weights and waits for the feedback. */
  async import(file: GivenFile): Promise<void> {
    await this.region.getByLabel("File with weights").setInputFiles(file);
    await expect(this.weightsFeedback).toContainText(`“${file.name}”`, { timeout: 60_000 });
  }

  /** Drops files on the panel, or on another part of the page. Returns whether the browser was kept from opening them. */
  async drop(files: GivenFile[], target: Locator = this.region): Promise<boolean> {
    const contents = files.map(({ name, buffer }) => ({ name, bytes: [...buffer] }));
    const transfer = await this.page.evaluateHandle((files) => {
      const transfer = new DataTransfer();
      for (const { name, bytes } of files) transfer.items.add(new File([Uint8Array.from(bytes)], name));
      return transfer;
    }, contents);
    return target.evaluate(
      (element, transfer) =>
        ["dragover", "drop"]
          .map((type) => new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }))
          .every((event) => !element.dispatchEvent(event)),
      transfer,
    );
  }

  /** Chooses files as the data set. Does not wait until they are checked. */
  async useData(files: GivenFile[]): Promise<void> {
    await this.region.getByLabel("Files with a data set").setInputFiles(files);
  }
}
