import { expect, type Locator, type Page } from "@playwright/test";
import { parse } from "../support/reference";

/** The sheet. Elements are found by roles and names, as a user finds them. */
export class SheetPage {
  readonly grid: Locator;
  readonly step: Locator;
  readonly back: Locator;
  readonly play: Locator;
  readonly pause: Locator;
  readonly reset: Locator;
  readonly slider: Locator;
  readonly rate: Locator;
  readonly curves: Locator;
  readonly logarithmic: Locator;
  readonly formula: Locator;
  readonly value: Locator;
  readonly undo: Locator;
  readonly network: Locator;
  readonly precedents: Locator;
  readonly dependents: Locator;
  readonly saturated: Locator;
  readonly phases: Locator;
  readonly stepBy: Locator;
  readonly speed: Locator;
  readonly scrubber: Locator;
  readonly rowField: Locator;
  readonly updates: Locator;
  readonly digits: Locator;
  readonly tint: Locator;

  constructor(readonly page: Page) {
    const button = (name: string) => page.getByRole("button", { name, exact: true });
    // What is in the closed menu can be read too, but not used.
    const option = (role: "button" | "checkbox" | "combobox" | "slider" | "textbox", name: string) =>
      page.getByRole(role, { name, exact: true, includeHidden: true });
    this.grid = page.getByRole("grid", { name: "Backpropagation table" });
    this.step = button("Step");
    this.back = button("Back");
    this.play = button("Play");
    this.pause = button("Pause");
    this.reset = button("Reset");
    this.slider = page.getByRole("slider", { name: "Learning rate", exact: true });
    this.rate = page.getByRole("textbox", { name: "Learning rate value" });
    this.curves = page.getByRole("figure", { name: "Error curves" });
    this.logarithmic = page.getByRole("checkbox", { name: "Log error" });
    this.formula = page.getByRole("region", { name: "Formula" });
    this.undo = option("button", "Undo");
    this.network = page.getByRole("figure", { name: "Network" });
    this.precedents = this.grid.locator("[role=gridcell].precedent");
    this.dependents = this.grid.locator("[role=gridcell].dependent");
    this.saturated = this.grid.locator("[role=gridcell].saturated");
    this.phases = page.getByRole("navigation", { name: "Phases" });
    this.stepBy = option("combobox", "Step by");
    this.speed = option("slider", "Speed");
    this.scrubber = page.getByRole("slider", { name: "Row" });
    this.rowField = page.getByRole("textbox", { name: "Row", exact: true });
    this.updates = option("textbox", "Number of updates");
    this.digits = option("combobox", "Digits");
    this.tint = option("checkbox", "Colour the cells");
    this.value = this.formula.getByLabel("Value at full precision");
  }

  async goto(): Promise<void> {
    await this.page.goto("./#sheet");
    await expect(this.grid).toBeVisible();
  }

  /** Opens the menu with the table's options, unless it is open. */
  async options(): Promise<void> {
    const menu = this.page.locator("details.menu");
    if (!(await menu.evaluate((details: HTMLDetailsElement) => details.open))) await menu.getByText("Options").click();
  }

  /** A row of the table by its number, from 0. ARIA counts the header as row 1. */
  row(row: number): Locator {
    return this.grid.locator(`[role=row][aria-rowindex="${row + 2}"]`);
  }

  /** A cell by row and column, both from 0. ARIA counts the row numbers as column 1. */
  cell(row: number, column: number): Locator {
    return this.row(row).locator(`[role=gridcell][aria-colindex="${column + 2}"]`);
  }

  /** The current row, which is the row of the selected cell. */
  get current(): Locator {
    return this.grid.getByRole("row").filter({ has: this.page.getByRole("gridcell", { selected: true }) });
  }

  async currentRow(): Promise<number> {
    return Number(await this.current.getAttribute("aria-rowindex")) - 2;
  }

  /** The button of a phase of the current row. */
  phase(name: string): Locator {
    return this.phases.getByRole("button", { name });
  }

  /** The field for a constant of row 0, which is shown while its cell is selected. */
  constant(name: string): Locator {
    return this.formula.getByRole("textbox", { name: `Value of ${name}` });
  }

  async expectCurrent(row: number): Promise<void> {
    await expect(this.current).toHaveAttribute("aria-rowindex", String(row + 2));
    await expect(this.current).toBeInViewport();
  }

  /** Sets the learning rate by its number field. */
  async setRate(rate: string): Promise<void> {
    await this.rate.fill(rate);
    await this.rate.press("Enter");
  }

  /** Scrolls to the first or the last row by keyboard. */
  async scrollTo(row: "first" | "last"): Promise<void> {
    await this.grid.locator("[role=gridcell]").first().click();
    await this.page.keyboard.press(row === "first" ? "Control+Home" : "Control+End");
    await expect(this.cell(row === "first" ? 0 : 100, 0)).toBeVisible();
  }

  /** Selects a cell and reads its value with all digits in the formula panel. */
  async fullValue(row: number, column: number): Promise<number> {
    const cell = this.cell(row, column);
    await cell.click();
    await expect(cell).toHaveAttribute("aria-selected", "true");
    return parse(await this.value.innerText());
  }
}
