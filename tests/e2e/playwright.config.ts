import { defineConfig, type PlaywrightTestConfig } from "@playwright/test";

// `cargo xtask test` serves the release build and says where; by hand: `BASE_URL=http://127.0.0.1:8080 npx playwright
// test --config tests/e2e` beside `cargo xtask serve`.
const baseURL = process.env.BASE_URL ?? "http://127.0.0.1:8080";
const chrome = process.env.CHROME;

/** A browser that talks to nobody but us, so that "no request leaves the origin" is about the page. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

/** WebGPU on a software adapter: slow, but the same everywhere. Without these flags, there is no adapter at all. */
const SOFTWARE_WEBGPU = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
];

function chromium(args: string[]): PlaywrightTestConfig["use"] {
  return {
    browserName: "chromium",
    // Without one of ours, Playwright's own: the full one, as its headless shell has no WebGPU.
    ...(chrome ? {} : { channel: "chromium" }),
    launchOptions: { args: [...QUIET, ...args], ...(chrome ? { executablePath: chrome } : {}) },
  };
}

export default defineConfig({
  testDir: ".",
  outputDir: "../../test-results/playwright",
  reporter: [["list"], ["json", { outputFile: "../../test-results/report.json" }]],
  // Two slow cores, and every training wants one of them.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: !!process.env.CI,
  use: {
    baseURL,
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    // One spec is about the service worker; elsewhere it would stand between the tests and the requests they change.
    serviceWorkers: "block",
  },
  projects: [
    { name: "no-webgpu", grepInvert: /@webgpu/, use: chromium([]) },
    { name: "webgpu", grep: /@webgpu/, use: chromium(SOFTWARE_WEBGPU) },
  ],
});
