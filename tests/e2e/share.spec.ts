import AxeBuilder from "@axe-core/playwright";
import { ShareDialog } from "./pages/share-dialog";
import { SheetPage } from "./pages/sheet-page";
import { TrainerPage } from "./pages/trainer-page";
import { expect, test } from "./support/test";

/** A link to a sheet on which everything differs from the standard example. */
const LINK =
  "#sheet?t=0.3,0.3333333333333333&i=-0.7,1e-7&w=0.30000000000000004,-0.2,0.25,0.3,0.4,0.45,0.5,123.456789012345678" +
  "&eta=0.8&rows=1000&at=912.a_h2&digits=10&tint=on&v=1";

test.describe("a link to the sheet", () => {
  test("restores constants, learning rate, rows and cell to the last digit, and is in the address bar", async ({ page, context, sheet }) => {
    await page.goto("about:blank");
    await page.goto(`./${LINK}`);
    await sheet.expectCurrent(912);
    await expect(sheet.cell(912, 11)).toHaveAttribute("aria-selected", "true");
    await expect(sheet.rate).toHaveValue("0.8");
    await expect(sheet.grid).toHaveAttribute("aria-rowcount", "1002");
    const value = await sheet.value.innerText();

    // Changes are written into the address, which opens the same sheet in another tab.
    await sheet.setRate("0.1");
    await sheet.back.click();
    await expect(page).toHaveURL(/w=0\.30000000000000004,-0\.2,.*eta=0\.1&rows=1000&at=911\.a_h2&.*v=1$/);
    const other = new SheetPage(await context.newPage());
    await other.page.goto(page.url());
    await other.expectCurrent(911);
    await expect(other.rate).toHaveValue("0.1");
    await expect(other.value).toHaveText(await sheet.value.innerText());
    await expect(other.value).not.toHaveText(value);
    for (const [column, given] of [[1, "0.3333333333333333"], [3, "10⁻⁷"], [4, "0.30000000000000004"], [15, "123.45678901234568"]] as const) {
      await other.scrollTo("first");
      await other.cell(0, column).click();
      await expect(other.value).toHaveText(given);
    }
  });

  test("to a row far down shows that row", async ({ page, sheet }) => {
    await page.goto("./#sheet?rows=20000&at=15000.w3&v=1");
    await page.reload();
    await sheet.expectCurrent(15000);
  });

  test("survives a reload on either lab, and going back and forward", async ({ page, sheet }) => {
    await sheet.setRate("0.25");
    await sheet.step.click();
    await expect(page).toHaveURL(/#sheet\?eta=0\.25&at=1\.h1&v=1$/);
    await page.reload();
    await sheet.expectCurrent(1);
    await expect(sheet.rate).toHaveValue("0.25");

    const labs = page.getByRole("navigation", { name: "Labs" });
    await sheet.setRate("0.75");
    await labs.getByRole("link", { name: "Trainer" }).click();
    await expect(page).toHaveURL(/#trainer$/);
    await expect(new TrainerPage(page).train).toBeVisible();
    await page.goBack();
    await expect(sheet.grid).toBeVisible();
    await expect(sheet.rate).toHaveValue("0.75");
    await page.goForward();
    await page.reload();
    await labs.getByRole("link", { name: "Sheet" }).click();
    await expect(sheet.rate).toHaveValue("0.75");
    await expect(page).toHaveURL(/#sheet\?eta=0\.75&at=1\.h1&v=1$/);
  });

  test("gives everybody the same task of an exercise", async ({ page, context, sheet }) => {
    await page.goto("about:blank");
    await page.goto("./#sheet?at=3.w5&mode=bug-123&v=1");
    const exercise = page.getByRole("region", { name: "Exercise" });
    await expect(exercise).toContainText("Find the bug");
    await sheet.expectCurrent(3);
    await sheet.step.click();
    await expect(page).toHaveURL(/#sheet\?at=4\.w5&mode=bug-123&v=1$/);
    const other = new SheetPage(await context.newPage());
    await other.page.goto(page.url());
    await other.expectCurrent(4);
    await expect(other.value).toHaveText(await sheet.value.innerText());
    await exercise.getByRole("button", { name: "Exit" }).click();
    await expect(page).toHaveURL(/#sheet\?at=4\.w5&v=1$/);
  });

  test("to a row beyond the end opens the last row, also after the sheet has become shorter", async ({ page, sheet }) => {
    await page.goto("about:blank");
    await page.goto("./#sheet?eta=0.8&rows=100&at=80.w5&v=1");
    await sheet.expectCurrent(80);
    await sheet.options();
    await sheet.updates.fill("50");
    await sheet.updates.press("Enter");
    await expect(page).toHaveURL(/rows=50&at=50\.w5&v=1$/);
    await page.reload();
    await sheet.expectCurrent(50);
    await expect(sheet.rate).toHaveValue("0.8");
    await page.goto("about:blank");
    await page.goto("./#sheet?eta=0.8&rows=10&at=12.w5&v=1");
    await sheet.expectCurrent(10);
    await expect(page.getByRole("alert")).toContainText("names row 12, but the last row is 10");
  });

  test("that is damaged opens as far as it can be read and says what is wrong", async ({ page, sheet }) => {
    await page.goto("about:blank");
    await page.goto("./#sheet?eta=0.8&w=1,2,3&at=7.w5&v=1");
    const notice = page.getByRole("alert").filter({ hasText: "3 values for w, not 8" });
    await expect(notice).toBeVisible();
    await expect(sheet.cell(7, 12)).toHaveAttribute("aria-selected", "true");
    await expect(sheet.rate).toHaveValue("0.8");
    await notice.getByRole("button", { name: "Dismiss" }).click();
    await expect(notice).toBeHidden();
    await page.goto("about:blank");
    await page.goto("./#sheet?eta=0.8&rows=50");
    await expect(page.getByRole("alert").filter({ hasText: "“rows=50” may be cut off, so it is not used." })).toBeVisible();
    await expect(sheet.rate).toHaveValue("0.8");
  });

  test("is read whatever a chat has made of it, on both labs", async ({ page, sheet }) => {
    const trainer = new TrainerPage(page);
    for (const fragment of [
      "sheet?eta=0.8&rows=50&v=1).",
      "sheet?eta=0.8&amp;rows=50&amp;v=1",
      "sheet?eta=0.8&rows=50&v=1&utm_source=moodle",
      "sheet%3Feta%3D0.8%26rows%3D50%26v%3D1",
      "SHEET?ETA=0.8&ROWS=50&V=1%20and",
      "sheet?eta=0,8&rows=50&v=1",
    ]) {
      await page.goto("about:blank");
      await page.goto(`./#${fragment}`);
      await expect(sheet.rate, fragment).toHaveValue("0.8");
      await expect(sheet.updates, fragment).toHaveValue("50");
    }
    for (const fragment of [
      "trainer?epochs=2&v=1.",
      "trainer?epochs=2&amp;v=1&utm_source=moodle",
      "trainer%3Fepochs%3D2%26v%3D1",
      "trainer%253Fepochs%253D2%2526v%253D1",
      "TRAINER?EPOCHS=2&V=1)",
      "trainer?epochs=2&v=1%20and",
    ]) {
      await page.goto("about:blank");
      await page.goto(`./#${fragment}`);
      await expect(trainer.field("Epochs"), fragment).toHaveValue("2");
      await expect(page.getByRole("alert").filter({ hasText: "link" })).toHaveCount(0);
    }
  });

  test("opened later is one change, and a damaged one changes nothing", async ({ page, sheet }) => {
    await sheet.setRate("0.25");
    await page.evaluate(() => { location.hash = "#sheet?w=1,2,3,4,5,6,7&v=1"; });
    await expect(page.getByRole("alert").filter({ hasText: "7 values for w, not 8" })).toBeVisible();
    await expect(sheet.rate).toHaveValue("0.25");

    await page.evaluate(() => { location.hash = "#sheet?w=1,2,3,4,5,6,7,8&eta=2&v=1"; });
    await expect(sheet.rate).toHaveValue("2");
    await expect(sheet.cell(0, 15)).toHaveText("8");
    await expect(page.getByRole("alert").filter({ hasText: "values for w" })).toBeHidden();
    await sheet.options();
    await sheet.undo.click();
    await expect(sheet.rate).toHaveValue("0.25");
    await expect(sheet.cell(0, 15)).toHaveText("0.55");
  });
});

test.describe("the share dialog", () => {
  test("shows the link to copy, and a QR code that a camera reads", async ({ page, context, sheet }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await sheet.setRate("0.3");
    const share = new ShareDialog(page);
    await share.open();
    await expect(share.link).toHaveValue(/\/#sheet\?eta=0\.3&v=1$/);
    const link = await share.link.inputValue();
    await share.copy.click();
    await expect(share.dialog.getByRole("status")).toHaveText("Copied.");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await expect(share.code).toBeVisible();
    expect(await share.scan()).toBe(link);
    // The tests' own server is one that nobody else can reach.
    await expect(share.dialog).toContainText("This link works only on this computer");
    await expect(share.dialog).toContainText("send the workbook");

    await page.keyboard.press("Escape");
    await expect(share.dialog).toBeHidden();
    await page.goto("about:blank");
    await page.goto(link);
    await expect(sheet.rate).toHaveValue("0.3");
  });

  test("copies even where pages have no clipboard, as on a plain http address", async ({ page, context, sheet: _ }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const share = new ShareDialog(page);
    await share.open();
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new TypeError("refused"));
    });
    await share.copy.click();
    await expect(share.dialog.getByRole("status")).toHaveText("Copied.");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await share.link.inputValue());
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`shows a readable QR code of the longest link, and axe finds no problem, ${colorScheme}`, async ({ page, sheet }) => {
      await page.emulateMedia({ colorScheme });
      await page.goto("about:blank");
      const digits = (first: number, last: number) =>
        Array.from({ length: last - first + 1 }, (_, index) => -1 / (first + index + 0.123456789)).join();
      await page.goto(`./#sheet?t=${digits(1, 2)}&i=${digits(3, 4)}&w=${digits(5, 12)}&eta=0.8765432109876543&rows=1000&at=12.a_h1&digits=full&tint=on&v=1`);
      await sheet.expectCurrent(12);
      const share = new ShareDialog(page);
      await share.open();
      await expect(share.code).toBeVisible();
      expect(await share.scan()).toBe(await share.link.inputValue());
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
    });
  }
});
