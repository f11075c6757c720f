import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { GivenFile } from "../pages/trainer-files-page";

/** A data set with the first `train` training images and the first `test` test images of MNIST, as four files. */
export function someOfMnist(train: number, test: number): GivenFile[] {
  return [
    part("train-images-idx3-ubyte", 16, 28 * 28, train),
    part("train-labels-idx1-ubyte", 8, 1, train),
    part("t10k-images-idx3-ubyte", 16, 28 * 28, test),
    part("t10k-labels-idx1-ubyte", 8, 1, test),
  ];
}

function part(name: string, head: number, size: number, count: number): GivenFile {
  const whole = gunzipSync(readFileSync(join(import.meta.dirname, "../../../assets/mnist", `${name}.gz`)));
  const buffer = whole.subarray(0, head + count * size);
  buffer.writeUInt32BE(count, 4);
  return { name, mimeType: "application/octet-stream", buffer };
}
