import AxeBuilder from "@axe-core/playwright";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FilesDialog } from "./pages/files-dialog";
import { PracticePage } from "./pages/practice-page";
import { expect, test } from "./support/test";

/** The standard table for η = 0.5 as CSV, with each cell changed by `change`. Rows count from 0. */
function table(change: (row: number, column: string, value: number) => string | number = (_, __, value) => value): string {
  const path = join(import.meta.dirname, "../fixtures/sheet/bits_0.5.csv");
  const [header = "", ...lines] = readFileSync(path, "utf8").trim().replaceAll("−", "-").split("\n");
  const names = header.split(",");
  const changed = lines.map((line, row) => {
    return line.split(",").map((cell, index) => (index === 0 ? cell : change(row, names[index] ?? "", Number(cell))));
  });
  return [header, ...changed.map((cells) => cells.join(","))].join("\n");
}

/** A table of row 0 alone, whose learning rate only the file's name can tell. */
function firstRow(): string {
  return table().split("\n", 2).join("\n");
}

test("the exchange worker is not fetched before it is needed", async ({ page, sheet, requests }) => {
  await sheet.step.click();
  await new FilesDialog(page).open();
  expect(requests.filter((url) => url.includes("exchange"))).toEqual([]);
});

test("a saved workbook restores constants and learning rate, and undo takes them back", async ({ page, sheet }) => {
  const files = new FilesDialog(page);
  await sheet.cell(0, 4).click();
  await sheet.constant("w1").fill("0.75");
  await sheet.constant("w1").press("Enter");
  await sheet.setRate("0.3");

  await files.open();
  const { name, path, bytes } = await files.save("Excel workbook");
  expect(name).toBe("gradsheet eta 0.3.xlsx");
  expect(bytes.subarray(0, 2).toString()).toBe("PK");
  await expect(files.status).toContainText("is in your downloads");
  await files.close();

  await sheet.options();
  await sheet.undo.click();
  await sheet.options();
  await sheet.undo.click();
  await expect(sheet.rate).toHaveValue("0.5");
  await files.open();
  await files.give("Open", path);
  await expect(files.status).toContainText("η = 0.3, in G31");
  await files.button("eta 2").click();
  await expect(files.status).toContainText("η = 2, in G31");
  await files.close();
  await expect(sheet.rate).toHaveValue("2");
  expect(await sheet.fullValue(0, 4)).toBe(0.75);
  await sheet.options();
  await sheet.undo.click();
  await expect(sheet.rate).toHaveValue("0.3");
  await sheet.options();
  await sheet.undo.click();
  await expect(sheet.rate).toHaveValue("0.5");
  expect(await sheet.fullValue(0, 4)).toBe(0.15);

  await files.open();
  await files.give("Check", path);
  await expect(files.status.getByText("All 3131 cells are right.")).toHaveCount(7);
});

test("CSV has all digits, opens in Excel with points or commas, and can be opened again", async ({ page, sheet }) => {
  const files = new FilesDialog(page);
  await expect(sheet.grid).toBeVisible();
  await files.open();
  const { name, path, bytes } = await files.save("CSV");
  expect(name).toBe("gradsheet eta 0.5.csv");
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const numbers = (text: string) => text.split("\n").slice(1).map((line) => line.split(",").map(Number));
  expect(numbers(bytes.toString("utf8").trim())).toEqual(numbers(table()));
  await files.commas.check();
  const german = await files.save("CSV");
  expect(german.bytes.toString("utf8").replaceAll(",", ".").replaceAll(";", ",")).toBe(bytes.toString("utf8"));
  for (const file of [path, german.path]) {
    await files.give("Check", file);
    await expect(files.status).toContainText("All 3131 cells are right.");
  }
});

test("a student's mistake is found, named and shown on the sheet", async ({ page, sheet }) => {
  const files = new FilesDialog(page);
  await files.open();
  await files.give("Check", { name: "homework eta 0.5.csv", content: table() });
  const report = files.check("homework eta 0.5.csv");
  await expect(report).toContainText("All 3131 cells are right.");

  // The ½ is missing in row 3, and the total is computed from the wrong error.
  const errors = table().split("\n")[4]?.split(",").map(Number) ?? [];
  const [e1 = 0, e2 = 0] = errors.slice(21, 23);
  const wrong = table((row, column, value) => {
    if (row === 3 && column === "E1") return 2 * value;
    return row === 3 && column === "E_Total" ? 2 * e1 + e2 : value;
  });
  await files.give("Check", { name: "homework eta 0.5.csv", content: wrong });
  await expect(report).toContainText("1 of 3131 cells has a mistake of its own.");
  await expect(report).toContainText("Likely mistake: the ½ is left out.");
  await expect(report.getByRole("group").getByText("1 cell wrong only because of other cells")).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  await report.getByRole("button", { name: "V5: show this cell in the sheet" }).click();
  await expect(files.dialog).toBeHidden();
  await expect(sheet.cell(3, 20)).toHaveAttribute("aria-selected", "true");
});

test("in an exercise the sheet behind it is not saved, and a cell of the report is shown on it", async ({ page, sheet }) => {
  const [files, practice] = [new FilesDialog(page), new PracticePage(page)];
  await sheet.step.click();
  await practice.begin("Fill the cells", "7");
  await files.open();
  await expect(files.button("Save as Excel workbook")).toBeDisabled();
  await expect(files.button("Save as CSV")).toBeDisabled();
  await expect(files.dialog).toContainText("Exit it first to save your own sheet.");
  const wrong = table((row, column, value) => (row === 30 && column === "E1" ? 2 * value : value));
  await files.give("Check", { name: "homework eta 0.5.csv", content: wrong });
  await files.status.getByRole("button", { name: "V32: show this cell in the sheet" }).click();
  await expect(practice.bar).toHaveCount(0);
  await sheet.expectCurrent(30);
  await expect(sheet.cell(30, 20)).toHaveAttribute("aria-selected", "true");
});

test("a drag that ends outside of a dialog does not close it, and a click outside does", async ({ page, sheet }) => {
  const files = new FilesDialog(page);
  await expect(sheet.grid).toBeVisible();
  await files.open();
  await files.dialog.getByText("All rows, with all digits.").hover();
  await page.mouse.down();
  await page.mouse.move(3, 3, { steps: 4 });
  await page.mouse.up();
  await expect(files.dialog).toBeVisible();
  await page.mouse.down();
  await files.dialog.getByText("All rows, with all digits.").hover();
  await page.mouse.up();
  await expect(files.dialog).toBeVisible();
  await page.mouse.click(3, 3);
  await expect(files.dialog).toBeHidden();
});

test("a file that is not a workbook is refused with a reason, and the sheet does not change", async ({ page, sheet }) => {
  const files = new FilesDialog(page);
  await sheet.setRate("0.3");
  await files.open();
  for (const [name, content, sentence] of [
    ["broken.xlsx", Buffer.from("PK\u0003\u0004 and then nothing"), "is damaged and cannot be read"],
    ["old.xls", Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), Buffer.alloc(512)]), "old format (.xls)"],
    ["empty.csv", Buffer.alloc(0), "is empty"],
    ["letter.txt", Buffer.from("Dear students"), "has no backpropagation table"],
    ["huge.csv", Buffer.alloc(20_000_001, 49), "larger than 20 MB"],
  ] as const) {
    await files.give("Open", { name, content });
    await expect(files.status).toContainText(sentence);
  }
  await files.close();
  await expect(sheet.rate).toHaveValue("0.3");
});

test("the page asks what a dropped file is for", async ({ page, sheet }) => {
  const files = new FilesDialog(page);
  const transfer = await page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], "run eta 0.8.csv"));
    return transfer;
  }, table());
  await sheet.grid.dispatchEvent("drop", { dataTransfer: transfer });
  await expect(files.dialog).toContainText("run eta 0.8.csv");
  await files.button("Open").click();
  await expect(files.status).toContainText("η = 0.5, computed from the steps; the name says 0.8");
  await files.close();
  await expect(sheet.rate).toHaveValue("0.5");
});

test("each of several dropped files gets its own report", async ({ page, sheet }) => {
  const files = new FilesDialog(page);
  const wrong = table((row, column, value) => (row === 3 && column === "E1" ? 2 * value : value));
  const transfer = await page.evaluateHandle(([right, wrong]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([right ?? ""], "anna eta 0.5.csv"));
    transfer.items.add(new File([wrong ?? ""], "ben eta 0.5.csv"));
    return transfer;
  }, [table(), wrong]);
  await sheet.grid.dispatchEvent("drop", { dataTransfer: transfer });
  await expect(files.dialog).toContainText("“anna eta 0.5.csv”, “ben eta 0.5.csv”: load their values, or check them?");
  await files.button("Check").click();
  await expect(files.check("anna eta 0.5.csv")).toContainText("All 3131 cells are right.");
  await expect(files.check("ben eta 0.5.csv")).toContainText("1 of 3131 cells has a mistake of its own.");
});

test("of several chosen files, one that cannot be read does not hide the others", async ({ page, sheet }) => {
  const files = new FilesDialog(page);
  await expect(sheet.grid).toBeVisible();
  await files.open();
  await files.give(
    "Open",
    { name: "a.gsheet", content: '{"doc_id":"1"}' },
    { name: "b eta 0.3.csv", content: firstRow() },
    { name: "c eta 0.8.csv", content: firstRow() },
  );
  await expect(files.status).toContainText("“a.gsheet” is only a shortcut to a Google Sheet");
  await expect(files.status).toContainText("η = 0.3, from the name");
  await files.button("c eta 0.8.csv").click();
  await expect(files.status).toContainText("η = 0.8, from the name");
});

test("a worker that cannot be loaded is reported, and the next request starts another", async ({ page, sheet }) => {
  const files = new FilesDialog(page);
  await expect(sheet.grid).toBeVisible();
  await page.route("**/exchange_bg.wasm*", (route) => route.abort());
  await files.open();
  await files.button("Save as CSV").click();
  await expect(files.status).toContainText("The worker for files failed");
  await page.unroute("**/exchange_bg.wasm*");
  const { bytes } = await files.save("CSV");
  expect(bytes.length).toBeGreaterThan(10_000);
});
