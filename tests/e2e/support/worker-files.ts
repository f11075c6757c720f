import type { Page } from "@playwright/test";

/** The address of the script that loads the trainer's worker for the CPU, with and without relaxed SIMD. */
export const LOADER = /\/loader\.js\?code=trainer(-relaxed)?&/;
/** The address of that worker's wasm. */
export const WASM = /\/trainer(-relaxed)?_bg\.wasm(\?|$)/;
/** The address of one of MNIST's files. The address of the worker, whose query names all of them, does not match. */
export const DATA = /^[^?]*\/assets\/mnist\/[\w-]+\.gz$/;
/** The address of the script that starts the trainer's worker for WebGPU. */
export const GPU_LOADER = /\/loader\.js\?code=trainer-gpu&/;
/** The address of the code of the trainer's worker for WebGPU. */
export const GPU_CODE = /\/trainer-gpu\.js(\?|$)/;

/** Code that greets whoever has started a worker, as the code of the same build does. */
export const GREET = 'postMessage(`gradsheet ${new URL(location.href).searchParams.get("v")}`);';

/** Puts a script before the text of a file, each time that the file is fetched from now on. */
export async function putBefore(page: Page, file: string | RegExp, script: () => string): Promise<void> {
  await page.route(file, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script()}\n${await response.text()}` });
  });
}
