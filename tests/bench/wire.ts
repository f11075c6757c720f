import type { Page } from "@playwright/test";

/** What a worker of the trainer tells the page: the part of `trainer::protocol` that the benchmarks need. */
export type Event =
  | { kind: "loaded" }
  | { kind: "data"; loaded: number; total: number }
  | { kind: "ready"; backend: string }
  | { kind: "steps"; epoch: number; step: number; losses: number[]; seconds: number }
  | { kind: "evaluating"; done: number; of: number }
  | { kind: "epoch"; epoch: number }
  | { kind: "finished" }
  | { kind: "failed"; reason: string }
  | { kind: "other" };

/** An event, and when the page heard it: milliseconds on the page's clock. */
export type Heard = Event & { at: number };

declare global {
  /** In the page: what its workers have said so far, as it travelled. */
  var heard: { at: number; bytes: Uint8Array }[];
  /** In the page: when "Train" was last clicked. */
  var clicked: number;
}

/** From its next navigation on, the page keeps what its workers say. Nothing else about it, or about them, changes. */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.heard = [];
    globalThis.Worker = class extends Worker {
      constructor(...options: ConstructorParameters<typeof Worker>) {
        super(...options);
        this.addEventListener("message", ({ data }) => {
          if (data instanceof Uint8Array) globalThis.heard.push({ at: performance.now(), bytes: data });
        });
      }
    };
    const note = ({ target }: MouseEvent): void => {
      if ((target as Element).textContent === "Train") globalThis.clicked = performance.now();
    };
    addEventListener("click", note, { capture: true });
  });
}

/** What the page has heard so far, in order. */
export async function events(page: Page): Promise<Heard[]> {
  const heard = await page.evaluate(() => globalThis.heard.map(({ at, bytes }) => ({ at, bytes: [...bytes] })));
  return heard.map(({ at, bytes }) => ({ at, ...decode(Uint8Array.from(bytes)) }));
}

/** Reads one message, which is postcard: numbers of enum variants count from the top of `protocol.rs`. */
export function decode(bytes: Uint8Array): Event {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = view.getUint8(at);
      at += 1;
      value += (byte % 128) * weight;
      if (byte < 128) return value;
    }
  };
  const text = (): string => {
    const length = number();
    at += length;
    return new TextDecoder().decode(bytes.subarray(at - length, at));
  };
  const float32 = (): number => view.getFloat32((at += 4) - 4, true);
  const float64 = (): number => view.getFloat64((at += 8) - 8, true);

  if (number() === 0) return { kind: "loaded" };
  // The run's id.
  number();
  switch (number()) {
    case 0:
      return { kind: "data", loaded: number(), total: number() };
    case 1:
      // The device's kind; then its name.
      number();
      return { kind: "ready", backend: text() };
    case 3: {
      const [epoch, step] = [number(), number()];
      const losses = Array.from({ length: number() }, float32);
      return { kind: "steps", epoch, step, losses, seconds: float64() };
    }
    case 4:
      return { kind: "evaluating", done: number(), of: number() };
    case 5:
      return { kind: "epoch", epoch: number() };
    case 13:
      return { kind: "finished" };
    case 16:
      // The failure's kind; then its sentence.
      number();
      return { kind: "failed", reason: text() };
    default:
      return { kind: "other" };
  }
}
