import { expect, type Locator, type Page } from "@playwright/test";

/** The exercises and the gradient check. */
export class PracticePage {
  readonly open: Locator;
  readonly dialog: Locator;
  readonly number: Locator;
  readonly start: Locator;
  readonly print: Locator;
  readonly bar: Locator;
  readonly feedback: Locator;
  readonly mark: Locator;
  readonly hint: Locator;
  readonly giveUp: Locator;
  readonly nextBlank: Locator;
  readonly showAnswer: Locator;
  readonly newTask: Locator;
  readonly exit: Locator;
  readonly blank: Locator;
  readonly check: Locator;
  readonly gradients: Locator;

  constructor(readonly page: Page) {
    this.open = page.getByRole("button", { name: "Practice", exact: true });
    this.dialog = page.getByRole("dialog", { name: "Practice" });
    this.number = this.dialog.getByRole("textbox", { name: "Task number" });
    this.start = this.dialog.getByRole("button", { name: "Start" });
    this.print = this.dialog.getByRole("button", { name: "Print worksheet" });
    this.bar = page.getByRole("region", { name: "Exercise" });
    const button = (name: string | RegExp) => this.bar.getByRole("button", { name });
    this.feedback = this.bar.getByRole("status");
    this.mark = button(/^This column is wrong/);
    this.hint = button("Hint");
    this.giveUp = button("Give up");
    this.nextBlank = button("Next blank");
    this.showAnswer = button("Show answer");
    this.newTask = button("New task");
    this.exit = button("Exit");
    const formula = page.getByRole("region", { name: "Formula", exact: true });
    this.blank = formula.getByRole("textbox", { name: /^Value of .* in row/ });
    this.check = formula.getByRole("button", { name: "Check" });
    this.gradients = page.getByRole("tabpanel", { name: "Gradient check" });
  }

  /** Chooses an exercise in the dialog. */
  async choose(kind: "Find the bug" | "Fill the cells", number: string): Promise<void> {
    await this.open.click();
    await this.dialog.getByRole("radio", { name: kind }).check();
    await this.number.fill(number);
  }

  async begin(kind: "Find the bug" | "Fill the cells", number: string): Promise<void> {
    await this.choose(kind, number);
    await this.start.click();
    await expect(this.bar).toContainText(`${kind}, task ${number}`);
    // What the student does next is at hand: typing a value, or the keys of the table.
    await expect(kind === "Fill the cells" ? this.blank : this.page.locator(".grid [tabindex='0'][role=gridcell]")).toBeFocused();
  }

  /** Types a value for the selected blank and checks it. */
  async fill(value: string): Promise<void> {
    await this.blank.fill(value);
    await this.blank.press("Enter");
  }

  async showGradients(): Promise<void> {
    await this.page.getByRole("tab", { name: "Gradient check" }).click();
    await expect(this.gradients).toBeVisible();
  }

  /** The texts of the gradient check's row for a weight. */
  async gradient(weight: number): Promise<string[]> {
    const row = this.gradients.getByRole("row").filter({ has: this.page.getByRole("button", { name: `∂E/∂w${weight}` }) });
    return row.getByRole("cell").allInnerTexts();
  }
}
