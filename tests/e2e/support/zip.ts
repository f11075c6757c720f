import { inflateRawSync } from "node:zlib";

/** Reads a zip file: the content of each file in it, by its name. */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  // The directory is at the end. Its own end begins with a signature, and has no comment after it.
  const end = bytes.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  let entry = bytes.readUInt32LE(end + 16);
  for (let count = bytes.readUInt16LE(end + 10); count > 0; count--) {
    const [method, size, length, start] = [bytes.readUInt16LE(entry + 10), bytes.readUInt32LE(entry + 20), bytes.readUInt16LE(entry + 28), bytes.readUInt32LE(entry + 42)];
    const name = bytes.toString("utf8", entry + 46, entry + 46 + length);
    const content = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    const packed = bytes.subarray(content, content + size);
    files.set(name, method === 0 ? packed : inflateRawSync(packed));
    entry += 46 + length + bytes.readUInt16LE(entry + 30) + bytes.readUInt16LE(entry + 32);
  }
  return files;
}
