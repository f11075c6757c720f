import AxeBuilder from "@axe-core/playwright";
import { PadPage } from "./pages/pad-page";
import { expect, test } from "./support/test";

test("nothing of the pad is fetched before it is opened, and a digit drawn with the mouse is read", async ({ page, requests }) => {
  const pad = new PadPage(page);
  await page.goto("./#trainer");
  await expect(pad.open).toHaveAttribute("aria-expanded", "false");
  expect(requests.filter((url) => /\binside(_bg)?\.(js|wasm)|code=inside|safetensors/.test(url))).toEqual([]);
  await pad.open.click();
  await expect(pad.open).toHaveAttribute("aria-expanded", "true");
  await expect(pad.spoken).toHaveText("Draw a digit.");
  await pad.stroke([0.5, 0.15], [0.5, 0.85]);
  await expect(pad.spoken).toHaveText(/^The net says 1 \(/);
  expect(await pad.share(1)).toBeGreaterThan(50);
  await expect(pad.answer.getByText(/99\.\d\d % of 10,000 test images right/)).toBeVisible();

  // A stroke is taken back; a cleared drawing comes back.
  await pad.undo.click();
  await expect(pad.spoken).toHaveText("Draw a digit.");
  await expect(pad.undo).toBeDisabled();
  await pad.stroke([0.25, 0.2], [0.75, 0.2], [0.45, 0.85]);
  await expect(pad.spoken).toHaveText(/^The net says 7 \(/);
  await pad.clear.click();
  await expect(pad.spoken).toHaveText("Draw a digit.");
  await expect(pad.bars.nth(7)).toContainText("–");
  await pad.undo.click();
  await expect(pad.spoken).toHaveText(/^The net says 7 \(/);

  // A closed panel keeps its drawing.
  await pad.open.click();
  await expect(pad.pad).toBeHidden();
  await pad.open.click();
  await expect(pad.spoken).toHaveText(/^The net says 7 \(/);
});

test("a test image is taken to the pad with a click or with keys, and makes room for a drawing", async ({ page, trainer }) => {
  await page.goto("./#trainer");
  const pad = new PadPage(page);
  const digits = trainer.showcase.getByRole("button");
  await digits.nth(16).click();
  await expect(pad.spoken).toHaveText(/^The net says 4 \(.*\)\. It is a 4\.$/);
  // The list is one stop of the Tab key.
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await expect(digits.nth(38)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(pad.spoken).toHaveText(/^The net says 9 \(.*\)\. It is a 9\.$/);
  await page.keyboard.press("Tab");
  await expect(pad.open).toBeFocused();
  await pad.stroke([0.5, 0.15], [0.5, 0.85]);
  await expect(pad.spoken).toHaveText(/^The net says 1 \([^)]*\)\.$/);
  await pad.undo.click();
  await expect(pad.spoken).toHaveText(/It is a 9\.$/);
  await digits.nth(0).click();
  await expect(pad.spoken).toHaveText(/It is a 0\.$/);
  await pad.clear.click();
  await expect(pad.spoken).toHaveText("Draw a digit.");
});

test("a photo of a digit is read, chosen or dropped, and any other file gets a sentence", async ({ page }) => {
  const pad = new PadPage(page);
  await pad.goto();
  // A seven in dark ink on grey paper, with a shadow.
  const photo = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [600, 400];
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    const shadow = context.createLinearGradient(0, 0, 600, 0);
    shadow.addColorStop(0, "#b8b4aa");
    shadow.addColorStop(1, "#d8d4ca");
    context.fillStyle = shadow;
    context.fillRect(0, 0, 600, 400);
    context.lineWidth = 16;
    context.lineCap = "round";
    context.strokeStyle = "#203060";
    context.stroke(new Path2D("M 220 110 L 350 110 L 270 300"));
    return canvas.toDataURL("image/png").split(",")[1] ?? "";
  });
  const input = page.getByLabel("Photo of a digit");
  await input.setInputFiles({ name: "seven.png", mimeType: "image/png", buffer: Buffer.from(photo, "base64") });
  await expect(pad.spoken).toHaveText(/^The net says 7 \([^)]*\)\.$/);
  await input.setInputFiles({ name: "seven.txt", mimeType: "text/plain", buffer: Buffer.from("seven") });
  await expect(page.getByText("“seven.txt” is no picture that this browser can read.")).toBeVisible();
  await pad.clear.click();
  await expect(page.getByText("is no picture")).toBeHidden();
  const transfer = await page.evaluateHandle((photo) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0))], "seven.png", { type: "image/png" }));
    return transfer;
  }, photo);
  await pad.pad.dispatchEvent("drop", { dataTransfer: transfer });
  await expect(pad.spoken).toHaveText(/^The net says 7 \(/);
  // The trainer, which takes files that are dropped elsewhere, has not heard of it.
  await expect(page.getByText("You dropped")).toBeHidden();
});

test("a digit is drawn, taken back and cleared with the keyboard alone", async ({ page }) => {
  const pad = new PadPage(page);
  await pad.goto();
  await pad.open.focus();
  await page.keyboard.press("Tab");
  await expect(pad.pad).toBeFocused();
  const draw = async (key: string, times: number) => {
    for (let time = 0; time < times; time++) await page.keyboard.press(key);
  };
  // A seven: to the left without the pen, then to the right, and down to the left.
  await draw("ArrowLeft", 7);
  await draw("Space", 1);
  await draw("ArrowRight", 14);
  for (let time = 0; time < 8; time++) {
    await page.keyboard.down("ArrowDown");
    await draw("ArrowLeft", 1);
    await page.keyboard.up("ArrowDown");
  }
  // While the pen is down, nothing is said.
  await expect(pad.spoken).toHaveText("Draw a digit.");
  await draw("Space", 1);
  await expect(pad.spoken).toHaveText(/^The net says 7 \(/);
  await page.keyboard.press("Control+z");
  await expect(pad.spoken).toHaveText("Draw a digit.");
  await draw("Space", 2);
  await expect(pad.clear).toBeEnabled();
  await page.keyboard.press("Delete");
  await expect(pad.clear).toBeDisabled();
});

test("without its weights the pad says why, and \"Try again\" fetches them", async ({ page }) => {
  const pad = new PadPage(page);
  await page.route(/\.safetensors/, (route) => route.abort("blockedbyclient"));
  await page.goto("./#trainer");
  await pad.open.click();
  await expect(pad.alert).toContainText("The trained net could not be loaded: its file does not arrive.");
  // The preparation works without a net.
  await pad.stroke([0.5, 0.15], [0.5, 0.85]);
  await expect(pad.spoken).toHaveText("There is no net to read the digit.");
  await page.unroute(/\.safetensors/);
  await page.route(/\.safetensors/, (route) => route.fulfill({ contentType: "text/html", body: "<h1>This page is blocked.</h1>" }));
  await pad.tryAgain.click();
  await expect(pad.alert).toContainText("something else came in its place");
  await page.unroute(/\.safetensors/);
  await pad.tryAgain.click();
  await expect(pad.spoken).toHaveText(/^The net says 1 \(/);
  await expect(pad.alert).toHaveCount(0);
});

test("the net in training reads the drawing as soon as there is one, and the trained net at a click", async ({ page, trainer }) => {
  test.slow();
  await trainer.goto();
  const pad = new PadPage(page);
  await pad.open.click();
  await pad.stroke([0.5, 0.15], [0.5, 0.85]);
  await expect(pad.spoken).toHaveText(/^The net says 1 \(/);
  await expect(pad.trained).toBeChecked();
  await expect(pad.inTraining).toBeDisabled();
  const before = await pad.bars.allInnerTexts();
  await trainer.start({ Device: "CPU", "CPU workers": 1, Epochs: 1, "Batch size": 64, "Training images": 16_000 });
  await expect(pad.inTraining).toBeChecked({ timeout: 60_000 });
  // A net that has only begun is less sure.
  await expect.poll(() => pad.bars.allInnerTexts()).not.toEqual(before);
  await expect.poll(() => pad.share(1), { timeout: 60_000 }).toBeGreaterThan(80);
  await pad.trained.check();
  await expect.poll(() => pad.bars.allInnerTexts()).toEqual(before);
  await trainer.stop.click();
  await expect(trainer.train).toBeEnabled();
  await expect(pad.trained).toBeChecked();
  await pad.inTraining.check();
  await expect.poll(() => pad.bars.allInnerTexts()).not.toEqual(before);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds no problem in the pad, and nothing is wider than a phone, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 740 });
    const pad = new PadPage(page);
    await pad.goto();
    await pad.stroke([0.3, 0.15], [0.25, 0.55], [0.75, 0.55]);
    await pad.stroke([0.65, 0.2], [0.62, 0.9]);
    await expect(pad.spoken).toHaveText(/^The net says 4 \(/);
    expect((await pad.pad.boundingBox())?.width).toBe(256);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect((await new AxeBuilder({ page }).include(".draw").analyze()).violations).toEqual([]);
  });
}
