import { expect, type Locator, type Page } from "@playwright/test";

/** The presenter, and the button that opens it. */
export class PresenterPage {
  readonly button: Locator;
  readonly screen: Locator;
  readonly phase: Locator;
  readonly value: Locator;

  constructor(readonly page: Page) {
    this.button = page.getByRole("button", { name: "Present", exact: true });
    this.screen = page.getByRole("dialog", { name: "Presenter" });
    this.phase = this.screen.locator("[aria-current=step]");
    this.value = this.screen.locator("output");
  }

  async start(): Promise<void> {
    await this.button.click();
    await expect(this.screen).toBeVisible();
  }

  /** Expects the presenter to show this row, this phase and this value of the selected column. */
  async expectAt(row: number, phase: string, value: string): Promise<void> {
    await expect(this.screen).toContainText(`Row ${row}`);
    await expect(this.phase).toHaveText(phase);
    await expect(this.value).toHaveText(value);
  }

  /** The font size of a text, as a fraction of the screen's height. */
  async sizeOf(text: string | RegExp): Promise<number> {
    const size = await this.screen.getByText(text).first().evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
    return size / (await this.page.evaluate(() => innerHeight));
  }

  /** The number of pixels by which the presenter extends beyond the window. */
  async overflow(): Promise<number> {
    return this.screen.evaluate((screen) => {
      const parts = Array.from(screen.querySelectorAll("*"), (part) => part.getBoundingClientRect());
      return Math.max(...parts.flatMap(({ right, bottom }) => [right - innerWidth, bottom - innerHeight]));
    });
  }

  /** The places in pixels of the parts in one column, from above, as far as what they show reaches. */
  async parts(): Promise<{ name: string; top: number; bottom: number; right: number }[]> {
    return this.screen.evaluate((screen) =>
      ["head", "picture", "words", "formula", "story", "curve"].map((name) => {
        const part = screen.querySelector(`.presenter-${name}`);
        const { top, right } = part?.getBoundingClientRect() ?? { top: NaN, right: NaN };
        const inner = Array.from(part?.querySelectorAll("*") ?? [], (inner) => inner.getBoundingClientRect().bottom);
        return { name, top, right, bottom: Math.max(part?.getBoundingClientRect().bottom ?? NaN, ...inner) };
      }),
    );
  }
}
