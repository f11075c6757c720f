import { FilesDialog } from "./pages/files-dialog";
import { PracticePage } from "./pages/practice-page";
import { fakeWorker } from "./support/fake-worker";
import { expect, test } from "./support/test";
import { translatePages } from "./support/translation";

// The browser translates everything that is on the page, and again whatever the page shows later.
test.beforeEach(async ({ context }) => translatePages(context));

test("a translated sheet follows what the user does", async ({ page, sheet }) => {
  await expect(sheet.step.locator("font").first()).toHaveText("Step");
  await sheet.play.click();
  await sheet.pause.click();
  await expect(sheet.play).toBeVisible();
  await sheet.rowField.fill("0");

  // Row 0 has other phases than the rows after it, and each number its sentence.
  const sentence = sheet.formula.locator(".formula-story");
  await sheet.options();
  await sheet.stepBy.selectOption("phase");
  const seen = new Set<string>();
  for (let step = 0; step < 8; step++) {
    await sheet.step.click();
    seen.add(await sentence.innerText());
  }
  expect(seen.size).toBeGreaterThan(5);
  await sheet.expectCurrent(1);
  await expect(sheet.phases.getByRole("button").first()).toHaveText("Update");
  await expect(sheet.formula).toContainText("in row 1");

  // Cells, numbers and symbols are in no language.
  expect(await sheet.grid.locator(".grid-body font, math font, .formula-numbers font").count()).toBe(0);
  await sheet.cell(0, 12).click();
  await sheet.constant("w5").fill("1e308");
  await expect(sheet.cell(0, 12)).not.toHaveText("0.4");
  await sheet.constant("w5").press("Enter");
  await sheet.options();
  await sheet.undo.click();
  await expect(sheet.cell(0, 12)).toHaveText("0.4");

  await sheet.cell(0, 4).click();
  await sheet.cell(1, 5).click({ modifiers: ["Shift"] });
  await sheet.options();
  await page.getByRole("button", { name: "Copy cells" }).click();
  await expect(page.locator(".copy [role=status]")).toHaveText(/4 cells copied|did not allow/);
  await sheet.options();
  await sheet.updates.fill("0");
  await expect(page.locator(".updates .field-message")).toHaveText(/from 1 to/i);
  await page.getByRole("tab", { name: "Learning rates" }).click();
  await sheet.options();
  await sheet.updates.fill("20000");
  await expect(page.getByRole("row", { name: /^yours, 0\.5/ }).locator(".verdict")).not.toHaveText(/computing/);
});

test("a translated exercise and translated dialogs follow what the user does", async ({ page, sheet }) => {
  const practice = new PracticePage(page);
  await practice.choose("Find the bug", "x");
  await expect(practice.dialog.getByRole("alert")).toHaveText("Type a whole number, for example 123.");
  await practice.number.fill("7");
  await expect(practice.dialog.getByRole("alert")).toHaveCount(0);
  await practice.start.click();
  await practice.hint.click();
  await expect(practice.feedback).not.toBeEmpty();
  await practice.giveUp.click();
  await expect(practice.feedback).toContainText("Here is the solution:");
  await expect(practice.gradients.locator(".verdict").filter({ hasText: "differs" }).first()).toBeVisible();

  // The other exercise has other buttons, and an exercise has fewer tabs than the sheet.
  await practice.begin("Fill the cells", "7");
  await practice.showAnswer.click();
  await expect(practice.feedback).toHaveText(/ is −?\d\.\d+(·10−\d)?\.$/);
  await expect(practice.giveUp).toHaveCount(0);
  await practice.exit.click();
  await expect(page.getByRole("tab")).toHaveText(["Error curves", "Landscape", "Learning rates", "Experiments", "Gradient check"]);

  const files = new FilesDialog(page);
  await files.open();
  await files.give("Open", { name: "poem.csv", content: "roses,are,red" });
  await expect(files.status).toContainText("poem.csv");
  await files.close();
  await expect(sheet.grid).toBeVisible();
});

test("a translated trainer follows its run", async ({ page, trainer }) => {
  await fakeWorker(page, { steps: 1400, epochs: [0.9812, 0.9868], stream: 1 });
  await expect(trainer.log).toHaveText("One result appears here after each epoch.");
  await expect(trainer.log.locator("font").first()).toBeVisible();
  await trainer.train.click();
  await expect(trainer.log).toContainText("Accuracy: 9868/10000");
  await expect(trainer.log.locator("font")).toHaveCount(0);
  await expect(trainer.status).toHaveText(/^Epoch \d+ of 20$/);
  await expect(trainer.figure("Best")).toHaveText("98.68 %");
  await page.getByRole("tab", { name: "Epochs" }).click();
  await expect(page.getByRole("table", { name: "Epochs" }).getByRole("row")).toHaveCount(3);

  await trainer.pause.click();
  await expect(trainer.status).toHaveText(/^Paused in epoch/);
  const rate = page.getByRole("textbox", { name: "New learning rate" });
  await rate.fill("fast");
  await page.getByRole("button", { name: "Change" }).click();
  await expect(trainer.alert.filter({ hasText: "Learning rate: a number above 0" })).toBeVisible();
  await rate.fill("0.005");
  await page.getByRole("button", { name: "Change" }).click();
  await expect(page.getByRole("form", { name: "Change the learning rate" }).getByRole("status")).toContainText("0.005");
  await trainer.resume.click();
  await trainer.pause.click();
  await trainer.stop.click();
  await expect(trainer.status).toHaveText(/^Stopped/);

  const answer = page.getByRole("region", { name: "Time estimate" });
  await trainer.measure.click();
  await expect(answer).toContainText("20 epochs will take about 12 min 34 s here.");
  await trainer.fill({ Epochs: 10 });
  await expect(answer).toContainText("10 epochs will take about 6 min 17 s here.");
  await trainer.fill({ Dropout: 2 });
  await trainer.train.click();
  await expect(trainer.alert.filter({ hasText: "Dropout: a number from 0 to 0.9." })).toBeVisible();
  await expect(page.locator("#preset-purpose")).toHaveText("Your own settings.");
});
