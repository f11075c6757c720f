import type { Page } from "@playwright/test";

/** What a function of {@link inDatabase} can use. */
export interface Stores {
  transaction: IDBTransaction;
  store(name: "runs" | "losses" | "snapshots" | "names" | "attempts"): IDBObjectStore;
}

/** Runs a function in a transaction over all object stores of the page's database, and waits until it is done. */
export async function inDatabase(page: Page, act: (stores: Stores) => void): Promise<void> {
  await page.evaluate(
    ([code]) =>
      new Promise<void>((resolve, reject) => {
        const opened = indexedDB.open("gradsheet");
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const transaction = opened.result.transaction([...opened.result.objectStoreNames], "readwrite");
          const act = new Function(`return (${code})`)() as (stores: Stores) => void;
          act({ transaction, store: (name) => transaction.objectStore(name) });
          transaction.oncomplete = () => {
            opened.result.close();
            resolve();
          };
          transaction.onabort = () => reject(transaction.error);
        };
      }),
    [act.toString()] as const,
  );
}

/** Keeps everybody from reading and writing the page's database, as a worker does that is stuck while it writes. Returns what ends that. */
export async function holdDatabase(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opened = indexedDB.open("gradsheet");
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const transaction = opened.result.transaction([...opened.result.objectStoreNames], "readwrite");
          let isHeld = true;
          Object.assign(window, { endHold: () => (isHeld = false) });
          // A transaction stays open as long as it has requests.
          const ask = () => {
            transaction.objectStore("runs").count().onsuccess = () => {
              resolve();
              if (isHeld) ask();
              else opened.result.close();
            };
          };
          ask();
        };
      }),
  );
  return () => page.evaluate(() => (window as unknown as { endHold: () => void }).endHold());
}

/** Deletes the page's database, as a browser does whose disk is full, and makes an empty one of this version if one is given. */
export async function loseDatabase(page: Page, version?: number): Promise<void> {
  await page.evaluate(
    (version) =>
      new Promise<void>((resolve, reject) => {
        const deleted = indexedDB.deleteDatabase("gradsheet");
        deleted.onerror = () => reject(deleted.error);
        deleted.onsuccess = () => {
          if (version === undefined) return resolve();
          const opened = indexedDB.open("gradsheet", version);
          opened.onerror = () => reject(opened.error);
          opened.onsuccess = () => {
            opened.result.close();
            resolve();
          };
        };
      }),
    version,
  );
}

/** Adds copies of the first kept run until there are this many runs, each with a key of its own. */
export async function multiplyRuns(page: Page, count: number): Promise<void> {
  await page.evaluate(
    (count) =>
      new Promise<void>((resolve, reject) => {
        const table = Uint32Array.from({ length: 256 }, (_, index) => {
          let value = index;
          for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
          return value;
        });
        const checksum = (bytes: Uint8Array) =>
          (bytes.reduce((sum, byte) => (sum >>> 8) ^ (table[(sum ^ byte) & 255] ?? 0), 0xffffffff) ^ 0xffffffff) >>> 0;
        const opened = indexedDB.open("gradsheet");
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const transaction = opened.result.transaction(["runs", "attempts"], "readwrite");
          const runs = transaction.objectStore("runs");
          const first = runs.openCursor();
          first.onsuccess = () => {
            if (!first.result) return;
            const key = first.result.key as number;
            const bytes = first.result.value as Uint8Array;
            for (let number = 1; number < count; number++) {
              const copy = bytes.slice();
              // The body begins with the key: seven bits in each byte, the lowest first.
              let rest = key - number * 2048;
              for (let at = 9; ; at++, rest = Math.floor(rest / 128)) {
                copy[at] = (rest % 128) + (rest >= 128 ? 128 : 0);
                if (rest < 128) break;
              }
              new DataView(copy.buffer).setUint32(5, checksum(copy.subarray(9)), true);
              runs.put(copy, key - number * 2048);
            }
          };
          transaction.oncomplete = () => {
            opened.result.close();
            resolve();
          };
          transaction.onabort = () => reject(transaction.error);
        };
      }),
    count,
  );
}
