import { expect, test } from "./support/test";
import { native, reference } from "./support/reference";

test.describe("the sheet", () => {
  for (const rate of ["0.5", "2.0"]) {
    test(`shows the reference's values, and the native engine's bits, in rows 0, 1 and 100 for a learning rate of ${rate}`, async ({ sheet }) => {
      const { columns, value } = reference(rate);
      const exact = native(rate);
      await sheet.setRate(rate);
      for (const row of [0, 1, 100]) {
        await sheet.scrollTo(row === 100 ? "last" : "first");
        for (const [index, column] of columns.entries()) {
          const shown = await sheet.fullValue(row, index);
          expect(Math.abs(shown - value(row, column)), `${column} in row ${row}`).toBeLessThanOrEqual(1e-14);
          expect(shown, `${column} in row ${row}`).toBe(exact.value(row, exact.columns[index] ?? ""));
        }
      }
    });
  }

  test("is a grid of 101 rows and a header, and only the visible rows are in the page", async ({ sheet }) => {
    await expect(sheet.grid).toHaveAttribute("aria-rowcount", "102");
    await expect(sheet.grid.getByRole("columnheader")).toHaveCount(32);
    await expect(sheet.row(0).getByRole("rowheader")).toHaveText("0");
    expect(await sheet.grid.getByRole("row").count()).toBeLessThan(80);
  });

  test("steps, goes back, plays, pauses and starts over", async ({ sheet }) => {
    await sheet.expectCurrent(0);
    await sheet.step.click();
    await sheet.step.click();
    await sheet.expectCurrent(2);
    await sheet.back.click();
    await sheet.expectCurrent(1);

    await sheet.play.click();
    await expect.poll(() => sheet.currentRow()).toBeGreaterThan(3);
    await sheet.pause.click();
    await expect(sheet.play).toBeVisible();
    const paused = await sheet.currentRow();
    await sheet.back.click();
    await sheet.expectCurrent(paused - 1);

    await sheet.reset.click();
    await sheet.expectCurrent(0);
  });

  test("keeps the current row in view, to the last one", async ({ sheet }) => {
    for (let row = 1; row <= 100; row += 1) await sheet.step.press("Enter");
    await sheet.expectCurrent(100);
  });

  test("shows the slider and the field of the learning rate in one line, in wide and in narrow windows", async ({ sheet, page }) => {
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 800 });
      const middle = async (part: typeof sheet.slider) => {
        const box = await part.boundingBox();
        return box ? box.y + box.height / 2 : NaN;
      };
      await expect.poll(async () => Math.abs((await middle(sheet.slider)) - (await middle(sheet.rate)))).toBeLessThan(4);
    }
  });

  test("is computed anew when the slider moves", async ({ sheet }) => {
    await sheet.setRate("0.5");
    const errorInRow1 = await sheet.fullValue(1, 22);
    await sheet.slider.focus();
    await sheet.page.keyboard.press("ArrowRight");
    await expect(sheet.rate).not.toHaveValue("0.5");
    expect(await sheet.fullValue(1, 22)).toBeLessThan(errorInRow1);
    await sheet.setRate("0.5");
    expect(await sheet.fullValue(1, 22)).toBe(errorInRow1);
  });

  test("shows a selected cell's formula, in symbols and in numbers", async ({ sheet }) => {
    await sheet.cell(0, 9).click();
    await expect(sheet.formula).toContainText("h");
    await expect(sheet.formula).toContainText("0.02750");
    await expect(sheet.value).toHaveText("0.5068745667645342");
    // σ is defined, and the plot shows the point and its tangent.
    await expect(sheet.formula.getByRole("img", { name: /σ with the point at 0.02750/ })).toBeVisible();
  });

  test("takes another constant, refuses text that is not a number, and undoes every change", async ({ sheet }) => {
    const w1 = sheet.constant("w1");
    await sheet.cell(0, 4).click();
    await w1.fill("much");
    await expect(sheet.formula).toContainText("“much” is not a number.");
    await expect(sheet.cell(0, 4)).toHaveText("0.15");

    await w1.fill("−3,5");
    await expect(sheet.cell(0, 4)).toHaveText("−3.5");
    await sheet.setRate("2");
    await sheet.cell(0, 4).click();
    await sheet.page.keyboard.press("Control+z");
    await expect(sheet.rate).toHaveValue("0.5");
    await sheet.options();
    await sheet.undo.click();
    await expect(sheet.cell(0, 4)).toHaveText("0.15");
    await expect(sheet.undo).toBeDisabled();
    await sheet.page.keyboard.press("Control+y");
    await expect(sheet.cell(0, 4)).toHaveText("−3.5");
    await sheet.options();
    await sheet.page.getByRole("button", { name: "Reset example" }).click();
    await expect(sheet.cell(0, 4)).toHaveText("0.15");
  });

  test("marks the cells that a formula refers to, in the table and in the network", async ({ sheet }) => {
    await sheet.cell(1, 4).click();
    // w1 in row 1 comes from w1 and its gradient in row 0.
    await expect(sheet.precedents).toHaveCount(2);
    for (const column of [4, 23]) await expect(sheet.precedents.and(sheet.cell(0, column))).toHaveCount(1);
    await sheet.network.getByText("w5").click();
    await expect(sheet.cell(1, 12)).toHaveAttribute("aria-selected", "true");
  });

  test("moves the selection by keyboard", async ({ sheet }) => {
    await sheet.cell(0, 0).click();
    await sheet.page.keyboard.press("ArrowDown");
    await sheet.page.keyboard.press("ArrowRight");
    await expect(sheet.cell(1, 1)).toBeFocused();
    await sheet.page.keyboard.press("Control+End");
    await expect(sheet.cell(100, 30)).toBeFocused();
    await sheet.page.keyboard.press("Control+Home");
    await expect(sheet.cell(0, 0)).toBeFocused();
  });

  test("keeps the keys while it plays far beyond the rows in sight, and leaves the browser its own", async ({ sheet, page }) => {
    await sheet.cell(0, 4).click();
    await sheet.options();
    await sheet.speed.fill("60");
    await sheet.cell(0, 4).click();
    await page.keyboard.press("Space");
    await expect.poll(() => sheet.currentRow()).toBeGreaterThan(60);
    await page.keyboard.press("Space");
    await expect(sheet.play).toBeVisible();
    const paused = await sheet.currentRow();
    await page.keyboard.press("ArrowUp");
    await expect(sheet.cell(paused - 1, 4)).toBeFocused();
    // The browser goes back with Alt+Left and with Command+Left.
    for (const modifier of ["altKey", "metaKey"]) {
      const taken = await sheet.cell(paused - 1, 4).evaluate((cell, modifier) => {
        const event = new KeyboardEvent("keydown", { key: "ArrowLeft", code: "ArrowLeft", [modifier]: true, bubbles: true, cancelable: true });
        return !cell.dispatchEvent(event);
      }, modifier);
      expect(taken, modifier).toBe(false);
    }
    await expect(sheet.cell(paused - 1, 4)).toHaveAttribute("aria-selected", "true");
    // Where brackets need AltGr, letters follow a formula.
    await page.keyboard.press("f");
    await expect(sheet.cell(paused - 2, 4)).toBeFocused();
    await page.keyboard.press("u");
    await expect(sheet.cell(paused - 2, 4)).not.toBeFocused();
  });

  test("understands its shortcuts with Caps Lock and on keyboards of other scripts", async ({ sheet, page }) => {
    const press = (key: string, code: string, more = {}) =>
      page.evaluate((event) => void window.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...event })), { key, code, ...more });
    for (const [key, redo] of [["Z", "Y"], ["я", "н"], ["ζ", "υ"], ["ז", "ט"]] as const) {
      await sheet.setRate("2");
      await press(key, "KeyZ", { ctrlKey: true });
      await expect(sheet.rate, key).toHaveValue("0.5");
      await press(redo, "KeyY", { ctrlKey: true });
      await expect(sheet.rate, redo).toHaveValue("2");
      await press(key, "KeyZ", { metaKey: true });
      await expect(sheet.rate, key).toHaveValue("0.5");
    }
    // On a German keyboard, Z is where others have Y, and AltGr types characters.
    await sheet.setRate("2");
    await press("y", "KeyZ", { ctrlKey: true });
    await press("z", "KeyY", { ctrlKey: true, altKey: true });
    await expect(sheet.rate).toHaveValue("2");
    await press("z", "KeyY", { ctrlKey: true });
    await expect(sheet.rate).toHaveValue("0.5");
    await press("з", "KeyP");
    await expect(page.getByRole("dialog", { name: "Presenter" })).toBeVisible();
  });

  test("reads numbers as they are typed, and keeps a refused text with the reason beside it", async ({ sheet }) => {
    for (const [text, rows] of [["10,000", 10_002], ["20.000", 20_002], ["30 000", 30_002], ["4e4", 40_002], ["٥٠٠", 502]] as const) {
      await sheet.options();
      await sheet.updates.fill(text);
      await sheet.updates.blur();
      await expect(sheet.grid, text).toHaveAttribute("aria-rowcount", String(rows));
      await expect(sheet.updates).toHaveAttribute("aria-invalid", "false");
    }
    await sheet.options();
    await sheet.updates.fill("1,0000");
    await sheet.updates.blur();
    await expect(sheet.updates).toHaveValue("1,0000");
    await expect(sheet.updates).toHaveAccessibleDescription("Type a whole number from 1 to 1,000,000. The value is still 500.");
    await sheet.options();
    await sheet.updates.press("Escape");
    await expect(sheet.updates).toHaveValue("500");
    await sheet.updates.fill("10,00");
    await sheet.updates.blur();
    await expect(sheet.updates).toHaveValue("10,00");
    await expect(sheet.updates).toHaveAccessibleDescription(/“10,00” may mean 10 or 1000\..* The value is still 500\./);
    await sheet.updates.press("Escape");
    await sheet.rate.fill("1,000");
    await sheet.rate.blur();
    await expect(sheet.rate).toHaveValue("1,000");
    await expect(sheet.rate).toHaveAccessibleDescription(/“1,000” may mean 1 or 1000\./);
    await sheet.rowField.fill("700");
    await expect(sheet.rowField).toHaveValue("700");
    await expect(sheet.rowField).toHaveAccessibleDescription("Type a whole number from 0 to 500.");
    await sheet.setRate("0,25");
    await expect(sheet.cell(0, 4)).toHaveText("0.15");
    await expect(sheet.slider).toHaveAttribute("aria-valuetext", "0.25");
    // The keyboards for numbers of an iPhone have no minus sign.
    await sheet.cell(0, 4).click();
    await expect(sheet.constant("w1")).toHaveAttribute("inputmode", "text");
  });

  test("has a scrollbar of one range for a million rows, and a drag over cells selects no text", async ({ sheet, page }) => {
    await sheet.options();
    await sheet.updates.fill("1000000");
    await expect(sheet.grid).toHaveAttribute("aria-rowcount", "1000002");
    const range = () => sheet.grid.evaluate((grid) => grid.scrollHeight);
    const before = await range();
    await sheet.grid.evaluate((grid) => { grid.scrollTop = grid.scrollHeight; });
    await expect(sheet.row(1_000_000)).toBeVisible();
    expect(await range()).toBe(before);
    await sheet.cell(1_000_000, 0).click();
    await sheet.grid.evaluate((grid) => { grid.scrollTop = 0; });
    await expect(sheet.row(3)).toBeVisible();
    expect(await range()).toBe(before);

    await sheet.cell(1, 1).hover();
    await page.mouse.down();
    await sheet.cell(3, 3).hover();
    await page.mouse.up();
    await expect(sheet.grid.getByRole("gridcell", { selected: true })).toHaveCount(9);
    expect(await page.evaluate(() => getSelection()?.toString())).toBe("");
  });

  test("shows no minus before zero", async ({ sheet, page }) => {
    await sheet.cell(0, 2).click();
    await sheet.constant("i1").fill("0");
    await expect(sheet.cell(0, 23)).toHaveText("0");
    await sheet.cell(0, 23).click();
    await expect(sheet.value).toHaveText("0");
    await expect(page.getByRole("grid")).not.toContainText(/−0(?![.\d])/);
  });

  test("draws sharp error curves, linear and logarithmic", async ({ sheet }) => {
    const canvas = sheet.curves.locator("canvas").first();
    await expect(canvas).toBeVisible();
    const picture = () => canvas.evaluate((element: HTMLCanvasElement) => element.toDataURL());
    const sharp = await canvas.evaluate((element: HTMLCanvasElement) => {
      return element.width - element.getBoundingClientRect().width * devicePixelRatio;
    });
    expect(Math.abs(sharp)).toBeLessThanOrEqual(1);
    const linear = await picture();
    await sheet.logarithmic.check();
    await expect.poll(picture).not.toBe(linear);
  });
});
