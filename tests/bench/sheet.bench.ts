import { type Page, test } from "@playwright/test";
import { SheetPage } from "../e2e/pages/sheet-page";
import { type Frame, frameFigures, quantile, report } from "./support";

declare global {
  /**
   * Calls `act` in each of many frames of the page and measures the frame. `after` follows each frame and is not
   * measured.
   */
  function measureFrames(act: (step: number) => void, after?: () => void): Promise<Frame[]>;
}

test.beforeEach(async ({ page }) => {
  await page.addInitScript(() => {
    globalThis.measureFrames = async (act, after) => {
      const frames: Frame[] = [];
      const channel = new MessageChannel();
      for (let step = 0; step < 330; step += 1) {
        await new Promise<void>((done) => {
          requestAnimationFrame((start) => {
            const began = performance.now();
            act(step);
            // A message that is posted now arrives after the browser has laid out and painted this frame.
            channel.port1.onmessage = () => {
              frames.push({ start, work: performance.now() - began });
              after?.();
              done();
            };
            channel.port2.postMessage(null);
          });
        });
      }
      // The browser compiles the code during the first frames, which do not count.
      return frames.slice(30);
    };
  });
});

/** Opens the sheet with a number of updates, and goes to a row. */
async function openSheet(page: Page, updates: number, row: number): Promise<SheetPage> {
  const sheet = new SheetPage(page);
  await sheet.goto();
  await sheet.updates.fill(String(updates));
  await sheet.rowField.fill(String(row));
  await sheet.expectCurrent(row);
  return sheet;
}

test("drag of the learning rate with 10,000 rows and seven runs", async ({ page }) => {
  const sheet = await openSheet(page, 10_000, 5_000);
  const frames = await sheet.slider.evaluate((element) => {
    const slider = element as HTMLInputElement;
    return measureFrames((step) => {
      // Back and forth over the whole range, as fast as a hand moves.
      slider.value = String(Math.abs(((step * 4) % 600) - 300));
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  const between = frames.slice(1).map(({ start }, index) => start - (frames[index]?.start ?? NaN));
  report("slider drag, 10,000 rows, 7 runs", {
    ...frameFigures(frames),
    "between frames, median ms": quantile(between, 0.5),
    "between frames, p95 ms": quantile(between, 0.95),
  });
});

test("a million rows", async ({ page }) => {
  const sheet = await openSheet(page, 1_000_000, 1_000_000);
  const times: number[] = [];
  let longest = 0;
  for (let round = 0; round < 9; round += 1) {
    const result = await sheet.slider.evaluate(async (element, stop) => {
      const slider = element as HTMLInputElement;
      const field = document.querySelector<HTMLInputElement>('input[aria-label="Row"][type="text"]');
      const tasks: number[] = [];
      const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
      observer.observe({ entryTypes: ["longtask"] });
      const began = performance.now();
      slider.value = String(stop);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      const channel = new MessageChannel();
      // The row in the field is the last one computed so far. It is a million again when the whole run is computed.
      do {
        await new Promise<void>((done) => {
          channel.port1.onmessage = () => done();
          channel.port2.postMessage(null);
        });
      } while (field?.value !== "1000000");
      const time = performance.now() - began;
      // The other runs may take longer. They must end before the next round, which measures this run alone.
      await new Promise((done) => setTimeout(done, 2500));
      observer.disconnect();
      return { time, longest: Math.max(0, ...tasks) };
    }, 120 + round * 10);
    times.push(result.time);
    longest = Math.max(longest, result.longest);
  }
  report("a million rows recomputed and shown", {
    "median ms": quantile(times, 0.5),
    "fastest ms": Math.min(...times),
    "slowest ms": Math.max(...times),
    "longest task ms (0: none over 50)": longest,
  });
});

test("scrolling through a million rows", async ({ page }) => {
  const sheet = await openSheet(page, 1_000_000, 1_000_000);
  const { frames, most } = await sheet.grid.evaluate(async (grid) => {
    let most = 0;
    // A page of new rows every fourth frame, a few rows in the others.
    const scroll = (step: number) => {
      grid.scrollTop -= step % 4 ? 12 : grid.clientHeight;
    };
    const frames = await measureFrames(scroll, () => {
      most = Math.max(most, grid.querySelectorAll("*").length);
    });
    return { frames, most };
  });
  report("scrolling through a million rows", { ...frameFigures(frames), "most elements in the table": most });
});
