import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium, test } from "@playwright/test";
import { BATCH, workers } from "./training";
import { type Contestant, compare, ours, TURN, type Turn } from "./turns";

/** The folder of the installed benchmark of other libraries; see `cargo xtask bench --peers`. */
const PEERS = process.env.BENCH_PEERS;
/** The path of a Python that has PyTorch. */
const PYTHON = process.env.BENCH_PYTHON;
const ROOT = join(import.meta.dirname, "../..");

/** Runs a program whose last line is JSON with `ms_min` and `ms_median`, in milliseconds. */
async function runProgram(program: string, options: string[], cwd: string): Promise<Turn> {
  // This timeout is shorter than that of the test, so that the program never outlives the test.
  const { stdout } = await promisify(execFile)(program, options, { cwd, timeout: 600_000 });
  const { ms_min: min, ms_median: median, error, peer, version } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  if (error) throw new Error(error);
  return { min, median, name: `${peer} ${version}` };
}

const TIMES = ["--batch", String(BATCH), "--warmup", String(TURN.warmUp), "--steps", "40", "--budget", String(TURN.seconds)];

function peer(name: string, chrome: string, flags: string[], options: string[] = []): Contestant {
  const all = ["bench.mjs", "--peer", name, "--data", join(ROOT, "assets/mnist"), "--chrome", chrome, ...TIMES, ...options];
  if (flags.length > 0) all.push(`--chrome-args=${["--no-sandbox", ...flags].join(" ")}`);
  return { name, turn: () => runProgram(process.execPath, all, PEERS ?? "") };
}

function torch(): Contestant {
  const script = join(ROOT, "tests/bench/torch_step.py");
  return { name: "PyTorch", turn: () => runProgram(PYTHON ?? "", [script, ...TIMES], ROOT) };
}

const chrome = () => process.env.CHROME ?? chromium.executablePath();
const cores = workers().at(-1) ?? 1;

test.describe("side by side", () => {
  test.beforeEach(() => test.setTimeout(2_700_000));

  for (const count of workers().filter((count) => count > 1)) {
    test(`${count} workers and one on the CPU`, async ({ context }) => {
      const several = ours(context, { device: "cpu", workers: count }, `${count} workers`);
      await compare(test.info().title, several, ours(context, { device: "cpu" }, "1 worker"));
    });
  }

  for (const name of ["jax-wasm", "tfjs-wasm-shim"]) {
    for (const count of new Set([1, cores])) {
      const by = count === 1 ? "one core" : `${count} cores`;
      test(`Gradsheet and ${name} on ${by}`, async ({ context, launchOptions }) => {
        test.skip(!PEERS, "no peers");
        // Without this option, the other libraries use one thread for each core.
        const options = count === 1 ? ["--no-threads"] : [];
        const other = peer(name, chrome(), launchOptions.args ?? [], options);
        await compare(test.info().title, ours(context, { device: "cpu", workers: count }), other);
      });
    }
  }

  test("Gradsheet and PyTorch on one core", async ({ context }) => {
    test.skip(!PYTHON, "no PyTorch");
    await compare(test.info().title, ours(context, { device: "cpu" }), torch());
  });

  for (const name of ["jax-webgpu", "tfjs-webgpu", "tfjs-webgl"]) {
    const tag = name === "tfjs-webgl" ? ["@webgpu", "@slow"] : "@webgpu";
    test(`Gradsheet and ${name} on the GPU`, { tag }, async ({ context, launchOptions }) => {
      test.skip(!PEERS, "no peers");
      await compare(test.info().title, ours(context, { device: "webgpu" }), peer(name, chrome(), launchOptions.args ?? []));
    });
  }
});
