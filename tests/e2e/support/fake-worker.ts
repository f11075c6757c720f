import type { Page } from "@playwright/test";
import { LOADER } from "./worker-files";

/**
 * A worker that only pretends to train and obeys each command at once. Tests use it in place of the real worker for
 * states of the page that are hard to reach, and where the speed of training must not matter. Its messages are in
 * postcard, like those of the real worker.
 */
export interface Fake {
  /** The number of steps in the first message; 1,000 by default. */
  steps?: number;
  /** The number of steps in a second message, 60 ms later; by default there is none. */
  more?: number;
  /** The number of steps in each further message, one message every 16 ms; 0 by default. */
  stream?: number;
  /** The test accuracies of the epochs that end with the first steps. */
  epochs?: number[];
  /** Why checkpoints cannot be stored; by default they can. */
  unsaved?: string;
}

/** Replaces every worker that the page starts from now on. */
export async function fakeWorker(page: Page, fake: Fake = {}): Promise<void> {
  const body = `(${work.toString()})(${JSON.stringify(fake)})`;
  await page.route(LOADER, (route) => route.fulfill({ contentType: "text/javascript", body }));
}

/**
 * The code of the worker. The browser gets it as text, so it cannot use anything else in this file. The numbers of
 * commands and events are the positions of their variants in `src/trainer/run/protocol.rs`.
 */
function work(fake: Fake): void {
  const varint = (value: number): number[] => {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    return [...bytes, rest];
  };
  const float = (value: number): number[] => [...new Uint8Array(new Float64Array([value]).buffer)];
  const text = (value: string): number[] => {
    const bytes = [...new TextEncoder().encode(value)];
    return [...varint(bytes.length), ...bytes];
  };
  const backend = [...varint(0), ...text("CPU (pretended)")];
  const why = text("A test pretends.");

  const post = (bytes: ArrayLike<number>): void => globalThis.postMessage(Uint8Array.from(bytes));
  let run: number[] = [];
  const send = (event: number, ...fields: number[][]): void => post([...varint(1), ...run, ...varint(event), ...fields.flat()]);

  let taken = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const loss = (step: number): number => 2.3 * Math.exp(-step / 400) + 0.05 + 0.04 * Math.sin(step * 12.9898) ** 2;
  const steps = (count: number): void => {
    const losses = Float32Array.from({ length: count }, (_, index) => loss(taken + index));
    taken += count;
    const head = [...varint(1), ...run, ...varint(3), ...varint(1), ...varint(taken), ...varint(count)];
    const tail = [...float(taken / 40), ...float(5120), 1, ...float(60)];
    const bytes = new Uint8Array(head.length + 4 * count + tail.length);
    bytes.set(head);
    bytes.set(new Uint8Array(losses.buffer), head.length);
    bytes.set(tail, head.length + 4 * count);
    post(bytes);
  };
  const go = (): void => {
    if (fake.stream) timer = setInterval(() => steps(fake.stream ?? 0), 16);
  };
  const epoch = (accuracy: number, index: number): void =>
    send(5, varint(index + 1), ...[0.01, 0.3 / (index + 1), accuracy - 0.01, 0.1 / (index + 1), accuracy].map(float), varint(Math.round(accuracy * 10_000)), varint(10_000), float(19));

  globalThis.addEventListener("message", (message: MessageEvent<[Uint8Array]>) => {
    // The command comes first; the files of a data set, if any, follow it.
    const bytes = message.data[0];
    const command = bytes[0];
    const id: number[] = [];
    for (let at = 1; at < bytes.length; at += 1) {
      id.push(bytes[at] ?? 0);
      if ((bytes[at] ?? 0) < 128) break;
    }
    clearInterval(timer);
    if (command === 0) {
      run = id;
      taken = 0;
      send(1, backend, why);
      steps(fake.steps ?? 1000);
      if (fake.more) setTimeout(steps, 60, fake.more);
      fake.epochs?.forEach(epoch);
      if (fake.unsaved) send(10, text(fake.unsaved), [0]);
      go();
    } else if (command === 1) send(6);
    else if (command === 2) {
      send(7);
      go();
    } else if (command === 3) send(8, varint(0), varint(taken), [...bytes.slice(1 + id.length)]);
    else if (command === 4) send(14);
    else if (command === 6) {
      run = id;
      send(11, backend, why, float(14.2), float(320), float(754));
    }
  });
  post([0]);
}
