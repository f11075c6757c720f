import type { Page } from "@playwright/test";

/**
 * The messages of the trainer's workers to the page: those events of `trainer::run::protocol` that the benchmarks need.
 */
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

/** An event and the time at which the page received it, in milliseconds on the page's clock. */
export type ReceivedEvent = Event & { at: number };

declare global {
  /** In the page: the messages that it has received from its workers, still encoded. */
  var received: { at: number; bytes: Uint8Array }[];
  /** In the page: the time of the last click on "Train". */
  var clicked: number;
}

/**
 * Makes the page record the messages of its workers from its next navigation on. Page and workers do the same as
 * before.
 */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.received = [];
    globalThis.Worker = class extends Worker {
      constructor(...options: ConstructorParameters<typeof Worker>) {
        super(...options);
        this.addEventListener("message", ({ data }) => {
          if (data instanceof Uint8Array) globalThis.received.push({ at: performance.now(), bytes: data });
        });
      }
    };
    const note = ({ target }: MouseEvent): void => {
      if ((target as Element).textContent === "Train") globalThis.clicked = performance.now();
    };
    addEventListener("click", note, { capture: true });
  });
}

/** The events that the page has received so far, in order. */
export async function events(page: Page): Promise<ReceivedEvent[]> {
  const received = await page.evaluate(() => globalThis.received.map(({ at, bytes }) => ({ at, bytes: [...bytes] })));
  return received.map(({ at, bytes }) => ({ at, ...decode(Uint8Array.from(bytes)) }));
}

/**
 * Decodes one message, which is in postcard. A variant of an enum is written as its position in
 * `src/trainer/run/protocol.rs`, from 0.
 */
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
  // The id of the run comes before the event.
  number();
  switch (number()) {
    case 0:
      return { kind: "data", loaded: number(), total: number() };
    case 1:
      // The kind of device comes before its name.
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
      // The kind of failure comes before the sentence about it.
      number();
      return { kind: "failed", reason: text() };
    default:
      return { kind: "other" };
  }
}
