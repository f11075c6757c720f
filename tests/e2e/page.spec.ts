import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { TrainerPage } from "./pages/trainer-page";
import { expect, test } from "./support/test";

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
}

test.describe("accessibility", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds no problem on the sheet, ${colorScheme}`, async ({ page, sheet }) => {
      await page.emulateMedia({ colorScheme });
      await page.reload();
      await sheet.cell(0, 9).click();
      await expectAccessible(page);
    });

    test(`axe finds no problem on the trainer, ${colorScheme}`, async ({ page, trainer }) => {
      await page.emulateMedia({ colorScheme });
      await page.reload();
      await expect(trainer.train).toBeEnabled();
      await expectAccessible(page);
    });
  }

  test("axe finds no problem on a phone", async ({ page, sheet }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(sheet.grid).toBeVisible();
    await expectAccessible(page);
    const trainer = new TrainerPage(page);
    await trainer.goto();
    await expectAccessible(page);
  });
});

test("one click leads from one lab to the other, and the address names the lab that is shown", async ({ page, sheet }) => {
  const labs = page.getByRole("navigation");
  const trainer = new TrainerPage(page);
  await labs.getByRole("link", { name: "Trainer" }).click();
  await expect(trainer.train).toBeVisible();
  await expect(page).toHaveURL(/#trainer$/);
  await page.reload();
  await expect(trainer.train).toBeVisible();
  await page.goBack();
  await expect(sheet.grid).toBeVisible();
});
