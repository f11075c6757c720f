import { type Page, test } from "@playwright/test";
import type { Run } from "./training";
import { compare, ours } from "./turns";

test("steps on the CPU, with relaxed SIMD and without", async ({ context }) => {
  test.setTimeout(400_000);
  const run: Run = { device: "cpu", workers: 1 };
  // The page asks `WebAssembly.validate` whether the browser has relaxed SIMD.
  const withoutRelaxedSimd = (page: Page) => page.addInitScript(() => Object.assign(WebAssembly, { validate: () => false }));
  await compare(test.info().title, ours(context, run, "with"), ours(context, run, "without", withoutRelaxedSimd));
});
