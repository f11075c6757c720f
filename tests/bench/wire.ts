import type { Page } from "@playwright/test";
import { wire } from "../e2e/support/wire";

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
  /** In the page: the messages that it has received from its workers, still encoded; a greeting has no bytes. */
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
          const bytes = data instanceof Uint8Array ? data : new Uint8Array();
          globalThis.received.push({ at: performance.now(), bytes });
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

/** The messages of a worker, as far as the benchmarks read them. */
type Message = { Run: { event: string | Partial<Events> } };
interface Events {
  Data: { loaded: number; total: number };
  Ready: { backend: { name: string } };
  Steps: { epoch: number; step: number; losses: number[]; seconds: number };
  Evaluating: { done: number; of: number };
  Epoch: { epoch: number };
  Finished: { seconds: number };
  Failed: { message: string };
}

/** Reads one message. */
export function decode(bytes: Uint8Array): Event {
  if (bytes.length === 0) return { kind: "loaded" };
  const message = wire.decode("Message", bytes) as Message;
  const { event } = message.Run;
  if (typeof event === "string") return { kind: "other" };
  if (event.Data) return { kind: "data", ...event.Data };
  if (event.Ready) return { kind: "ready", backend: event.Ready.backend.name };
  if (event.Steps) return { kind: "steps", ...event.Steps };
  if (event.Evaluating) return { kind: "evaluating", ...event.Evaluating };
  if (event.Epoch) return { kind: "epoch", epoch: event.Epoch.epoch };
  if (event.Finished) return { kind: "finished" };
  if (event.Failed) return { kind: "failed", reason: event.Failed.message };
  return { kind: "other" };
}
