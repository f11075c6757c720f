import { AH1, E_TOTAL, G1, H1, W1, W5 } from "./support/columns";
import { expect, test } from "./support/test";
import { native } from "./support/reference";

test.describe("understanding a number", () => {
  test("leads to precedents and dependents by key, by link and by a term of the formula", async ({ sheet }) => {
    const { keyboard } = sheet.page;
    await sheet.cell(0, AH1).click();
    await keyboard.press("Control+BracketLeft");
    await expect(sheet.cell(0, H1)).toBeFocused();
    await keyboard.press("Control+BracketLeft");
    await expect(sheet.cell(0, W1)).toBeFocused();
    await keyboard.press("Control+BracketRight");
    await expect(sheet.cell(0, H1)).toBeFocused();

    await sheet.formula.getByRole("button", { name: "a_h1" }).click();
    await expect(sheet.cell(0, AH1)).toHaveAttribute("aria-selected", "true");
    // w1 in row 1 leads to its gradient in row 0.
    await sheet.cell(1, W1).click();
    await sheet.formula.getByRole("math").locator("math[data-above]").nth(1).click();
    await expect(sheet.cell(0, G1)).toHaveAttribute("aria-selected", "true");
    await expect(sheet.formula.getByRole("button", { name: "w1 in row 1" })).toBeVisible();
  });

  test("frames precedents in their terms' colours, and dependents more faintly", async ({ sheet }) => {
    await sheet.cell(0, H1).click();
    const colour = (name: "w1" | "w2") => {
      const index = name === "w1" ? W1 : W1 + 1;
      return Promise.all([
        sheet.formula.getByRole("math").locator(`math[data-column="${index}"]`).evaluate((term) => getComputedStyle(term).color),
        sheet.cell(0, index).evaluate((cell) => getComputedStyle(cell).color),
      ]);
    };
    const [first, second] = [await colour("w1"), await colour("w2")];
    expect(first[0]).toBe(first[1]);
    expect(second[0]).toBe(second[1]);
    expect(first[0]).not.toBe(second[0]);
    await expect(sheet.dependents).toHaveCount(1);
    await expect(sheet.dependents.and(sheet.cell(0, AH1))).toHaveCount(1);
  });

  test("steps through the phases of a row, each with its sentence", async ({ sheet }) => {
    await sheet.options();
    await sheet.stepBy.selectOption("phase");
    const names = ["Hidden layer", "Output layer", "Error", "Output gradients", "Hidden gradients", "Update"];
    await sheet.phase("Given").click();
    for (const name of names) {
      await sheet.step.click();
      await expect(sheet.phase(name)).toHaveAttribute("aria-current", "step");
    }
    await sheet.expectCurrent(1);
    await expect(sheet.formula).toContainText("because a larger");
    await sheet.back.click();
    await sheet.expectCurrent(0);
    await expect(sheet.phase("Hidden gradients")).toHaveAttribute("aria-current", "step");
  });

  test("says where a neuron is saturated and why that matters", async ({ sheet }) => {
    await sheet.cell(0, W5).click();
    await sheet.constant("w5").fill("12");
    await expect(sheet.saturated).not.toHaveCount(0);
    await sheet.saturated.first().click();
    await expect(sheet.formula).toContainText("learning is slow");
  });

  test("shows NaN, infinity and huge numbers", async ({ sheet }) => {
    await sheet.cell(0, W5).click();
    await sheet.constant("w5").fill("1e308");
    await sheet.setRate("100");
    await sheet.rowField.fill("3");
    await sheet.cell(3, E_TOTAL).click();
    await expect(sheet.value).toHaveText(/^(NaN|∞|−∞|[−\d.·⁻⁰-⁹¹²³]+)$/);
    for (const text of await sheet.row(3).getByRole("gridcell").allInnerTexts()) expect(text.trim()).not.toBe("");
  });
});

test.describe("the table", () => {
  test("shows 4, 6, 10 or all digits, and colours the cells", async ({ sheet }) => {
    const exact = native("0.5").value(0, "E_Total");
    const shown = { "4": "0.2425", "6": "0.242520", "10": "0.2425198573", full: String(exact) };
    for (const [digits, text] of Object.entries(shown)) {
      await sheet.options();
      await sheet.digits.selectOption(digits);
      await expect(sheet.cell(0, E_TOTAL)).toHaveText(text);
    }
    await sheet.options();
    await sheet.digits.selectOption("6");
    const background = () => sheet.cell(2, E_TOTAL).evaluate((cell) => getComputedStyle(cell).backgroundImage);
    const plain = await background();
    await sheet.options();
    await sheet.tint.check();
    expect(await background()).not.toBe(plain);
  });

  test("copies the selected cells in the form that a spreadsheet pastes", async ({ sheet, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await sheet.cell(0, E_TOTAL).click();
    await sheet.page.keyboard.press("Shift+ArrowDown");
    await sheet.page.keyboard.press("Shift+ArrowRight");
    await expect(sheet.grid.getByRole("gridcell", { selected: true })).toHaveCount(4);
    await sheet.page.keyboard.press("Control+c");
    const exact = native("0.5");
    const line = (row: number) => `${exact.value(row, "E_Total")}\t${exact.value(row, exact.columns[G1] ?? "")}`;
    const clipboard = () => sheet.page.evaluate(() => navigator.clipboard.readText());
    expect((await clipboard()).trim().split(/\r?\n/)).toEqual([line(0), line(1)]);

    await sheet.cell(2, 0).click();
    await sheet.options();
    await sheet.page.getByRole("button", { name: "Copy row" }).click();
    await expect(sheet.page.getByText("31 cells copied.")).toBeVisible();
    expect((await clipboard()).trim().split("\t")).toHaveLength(31);
    // The δ are copied where they are shown.
    await sheet.page.getByRole("checkbox", { name: "Show the δ in the table" }).check();
    await sheet.page.getByRole("button", { name: "Copy row" }).click();
    await expect(sheet.page.getByText("35 cells copied.")).toBeVisible();
    expect((await clipboard()).trim().split("\t")).toHaveLength(35);
  });

  test("goes to a row by slider and by number", async ({ sheet }) => {
    await sheet.rowField.fill("42");
    await sheet.expectCurrent(42);
    await sheet.scrubber.focus();
    await sheet.page.keyboard.press("End");
    await sheet.expectCurrent(100);
    await sheet.rowField.fill("x");
    await expect(sheet.page.getByText("Type a whole number from 0 to 100.")).toBeInViewport({ ratio: 1 });
    await sheet.rowField.press("Tab");
    await expect(sheet.page.getByText("The value is still 100.")).toBeVisible();
    await expect(sheet.rowField).toHaveValue("x");
    await sheet.rowField.press("Escape");
    await expect(sheet.rowField).toHaveValue("100");
    await sheet.rate.fill("101");
    await expect(sheet.page.getByText("The learning rate must be from 0 to 100.")).toBeInViewport({ ratio: 1 });
    await sheet.rate.press("Escape");
    // The limits that a message states are those of now.
    await sheet.rowField.fill("300");
    await sheet.options();
    await sheet.updates.fill("200");
    await expect(sheet.page.getByText("Type a whole number from 0 to 200.")).toBeVisible();
    await sheet.updates.fill("400");
    await expect(sheet.page.getByText("The value is still 100. Press Enter to take the other one.")).toBeVisible();
    await sheet.rowField.press("Enter");
    await sheet.expectCurrent(300);
  });

  test("plays at the chosen speed", async ({ sheet }) => {
    await sheet.options();
    await sheet.speed.fill("60");
    await sheet.play.click();
    await sheet.expectCurrent(100);
    await expect(sheet.play).toBeVisible();
  });

  test("holds a million rows, and only the rows in view are in the page", async ({ sheet }) => {
    await sheet.options();
    await sheet.updates.fill("1000000");
    await sheet.rowField.fill("1000000");
    await sheet.expectCurrent(1_000_000);
    await expect(sheet.grid).toHaveAttribute("aria-rowcount", "1000002");
    expect(await sheet.grid.getByRole("row").count()).toBeLessThan(80);
    await sheet.cell(1_000_000, E_TOTAL).click();
    await sheet.page.keyboard.press("PageUp");
    expect(await sheet.currentRow()).toBeLessThan(1_000_000);
    await sheet.page.keyboard.press("Control+Home");
    await sheet.expectCurrent(0);
    await sheet.grid.evaluate((grid) => grid.scrollTo(0, grid.scrollHeight / 2));
    const middle = async () => Number(await sheet.grid.getByRole("rowheader").last().innerText());
    await expect.poll(async () => Math.abs((await middle()) - 500_000)).toBeLessThan(1000);
    await sheet.options();
    await sheet.updates.fill("50");
    await expect(sheet.grid).toHaveAttribute("aria-rowcount", "52");
    await expect(sheet.row(50)).toBeVisible();
    await sheet.rowField.fill("40");
    await sheet.expectCurrent(40);
    await sheet.options();
    await sheet.undo.click();
    await expect(sheet.updates).toHaveValue("1000000");
    // The rows in sight stay, however far the table now goes on.
    await sheet.expectCurrent(40);
    // Near the end, no row is written over another one.
    await sheet.grid.evaluate((grid) => grid.scrollTo(0, grid.scrollHeight - grid.clientHeight - 8));
    const overlap = () => sheet.grid.evaluate((grid) => {
      const { top, bottom } = grid.getBoundingClientRect();
      const rows = [...grid.querySelectorAll(".grid-body [role=row]")].map((row) => row.getBoundingClientRect());
      const seen = rows.filter((row) => row.bottom > top + 40 && row.top < bottom).sort((one, other) => one.top - other.top);
      return seen.length > 3 ? Math.max(...seen.slice(1).map((row, index) => (seen[index]?.bottom ?? 0) - row.top)) : Infinity;
    });
    await expect.poll(overlap).toBeLessThan(1);
  });
});
