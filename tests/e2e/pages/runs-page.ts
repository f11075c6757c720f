import { expect, type Locator, type Page } from "@playwright/test";
import { type GivenFile, saveFile } from "../support/files";

/** A run in an exported file. */
export interface ExportedRun {
  recipe: string;
  run: { key: number; name: string; losses: number[]; notes: unknown[]; end: unknown };
}

/** The list of kept runs, and the offer to resume one. */
export class RunsPage {
  readonly region: Locator;
  /** One row for each run. */
  readonly rows: Locator;
  /** The feedback under the heading. */
  readonly feedback: Locator;
  readonly offer: Locator;

  constructor(readonly page: Page) {
    this.region = page.getByRole("region", { name: "Runs", exact: true });
    this.rows = this.region.getByRole("row").filter({ has: page.getByRole("checkbox") });
    this.feedback = this.region.getByRole("status");
    this.offer = page.getByRole("status").filter({ hasText: "was interrupted at" });
  }

  name(row: Locator): Locator {
    return row.getByRole("textbox", { name: /^Name of the run/ });
  }

  button(name: string | RegExp): Locator {
    return this.region.getByRole("button", { name });
  }

  /** Exports all runs, and reads the file. */
  async export(): Promise<{ path: string; runs: ExportedRun[] }> {
    const { path, bytes } = await saveFile(this.button("Export all"));
    return { path, runs: (JSON.parse(bytes.toString("utf8")) as { runs: ExportedRun[] }).runs };
  }

  async import(file: string | GivenFile): Promise<void> {
    await this.region.getByLabel("File with runs").setInputFiles(file);
  }

  /** Waits for the first checkpoint of the current run: from then on there are weights to be exported. */
  async waitForCheckpoint(): Promise<void> {
    const running = this.rows.filter({ hasText: "Running" });
    await expect(running.getByRole("button", { name: /^Export the weights/ })).toBeVisible({ timeout: 60_000 });
  }

  /** Changes a byte in the middle of every kept checkpoint. */
  async damageCheckpoints(): Promise<void> {
    await this.page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const opened = indexedDB.open("gradsheet");
          opened.onerror = () => reject(opened.error);
          opened.onsuccess = () => {
            const transaction = opened.result.transaction("snapshots", "readwrite");
            const cursor = transaction.objectStore("snapshots").openCursor();
            cursor.onsuccess = () => {
              if (!cursor.result) return;
              const bytes = cursor.result.value as Uint8Array;
              const middle = bytes.length >> 1;
              bytes[middle] = (bytes[middle] ?? 0) ^ 1;
              cursor.result.update(bytes);
              cursor.result.continue();
            };
            transaction.oncomplete = () => {
              opened.result.close();
              resolve();
            };
            transaction.onabort = () => reject(transaction.error);
          };
        }),
    );
  }
}
