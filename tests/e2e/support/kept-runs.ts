import type { Page } from "@playwright/test";
import { fixture, type Value, wire } from "./wire";

/** A run to be written into the page's database, as the page itself would keep it. */
export interface KeptRun {
  /** When the run was started, in milliseconds since 1970. */
  started: number;
  /** The number of epochs that have ended; each has 1,875 steps. */
  epochs: number;
  /** The number of steps after them. */
  more?: number;
  /** How the run has ended; by default it was interrupted. */
  end?: "Finished" | "Stopped";
}

const STEPS_PER_EPOCH = 1875;

/** The record of a run, without its losses. */
function record(run: KeptRun): Value {
  type Restored = Record<string, Value>;
  const restored = fixture.examples.map(({ value }) => (value as { Run?: { event: { Restored?: Restored } } }).Run?.event.Restored);
  const event = restored.find((event) => event !== undefined);
  if (!event) throw new Error("The fixture has no record.");
  const { recipe } = event["plan"] as { recipe: Record<string, Value> };
  const [epoch] = event["epochs"] as [Record<string, Value>];
  return {
    ...event,
    key: run.started * 1024,
    plan: { recipe: { ...recipe, device: "cpu", epochs: 1000, batch_size: 32 }, changes: [] },
    losses: [],
    epochs: Array.from({ length: run.epochs }, (_, index) => ({ ...epoch, epoch: index + 1 })),
    notes: [{ step: 0, what: { Device: ["CPU", "You chose the CPU."] } }],
    end: run.end ?? null,
  };
}

/** Writes runs into the page's database, which must exist. Each has a checkpoint that no worker could read. */
export async function keepRuns(page: Page, runs: KeptRun[]): Promise<void> {
  const kept = runs.map((run) => {
    const steps = run.epochs * STEPS_PER_EPOCH + (run.more ?? 0);
    // The bytes of the record come after the position of its event.
    return { key: run.started * 1024, steps, record: [...wire.encode("Event", { Restored: record(run) }).subarray(1)] };
  });
  await page.evaluate(
    (kept) =>
      new Promise<void>((resolve, reject) => {
        const table = Uint32Array.from({ length: 256 }, (_, index) => {
          let value = index;
          for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
          return value;
        });
        const checksum = (bytes: Uint8Array) =>
          (bytes.reduce((sum, byte) => (sum >>> 8) ^ (table[(sum ^ byte) & 255] ?? 0), 0xffffffff) ^ 0xffffffff) >>> 0;
        const withHeader = (magic: string, version: number, body: Uint8Array) => {
          const bytes = new Uint8Array(9 + body.length);
          bytes.set([...magic].map((letter) => letter.charCodeAt(0)));
          bytes[4] = version;
          new DataView(bytes.buffer).setUint32(5, checksum(body), true);
          bytes.set(body, 9);
          return bytes;
        };
        const head = (record: number[], steps: number) => {
          const bytes = [...record];
          for (let rest = steps; ; rest = Math.floor(rest / 128)) {
            bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
            if (rest < 128) break;
          }
          // The time of the last change, and the length of a list of losses, which are kept elsewhere.
          return withHeader("GSRN", 3, Uint8Array.from([...bytes, ...new Uint8Array(new Float64Array([1.7e12]).buffer), 0]));
        };
        const opened = indexedDB.open("gradsheet");
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const transaction = opened.result.transaction(["runs", "snapshots", "losses", "attempts"], "readwrite");
          for (const { key, steps, record } of kept) {
            transaction.objectStore("runs").put(head(record, steps), key);
            transaction.objectStore("snapshots").put(new Uint8Array(9), key);
            transaction.objectStore("attempts").put(0, key);
            for (let from = 0; from < steps; from += 1 << 14) {
              const length = Math.min(1 << 14, steps - from);
              const losses = Float32Array.from({ length }, (_, index) => 0.1 + 2.2 * Math.exp(-(from + index) / 4e4) * (1 + 0.1 * Math.sin(index)));
              transaction.objectStore("losses").put(withHeader("GSLS", 1, new Uint8Array(losses.buffer)), [key, from >> 14]);
            }
          }
          transaction.oncomplete = () => {
            opened.result.close();
            resolve();
          };
          transaction.onabort = () => reject(transaction.error);
        };
      }),
    kept,
  );
}
