import { expect, type Locator, type Page } from "@playwright/test";

/** A place on the pad, as shares of its width and height. */
export type Place = readonly [x: number, y: number];

/** The pad of the trainer, and what the net says of the drawing. */
export class PadPage {
  readonly open: Locator;
  readonly pad: Locator;
  readonly undo: Locator;
  readonly clear: Locator;
  readonly tryAgain: Locator;
  /** What screen readers say after a stroke. */
  readonly spoken: Locator;
  readonly answer: Locator;
  readonly bars: Locator;
  readonly alert: Locator;
  /** The choices of the net that reads. */
  readonly inTraining: Locator;
  readonly trained: Locator;

  constructor(readonly page: Page) {
    const section = page.getByRole("region", { name: "Draw a digit" });
    const button = (name: string) => section.getByRole("button", { name, exact: true });
    this.open = button("Draw a digit");
    this.pad = section.getByRole("application", { name: "Pad" });
    this.undo = button("Undo");
    this.clear = button("Clear");
    this.tryAgain = button("Try again");
    this.answer = section.getByRole("region", { name: "What the net says" });
    this.spoken = this.answer.getByRole("status");
    this.bars = this.answer.getByRole("list").getByRole("listitem");
    this.alert = this.answer.getByRole("alert");
    this.inTraining = section.getByRole("radio", { name: /^The net of this run/ });
    this.trained = section.getByRole("radio", { name: /^Best, trained beforehand/ });
  }

  /** Opens the pad and waits for its net. */
  async goto(): Promise<void> {
    await this.page.goto("./#trainer");
    await this.open.click();
    await expect(this.trained).toBeChecked();
  }

  /** Draws a line through these places with the mouse. */
  async stroke(...places: Place[]): Promise<void> {
    await this.pad.scrollIntoViewIfNeeded();
    const box = await this.pad.boundingBox();
    if (!box) throw new Error("the pad is not shown");
    const { mouse } = this.page;
    for (const [index, [x, y]] of places.entries()) {
      await mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 8 });
      if (index === 0) await mouse.down();
    }
    await mouse.up();
  }

  /** The share of a digit in per cent, as its bar says; the signs of nearly nothing and nearly all are left out. */
  async share(digit: number): Promise<number> {
    const [, share] = /(\d+)\s%$/.exec(await this.bars.nth(digit).innerText()) ?? [];
    return Number(share);
  }
}
