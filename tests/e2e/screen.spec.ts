import type { Locator, Page } from "@playwright/test";
import { CurvesPage } from "./pages/curves-page";
import { PracticePage } from "./pages/practice-page";
import { PresenterPage } from "./pages/presenter-page";
import type { SheetPage } from "./pages/sheet-page";
import { AO1, DO1, E_TOTAL, G1, G5, H1, T1, W1, W5 } from "./support/columns";
import { expect, test } from "./support/test";

async function box(part: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await part.boundingBox();
  if (!box) throw new Error("This part is not on the screen.");
  return box;
}

/** The middle of a part. */
async function middle(part: Locator): Promise<{ x: number; y: number }> {
  const { x, y, width, height } = await box(part);
  return { x: x + width / 2, y: y + height / 2 };
}

/** Drags a part sideways with the mouse. */
async function drag(page: Page, part: Locator, by: number): Promise<void> {
  const { x, y } = await middle(part);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const share of [0.25, 0.5, 0.75, 1]) await page.mouse.move(x + share * by, y);
  await page.mouse.up();
}

/** The sizes in pixels of all texts in a part, with the texts. In the network a unit of the drawing is no pixel. */
function textSizes(part: Locator): Promise<[number, string][]> {
  return part.evaluate((part) => {
    const sizes: [number, string][] = [];
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent?.trim() ?? "";
      const element = walker.currentNode.parentElement;
      if (!text || !element?.checkVisibility({ visibilityProperty: true })) continue;
      if (element.closest(".visually-hidden, title")) continue;
      const size = parseFloat(getComputedStyle(element).fontSize);
      const svg = element.closest("svg");
      const scale = svg ? (svg.getScreenCTM()?.a ?? 0) : 1;
      sizes.push([size * scale, text]);
    }
    return sizes;
  });
}

/** Expects that no number of the network is smaller than 11 px. */
async function expectReadable(sheet: SheetPage, when: string): Promise<void> {
  const labels = await sheet.network.locator(".value").evaluateAll((labels) =>
    labels.map((label) => parseFloat(getComputedStyle(label).fontSize) * ((label as SVGGraphicsElement).getScreenCTM()?.a ?? 0)),
  );
  expect(labels.length, when).toBeGreaterThan(20);
  expect(Math.min(...labels), when).toBeGreaterThanOrEqual(11);
}

/** The number of horizontal grid lines in a chart's picture, with the axis. */
function gridLines(canvas: Locator): Promise<number> {
  return canvas.evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const pixels = canvas.getContext("2d")!.getImageData(0, 0, width, height).data;
    const [from, to] = [Math.round(0.15 * width), Math.round(0.9 * width)];
    const lines: boolean[] = [];
    for (let y = 0; y < height; y += 1) {
      let other = 0;
      for (let x = from; x < to; x += 1) {
        // The corner has the colour of the paper.
        if ([0, 1, 2, 3].some((part) => pixels[4 * (y * width + x) + part] !== pixels[part])) other += 1;
      }
      lines.push(other > 0.95 * (to - from));
    }
    return lines.filter((line, y) => line && !lines[y - 1]).length;
  });
}

/** The height of the plot between its axes in CSS pixels: that of the line that marks the current row. */
function plotHeight(area: Locator): Promise<number> {
  return area.evaluate((area) => {
    let longest = 0;
    for (const canvas of area.querySelectorAll("canvas")) {
      const { width, height } = canvas;
      const pixels = canvas.getContext("2d")!.getImageData(0, 0, width, height).data;
      for (let x = 0; x < width; x += 1) {
        let run = 0;
        for (let y = 0; y < height; y += 1) {
          run = pixels[4 * (y * width + x) + 3] ? run + 1 : 0;
          longest = Math.max(longest, run);
        }
      }
    }
    return longest / devicePixelRatio;
  });
}

/** The label of a column's number in the network. */
function label(sheet: SheetPage, column: number): Locator {
  return sheet.network.locator(`.label[data-column="${column}"] .value`);
}

test.describe("on a laptop's window of 1366 by 657", () => {
  test.use({ viewport: { width: 1366, height: 657 } });

  test("network, curve and four rows of the table are large enough at once, and the page does not scroll", async ({ page, sheet }) => {
    const expectSizes = async (when: string) => {
      await expectReadable(sheet, when);
      expect(await plotHeight(page.locator(".chart-area")), when).toBeGreaterThanOrEqual(180);
      expect(await gridLines(sheet.curves.getByRole("img")), when).toBeGreaterThanOrEqual(3);
      const last = await box(sheet.row(3));
      expect(last.y + last.height, when).toBeLessThanOrEqual(657);
      expect((await box(sheet.row(0))).y, when).toBeGreaterThanOrEqual((await box(page.locator(".grid-head"))).y);
      const [width, height] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
      expect([width, height], when).toEqual([1366, 657]);
    };
    await expect(page.getByRole("region", { name: "Start" })).toBeVisible();
    await expectSizes("on the first visit");
    await new CurvesPage(page).showRace();
    const panel = await box(page.getByRole("tabpanel", { name: "Learning rates" }));
    const rates = page.getByRole("table", { name: "Learning rates" }).getByRole("row");
    await expect(rates).toHaveCount(8);
    const seventh = await box(rates.last());
    expect(seventh.y + seventh.height, "the seven learning rates are in sight").toBeLessThanOrEqual(panel.y + panel.height);
    await page.getByRole("tab", { name: "Error curves" }).click();
    await page.getByRole("region", { name: "Start" }).getByRole("button", { name: "Close the start" }).click();
    for (const column of [9, G5, G1]) {
      await sheet.network.focus();
      await sheet.cell(0, 0).click();
      await page.keyboard.press("End");
      await sheet.cell(0, column).click();
      await sheet.grid.evaluate((grid) => { grid.scrollTop = 0; });
      await expectSizes(`with column ${column}`);
      const factors = await box(sheet.formula.locator(".formula-body"));
      const sentence = await box(sheet.formula.locator(".formula-story"));
      expect(factors.y + factors.height, `the sentence is below the formula of column ${column}`).toBeLessThanOrEqual(sentence.y + 1);
    }
  });

  test("an exercise leaves four rows of the table in sight, also below a hint", async ({ page, sheet }) => {
    const practice = new PracticePage(page);
    for (const kind of ["Fill the cells", "Find the bug"] as const) {
      await practice.begin(kind, "123");
      await practice.hint.click();
      await expect(practice.feedback).not.toBeEmpty();
      await sheet.grid.evaluate((grid) => { grid.scrollTop = 0; });
      const last = await box(sheet.row(3));
      expect(last.y + last.height, kind).toBeLessThanOrEqual(657);
      await expectReadable(sheet, kind);
    }
  });
});

for (const [width, height] of [[1280, 720], [1024, 768], [1366, 657]] as const) {
  test.describe(`in a window of ${width} by ${height}`, () => {
    test.use({ viewport: { width, height } });

    test("every phase, the chart's labels and a selected last column are seen whole", async ({ page, sheet }) => {
      await page.getByRole("button", { name: "Close the start" }).click();
      for (const column of [G1, G5, W1]) {
        await sheet.cell(0, 0).click();
        await sheet.cell(0, 0).press("End");
        await sheet.cell(0, column).click();
        const [strip, last] = [await box(sheet.phases), await box(sheet.phases.getByRole("button").last())];
        expect(last.x + last.width).toBeLessThanOrEqual(strip.x + strip.width);
        const [chart, formula] = [await box(page.locator(".chart-area")), await box(sheet.formula)];
        expect(chart.y + chart.height).toBeLessThanOrEqual(formula.y);
        await expectReadable(sheet, `column ${column}`);
        const names = await sheet.network.locator(".label .name").allTextContents();
        expect(names.filter((name) => name.startsWith("∂")).map((name) => name.slice(0, -1)))
          .toEqual(column === W1 ? [] : Array(4).fill("∂E/∂w"));
      }
      // The fade at the right edge is 40 px wide.
      await page.keyboard.press("Home");
      const frame = await box(sheet.grid);
      for (let column = 1; column < 31; column += 1) {
        await page.keyboard.press("ArrowRight");
        const edge = frame.x + frame.width - (column === 30 ? 0 : 40);
        await expect.poll(async () => { const cell = await box(sheet.cell(0, column)); return cell.x + cell.width; }).toBeLessThanOrEqual(edge + 1);
      }
    });
  });
}

test.describe("the learning rate", () => {
  for (const [width, height] of [[1280, 720], [1366, 657], [1440, 900], [1920, 1080]] as const) {
    test(`moves by two ticks when it is dragged by two, and nothing moves under the hand, at ${width} by ${height}`, async ({ page, sheet }) => {
      await page.setViewportSize({ width, height });
      // An experiment is on the sheet; its sentence goes with the first change.
      await page.getByRole("tab", { name: "Experiments" }).click();
      await page.getByRole("button", { name: /^Good/ }).click();
      const parts = [sheet.step, sheet.slider, sheet.rate, sheet.rowField, page.locator(".menu")];
      const places = () => Promise.all(parts.map(box));
      const stop = async () => Number(await sheet.slider.inputValue());
      for (const by of [2, -2]) {
        const [before, from] = [await places(), await stop()];
        const slider = await box(sheet.slider);
        // Chromium's thumb is 16 px wide.
        const reach = slider.width - 16;
        const x = slider.x + (slider.width - reach) / 2 + (from / 300) * reach;
        const y = slider.y + slider.height / 2;
        await page.mouse.move(x, y);
        await page.mouse.down();
        for (const share of [0.5, 1]) {
          await page.mouse.move(x + (share * by * reach) / 300, y);
          expect(await places()).toEqual(before);
        }
        await page.mouse.up();
        expect(await stop()).toBe(from + by);
        expect(await places()).toEqual(before);
      }
    });
  }
});

test.describe("a given number", () => {
  test("is typed over in its cell, and a bad text stays with the reason beside it", async ({ page, sheet }) => {
    const editor = page.getByRole("textbox", { name: "Edit w1" });
    const cell = sheet.cell(0, W1);
    await cell.click();
    await page.keyboard.type("-1,5");
    await expect(editor).toHaveValue("-1,5");
    await page.keyboard.press("Enter");
    await expect(cell).toHaveText("−1.5");
    await expect(cell).toBeFocused();

    await page.keyboard.press("F2");
    await expect(editor).toHaveValue("−1.5");
    // The arrows move in the text.
    await page.keyboard.press("ArrowLeft");
    await expect(editor).toBeFocused();
    await editor.fill("10,000");
    await page.keyboard.press("Enter");
    await expect(editor).toHaveValue("10,000");
    await expect(editor).toHaveAccessibleDescription(/may mean 10 or 10,?000/);
    await expect(editor).toHaveAttribute("aria-invalid", "true");
    await page.keyboard.press("Escape");
    await expect(editor).toHaveCount(0);
    await expect(cell).toHaveText("−1.5");
    await expect(cell).toBeFocused();

    await cell.dblclick();
    await editor.fill("much");
    await sheet.cell(1, H1).click();
    await expect(editor).toHaveValue("much");
    await expect(editor).toHaveAccessibleDescription("“much” is not a number.");
    await editor.fill("0.3");
    await page.keyboard.press("Tab");
    await expect(cell).toHaveText("0.3");
    await page.keyboard.press("Control+z");
    await expect(cell).toHaveText("−1.5");
    await page.keyboard.press("Control+z");
    await expect(cell).toHaveText("0.15");

    // A computed number is not edited, and the page says what can be.
    const note = page.getByRole("status").filter({ hasText: "is computed. To change it" });
    await sheet.cell(0, H1).dblclick();
    await expect(note).toHaveText(/^h1 is computed/);
    await page.keyboard.press("ArrowRight");
    await expect(note).toHaveCount(0);
    await page.keyboard.press("5");
    await expect(note).toHaveText(/^ah1 is computed/);
    await expect(page.getByRole("textbox", { name: /^Edit/ })).toHaveCount(0);
    await sheet.cell(0, W1).click();
    await expect(note).toHaveCount(0);
  });

  test("is dragged in the table, the network and the formula, and one undo takes a drag back", async ({ page, sheet }) => {
    const undo = async (cell: Locator, text: string) => {
      await page.keyboard.press("Control+z");
      await expect(cell).toHaveText(text);
      await sheet.options();
      await expect(sheet.undo).toBeDisabled();
      await page.keyboard.press("Escape");
    };
    const error = await sheet.cell(0, E_TOTAL).innerText();
    await drag(page, sheet.cell(0, W1), 100);
    await expect(sheet.cell(0, W1)).toHaveText("0.65");
    await expect(sheet.cell(0, E_TOTAL)).not.toHaveText(error);
    await expect(sheet.grid.getByRole("gridcell", { selected: true })).toHaveCount(1);
    await undo(sheet.cell(0, W1), "0.15");

    await drag(page, label(sheet, W5), -60);
    await expect(sheet.cell(0, W5)).toHaveText("0.1");
    await undo(sheet.cell(0, W5), "0.4");

    await sheet.cell(0, H1).click();
    await drag(page, sheet.formula.locator(`.formula-numbers [data-column="${W1}"]`), 40);
    await expect(sheet.cell(0, W1)).toHaveText("0.35");
    await undo(sheet.cell(0, W1), "0.15");

    // A computed number stays.
    await drag(page, label(sheet, H1), 60);
    await expect(sheet.cell(0, H1)).toHaveText("0.02750");
  });
});

test("a press that scrolls the table to its cell selects this cell alone", async ({ page, sheet }) => {
  await page.setViewportSize({ width: 1366, height: 657 });
  const cell = sheet.cell(0, W5);
  const { x, y, height } = await box(cell);
  await page.mouse.move(x + 20, y + height / 2);
  await page.mouse.down();
  await expect.poll(async () => (await box(cell)).x).toBeLessThan(x);
  await page.mouse.move(x + 22, y + height / 2);
  await page.mouse.up();
  await expect(sheet.grid.locator("[aria-selected=true]")).toHaveCount(1);
  await expect(cell).toHaveAttribute("aria-selected", "true");
});

test("a click on a factor's term leads to its cell, and a δ shows its columns", async ({ page, sheet }) => {
  await page.getByRole("button", { name: "Gradients", exact: true }).click();
  await expect(sheet.cell(0, DO1)).toBeHidden();
  await sheet.cell(0, G1).click();
  await expect(sheet.formula).toContainText("δ of the neuron");
  const factors = sheet.formula.getByRole("group");
  // A factor that is a number of the table leads to it wherever it is pressed.
  await factors.getByText("δ of the neuron").click();
  await expect(sheet.formula).toContainText("error passed back");
  await sheet.cell(0, G1).click();
  // The terms can be reached and pressed by key as well, and the focus goes on to the number.
  await factors.getByRole("button", { name: "δ_h1" }).press("Enter");
  await expect(sheet.cell(0, 33)).toBeFocused();
  await expect(sheet.cell(0, DO1)).toBeVisible();
  await expect(sheet.formula).toContainText("error passed back");
  const links = sheet.formula.locator(".formula-links").getByRole("button");
  await expect(links.last()).toHaveAccessibleName("∂E/∂w2");
  await factors.getByRole("button", { name: "w5" }).click();
  await expect(sheet.cell(0, W5)).toHaveAttribute("aria-selected", "true");
  // The factors are a switch; the same gradient in one line has all its terms.
  await sheet.options();
  await page.getByRole("checkbox", { name: "Gradients in one line" }).check();
  await page.keyboard.press("Escape");
  await sheet.cell(0, G1).click();
  await expect(sheet.formula.getByRole("math").locator(".formula-symbols [data-column]")).toHaveCount(13);
  // In an exercise the δ would give its answers away.
  await new PracticePage(page).begin("Find the bug", "7");
  await expect(sheet.grid).not.toHaveClass(/with-deltas/);
});

test("an experiment sets the sheet, says what to watch, and its verdict is true to the curve", async ({ page, sheet }) => {
  const strip = page.getByRole("status", { name: "Experiment" });
  for (const [name, rate, watch, verdict] of [
    ["Slow", "0.01", "hardly fallen", "still falling"],
    ["Good", "2", "ever more slowly", "learned"],
    ["Oscillates", "100", "up and down for ever", "oscillates"],
    ["Diverges", "100", "never comes back", "diverges"],
    ["Large weights", "0.5", "σ is flat", "stuck"],
    ["Out of reach", "2", "cannot fall below 1", "stuck"],
  ] as const) {
    await page.getByRole("tab", { name: "Experiments" }).click();
    await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
    await expect(sheet.rate).toHaveValue(rate);
    await expect(strip).toContainText(watch);
    await expect(page.getByRole("tab", { name: "Error curves" })).toHaveAttribute("aria-selected", "true");
    await expect(page.locator(".curve-note")).toContainText(`Yours: ${verdict}`);
  }
  await page.keyboard.press("Control+z");
  await expect(strip).toContainText("σ is flat");
});

test("the landscape's point starts the sheet elsewhere, by key and by mouse, and one undo takes it back", async ({ page, sheet }) => {
  await page.getByRole("tab", { name: "Landscape" }).click();
  const canvas = page.getByRole("tabpanel", { name: "Landscape" }).locator("canvas");
  const [w5, w7] = [sheet.cell(0, W5), sheet.cell(0, 14)];
  const start = ["0.4", "0.5"];
  const expectStart = async () => {
    await expect(w5).toHaveText(start[0]!);
    await expect(w7).toHaveText(start[1]!);
  };
  await canvas.focus();
  await page.keyboard.press("ArrowRight");
  await expect(w5).not.toHaveText("0.4");
  await expect(w7).toHaveText("0.5");
  await page.keyboard.press("Control+z");
  await expectStart();

  const { x, y } = await middle(canvas);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const step of [10, 30, 60]) await page.mouse.move(x - step, y - step / 2);
  await page.mouse.up();
  expect(Number((await w5.innerText()).replace("−", "-"))).toBeLessThan(0.4);
  expect(Number((await w7.innerText()).replace("−", "-"))).toBeGreaterThan(0.5);
  await page.keyboard.press("Control+z");
  await expectStart();

  // The picture follows what happens while another view is shown.
  const picture = () => canvas.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const before = await picture();
  await page.getByRole("tab", { name: "Error curves" }).click();
  await sheet.setRate("10");
  await sheet.rowField.fill("40");
  await page.getByRole("tab", { name: "Landscape" }).click();
  await expect.poll(picture).not.toBe(before);
});

test("beside the landscape a curve shows whether the learning rate is too large", async ({ page, sheet }) => {
  await page.getByRole("tab", { name: "Experiments" }).click();
  await page.getByRole("button", { name: /^Oscillates/ }).click();
  await sheet.rowField.fill("1");
  await page.getByRole("tab", { name: "Landscape" }).click();
  const panel = page.getByRole("tabpanel", { name: "Landscape" });
  await expect(panel.getByRole("img", { name: /^Line chart of E after this step, for each η\. η = 100 jumps over the valley/ })).toBeVisible();
  await expect(panel).toContainText("and ends higher than it began: too large.");
  // The curve stays where it is while η goes down, and the sentence follows.
  await sheet.setRate("1");
  await expect(panel).toContainText(/η = 1 goes \d+ % of the way to the valley|η = 1 jumps over the valley/);
});

test("a number that is to be predicted is hidden everywhere until the next step", async ({ page, sheet }) => {
  await sheet.cell(0, AO1 - 1).click();
  await sheet.options();
  await sheet.stepBy.selectOption("number");
  await page.keyboard.press("Escape");
  await sheet.step.click();
  await expect(sheet.cell(0, AO1)).toHaveText("?");
  await expect(label(sheet, AO1)).toContainText("?");
  await expect(sheet.formula.locator(".headline")).toHaveText("?");
  await expect(sheet.formula).toContainText("Predict this number");
  for (const part of [sheet.formula, sheet.network, sheet.row(0)]) await expect(part).not.toContainText("0.6065");
  expect(await sheet.network.innerHTML()).not.toContain("0.6064");
  expect(await sheet.formula.innerHTML()).not.toContain("0.6064");
  await sheet.step.click();
  await expect(sheet.cell(0, AO1)).toHaveText("0.6065");
  await expect(label(sheet, AO1)).toContainText("0.6065");
  await expect(sheet.formula.locator(".headline")).toHaveText("0.6065");
});

test("while a class predicts, Play waits and counts down, and the error that follows is nowhere", async ({ page, sheet }) => {
  const curves = new CurvesPage(page);
  await sheet.cell(0, E_TOTAL - 1).click();
  await sheet.options();
  await sheet.stepBy.selectOption("number");
  await page.keyboard.press("Escape");
  await sheet.play.click();
  await expect(sheet.cell(0, E_TOTAL)).toHaveText("?");
  await expect(sheet.formula).toContainText("10 s left; Step shows it now.");
  // The countdown goes on, and the number is still to be predicted.
  await expect(sheet.formula).toContainText("8 s left");
  for (const column of [E_TOTAL, G1, G5]) await expect(sheet.cell(0, column)).toHaveText("?");
  await curves.canvas.press("Home");
  await expect(page.locator(".tooltip")).toContainText("Row 0");
  await expect(page.locator(".tooltip")).not.toContainText("0.24");
  await curves.showRace();
  for (const line of ["0.1", "yours"]) await expect(curves.line(line).getByRole("cell").nth(1)).toHaveText("?");
  await sheet.step.click();
  await sheet.pause.click();
  await expect(sheet.cell(0, E_TOTAL)).toHaveText("0.2425");
  await expect(sheet.cell(0, G1)).toHaveText("0.0001883");
  await expect(curves.line("yours").getByRole("cell").nth(1)).toHaveText("0.2425");
});

test("the start ticks off its three steps and stays away", async ({ page, sheet }) => {
  const start = page.getByRole("region", { name: "Start" });
  const done = start.locator("li.done");
  await expect(start.getByRole("listitem")).toHaveCount(3);
  await expect(done).toHaveCount(0);
  await sheet.step.click();
  await expect(done).toHaveText(["Press Step"]);
  await sheet.slider.focus();
  await page.keyboard.press("ArrowRight");
  await expect(done).toHaveText(["Press Step", "Drag η"]);
  await page.getByRole("tab", { name: "Experiments" }).click();
  await page.getByRole("button", { name: /^Overshoots/ }).click();
  await expect(start).toHaveCount(0);
  await page.reload();
  await expect(sheet.grid).toBeVisible();
  await sheet.setRate("0.7");
  await expect(page.getByRole("status", { name: "Experiment" })).toHaveCount(0);
  await expect(start).toHaveCount(0);
});

test("the flow back along the edges stands still for who wants no motion", async ({ page, sheet }) => {
  await page.getByRole("button", { name: "Gradients", exact: true }).click();
  await sheet.cell(0, G1).click();
  const flow = sheet.network.locator(".flow");
  // The four lines from the errors, w5, w7 and w1.
  await expect(flow).toHaveCount(7);
  await expect(flow.first()).toHaveCSS("animation-name", "flow");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await expect(flow.first()).toHaveCSS("animation-name", "none");
});

test("no name such as a_o1 is in running text, in any view or exercise", async ({ page, sheet }) => {
  const raw = () =>
    page.locator("main").evaluate((main) => {
      const found: string[] = [];
      const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const text = walker.currentNode.textContent ?? "";
        if (/\w_\w|∂E[_/]/.test(text) && !element?.closest(".visually-hidden, svg, script, style, option")) found.push(text);
      }
      return found;
    });
  for (const tab of ["Error curves", "Landscape", "Learning rates", "Experiments", "Gradient check"]) {
    await page.getByRole("tab", { name: tab }).click();
    expect(await raw(), tab).toEqual([]);
  }
  await sheet.step.click();
  for (const column of [T1, W1, H1, 9, AO1, E_TOTAL]) {
    await sheet.cell(1, column).click();
    expect(await raw(), `column ${column}`).toEqual([]);
  }
  const practice = new PracticePage(page);
  for (const task of ["1", "2", "5", "123"]) {
    await practice.begin("Find the bug", task);
    await practice.mark.click();
    expect(await raw(), `task ${task}`).toEqual([]);
    await practice.hint.click();
    await practice.hint.click();
    expect(await raw(), `task ${task}, hint`).toEqual([]);
    await practice.giveUp.click();
    await expect(practice.feedback).toContainText("Correct formula");
    expect(await raw(), `task ${task}, solution`).toEqual([]);
  }
  await practice.begin("Find the bug", "1");
  await sheet.cell(0, G1).click();
  await practice.mark.click();
  await expect(practice.feedback).toContainText("∂E∂w1");
  expect(await raw(), "a gradient's name").toEqual([]);
  await practice.begin("Fill the cells", "123");
  await practice.fill("1");
  await practice.hint.click();
  await practice.showAnswer.click();
  expect(await raw()).toEqual([]);
});

test("on a projector of 1280 by 720 nothing in Present is smaller than 20 px, and curve and learning rate are in reach", async ({ page, sheet }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  const presenter = new PresenterPage(page);
  await presenter.start();
  const phases = ["Hidden layer", "Output layer", "Error", "Output gradients", "Hidden gradients", "Update"];
  for (const phase of phases) {
    await expect(presenter.phase).toHaveText(phase);
    const small = (await textSizes(presenter.screen)).filter(([size]) => size < 20);
    expect(small, phase).toEqual([]);
    expect(await presenter.overflow(), phase).toBeLessThanOrEqual(1);
    await page.keyboard.press("PageDown");
  }
  const curve = presenter.screen.getByRole("figure", { name: "Error curves" });
  await expect(curve).toBeInViewport({ ratio: 1 });
  await expect(curve.locator(".chart-area")).toHaveCSS("font-size", /^2\d/);
  expect(await gridLines(curve.getByRole("img"))).toBeGreaterThanOrEqual(2);
  const rate = presenter.screen.getByRole("slider", { name: "Learning rate" });
  await rate.focus();
  await page.keyboard.press("ArrowRight");
  await expect(presenter.screen.getByRole("textbox", { name: "Learning rate value" })).toHaveValue("0.513");
  await page.keyboard.press("PageDown");
  await expect(presenter.phase).toHaveText("Output layer");
  await page.keyboard.press("Escape");
  await expect(sheet.rate).toHaveValue("0.513");
});

test.describe("with a finger", () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test("a swipe scrolls the table, and a number that is selected is dragged", async ({ page, sheet }) => {
    const session = await page.context().newCDPSession(page);
    const swipe = async (part: Locator, by: number) => {
      await part.scrollIntoViewIfNeeded();
      const { x, y } = await middle(part);
      const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...touchPoints: { x: number; y: number }[]) =>
        session.send("Input.dispatchTouchEvent", { type, touchPoints });
      await touch("touchStart", { x, y });
      for (const share of [0.2, 0.4, 0.6, 0.8, 1]) await touch("touchMove", { x: x + share * by, y });
      await touch("touchEnd");
    };
    const t2 = sheet.cell(0, T1 + 1);
    await swipe(sheet.cell(3, T1 + 1), -80);
    await expect(t2).toHaveText("0.99");
    await expect.poll(() => sheet.grid.evaluate((grid) => grid.scrollLeft)).toBeGreaterThan(20);
    await sheet.grid.evaluate((grid) => { grid.scrollLeft = 0; });
    // The tap ends what is left of the first swipe's momentum.
    await t2.tap();
    await expect(t2).toHaveAttribute("aria-selected", "true");
    const scrolled = await sheet.grid.evaluate((grid) => grid.scrollLeft);
    await swipe(t2, -60);
    await expect(t2).not.toHaveText("0.99");
    expect(await sheet.grid.evaluate((grid) => grid.scrollLeft)).toBe(scrolled);
  });
});
