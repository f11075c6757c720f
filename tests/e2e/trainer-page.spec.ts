import { fakeWorker } from "./support/fake-worker";
import { saveFile } from "./support/files";
import { expect, test } from "./support/test";

/** Test accuracies of nine epochs; 99.4 % is first reached after the seventh. */
const EPOCHS = [0.9812, 0.9868, 0.9891, 0.9903, 0.9921, 0.9934, 0.9941, 0.9938, 0.9946];

test.describe("the settings", () => {
  test("begin with a preset, become the user's own with the first change, and are in the address", async ({ trainer, page }) => {
    await expect(trainer.preset("Classic")).toBeChecked();
    await trainer.preset("Quick").check();
    await expect(trainer.field("Epochs")).toHaveValue("4");
    await expect(trainer.field("Warm-up")).toHaveValue("0.25");
    await expect(page.getByRole("figure", { name: "Learning rate" }).getByRole("img")).toHaveAccessibleName(/over 3,752 steps: from 0\.004/);
    await trainer.fill({ Seed: 7 });
    await expect(trainer.preset("Quick")).toBeChecked();
    await trainer.fill({ Dropout: 0.2 });
    await expect(trainer.preset("Custom")).toBeChecked();
    await expect(page).toHaveURL(/#trainer\?optimizer=nesterov&.*dropout=0\.2&seed=7&v=1$/);

    await page.reload();
    await expect(trainer.field("Seed")).toHaveValue("7");
    // The sheet has its own address. Back in the trainer, the settings are still there.
    await page.getByRole("link", { name: "Sheet" }).click();
    await expect(page).not.toHaveURL(/trainer/);
    await page.getByRole("link", { name: "Trainer" }).click();
    await expect(trainer.preset("Custom")).toBeChecked();
    await expect(page).toHaveURL(/#trainer\?.*seed=7&v=1$/);
  });

  test("are those that a cut link still has, and the page says that some may be missing", async ({ trainer, page }) => {
    await page.goto("about:blank");
    await page.goto("./#trainer?epochs=4&batch=6");
    const notice = trainer.alert.filter({ hasText: "The end of this link is missing" });
    await expect(notice).toBeVisible();
    await expect(trainer.field("Epochs")).toHaveValue("4");
    // The last number may have had more digits.
    await expect(trainer.field("Batch size")).toHaveValue("128");
    await page.evaluate(() => {
      location.hash = "#trainer?epochs=3&v=1";
    });
    await expect(trainer.field("Epochs")).toHaveValue("3");
    await expect(notice).toBeHidden();
    // Somebody with more data may have made the link.
    await page.evaluate(() => {
      location.hash = "#trainer?images=70000&v=1";
    });
    await expect(trainer.alert.filter({ hasText: "Training images: the data in use has 60,000." })).toBeVisible();
  });

  test("show an invalid field even behind More", async ({ trainer }) => {
    await trainer.fill({ Dropout: 2 });
    await trainer.more.getByText("More", { exact: true }).click();
    await expect(trainer.field("Dropout")).toBeHidden();
    await trainer.train.click();
    await expect(trainer.alert.filter({ hasText: "Dropout: a number from 0 to 0.9." })).toBeVisible();
    await expect(trainer.field("Dropout")).toBeFocused();
  });

  test("are measured before training", async ({ trainer, page }) => {
    await fakeWorker(page);
    await trainer.measure.click();
    const answer = page.getByRole("region", { name: "Time estimate" });
    await expect(answer).toContainText("20 epochs will take about 12 min 34 s here.");
    await expect(answer).toContainText("A step takes 14 ms; the first one took 320 ms.");
    await trainer.fill({ Epochs: 10 });
    await expect(answer).toContainText("10 epochs will take about 6 min 17 s here.");
    await trainer.fill({ "Batch size": 64 });
    await expect(answer).toContainText("The settings have changed");
  });
});

test.describe("control", () => {
  test("pauses, changes the learning rate, resumes and stops", async ({ trainer, page }) => {
    await fakeWorker(page, { steps: 400, stream: 1 });
    await trainer.train.click();
    await expect(page).toHaveTitle("Epoch 1/20 – Gradsheet");
    await trainer.pause.click();
    await expect(trainer.status).toHaveText("Paused in epoch 1 of 20.");
    await page.getByRole("textbox", { name: "New learning rate" }).fill("fast");
    await page.getByRole("button", { name: "Change" }).click();
    await expect(trainer.alert.filter({ hasText: "Learning rate: a number above 0" })).toBeVisible();
    await page.getByRole("textbox", { name: "New learning rate" }).fill("0.005");
    await page.getByRole("button", { name: "Change" }).click();
    await expect(trainer.log).toContainText(/Learning rate 0\.005 after step \d+\./);
    await trainer.resume.click();
    await expect(trainer.status).toHaveText("Epoch 1 of 20");
    // The space bar pauses the run, too, if no field or button has the focus.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press("Space");
    await expect(trainer.resume).toBeVisible();
    await trainer.stop.click();
    await expect(trainer.train).toBeEnabled();
    await expect(page).toHaveTitle("Gradsheet: see how neural networks learn");
    await expect(page.getByRole("textbox", { name: "More epochs" })).toHaveValue("5");
  });

  test("shows the last step, however soon it follows another", async ({ trainer, page }) => {
    await fakeWorker(page, { steps: 10, more: 5 });
    await trainer.train.click();
    await expect(trainer.figure("Step")).toHaveText(/^15 \//);
  });

  test("warns that a run cannot be saved, and asks before it is lost", async ({ trainer, page }) => {
    await fakeWorker(page, { unsaved: "The disk is full." });
    await trainer.train.click();
    await expect(trainer.alert.filter({ hasText: "This run is not being saved. The disk is full." })).toBeVisible();
    const asked = page.waitForEvent("dialog");
    await page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.accept();
  });
});

test.describe("the results of a run", () => {
  test.beforeEach(async ({ trainer, page }) => {
    await fakeWorker(page, { steps: 4221, epochs: EPOCHS });
    await trainer.train.click();
    await expect(trainer.log).toContainText("EPOCH:  9");
  });

  test("are charts in words and in numbers", async ({ trainer, page }) => {
    await expect(trainer.accuracy.getByRole("img")).toHaveAccessibleName(
      /After epoch 9: 99\.46 % of the test images .* 99\.4 % of the test images were first reached after epoch 7\./,
    );
    const { name, bytes } = await saveFile(trainer.loss.getByRole("button", { name: "Save as CSV" }));
    const rows = bytes.toString("utf8").trim().split("\r\n");
    expect(name).toBe("loss.csv");
    expect(rows[0]).toBe("step,loss,smoothed_over_46_steps");
    expect(rows).toHaveLength(1 + 4221);
    await page.getByRole("tab", { name: "Epochs" }).click();
    const row = page.getByRole("table", { name: "Epochs" }).getByRole("row").filter({ hasText: "9 best" });
    await expect(row).toContainText("9,946 / 10,000");
    // The lowest and the highest loss of its steps are there, too.
    await expect(row).not.toContainText("–");
  });

  test("are a log that can be saved in three formats", async ({ trainer, page }) => {
    const save = async (word: string) =>
      (await saveFile(page.getByRole("button", { name: `Save the log as ${word}` }))).bytes.toString("utf8");
    const [text, csv, json] = [await save("Text"), await save("CSV"), await save("JSON lines")];
    expect(text).toContain("Recipe: recipe?v=1. Data: MNIST.\nDevice: CPU (pretended). A test pretends.\nEPOCH:  1\n");
    expect(csv.trim().split("\r\n")).toHaveLength(1 + EPOCHS.length);
    const lines = json.trim().split("\n").map((line) => JSON.parse(line) as { event: string; losses?: number[] });
    expect(lines[0]).toMatchObject({ event: "run", recipe: "recipe?v=1", data: "MNIST" });
    expect(lines.flatMap((line) => line.losses ?? [])).toHaveLength(4221);
  });
});
