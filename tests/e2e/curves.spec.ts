import AxeBuilder from "@axe-core/playwright";
import { CurvesPage } from "./pages/curves-page";
import { SheetPage } from "./pages/sheet-page";
import { reference } from "./support/reference";
import { expect, test as base } from "./support/test";

const test = base.extend<{ curves: CurvesPage }>({
  curves: async ({ sheet }, use) => {
    const curves = new CurvesPage(sheet.page);
    await curves.showCurves();
    await use(curves);
  },
});

test.describe("the error curves", () => {
  test("can be zoomed by button, key and wheel, moved, and shown as a whole again", async ({ curves, sheet }) => {
    const { page, canvas } = curves;
    const whole = await curves.picture();
    await curves.zoomIn.click();
    await curves.expectZoomed(true);
    await expect.poll(() => curves.picture()).not.toBe(whole);
    await curves.everything.click();
    await curves.expectZoomed(false);
    await expect.poll(() => curves.picture()).toBe(whole);
    await expect(curves.everything).toBeDisabled();

    await canvas.press("+");
    await curves.expectZoomed(true);
    const zoomed = await curves.picture();
    await canvas.press("Shift+ArrowRight");
    await expect.poll(() => curves.picture()).not.toBe(zoomed);
    await canvas.press("Escape");
    await curves.expectZoomed(false);

    // The wheel scrolls the page until the chart has the focus, unless Ctrl is held down.
    await sheet.rate.focus();
    const { x, y } = await curves.place(0.5, 0.5);
    await page.mouse.move(x, y);
    await page.mouse.wheel(0, -300);
    await curves.expectZoomed(false);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Control");
    await curves.expectZoomed(true);
    const before = await canvas.getAttribute("aria-label");
    await page.mouse.down();
    await page.mouse.move(x - 120, y + 20, { steps: 4 });
    await page.mouse.up();
    await expect(canvas).not.toHaveAccessibleName(before ?? "");
    await curves.expectZoomed(true);
    await page.mouse.dblclick(x, y);
    await curves.expectZoomed(false);
    await page.mouse.wheel(0, -300);
    await curves.expectZoomed(true);
  });

  test("have linear and logarithmic axes", async ({ curves }) => {
    const pictures = new Set([await curves.picture()]);
    for (const [index, toggle] of [curves.logError, curves.logRows, curves.logError].entries()) {
      await toggle.click();
      await expect.poll(async () => pictures.add(await curves.picture()).size).toBe(index + 2);
    }
    // A logarithmic axis has no place for row 0.
    await curves.canvas.press("Home");
    await expect(curves.readout).toContainText("Row 1");
  });

  test("change the learning rate with the legend, and never with a click on a curve", async ({ curves, sheet }) => {
    const { page } = curves;
    // The whole height, so that every curve is hit.
    for (let down = 0.02; down < 1; down += 0.04) {
      const { x, y } = await curves.place(0.7, down);
      await page.mouse.click(x, y);
    }
    await expect(sheet.rate).toHaveValue("0.5");
    await expect(sheet.undo).toBeDisabled();

    const entry = curves.legend.getByRole("button", { name: "Use η = 2" });
    await entry.focus();
    await page.keyboard.press("Enter");
    await expect(sheet.rate).toHaveValue("2");
    await expect(entry).toBeFocused();
  });

  test("read every row of a long run exactly", async ({ curves, sheet }) => {
    await sheet.options();
    await sheet.updates.fill("10000");
    await sheet.updates.press("Enter");
    await curves.canvas.press("End");
    await expect(curves.readout).toContainText("Row 10,000");
    await expect(curves.readout.getByRole("row")).toHaveCount(7);
    await curves.canvas.press("ArrowLeft");
    await expect(curves.readout).toContainText("Row 9,999");
    await curves.canvas.press("Home");
    await curves.canvas.press("ArrowRight");
    const { value } = reference("0.5");
    await expect(curves.readout.getByRole("row", { name: "yours" })).toContainText(value(1, "E_Total").toPrecision(4));
  });

  test("are saved as a large PNG and as an SVG with text", async ({ curves }) => {
    const png = await curves.save("PNG");
    expect(png.name).toBe("error-curves.png");
    expect(png.bytes.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
    expect(png.bytes.readUInt32BE(16)).toBeGreaterThanOrEqual(1280);

    const svg = await curves.save("SVG");
    expect(svg.name).toBe("error-curves.svg");
    const text = svg.bytes.toString("utf8");
    const words = await curves.page.evaluate((source) => {
      const picture = new DOMParser().parseFromString(source, "image/svg+xml");
      return [...picture.querySelectorAll("text")].map((element) => `${element.getAttribute("font-family")}: ${element.textContent?.trim()}`);
    }, text);
    for (const name of ["Error curves", "Total error E", "η = 0.1", "η = 2", "yours, η = 0.5"]) {
      expect(words).toContain(`sans-serif: ${name}`);
    }
  });

  test("say so when the errors are infinite", async ({ curves, sheet }) => {
    await sheet.cell(0, 0).click();
    await sheet.constant("t1").fill("1e200");
    const svg = await curves.save("SVG");
    expect(svg.bytes.toString("utf8").replace(/<[^>]*>|\s+/g, " ")).toMatch(/Nothing\s+to\s+draw\s+here/);
    await curves.showRace();
    await expect(curves.line("yours")).toContainText("not finite from row 0");
    await expect(curves.line("yours")).toContainText("∞");
  });
});

test.describe("the table of the learning rates", () => {
  test("shows the reference's errors, the first row below the threshold and the result for each rate", async ({ curves, sheet }) => {
    await curves.showRace();
    await expect(curves.race.getByRole("row")).toHaveCount(8);
    await sheet.rowField.fill("50");
    await sheet.rowField.press("Enter");
    await expect(curves.race.getByRole("columnheader", { name: "E in row 50" })).toBeVisible();
    const expected = (rate: string, threshold: number): string[] => {
      const { value } = reference(rate);
      const errors = Array.from({ length: 101 }, (_, row) => value(row, "E_Total"));
      const first = errors.findIndex((error) => error < threshold);
      const tail = errors.slice(-20);
      const [before, last] = [errors[90] ?? NaN, errors[100] ?? NaN];
      const percent = (100 * (before - last)) / before;
      const fall = `still falling, −${percent.toFixed(percent < 9.95 ? 1 : 0)}\u00a0% in the last tenth`;
      const result = tail.every((error) => error < threshold) ? "learned" : fall;
      return [result, (errors[50] ?? NaN).toPrecision(4), first < 0 ? "none" : String(first), last.toPrecision(4)];
    };
    for (const threshold of [0.01, 0.15]) {
      await curves.threshold.fill(String(threshold));
      for (const [line, rate] of [["0.1", "0.1"], ["0.5", "0.5"], ["2", "2.0"], ["yours", "0.5"]] as const) {
        await expect.poll(() => curves.texts(line), `η = ${line}, E < ${threshold}`).toEqual(expected(rate, threshold));
      }
    }
    await curves.threshold.fill("0");
    await expect(curves.race).toContainText("Type a number above 0.");
    await curves.threshold.fill("0.01");

    await curves.line("2").getByRole("button", { name: "Use η = 2" }).click();
    await expect(sheet.rate).toHaveValue("2");
    await expect.poll(() => curves.texts("yours")).toEqual(await curves.texts("2"));
  });

  test("recognises runs that are stuck and runs that are too short, and explains the results", async ({ curves, sheet }) => {
    await sheet.setRate("0");
    await curves.showRace();
    const verdict = curves.line("yours").getByRole("cell").first();
    await expect(verdict).toContainText(/stuck, under 0.01\s% in the last tenth/);
    await verdict.getByText("stuck").click();
    await expect(verdict).toContainText("is not below 0.01, and in the last tenth of the rows it fell by less than 0.1");
    await verdict.getByText("stuck").click();
    await curves.showCurves();
    await curves.page.getByText("Yours: stuck").click();
    await expect(curves.page.getByText("The error is not below 0.01, and", { exact: false }).first()).toBeInViewport({ ratio: 1 });
    await curves.showRace();
    await curves.page.getByText("What the results mean").click();
    await expect(curves.page.getByRole("definition").filter({ hasText: "in the last tenth of the rows it fell by less than 0.1" })).toBeVisible();
    await sheet.options();
    await sheet.updates.fill("5");
    await sheet.updates.press("Enter");
    await expect(curves.line("0.1")).toContainText("too short");
  });

  test("is never wider than the page", async ({ curves }) => {
    await curves.showRace();
    for (const size of [{ width: 320, height: 640 }, { width: 1000, height: 768 }, { width: 1280, height: 720 }]) {
      await curves.page.setViewportSize(size);
      await expect(curves.line("0.1")).toBeVisible();
      expect(await curves.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
    }
  });

  test("is accessible, as are the curves", async ({ curves }) => {
    const violations = async () => (await new AxeBuilder({ page: curves.page }).include(".panels").analyze()).violations.map(({ id }) => id);
    expect(await violations()).toEqual([]);
    await curves.showRace();
    expect(await violations()).toEqual([]);
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("two fingers zoom the curves, one does not, and nothing is wider than the screen", async ({ page }) => {
    await new SheetPage(page).goto();
    const curves = new CurvesPage(page);
    await curves.showCurves();
    await curves.canvas.scrollIntoViewIfNeeded();
    const session = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...touchPoints: { x: number; y: number }[]) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints });
    const at = (across: number) => curves.place(across, 0.4);

    await touch("touchStart", await at(0.4));
    await touch("touchMove", await at(0.6));
    await touch("touchEnd");
    await curves.expectZoomed(false);
    await touch("touchStart", await at(0.45), await at(0.55));
    for (const spread of [0.1, 0.15, 0.2, 0.3]) await touch("touchMove", await at(0.5 - spread), await at(0.5 + spread));
    await touch("touchEnd");
    await curves.expectZoomed(true);

    for (const show of [() => curves.showCurves(), () => curves.showRace()]) {
      await show();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    }
  });
});
