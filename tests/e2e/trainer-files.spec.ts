import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
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
  await trainer.start({ ...SHORT, "Training images": 41 });
  await expect(trainer.page.getByText("Training images: the data in use has 40.")).toBeVisible();
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
  await expect(files.weightsFeedback).toContainText("You dropped weights. “Model.PT”: This file was written by torch.save.", {
    timeout: 60_000,
  });
  await expect(files.differences).toHaveText([/^import torch/, /save_file\(torch\.load\("weights\.pt"/]);
  await files.drop([given("archive.zip", Buffer.from("PK\x03\x04 archive", "latin1"))]);
  await expect(files.dataFeedback).toContainText("You dropped files for a data set. archive.zip is a zip archive.", {
    timeout: 60_000,
  });
  await expect(trainer.train).toBeEnabled();
});
