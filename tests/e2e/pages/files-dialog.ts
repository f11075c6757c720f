import { expect, type Locator, type Page } from "@playwright/test";
import { saveFile, type SavedFile } from "../support/files";

/** A file to upload: a path, or a name and content. */
export type Upload = string | { name: string; content: string | Buffer };

/** The "File" dialog. */
export class FilesDialog {
  readonly tool: Locator;
  readonly dialog: Locator;
  readonly compared: Locator;
  readonly commas: Locator;
  readonly report: Locator;
  readonly print: Locator;
  readonly firstRow: Locator;
  readonly lastRow: Locator;
  readonly status: Locator;

  constructor(readonly page: Page) {
    this.tool = page.getByRole("group", { name: "Tools" }).getByRole("button", { name: "File" });
    this.dialog = page.getByRole("dialog", { name: "File" });
    this.compared = this.dialog.getByRole("checkbox", { name: "A sheet for each compared learning rate" });
    this.commas = this.dialog.getByRole("checkbox", { name: "Decimal commas" });
    this.report = this.button("Save lab report");
    this.print = this.button("Print…");
    this.firstRow = this.dialog.getByRole("textbox", { name: "Rows" });
    this.lastRow = this.dialog.getByRole("textbox", { name: "to" });
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

  /** Chooses a file, or several at once, to open or to check. */
  async give(purpose: "Open" | "Check", ...files: Upload[]): Promise<void> {
    const [chooser] = await Promise.all([
      this.page.waitForEvent("filechooser"),
      this.button(`${purpose} a workbook…`).click(),
    ]);
    const [path] = files;
    if (typeof path === "string") return chooser.setFiles(path);
    const contents = files.filter((file) => typeof file !== "string").map(({ name, content }) => {
      return { name, mimeType: "application/octet-stream", buffer: Buffer.from(content) };
    });
    await chooser.setFiles(contents);
  }

  /** The check of one sheet of a file. */
  check(sheet: string): Locator {
    return this.status.getByRole("region", { name: `Check of ${sheet}` });
  }
}
