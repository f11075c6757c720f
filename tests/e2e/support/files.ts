import { readFile } from "node:fs/promises";
import type { Locator } from "@playwright/test";

/** A file that a test gives to the browser. */
export interface GivenFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A file that the browser saved. */
export interface SavedFile {
  name: string;
  path: string;
  bytes: Buffer;
}

/** Clicks a button that saves a file, and reads the file. */
export async function saveFile(button: Locator): Promise<SavedFile> {
  const [download] = await Promise.all([button.page().waitForEvent("download"), button.click()]);
  const path = await download.path();
  return { name: download.suggestedFilename(), path, bytes: await readFile(path) };
}
