import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { RunsPage } from "./pages/runs-page";
import { TrainerFilesPage } from "./pages/trainer-files-page";
import type { GivenFile } from "./support/files";
import { expect, test } from "./support/test";

/** A run of a few steps and one test. */
const SHORT = { Device: "CPU", "Training images": 96, "Batch size": 32, Epochs: 1, Seed: 7 } as const;

function given(name: string, bytes: Uint8Array): GivenFile {
  return { name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) };
}

/** An IDX file with `count` images. Each shows a bar, at a height that depends on its label. */
function images(count: number): Uint8Array {
  const bytes = new Uint8Array(16 + count * 784);
  bytes.set([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28]);
  for (let image = 0; image < count; image += 1) {
    const top = 16 + image * 784 + 28 * (2 * (image % 10) + 4);
    bytes.fill(255, top, top + 56);
  }
  return bytes;
}

/** An IDX file with the labels of those images. */
function labels(count: number): Uint8Array {
  return Uint8Array.from([0, 0, 8, 1, 0, 0, 0, count, ...Array.from({ length: count }, (_, index) => index % 10)]);
}

/** The same weights with another name, of the same length, for one of the arrays. */
function renamed(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf("convblock3.0.bias");
  copy.write("convblock9", at, "latin1");
  return copy;
}

test("exported weights are imported with the same accuracy, and can be trained further", async ({ trainer, page }) => {
  test.setTimeout(240_000);
  const files = new TrainerFilesPage(page);
  await expect(files.button("Export weights")).toBeDisabled();
  await trainer.run(SHORT, 100_000);
  const correct = await trainer.correct();
  const file = await files.export();
  expect(file.name).toBe("gradsheet-own-seed7-epoch1.safetensors");
  const bytes = readFileSync(file.path);

  await files.import(given("mine.safetensors", bytes));
  await expect(files.weightsFeedback).toContainText(`classifies ${correct.toLocaleString("en-US")} of 10,000 test images correctly`, {
    timeout: 120_000,
  });
  await files.trainWithImported.click();
  await expect(trainer.train).toBeEnabled({ timeout: 100_000 });
  await expect(trainer.log).toContainText("Started with the weights of “mine.safetensors”.");
  await expect(trainer.log).toContainText("Accuracy:");

  await files.import(given("other.safetensors", renamed(bytes)));
  await expect(files.weightsFeedback).toContainText("These are not the weights of this net: 2 arrays differ.");
  await expect(files.differences).toHaveText([
    "convblock3.0.bias is missing.",
    "convblock9.0.bias is not in this net.",
  ]);
  await expect(files.trainWithImported).toBeHidden();
  await files.import(given("cut.safetensors", bytes.subarray(0, 50_000)));
  await expect(files.weightsFeedback).toContainText("its end is missing");
});

test("the net learns from the user's own data, and a malformed file is named", async ({ trainer, page }) => {
  test.setTimeout(180_000);
  const files = new TrainerFilesPage(page);
  await expect(files.dataInUse).toContainText("MNIST: 60,000 images");
  const good = [
    given("train-images.gz", gzipSync(images(40))),
    given("test-labels", labels(20)),
    given("train-labels", labels(40)),
    given("test-images", images(20)),
  ];
  await files.useData([...good.slice(0, 3), given("test-images", images(20).subarray(0, 999))]);
  await expect(files.dataFeedback).toContainText("test-images is truncated", { timeout: 60_000 });
  await expect(files.dataInUse).toContainText("MNIST: 60,000 images");

  await files.useData(good);
  await expect(files.dataInUse).toContainText("40 training images from “train-images.gz”, 20 test images from “test-images”", {
    timeout: 60_000,
  });
  // The settings ask for all images that there are, so the preset still fits.
  await expect(trainer.preset("Custom")).toBeHidden();
  await trainer.more.getByText("More", { exact: true }).click();
  await expect(trainer.field("Training images")).toHaveValue("40");
  // After a reload, and for whoever gets the link, the data in use is MNIST again.
  await expect(trainer.page).not.toHaveURL(/images=/);
  await trainer.start({ ...SHORT, "Training images": 41 });
  await expect(trainer.page.getByText("Training images: the data in use has 40. Type a smaller number, or choose more data.")).toBeVisible();
  await trainer.run({ ...SHORT, "Training images": 40, "Batch size": 8 }, 100_000);
  await expect(trainer.log).toContainText(/Accuracy: \d+\/20 /);
  await files.button("Use MNIST again").click();
  await expect(files.dataInUse).toContainText("MNIST: 60,000 images");
  await expect(trainer.field("Training images")).toHaveValue("60000");
});

test("the page says what it took dropped files for, and how to convert weights of torch.save", async ({ trainer, page }) => {
  const files = new TrainerFilesPage(page);
  await expect(files.button("Export weights")).toBeVisible();
  await files.drop([given("Model.PT", Buffer.from("PK\x03\x04 archive/data.pkl", "latin1"))]);
  await expect(files.weightsFeedback).toContainText("You dropped weights. “Model.PT”: This file holds objects of Python, as torch.save writes them.", {
    timeout: 60_000,
  });
  await expect(files.differences).toHaveText([/^import torch/, /save_file\(torch\.load\("weights\.pt"/]);
  await files.drop([given("archive.zip", Buffer.from("PK\x03\x04 archive", "latin1"))]);
  await expect(files.dataFeedback).toContainText("You dropped files for a data set. archive.zip is a zip archive.", {
    timeout: 60_000,
  });
  await expect(trainer.train).toBeEnabled();
});

/** A file with one run of no steps, as the page exports it. */
function exportedRun(): GivenFile {
  const recipe = {
    device: "cpu", epochs: 1, batch_size: 32, optimizer: { Sgd: { momentum: 0.9, nesterov: false } }, learning_rate: 0.01,
    schedule: "Constant", weight_decay: 0, dropout: 0.1, label_smoothing: 0, augmentation: { shift: 0, rotation: 0 },
    averaging: 0, images: 96, seed: 1, workers: 0,
  };
  const run = {
    key: 1838932921234421, name: "dropped", plan: { recipe, changes: [] }, data: "MNIST", backend: null, losses: [], epochs: [],
    notes: [{ step: 0, what: { Ended: "The run was stopped." } }], seconds: 0, end: "Stopped", attempt: 0,
  };
  const text = "recipe?device=cpu&epochs=1&batch=32&images=96&v=1";
  const content = { format: "Gradsheet runs", version: 1, runs: [{ recipe: text, run }] };
  return given("runs.json", Buffer.from(JSON.stringify(content)));
}

test("whatever is dropped, wherever it is dropped, is taken or answered", async ({ trainer, page }) => {
  const files = new TrainerFilesPage(page);
  const runs = new RunsPage(page);
  await expect(trainer.train).toBeVisible();
  const header = page.getByRole("banner");
  const workbook = given("homework.xlsx", Buffer.from("PK\x03\x04 [Content_Types].xml", "latin1"));
  expect(await files.drop([workbook], header)).toBe(true);
  await expect(files.dataFeedback).toContainText("You dropped a workbook for the sheet (“homework.xlsx”). The trainer cannot read it. Choose “Sheet”");

  expect(await files.drop([exportedRun()], header)).toBe(true);
  await expect(files.dataFeedback).toContainText("You dropped runs (“runs.json”).");
  await expect(runs.feedback).toContainText("Added 1 run from “runs.json”.", { timeout: 60_000 });

  await files.drop([given("a.safetensors", Buffer.from("<html>")), given("b.json", Buffer.from("{}"))], header);
  await expect(files.dataFeedback).toContainText("You dropped weights (“a.safetensors”) and runs (“b.json”). Drop files of one kind at a time.");

  // A link that is dropped beside a field must not make the browser leave the page either.
  const isStopped = await header.evaluate((element) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.setData("text/uri-list", "https://example.org/");
    return !element.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
  });
  expect(isStopped).toBe(true);
});

test("files that are dropped while others are read wait for their turn", async ({ trainer, page }) => {
  const files = new TrainerFilesPage(page);
  await expect(trainer.train).toBeVisible();
  const set = (last: number) => [
    given("train-images", images(40)),
    given("train-labels", labels(40).with(-1, last)),
    given("test-images", images(20)),
    given("test-labels", labels(20)),
  ];
  // The worker is not there yet, so the first job lasts until it is.
  await files.drop(set(9));
  await expect(files.dataFeedback).toContainText("Reading the data…");
  await files.drop([given("page.safetensors", Buffer.from("<html>"))]);
  await expect(files.dataInUse).toContainText("40 training images from “train-images”", { timeout: 60_000 });
  await expect(files.weightsFeedback).toContainText("You dropped weights. “page.safetensors”: This is a web page.", { timeout: 60_000 });

  await files.drop([...set(9), ...set(8)]);
  await expect(files.dataFeedback).toContainText("There are two different files: “train-labels” and “train-labels”.", { timeout: 60_000 });
});
