import AxeBuilder from "@axe-core/playwright";
import { PresenterPage } from "./pages/presenter-page";
import { fourDigits, reference } from "./support/reference";
import { expect, test } from "./support/test";

test.describe("the presenter", () => {
  test("is controlled phase by phase by a remote control, and returns to the cell that had the focus", async ({ page, sheet }) => {
    const presenter = new PresenterPage(page);
    const { value } = reference("0.5");
    const expectAt = (row: number, phase: string, column: string) =>
      presenter.expectAt(row, phase, fourDigits(value(row, column)));
    await sheet.cell(0, 8).click();
    await page.keyboard.press("p");
    await expectAt(0, "Hidden layer", "h1");
    await expect(presenter.screen).toContainText("Each hidden neuron adds up its weighted inputs");
    await expect(presenter.screen).toContainText("0.2425");

    for (const [key, phase, column] of [
      ["PageDown", "Output layer", "o1"],
      ["ArrowDown", "Output layer", "a_o1"],
      ["ArrowRight", "Error", "E1"],
      [" ", "Output gradients", "𝜕E_t/𝜕w5"],
      ["Enter", "Hidden gradients", "𝜕E_t/𝜕w1"],
    ] as const) {
      await page.keyboard.press(key);
      await expectAt(0, phase, column);
    }
    await page.keyboard.press("PageDown");
    await expectAt(1, "Update", "w1");
    await page.keyboard.press("PageUp");
    await expectAt(0, "Hidden gradients", "𝜕E_t/𝜕w1");
    await page.keyboard.press("Home");
    await expectAt(0, "Given", "i1");
    await page.keyboard.press("ArrowLeft");
    await expectAt(0, "Given", "i1");

    await page.keyboard.press("Escape");
    await expect(presenter.screen).toBeHidden();
    await expect(sheet.cell(0, 8)).toBeFocused();
  });

  test("is controlled by its buttons too, and the key P is a letter in a text field", async ({ page, sheet }) => {
    const presenter = new PresenterPage(page);
    await sheet.rate.focus();
    await page.keyboard.press("p");
    await expect(presenter.screen).toBeHidden();

    await presenter.start();
    await presenter.screen.getByRole("button", { name: "Next" }).click();
    await expect(presenter.phase).toHaveText("Output layer");
    // The focus is on the button now, and Space presses it once.
    await page.keyboard.press("Space");
    await expect(presenter.phase).toHaveText("Error");
    await presenter.screen.getByRole("button", { name: "Back" }).click();
    await expect(presenter.phase).toHaveText("Output layer");
    await presenter.screen.getByRole("button", { name: "Exit" }).click();
    await expect(presenter.screen).toBeHidden();
    await expect(presenter.button).toBeFocused();
  });

  test("ends together with the browser's full screen, and works without full screen", async ({ page, sheet: _ }) => {
    const presenter = new PresenterPage(page);
    await presenter.start();
    await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(true);
    await page.evaluate(() => document.exitFullscreen());
    await expect(presenter.screen).toBeHidden();

    await page.evaluate(() => {
      Element.prototype.requestFullscreen = () => Promise.reject(new TypeError("refused"));
    });
    await presenter.start();
    await page.keyboard.press("PageDown");
    await expect(presenter.phase).toHaveText("Output layer");
    await page.keyboard.press("Escape");
    await expect(presenter.screen).toBeHidden();
  });

  for (const [name, size] of [
    ["an old projector", { width: 1280, height: 720 }],
    ["a large screen", { width: 1920, height: 1080 }],
  ] as const) {
    test(`shows the longest formula without scrolling on ${name}`, async ({ page, sheet: _ }) => {
      await page.setViewportSize(size);
      const presenter = new PresenterPage(page);
      await presenter.start();
      for (let phase = 0; phase < 3; phase += 1) await page.keyboard.press("PageDown");
      await page.keyboard.press("PageDown");
      await expect(presenter.phase).toHaveText("Hidden gradients");
      expect(await presenter.overflow()).toBeLessThanOrEqual(1);
      // On a picture 1.1 metres high, a twentieth is 5 cm, which is legible at ten metres.
      expect(await presenter.sizeOf("Row")).toBeGreaterThan(0.05);
      expect(await presenter.sizeOf("0.2425")).toBeGreaterThan(0.05);
    });
  }

  for (const width of [360, 320]) {
    test(`scrolls on a phone of ${width} px, and no part covers another`, async ({ page, sheet: _ }) => {
      await page.setViewportSize({ width, height: 720 });
      const presenter = new PresenterPage(page);
      await presenter.start();
      for (let phase = 0; phase < 4; phase += 1) {
        await page.keyboard.press("PageDown");
        const parts = await presenter.parts();
        parts.slice(1).forEach((part, index) => {
          expect(part.top, `${part.name} is below ${parts[index]?.name}`).toBeGreaterThanOrEqual((parts[index]?.bottom ?? 0) - 1);
        });
        expect(Math.max(...parts.map((part) => part.right))).toBeLessThanOrEqual(width);
      }
    });
  }

  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds no problem, ${colorScheme}`, async ({ page, sheet: _ }) => {
      await page.emulateMedia({ colorScheme });
      await page.reload();
      const presenter = new PresenterPage(page);
      await presenter.start();
      for (let phase = 0; phase < 2; phase += 1) await page.keyboard.press("PageDown");
      await expect(presenter.phase).toHaveText("Error");
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
    });
  }
});
