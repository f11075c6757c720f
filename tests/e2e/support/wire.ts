import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The type of a value in a message, as `tests/wire_fixture.rs` writes it. */
type Type =
  | "bool" | "u8" | "u32" | "u64" | "f32" | "f64" | "text"
  | { list: Type }
  | { option: Type }
  | { tuple: Type[] }
  | { struct: [name: string, type: Type][] }
  | { enum: string };

/** For each enum its variants: the position of each, and the type of its content if it has any. */
type Enums = Record<string, Record<string, { position: number; content?: Type }>>;

/**
 * A value of a message, as serde writes it to JSON: a struct is an object; a variant is its name, or `{ name: content }`
 * where it has a content; an option that is `None` is null.
 */
export type Value = null | boolean | number | string | ArrayLike<number> | Value[] | { [name: string]: Value };

/** Reads and writes messages in postcard. */
export interface Codec {
  /** The bytes of a value of an enum, such as "Message". */
  encode(name: string, value: Value): Uint8Array<ArrayBuffer>;
  /** The value of an enum in these bytes. */
  decode(name: string, bytes: Uint8Array): Value;
}

/** What `tests/wire_fixture.rs` has written: the layout of all messages, and examples. */
export interface Fixture {
  enums: Enums;
  /** Messages, and the bytes that Rust writes for them, as hexadecimal digits. */
  examples: { type: string; value: Value; bytes: string }[];
}

export const fixture: Fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../fixtures/trainer/wire.json"), "utf8"),
);

/** The codec for these enums. It is also sent to pages and workers as text, so it knows nothing of this file's scope. */
function codec(enums: Enums): Codec {
  const known = (name: string): Enums[string] => {
    const variants = enums[name];
    if (!variants) throw new Error(`The fixture has no enum ${name}.`);
    return variants;
  };
  const bytesOf = (number: Float32Array | Float64Array): Uint8Array => new Uint8Array(number.buffer);

  const write = (type: Type, value: any, bytes: number[]): void => {
    if (type === "text") {
      const text = new TextEncoder().encode(value);
      write("u64", text.length, bytes);
      bytes.push(...text);
    } else if (type === "f32") bytes.push(...bytesOf(Float32Array.of(value)));
    else if (type === "f64") bytes.push(...bytesOf(Float64Array.of(value)));
    else if (type === "u8" || type === "bool") bytes.push(Number(value));
    else if (type === "u32" || type === "u64") {
      let rest = value;
      for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
      bytes.push(rest);
    } else if ("list" in type) {
      write("u64", value.length, bytes);
      for (const item of value) write(type.list, item, bytes);
    } else if ("option" in type) {
      bytes.push(value === null ? 0 : 1);
      if (value !== null) write(type.option, value, bytes);
    } else if ("tuple" in type) type.tuple.forEach((item, index) => write(item, value[index], bytes));
    else if ("struct" in type) {
      for (const [name, field] of type.struct) {
        if (!(name in value)) throw new Error(`A message lacks the field ${name}.`);
        write(field, value[name], bytes);
      }
    } else {
      const [name, content] = typeof value === "string" ? [value, null] : (Object.entries(value)[0] ?? ["", null]);
      const variant = known(type.enum)[name];
      if (!variant) throw new Error(`${type.enum} has no variant ${name}.`);
      write("u32", variant.position, bytes);
      if (variant.content) write(variant.content, content, bytes);
    }
  };

  const reader = (bytes: Uint8Array): ((type: Type) => any) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const take = (length: number): number => (at += length) - length;
    const read = (type: Type): any => {
      if (type === "text") {
        const length = read("u64");
        const start = take(length);
        return new TextDecoder().decode(bytes.subarray(start, start + length));
      }
      if (type === "f32") return view.getFloat32(take(4), true);
      if (type === "f64") return view.getFloat64(take(8), true);
      if (type === "u8") return view.getUint8(take(1));
      if (type === "bool") return view.getUint8(take(1)) === 1;
      if (type === "u32" || type === "u64") {
        let value = 0;
        for (let weight = 1; ; weight *= 128) {
          const byte = view.getUint8(take(1));
          value += (byte % 128) * weight;
          if (byte < 128) return value;
        }
      }
      if ("list" in type) return Array.from({ length: read("u64") }, () => read(type.list));
      if ("option" in type) return view.getUint8(take(1)) === 0 ? null : read(type.option);
      if ("tuple" in type) return type.tuple.map(read);
      if ("struct" in type) return Object.fromEntries(type.struct.map(([name, field]) => [name, read(field)]));
      const position = read("u32");
      const found = Object.entries(known(type.enum)).find(([, variant]) => variant.position === position);
      if (!found) throw new Error(`${type.enum} has no variant at position ${position}.`);
      const [name, { content }] = found;
      return content ? { [name]: read(content) } : name;
    };
    return read;
  };

  return {
    encode(name, value) {
      const bytes: number[] = [];
      write({ enum: name }, value, bytes);
      return Uint8Array.from(bytes);
    },
    decode: (name, bytes) => reader(bytes)({ enum: name }),
  };
}

/** The codec for the messages between the page and the trainer's worker. */
export const wire: Codec = codec(fixture.enums);

/** An expression in JavaScript that is this codec, for scripts that run in a page or in a worker. */
export const WIRE = `(${codec.toString()})(${JSON.stringify(fixture.enums)})`;
