import { defineConfig } from "@playwright/test";
import tests from "../e2e/playwright.config";

// The same browser and server as the end-to-end tests, but measuring: `cargo xtask bench`.
export default defineConfig({
  ...tests,
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../../test-results/bench",
  reporter: [["line"]],
  timeout: 300_000,
  use: { ...tests.use, trace: "off" },
  projects: (tests.projects ?? []).filter(({ name }) => name === "no-webgpu"),
});
