import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { PracticePage } from "./pages/practice-page";
import { Printer } from "./support/printer";
import type { SheetPage } from "./pages/sheet-page";
import { expect, test } from "./support/test";
import { fourDigits, native, parse, reference } from "./support/reference";

/** The columns, as the page names them. */
const COLUMNS = native("0.5").columns;
const ETA = /η\s=\s([\d.]+)\./;

/** Computes the first rows of a sheet from its constants, with code that shares nothing with the page. */
function rows(given: ReadonlyMap<string, number>, eta: number, count: number): Map<string, number>[] {
  const sigma = (x: number) => 1 / (1 + Math.exp(-x));
  const table: Map<string, number>[] = [];
  let weights = Array.from({ length: 8 }, (_, index) => given.get(`w${index + 1}`) ?? NaN);
  const [t, i] = [["t1", "t2"], ["i1", "i2"]].map((names) => names.map((name) => given.get(name) ?? NaN)) as [number[], number[]];
  for (let row = 0; row < count; row++) {
    const w = (index: number) => weights[index - 1]!;
    const net = [w(1) * i[0]! + w(2) * i[1]!, w(3) * i[0]! + w(4) * i[1]!];
    const hidden = net.map(sigma);
    const out = [w(5) * hidden[0]! + w(6) * hidden[1]!, w(7) * hidden[0]! + w(8) * hidden[1]!];
    const output = out.map(sigma);
    const errors = output.map((a, index) => (t[index]! - a) ** 2 / 2);
    const delta = output.map((a, index) => (a - t[index]!) * a * (1 - a));
    const blame = [0, 1].map((h) => (delta[0]! * w(5 + h) + delta[1]! * w(7 + h)) * hidden[h]! * (1 - hidden[h]!));
    const gradients = [
      ...[0, 1].flatMap((h) => i.map((input) => blame[h]! * input)),
      ...[0, 1].flatMap((o) => hidden.map((a) => delta[o]! * a)),
    ];
    const values = [
      ...t, ...i, ...weights.slice(0, 4), net[0]!, hidden[0]!, net[1]!, hidden[1]!, ...weights.slice(4),
      out[0]!, output[0]!, out[1]!, output[1]!, ...errors, errors[0]! + errors[1]!, ...gradients,
    ];
    table.push(new Map(COLUMNS.map((column, index) => [column, values[index]!])));
    weights = weights.map((weight, index) => weight - eta * gradients[index]!);
  }
  return table;
}

/** Computes the right values of an exercise's sheet from the constants that the page shows. */
async function solve(sheet: SheetPage, practice: PracticePage): Promise<Map<string, number>[]> {
  const given = new Map<string, number>();
  for (const [index, column] of COLUMNS.entries()) {
    if (/^[tiw]\d$/.test(column)) given.set(column, parse(await sheet.cell(0, index).innerText()));
  }
  const eta = ETA.exec(await practice.bar.innerText())?.[1];
  return rows(given, Number(eta), 3);
}

/** The name of a column as it is read out: the total error is E. */
function spoken(column: string): string {
  return column === "E_Total" ? "E" : column.replace("E_t", "E");
}

/** The blank that the field belongs to. */
async function blank(practice: PracticePage): Promise<{ column: string; row: number }> {
  const [, name, row] = /^Value of (.*) in row (\d+)$/.exec((await practice.blank.getAttribute("aria-label")) ?? "") ?? [];
  const column = COLUMNS.find((column) => spoken(column) === name);
  if (!column) throw new Error(`There is no blank to fill: ${name}`);
  return { column, row: Number(row) };
}

/** The texts of the first rows of the table. */
async function picture(page: Page): Promise<string> {
  const texts = await page.getByRole("grid").locator("[role=gridcell]").allInnerTexts();
  return texts.slice(0, 93).join(" ");
}

test.describe("the gradient check", () => {
  test("shows the reference's gradients beside measured slopes that agree", async ({ page, sheet }) => {
    const practice = new PracticePage(page);
    await sheet.options();
    await sheet.digits.selectOption("full");
    await page.getByText("Options", { exact: true }).click();
    await practice.showGradients();
    await expect(practice.gradients.getByRole("status")).toHaveText("All 8 gradients agree.");
    const table = reference("0.5");
    for (let weight = 1; weight <= 8; weight++) {
      const [analytic, numeric, error, verdict] = await practice.gradient(weight);
      const expected = table.value(0, table.columns[22 + weight] ?? "");
      expect(Math.abs(parse(analytic!) - expected)).toBeLessThan(1e-14);
      expect(Math.abs(parse(numeric!) - expected)).toBeLessThan(1e-9);
      expect(parse(error!)).toBeLessThan(1e-6);
      expect(verdict).toBe("✓ agrees");
    }
    await practice.gradients.getByRole("button", { name: "∂E/∂w6" }).click();
    await expect(sheet.cell(0, 28)).toHaveAttribute("aria-selected", "true");
  });
});

test.describe("find the bug", () => {
  test("rejects a wrong guess, explains the right one, and the gradient check proves it", async ({ page, sheet }) => {
    const practice = new PracticePage(page);
    const own = await picture(page);
    // In task 2 the formula of h2 contains a wrong weight.
    await practice.begin("Find the bug", "2");
    const right = await solve(sheet, practice);
    const shown = async (column: string) => parse(await sheet.cell(0, COLUMNS.indexOf(column)).innerText());
    expect(await shown("h1")).toBeCloseTo(right[0]!.get("h1")!, 3);
    expect(Math.abs((await shown("h2")) - right[0]!.get("h2")!)).toBeGreaterThan(0.01);

    await sheet.cell(0, COLUMNS.indexOf("h1")).click();
    await practice.mark.click();
    await expect(practice.feedback).toHaveText("No, the formula of h1 is right.");
    await expect(practice.bar).toContainText("1 wrong guess");
    await practice.hint.click();
    await expect(practice.feedback).toContainText("gradient check");
    await practice.hint.click();
    await expect(practice.feedback).toContainText("Compare each formula with the network");

    await sheet.cell(3, COLUMNS.indexOf("h2")).click();
    await expect(sheet.formula.getByRole("math", { name: "h2 = w2·i1 + w4·i2" })).toBeVisible();
    await practice.mark.click();
    await expect(practice.feedback).toContainText("Found! In h2, w2 is used instead of w3. Correct formula: h2 = w3·i1 + w4·i2.");
    await expect(practice.bar).toContainText("Found with guess 2, after a hint");
    await expect(practice.gradients.getByRole("status")).toContainText("differ");
    expect((await practice.gradient(3))[3]).toBe("✗ differs");
    expect((await practice.gradient(5))[3]).toBe("✓ agrees");

    await page.reload();
    await expect(practice.bar).toContainText("Found with guess 2, after a hint");
    await expect(practice.feedback).toContainText("Found! In h2, w2 is used instead of w3.");

    await practice.exit.click();
    await expect(practice.bar).toHaveCount(0);
    expect(await picture(page)).toBe(own);
    await expect(sheet.rate).toHaveValue("0.5");
  });

  test("gives the same task for the same number and another for another number, and shows the solution on giving up", async ({ page, sheet }) => {
    const practice = new PracticePage(page);
    await practice.begin("Find the bug", "123");
    const task = await picture(page);
    await practice.newTask.click();
    await expect.poll(() => picture(page)).not.toBe(task);
    await practice.begin("Find the bug", "123");
    await expect.poll(() => picture(page)).toBe(task);
    await practice.giveUp.click();
    await expect(practice.feedback).toContainText("In E, E1 is counted twice and E2 is left out.");
    await expect(practice.mark).toBeDisabled();
    await expect(sheet.cell(0, COLUMNS.indexOf("E_Total"))).toHaveAttribute("aria-selected", "true");
  });

  test("does not start with a task number that is not a number", async ({ page, sheet: _ }) => {
    const practice = new PracticePage(page);
    await practice.choose("Find the bug", "seven");
    await practice.start.click();
    await expect(practice.dialog.getByRole("alert")).toHaveText("Type a whole number, for example 123.");
    await page.keyboard.press("Escape");
    await expect(practice.bar).toHaveCount(0);
  });
});

test.describe("fill the cells", () => {
  test("can be solved by computing, and names the mistake behind a wrong value", async ({ page, sheet }) => {
    test.slow();
    const practice = new PracticePage(page);
    await practice.begin("Fill the cells", "123");
    const right = await solve(sheet, practice);
    const value = ({ column, row }: { column: string; row: number }) => right[row]!.get(column)!;

    // Table, formula and diagram do not show the value of a blank.
    expect(await blank(practice)).toEqual({ column: "h2", row: 0 });
    await expect(sheet.cell(0, COLUMNS.indexOf("h2"))).toHaveText("?");
    const secret = fourDigits(value({ column: "h2", row: 0 }));
    expect(await page.locator("main").innerText()).not.toContain(secret);
    await expect(sheet.formula).not.toContainText("w3");
    await practice.hint.click();
    await expect(sheet.formula.getByRole("math", { name: "h2 = w3·i1 + w4·i2" })).toBeVisible();
    expect(await sheet.formula.innerText()).not.toContain("0.35");
    await practice.hint.click();
    await expect(sheet.formula).toContainText("0.35");

    await practice.fill("seven");
    await expect(practice.feedback).toContainText("“seven” is not a number.");
    const [w2, w4, i1, i2] = ["w2", "w4", "i1", "i2"].map((column) => right[0]!.get(column)!) as [number, number, number, number];
    await practice.fill(String(w2 * i1 + w4 * i2));
    await expect(practice.feedback).toHaveText("h2: Not yet. You get this value when w2 is used instead of w3.");
    await practice.fill(value({ column: "h2", row: 0 }).toFixed(2));
    await expect(practice.feedback).toContainText("Almost");
    await expect(sheet.cell(0, COLUMNS.indexOf("h2"))).toHaveText("?");
    // A decimal comma counts as a point. The user may begin to type in the table.
    await sheet.cell(0, COLUMNS.indexOf("h2")).click();
    await page.keyboard.type(value({ column: "h2", row: 0 }).toFixed(4).replace(".", ","));
    await page.keyboard.press("Enter");
    await expect(practice.feedback).toHaveText("h2: Right.");
    // The next blank waits for its value.
    await expect(practice.blank).toBeFocused();
    expect(await blank(practice)).not.toEqual({ column: "h2", row: 0 });
    await expect(sheet.cell(0, COLUMNS.indexOf("h2"))).toHaveText(secret);

    for (let filled = 1; filled < 9; filled++) {
      const open = await blank(practice);
      if (open.column.startsWith("a_")) {
        await practice.hint.click();
        await expect(practice.feedback).toContainText("σ(x) = 1 / (1 + e⁻ˣ)");
      }
      await page.keyboard.type(value(open).toPrecision(4));
      await page.keyboard.press("Enter");
      await expect(practice.bar).toContainText(`${filled + 1} of 10 right`);
      await expect(practice.blank).toBeFocused();
    }
    await expect(practice.bar).toContainText("9 of 10 right, 5 without help");
    // The progress survives a reload.
    await page.reload();
    await expect(practice.bar).toContainText("9 of 10 right, 5 without help");
    await expect(sheet.cell(0, COLUMNS.indexOf("h2"))).toHaveText(secret);
    await practice.nextBlank.click();
    const last = await blank(practice);
    await practice.showAnswer.click();
    await expect(practice.feedback).toHaveText(/ is −?\d\.\d+(·10−\d)?\.$/);
    await expect(sheet.cell(last.row, COLUMNS.indexOf(last.column))).not.toHaveText("?");
    await expect(practice.nextBlank).toBeDisabled();
  });

  test("shows every answer as a number, also where it depends on other blanks, and counts none as right", async ({ page, sheet: _ }) => {
    const practice = new PracticePage(page);
    await practice.begin("Fill the cells", "123");
    await expect(page).toHaveURL(/mode=fill-123/);
    const blanks = page.getByRole("grid").getByRole("gridcell", { name: "?", exact: true });
    for (let open = 9; open >= 0; open--) {
      // The hardest blank that is in the page first.
      await blanks.last().click();
      await practice.showAnswer.click();
      await expect(practice.feedback).toHaveText(/ is −?[\d.]+(·10−\d+)?\.$/);
      await expect(blanks).toHaveCount(open);
    }
    await expect(practice.bar).toContainText("0 of 10 right, 10 answers shown");
    await page.reload();
    await expect(practice.bar).toContainText("0 of 10 right, 10 answers shown");
    // Started by hand, the task begins anew.
    await practice.begin("Fill the cells", "123");
    await expect(practice.bar).toContainText("0 of 10 right");
    await expect(blanks).toHaveCount(10);
  });

  test("is opened by a link with a task, and exiting shows the link's own sheet", async ({ page, sheet }) => {
    const practice = new PracticePage(page);
    await practice.begin("Fill the cells", "7");
    await expect(page).toHaveURL(/mode=fill-7/);
    const task = await picture(page);
    await page.reload();
    await expect(practice.bar).toContainText("Fill the cells, task 7");
    expect(await picture(page)).toBe(task);
    await practice.exit.click();
    await expect(sheet.cell(0, 0)).toHaveText("0.01");
    await expect(page).not.toHaveURL(/mode=/);
  });
});

test.describe("on paper", () => {
  for (const kind of ["Find the bug", "Fill the cells"] as const) {
    test(`${kind}: a worksheet and its answer key, one A4 page each`, async ({ page, sheet: _ }) => {
      const printer = await Printer.connect(page);
      const practice = new PracticePage(page);
      await practice.choose(kind, "123");
      await practice.print.click();
      await printer.wait();
      await page.emulateMedia({ media: "print" });
      // The width of A4 without its margins.
      await page.setViewportSize({ width: 703, height: 1030 });
      const pages = page.getByRole("article");
      await expect(pages).toHaveCount(2);
      await expect(pages.first()).toContainText("Name");
      await expect(pages.last()).toContainText("answer key");
      await expect(page.getByRole("grid")).toBeHidden();
      await expect(pages.first().locator("td:empty")).toHaveCount(kind === "Find the bug" ? 0 : 10);
      await expect(pages.last().locator("td:empty")).toHaveCount(0);
      // Nothing is cut off at the bottom of a page.
      for (const overflow of await pages.evaluateAll((sheets) => sheets.map((sheet) => sheet.scrollHeight - sheet.clientHeight))) {
        expect(overflow).toBeLessThanOrEqual(0);
      }
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
      expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(2);
      for (const [, width, height] of pdf.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)) {
        expect([Math.round(Number(width)), Math.round(Number(height))]).toEqual([595, 842]);
      }
      // After printing, the screen shows the same as before.
      await page.emulateMedia({ media: "screen" });
      await expect(page.getByRole("grid")).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(pages).toHaveCount(0);
    });
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds no problem in the dialog and in exercises, ${colorScheme}`, async ({ page, sheet: _ }) => {
    await page.emulateMedia({ colorScheme });
    await page.reload();
    const practice = new PracticePage(page);
    // axe checks the table only once, because it is large and the same in all states.
    const violations = async (table = false) => {
      const axe = new AxeBuilder({ page });
      return (await (table ? axe : axe.exclude("[role=grid]")).analyze()).violations;
    };
    await practice.choose("Find the bug", "one");
    await expect(practice.dialog.getByRole("alert")).not.toBeEmpty();
    expect(await violations()).toEqual([]);
    await practice.number.fill("1");
    await practice.start.click();
    await practice.mark.click();
    await practice.showGradients();
    expect(await violations()).toEqual([]);
    await practice.giveUp.click();
    expect(await violations()).toEqual([]);
    await practice.begin("Fill the cells", "1");
    await practice.hint.click();
    await practice.fill("1");
    expect(await violations(true)).toEqual([]);
  });
}
