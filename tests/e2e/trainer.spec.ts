import { expect, test } from "./support/test";
import { DATA, LOADER, WASM, putBefore } from "./support/worker-files";

test.describe("the trainer", () => {
  test("shows the layers of the net, and where each number comes from", async ({ trainer, page }) => {
    await expect(trainer.model).toContainText("18,738");
    // The head, eight blocks, and two sums.
    await expect(trainer.model.getByRole("row")).toHaveCount(11);
    await page.getByRole("button", { name: "All 26 rows" }).click();
    await expect(trainer.model.getByRole("row")).toHaveCount(29);
    const first = trainer.model.getByRole("button", { name: "Conv 1→32, 5×5" });
    await first.press("Enter");
    await expect(first).toHaveAttribute("aria-expanded", "true");
    await expect(trainer.model.getByText("a bias: 32 · (25 + 1) = 832.")).toBeVisible();
    await first.press("Enter");
    await expect(trainer.model.getByText("a bias: 32 · (25 + 1) = 832.")).toBeHidden();
    const dropout = trainer.model.getByRole("row").filter({ hasText: "Dropout" });
    await expect(dropout).toHaveCount(6);
    await expect(dropout.first()).toContainText("Dropout 0.1");
    await trainer.preset("Quick").check();
    await expect(dropout.first()).toContainText("Dropout, off");
    await trainer.fill({ Dropout: 0.25 });
    await expect(dropout.first()).toContainText("Dropout 0.25");
  });

  test("fetches the worker and the data only when someone trains", async ({ trainer, requests }) => {
    const heavy = () => requests.filter((url) => /trainer(-relaxed)?[_.]|mnist.*gz/.test(url));
    expect(heavy()).toEqual([]);
    await trainer.start({ Device: "CPU", "Training images": 640, "Batch size": 32, Epochs: 1 });
    await expect(trainer.progress).toBeVisible();
    await expect.poll(() => heavy().some((url) => DATA.test(url) && url.includes("t10k-images"))).toBe(true);
    await trainer.stop.click();
    await expect(trainer.train).toBeEnabled();
  });

  test("learns on the CPU: 88 % after 6,400 images, with a page that stays responsive", async ({ trainer, page }) => {
    test.setTimeout(300_000);
    await page.evaluate(() => {
      const tasks: number[] = [];
      new PerformanceObserver((list) => tasks.push(...list.getEntries().map((task) => task.duration))).observe({
        type: "longtask",
      });
      Object.assign(window, { tasks });
    });
    await trainer.run(
      { Device: "CPU", "Training images": 6400, "Batch size": 32, Epochs: 1, Seed: 1 },
      240_000,
    );
    await expect(trainer.log).toContainText("EPOCH:  1");
    await expect(trainer.log).toContainText(/Test set: Average loss: \d\.\d{4}, Accuracy: \d+\/10000 \(\d+\.\d\d%\)/);
    expect(await trainer.correct()).toBeGreaterThanOrEqual(8800);
    const longest = await page.evaluate(() => Math.max(0, ...(window as unknown as { tasks: number[] }).tasks));
    test.info().annotations.push({ type: "longest task of the main thread", description: `${longest} ms` });
    expect(longest, "longest task of the main thread in ms").toBeLessThanOrEqual(200);
  });

  test("gives the same numbers for the same seed on the CPU", async ({ trainer, page }) => {
    test.setTimeout(240_000);
    const logs: string[] = [];
    for (let run = 0; run < 2; run += 1) {
      await trainer.run({ Device: "CPU", "Training images": 96, "Batch size": 32, Epochs: 1, Seed: 7 }, 100_000);
      const lines = [...(await trainer.log.innerText()).matchAll(/Test set: .*/g)];
      logs.push(lines.at(-1)?.[0] ?? `nothing in run ${run}`);
      await page.reload();
      await expect(trainer.train).toBeEnabled();
    }
    expect(logs[0]).toBe(logs[1]);
  });

  test("pauses, continues with another learning rate, and says so in the log", async ({ trainer, page }) => {
    test.setTimeout(240_000);
    // The run is in its first epoch for some seconds: the status is looked at once a second.
    await trainer.start({ Device: "CPU", "Training images": 6_400, "Batch size": 32, Epochs: 1 });
    await expect(trainer.status).toHaveText("Epoch 1 of 1");
    await trainer.pause.click();
    await expect(trainer.resume).toBeVisible();
    const before = await trainer.figure("Step").innerText();
    await page.getByRole("textbox", { name: "New learning rate" }).fill("0.005");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await expect(trainer.log).toContainText("Learning rate 0.005 after step");
    expect(await trainer.figure("Step").innerText(), "steps while the run is paused").toBe(before);
    await trainer.resume.click();
    await expect(trainer.log).toContainText("The run has ended", { timeout: 200_000 });
    await expect(trainer.log).toContainText("EPOCH:  1");
  });

  test("reacts to commands within 200 ms", async ({ trainer }) => {
    test.setTimeout(240_000);
    const took = { Pause: [] as number[], Resume: [] as number[], Stop: [] as number[] };
    for (let run = 0; run < 5; run += 1) {
      // A step is never interrupted, so its time is part of the reaction. With a small batch even a busy machine is
      // fast enough.
      await trainer.start({ Device: "CPU", "Batch size": 32 });
      for (let pause = 0; pause < 2; pause += 1) {
        await expect(trainer.status).toHaveText("Epoch 1 of 20");
        const before = await trainer.figure("Step").innerText();
        await expect(trainer.figure("Step"), "the step number grows").not.toHaveText(before);
        took.Pause.push(await trainer.reaction("Pause", "Resume"));
        took.Resume.push(await trainer.reaction("Resume", "Pause"));
      }
      took.Stop.push(await trainer.reaction("Stop", "Train"));
    }
    for (const [command, times] of Object.entries(took)) {
      times.sort((a, b) => a - b);
      const list = times.map((time) => time.toFixed(0)).join(", ");
      test.info().annotations.push({ type: `from the click on ${command} to its effect`, description: `${list} ms` });
      // The median, since another process may take a core at any moment.
      expect(times[times.length >> 1], `${command} took ${list} ms`).toBeLessThanOrEqual(200);
    }
  });

  test("trains the same net for more epochs", async ({ trainer, page }) => {
    test.setTimeout(240_000);
    const short = { Device: "CPU", "Training images": 96, "Batch size": 32, Epochs: 1 } as const;
    await trainer.run({ ...short, Seed: 1 }, 100_000);
    await page.getByRole("textbox", { name: "More epochs" }).fill("1");
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await expect(trainer.log).toContainText("EPOCH:  2", { timeout: 100_000 });
    await expect(trainer.log).toContainText("1 more epoch at learning rate 0.01.");
    await expect(trainer.train).toBeEnabled();
    await expect(trainer.figure("Step")).toHaveText("6 / 6");
  });

  test("measures this computer", async ({ trainer, page }) => {
    await trainer.fill({ Device: "CPU", "Training images": 640, "Batch size": 32, Epochs: 2 });
    await trainer.measure.click();
    await expect(page.getByRole("region", { name: "Time estimate" })).toContainText(/2 epochs will take about .* here\./);
    await expect(trainer.train).toBeEnabled();
  });

  test("stops when asked to, and can train again", async ({ trainer }) => {
    await trainer.start({ Device: "CPU" });
    await expect(trainer.device).toContainText("CPU");
    await trainer.stop.click();
    await expect(trainer.train).toBeEnabled();
    await trainer.start({ Device: "CPU" });
    await expect(trainer.stop).toBeEnabled();
    await trainer.stop.click();
    await expect(trainer.train).toBeEnabled();
  });
});

test.describe("without WebGPU", () => {
  test("Auto trains on the CPU and says why", async ({ trainer }) => {
    await trainer.start({ Device: "Auto", "Training images": 640 });
    await expect(trainer.device).toContainText("CPU");
    await expect(trainer.device).toContainText("Auto chose the CPU: this browser");
    await trainer.stop.click();
    await expect(trainer.train).toBeEnabled();
  });

  test("asking for WebGPU fails with a message, and Train works again", async ({ trainer }) => {
    await trainer.start({ Device: "WebGPU" });
    await expect(trainer.alert.filter({ hasText: "WebGPU" })).toBeVisible();
    await expect(trainer.train).toBeEnabled();
    await trainer.start({ Device: "CPU", "Training images": 640 });
    await expect(trainer.device).toContainText("CPU");
    await trainer.stop.click();
  });
});

test.describe("without a service worker, which would fetch the data too", () => {
  test.use({ serviceWorkers: "block" });

  test("the data is fetched once, while the worker's code is loading", async ({ trainer, page, requests }) => {
    let arrive = (): void => undefined;
    const code = new Promise<void>((resolve) => (arrive = resolve));
    await page.route(WASM, async (route) => {
      await code;
      await route.continue();
    });
    const arrived: string[] = [];
    page.on("requestfinished", (request) => arrived.push(request.url()));
    const data = (urls: string[]) => urls.filter((url) => DATA.test(url));
    await trainer.start({ Device: "CPU", "CPU workers": 1, "Training images": 60_000, Epochs: 1 });
    await expect.poll(() => data(arrived)).toHaveLength(4);
    arrive();
    await expect(trainer.status).toContainText("Epoch 1 of 1");
    expect(data(requests)).toHaveLength(4);
    await trainer.stop.click();
  });
});

test.describe("when things go wrong", () => {
  const FILE = "train-images-idx3-ubyte.gz";

  test("a truncated data file is named, and Retry trains once it is whole", async ({ trainer, page }) => {
    await page.route(`**/${FILE}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.body()).subarray(0, 100_000) });
    });
    await trainer.start({ Device: "CPU", "Training images": 640 });
    await expect(trainer.alert.filter({ hasText: FILE })).toBeVisible();
    await page.unroute(`**/${FILE}`);
    await trainer.retry.click();
    await expect(trainer.device).toContainText("CPU");
    await expect(trainer.alert.filter({ hasText: FILE })).toBeHidden();
    await trainer.stop.click();
  });

  test("a missing data file is named", async ({ trainer, page }) => {
    await page.route(/^[^?]*t10k-labels-idx1-ubyte\.gz$/, (route) => route.fulfill({ status: 404 }));
    await trainer.start({ Device: "CPU", "Training images": 640 });
    await expect(trainer.alert.filter({ hasText: "t10k-labels-idx1-ubyte.gz" })).toBeVisible();
    await expect(trainer.train).toBeEnabled();
  });

  test("a data file that a filter blocks is named, and the code is not blocked with it", async ({ trainer, page }) => {
    // Filters look for words anywhere in an address.
    const FILTERED = /t10k-labels/;
    const message = trainer.alert.filter({ hasText: "The file “t10k-labels-idx1-ubyte.gz” could not be loaded: " });
    for (const [answer, words] of [
      [{ status: 403 }, "a filter before it, refuses it (error 403). Ask whoever looks after this network"],
      [{ contentType: "application/gzip", body: "<html>Blocked</html>" }, "a web page came in its place"],
      [null, "it does not arrive. A filter may block it. Check your internet connection"],
    ] as const) {
      await page.route(FILTERED, (route) => (answer ? route.fulfill(answer) : route.abort()));
      await trainer.start({ Device: "CPU", "Training images": 640 });
      await expect(message).toContainText(words);
      await page.unroute(FILTERED);
    }
  });

  test("a worker that does not load gives a message, and Train works again", async ({ trainer, page }) => {
    await page.route(WASM, (route) => route.fulfill({ status: 404 }));
    await trainer.start({ Device: "CPU", "Training images": 640 });
    await expect(trainer.alert.filter({ hasText: /\w/ }).first()).toBeVisible();
    await page.unroute(WASM);
    await trainer.start({});
    await expect(trainer.device).toContainText("CPU");
    await trainer.stop.click();
  });

  test("a crash of the worker during a run gives a message, and Train works again", async ({ trainer, page }) => {
    // To the page, a trap in the wasm looks like an exception that nobody catches.
    const crash = 'addEventListener("message", () => setTimeout(() => { throw new Error("a crash on purpose"); }, 1500));';
    await putBefore(page, LOADER, () => crash);
    await trainer.start({ Device: "CPU" });
    await expect(trainer.alert.filter({ hasText: "a crash on purpose" })).toBeVisible();
    await page.unroute(LOADER);
    await trainer.start({});
    await expect(trainer.device).toContainText("CPU");
    await trainer.stop.click();
    await expect(trainer.train).toBeEnabled();
  });

  test("Stop ends even a worker that does not answer", async ({ trainer, page }) => {
    await page.route(WASM, () => undefined);
    await trainer.start({ Device: "CPU" });
    await trainer.stop.click();
    await expect(trainer.train).toBeEnabled();
    await expect(trainer.log).toContainText("The run was stopped.");
  });

  test("invalid settings are refused field by field", async ({ trainer, page }) => {
    await trainer.start({ Epochs: 0, "Learning rate": -1 });
    await expect(trainer.alert.filter({ hasText: "Epochs: a whole number from 1 to 1,000." })).toBeVisible();
    await expect(trainer.alert.filter({ hasText: "Learning rate: a number above 0" })).toBeVisible();
    await expect(trainer.stop).toBeDisabled();
    await trainer.fill({ Epochs: 1 });
    await expect(page.getByRole("textbox", { name: "Epochs" })).toHaveAttribute("aria-invalid", "false");
    // Enter in a field does not start a run. Marks between thousands are read, and a comma at another place is refused.
    await trainer.field("Batch size").fill("1.024");
    await trainer.field("Batch size").press("Enter");
    await expect(trainer.field("Batch size")).toHaveAttribute("aria-invalid", "false");
    await trainer.field("Batch size").fill("12,5");
    await trainer.field("Batch size").press("Enter");
    await expect(trainer.alert.filter({ hasText: "Batch size: a whole number" })).toBeVisible();
    await expect(trainer.stop).toBeDisabled();
  });
});

test("forty test images are there before training, and the net's guesses at them get better", async ({ trainer, page }) => {
  test.slow();
  const digits = trainer.showcase.getByRole("listitem");
  await expect(digits).toHaveCount(40);
  await expect(digits.nth(13)).toHaveText(/A 3\. No guess yet\./);
  // There is ink in the picture.
  const ink = digits.nth(13).locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
    return canvas.getContext("2d")?.getImageData(0, 0, 28, 28).data.reduce((sum, value) => sum + value, 0);
  });
  expect(await ink).toBeGreaterThan(1_000);
  // All scores are kept, however quickly they change.
  const scores = trainer.showcase.evaluateHandle((showcase) => {
    const scores: number[] = [];
    const note = (): void => {
      const score = /(\d+) of 40 right/.exec(showcase.textContent ?? "")?.[1];
      if (score !== undefined) scores.push(Number(score));
    };
    new MutationObserver(note).observe(showcase, { childList: true, subtree: true });
    return scores;
  });
  await scores;
  const charts = (): Promise<DOMRect> => trainer.accuracy.evaluate((figure) => figure.getBoundingClientRect());
  const before = await charts();
  await trainer.start({ Device: "CPU", "CPU workers": 1, Epochs: 1, "Batch size": 64, "Learning rate": 0.02, "Training images": 60_000 });
  const seen = async (): Promise<number[]> => (await scores).evaluate((scores) => scores);
  await expect.poll(async () => (await seen()).at(-1), { timeout: 90_000 }).toBeGreaterThanOrEqual(30);
  expect((await seen())[0]).toBeLessThan(30);
  await expect(trainer.showcase).toContainText(/A 1\. Right: the net says 1, \d+\.\d % sure\./);
  // The bar of the sheet tells how the run gets on.
  await page.getByRole("link", { name: "Sheet" }).click();
  await expect(page.getByRole("link", { name: /^Trainer ?Epoch 1\/1/ })).toBeVisible();
  await page.goBack();
  // Neither a pause nor an end moves anything.
  await trainer.pause.click();
  await expect(page.getByLabel("New learning rate")).toBeVisible();
  expect(await charts()).toEqual(before);
  await trainer.stop.click();
  await expect(page.getByLabel("More epochs")).toBeVisible();
  expect(await charts()).toEqual(before);
});

test("the first minute: the demo is chosen, the accuracy is told long before the first epoch ends, and after a stop", async ({ trainer, page }) => {
  test.slow();
  await page.goto("about:blank");
  await trainer.open("#trainer");
  await expect(trainer.preset("Demo")).toBeChecked();
  await trainer.start({ Device: "CPU", "CPU workers": 1 });
  await expect(trainer.figure("Test accuracy")).toHaveText(/^≈ \d+\.\d %$/, { timeout: 90_000 });
  await expect(trainer.status).toContainText("Epoch 1 of 3");
  await expect(trainer.accuracy.getByRole("img")).toHaveAccessibleName(/No epoch has ended yet\. Of a sample of 500 test images, about \d/);
  await expect(trainer.accuracy.getByRole("list", { name: "Legend" })).toContainText("sample of 500");
  await trainer.stop.click();
  await expect(trainer.status).toHaveText(/^Stopped at epoch 1, step \d+\.$/);
  await expect(trainer.figure("Test accuracy")).toHaveText(/^≈ \d+\.\d %$/);
  // The run is kept with its samples.
  await page.reload();
  await expect(page.getByText("At the speed of the last run:")).toBeVisible();
});
