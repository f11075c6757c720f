import { expect, type Locator, type Page } from "@playwright/test";

/** Settings to type into the form. A setting that is left out stays unchanged. */
export interface Recipe {
  Device?: "Auto" | "WebGPU" | "CPU" | "WebGPU (reference)";
  Epochs?: number;
  "Batch size"?: number;
  "Learning rate"?: number;
  Momentum?: number;
  "Weight decay"?: number;
  Dropout?: number;
  "Training images"?: number;
  Seed?: number;
  "CPU workers"?: number | "Auto";
}

/** The trainer. Elements are found by roles and names, as a user finds them. */
export class TrainerPage {
  readonly train: Locator;
  readonly stop: Locator;
  readonly pause: Locator;
  readonly resume: Locator;
  /** The status line of the strip. */
  readonly status: Locator;
  readonly measure: Locator;
  readonly copyLink: Locator;
  /** The group of fields behind "More". */
  readonly more: Locator;
  readonly retry: Locator;
  readonly check: Locator;
  readonly progress: Locator;
  readonly model: Locator;
  readonly log: Locator;
  readonly alert: Locator;
  readonly device: Locator;
  readonly verdict: Locator;
  readonly accuracy: Locator;
  readonly loss: Locator;
  /** The test images with the net's guesses. */
  readonly showcase: Locator;

  constructor(readonly page: Page) {
    const button = (name: string) => page.getByRole("button", { name, exact: true });
    this.train = button("Train");
    this.stop = button("Stop");
    this.pause = button("Pause");
    this.resume = button("Resume");
    this.status = page.getByLabel("Status", { exact: true });
    this.measure = button("How long will it take here?");
    this.copyLink = button("Copy link");
    this.more = page.getByRole("group").filter({ hasText: "Optimizer" });
    this.retry = button("Retry");
    this.check = button("Check against PyTorch");
    this.progress = page.getByRole("progressbar", { name: "Progress" });
    this.model = page.getByRole("table", { name: "Model summary" });
    this.log = page.getByRole("log", { name: "Log" });
    this.alert = page.getByRole("alert");
    this.device = page.getByLabel("Device in use");
    this.verdict = page.getByText(/^The check (passes|fails)/);
    this.accuracy = page.getByRole("figure", { name: "Accuracy" });
    this.loss = page.getByRole("figure", { name: "Loss" });
    this.showcase = page.getByRole("region", { name: "Digits that the net never learns from" });
  }

  /** Opens the trainer with the classic recipe, to which the tests name their differences. */
  async goto(): Promise<void> {
    await this.open("#trainer?v=1");
  }

  /** Opens the trainer with the settings of a fragment. */
  async open(fragment: string): Promise<void> {
    await this.page.goto(`./${fragment}`);
    await expect(this.train).toBeEnabled();
  }

  async fill(recipe: Recipe): Promise<void> {
    for (const [name, value] of Object.entries(recipe)) {
      if (name === "Device") {
        await this.page.getByRole("combobox", { name }).selectOption({ label: value as string });
      } else {
        const field = this.field(name);
        // Half of the settings are behind "More".
        if (!(await field.isVisible())) await this.more.getByText("More", { exact: true }).click();
        await field.fill(String(value));
      }
    }
  }

  /** A field of the settings. */
  field(name: string): Locator {
    return this.page.getByRole("textbox", { name, exact: true });
  }

  preset(name: "Demo" | "Classic" | "Quick" | "Best" | "Custom"): Locator {
    return this.page.getByRole("radio", { name });
  }

  async start(recipe: Recipe): Promise<void> {
    await this.fill(recipe);
    await this.train.click();
  }

  /** Starts a run and waits until it has ended. */
  async run(recipe: Recipe, timeout: number): Promise<void> {
    await this.start(recipe);
    await expect(this.stop).toBeEnabled();
    await expect(this.train).toBeEnabled({ timeout });
  }

  /** The mean loss of the last steps, as the strip shows it; NaN before the first. */
  async recentLoss(): Promise<number> {
    return Number.parseFloat(await this.figure("Loss").innerText());
  }

  /**
   * Returns the milliseconds from a click on one button to the first frame in which the next button can be clicked. The
   * page itself measures them, so that the communication between test and browser does not count.
   */
  async reaction(click: "Pause" | "Resume" | "Stop", next: "Resume" | "Pause" | "Train"): Promise<number> {
    return this.page.evaluate(async ([click, next]) => {
      const button = (name: string) => [...document.querySelectorAll("button")].find((each) => each.textContent === name && !each.disabled);
      const began = performance.now();
      button(click)?.click();
      while (!button(next)) await new Promise((done) => requestAnimationFrame(done));
      return performance.now() - began;
    }, [click, next] as const);
  }

  /** The value of one figure in the strip. */
  figure(name: string): Locator {
    return this.page.getByRole("term").filter({ hasText: new RegExp(`^${name}$`) }).locator("xpath=following-sibling::dd");
  }

  /** The number of test images that were classified correctly after the last epoch in the log. */
  async correct(): Promise<number> {
    const found = [...(await this.log.innerText()).matchAll(/Accuracy: (\d+)\/10000/g)];
    return Number(found.at(-1)?.[1]);
  }
}
