import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";

// `cargo xtask test` serves the release build and sets BASE_URL. To run the tests by hand, start `cargo xtask serve`, then
// `npx playwright test --config tests/e2e`.
const baseURL = process.env.BASE_URL ?? "http://127.0.0.1:8080";
const chrome = process.env.CHROME;

/** Flags that stop the browser's own requests, so that every request comes from the page. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

/** Flags for WebGPU on a software adapter, which is slow but the same everywhere. Without them there is no adapter. */
const SOFTWARE_WEBGPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

function chromium(args: string[]): PlaywrightTestConfig["use"] {
  return {
    browserName: "chromium",
    // Without CHROME, Playwright starts its own Chromium: the full one, because the headless shell has no WebGPU.
    ...(chrome ? {} : { channel: "chromium" }),
    launchOptions: { args: [...QUIET, ...args], ...(chrome ? { executablePath: chrome } : {}) },
  };
}

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/playwright",
  reporter: [["list"], ["json", { outputFile: "../../test-results/report.json" }]],
  // One test at a time, because training slows down everything else.
  workers: 1,
  // Hundreds of tests on a busy machine: one that fails once is tried again, and the summary names it.
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: !!process.env.CI,
  use: {
    baseURL,
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    // A service worker would answer the requests that tests change. Only the spec about it allows it.
    serviceWorkers: "block",
  },
  projects: [
    { name: "no-webgpu", grepInvert: /@webgpu/, use: chromium([]) },
    { name: "webgpu", grep: /@webgpu/, use: chromium(SOFTWARE_WEBGPU) },
  ],
});
