import { expect, type Locator, type Page } from "@playwright/test";
import { saveFile, type SavedFile } from "../support/files";

/** A file to upload: a path, or a name and content. */
export type Upload = string | { name: string; content: string | Buffer };

/** The "File" dialog. */
export class FilesDialog {
  readonly tool: Locator;
  readonly dialog: Locator;
  readonly compared: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.tool = page.getByRole("group", { name: "Tools" }).getByRole("button", { name: "File" });
    this.dialog = page.getByRole("dialog", { name: "File" });
    this.compared = this.dialog.getByRole("checkbox", { name: "A sheet for each compared learning rate" });
    this.status = this.dialog.getByRole("status");
  }

  button(name: string): Locator {
    return this.dialog.getByRole("button", { name, exact: true });
  }

  async open(): Promise<void> {
    await this.tool.click();
    await expect(this.dialog).toBeVisible();
  }

  async close(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await expect(this.dialog).toBeHidden();
  }

  /** Saves the sheet. */
  async save(as: "Excel workbook" | "CSV"): Promise<SavedFile> {
    return saveFile(this.button(`Save as ${as}`));
  }

  /** Chooses a file to open or to check. */
  async give(purpose: "Open" | "Check", file: Upload): Promise<void> {
    const [chooser] = await Promise.all([
      this.page.waitForEvent("filechooser"),
      this.button(`${purpose} a workbook…`).click(),
    ]);
    if (typeof file === "string") return chooser.setFiles(file);
    const buffer = typeof file.content === "string" ? Buffer.from(file.content) : file.content;
    await chooser.setFiles({ name: file.name, mimeType: "application/octet-stream", buffer });
  }

  /** The report on one sheet of a checked file. */
  report(sheet: string): Locator {
    return this.status.getByRole("region", { name: `Check of ${sheet}` });
  }
}
