import type { Page } from "@playwright/test";

/** Where the trainer's worker for the CPU begins, with relaxed SIMD and without. */
export const LOADER = /\/trainer_worker\.js\?trainer(-relaxed)?(&|$)/;
/** Its wasm. */
export const WASM = /\/trainer(-relaxed)?_bg\.wasm$/;
/** One of MNIST's files as it is fetched: the address of the worker names them all, too. */
export const DATA = /^[^?]*\/assets\/mnist\/[\w-]+\.gz$/;
/** The code of the trainer's worker for WebGPU. */
export const GPU_CODE = "**/trainer-gpu.js";

/** Puts a script before one of these files, whenever it is fetched from now on. */
export async function putBefore(page: Page, file: string | RegExp, script: () => string): Promise<void> {
  await page.route(file, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script()}\n${await response.text()}` });
  });
}
