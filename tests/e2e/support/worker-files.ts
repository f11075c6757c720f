/** Where the trainer's worker for the CPU begins, with relaxed SIMD and without. */
export const LOADER = /\/trainer_worker\.js\?trainer(-relaxed)?(&|$)/;
/** Its wasm. */
export const WASM = /\/trainer(-relaxed)?_bg\.wasm$/;
/** One of MNIST's files as it is fetched: the address of the worker names them all, too. */
export const DATA = /^[^?]*\/assets\/mnist\/[\w-]+\.gz$/;
