import { expect, test } from "@playwright/test";
import { fixture, wire } from "./support/wire";

test("TypeScript writes and reads the messages that Rust writes", () => {
  expect(fixture.examples.length).toBeGreaterThan(20);
  for (const { type, value, bytes } of fixture.examples) {
    const hex = Buffer.from(wire.encode(type, value)).toString("hex");
    expect(hex, JSON.stringify(value)).toBe(bytes);
    expect(wire.decode(type, Buffer.from(bytes, "hex"))).toEqual(value);
  }
});
