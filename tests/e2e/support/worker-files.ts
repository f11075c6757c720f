/** The loader of the trainer's worker for the CPU, with relaxed SIMD and without. */
export const LOADER = /\/trainer(-relaxed)?_loader\.js$/;
/** Its wasm. */
export const WASM = /\/trainer(-relaxed)?_bg\.wasm$/;
