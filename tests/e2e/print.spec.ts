import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { FilesDialog } from "./pages/files-dialog";
import { PracticePage } from "./pages/practice-page";
import { Printer } from "./support/printer";
import { reference } from "./support/reference";
import { expect, test } from "./support/test";

/** Presses Ctrl+P, and says whether the page has taken the key from the browser. */
async function pressPrintKey(page: Page): Promise<boolean> {
  return page.evaluate(() => !document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "p", ctrlKey: true, bubbles: true, cancelable: true })));
}

test("Ctrl+P and Enter print the constants, the curves and all columns on four landscape pages", async ({ page, sheet }) => {
  const [files, printer] = [new FilesDialog(page), await Printer.connect(page)];
  // The field of the learning rate must not keep the key for itself.
  await sheet.rate.focus();
  await page.keyboard.press("Control+p");
  await expect(files.print).toBeFocused();
  await page.keyboard.press("Enter");
  await printer.wait();
  for (const [format, size] of [["A4", [842, 595]], ["Letter", [792, 612]]] as const) {
    const { sizes, texts } = await printer.pages(format);
    const near = ([width = 0, height = 0]: number[]) => Math.abs(width - size[0]) < 2 && Math.abs(height - size[1]) < 2;
    expect(sizes.filter(near), format).toHaveLength(4);
    const [front = "", ...tables] = texts;
    expect(tables).toHaveLength(3);
    for (const words of ["Backpropagation, step by step", "0.55", "Error curves", "yours, η = 0.5", "η = 0.1", "Page 1 of 4"]) {
      expect(front).toContain(words);
    }
    // Nothing of the page itself is printed.
    expect(texts.join()).not.toMatch(/Practice|Save as|Learning rate/);
    const right = reference("0.5");
    const numbers = tables.map((text) => {
      expect(text).toContain("Rows 0 to 24");
      const line = text.split("\n").find((line) => line.startsWith("24 ")) ?? "";
      return line.split(" ").slice(1).map((number) => Number(number.replaceAll("−", "-")));
    });
    expect(numbers.flat()).toHaveLength(31);
    numbers.flat().forEach((number, index) => {
      const expected = right.value(24, right.columns[index] ?? "");
      expect(Math.abs(number - expected), right.columns[index]).toBeLessThan(1e-3 * Math.max(0.01, Math.abs(expected)));
    });
  }
  // The screen shows the same as before, and the next key takes the pages away.
  await expect(files.dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(files.dialog).toBeHidden();
  await expect(page.getByRole("article")).toHaveCount(0);
});

test("a range of rows is printed, and rows that are not there are refused", async ({ page, sheet: _ }) => {
  const [files, printer] = [new FilesDialog(page), await Printer.connect(page)];
  await files.open();
  await files.lastRow.fill("101");
  await files.print.click();
  await expect(files.status).toContainText("whole numbers from 0 to 100");
  await files.firstRow.fill("30");
  await files.lastRow.fill("60");
  await files.lastRow.press("Enter");
  await printer.wait();
  await expect(files.status).toContainText("The pages are ready.");
  const { texts } = await printer.pages("A4");
  expect(texts).toHaveLength(7);
  expect(texts[1]).toContain("Rows 30 to 54");
  expect(texts[6]).toContain("Rows 55 to 60");
  const { violations } = await new AxeBuilder({ page }).include("dialog").analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test("the browser's own print command is taken over on the sheet alone, and prints no control", async ({ page, sheet }) => {
  const [files, practice] = [new FilesDialog(page), new PracticePage(page)];
  await page.emulateMedia({ media: "print" });
  await expect(page.getByText("To print the sheet with its curves and all columns")).toBeVisible();
  await expect(sheet.formula).toBeVisible();
  await expect(sheet.step).toBeHidden();
  await expect(sheet.slider).toBeHidden();
  await page.emulateMedia({ media: "screen" });
  expect(await pressPrintKey(page)).toBe(true);
  await expect(files.dialog).toBeVisible();
  await files.close();
  await practice.begin("Fill the cells", "7");
  expect(await pressPrintKey(page)).toBe(false);
  await practice.exit.click();
  await page.getByRole("navigation", { name: "Labs" }).getByRole("link", { name: "Trainer" }).click();
  await expect(files.tool).toHaveCount(0);
  expect(await pressPrintKey(page)).toBe(false);
});
