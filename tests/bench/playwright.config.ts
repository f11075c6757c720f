import { defineConfig } from "@playwright/test";
import tests from "../e2e/playwright.config";

/** The browser flags for a real GPU, in place of those for the software adapter. */
const gpuFlags = process.env.BENCH_GPU_FLAGS?.split(" ").filter((flag) => flag !== "");

// `cargo xtask bench` uses this configuration. Browser and server are the same as in the end-to-end tests.
export default defineConfig({
  ...tests,
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../../test-results/bench",
  reporter: [["line"]],
  timeout: 300_000,
  use: { ...tests.use, trace: "off" },
  projects: (tests.projects ?? []).map((project) => {
    if (project.name !== "webgpu" || !gpuFlags) return project;
    const launchOptions = { ...project.use?.launchOptions, args: gpuFlags };
    return { ...project, use: { ...project.use, launchOptions } };
  }),
});
