import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { GivenFile } from "./files";

/** Makes a data set with the first `train` training images and the first `test` test images of MNIST, as four files. */
export function someOfMnist(train: number, test: number): GivenFile[] {
  return [
    firstEntries("train-images-idx3-ubyte", 16, 28 * 28, train),
    firstEntries("train-labels-idx1-ubyte", 8, 1, train),
    firstEntries("t10k-images-idx3-ubyte", 16, 28 * 28, test),
    firstEntries("t10k-labels-idx1-ubyte", 8, 1, test),
  ];
}

/**
 * Cuts one of the IDX files of MNIST after `count` entries of `size` bytes, which follow a header of `header` bytes.
 */
function firstEntries(name: string, header: number, size: number, count: number): GivenFile {
  const whole = gunzipSync(readFileSync(join(import.meta.dirname, "../../../assets/mnist", `${name}.gz`)));
  const buffer = whole.subarray(0, header + count * size);
  buffer.writeUInt32BE(count, 4);
  return { name, mimeType: "application/octet-stream", buffer };
}
