//! Relaxed SIMD, with which a worker for the CPU multiplies and adds in one instruction. Some browsers cannot run it.

use js_sys::{Uint8Array, WebAssembly};

/// A WebAssembly module, section by section. Its only function consists of the instruction `f32x4.relaxed_madd`.
#[rustfmt::skip]
const MODULE: [u8; 37] = [
    0, b'a', b's', b'm', 1, 0, 0, 0,
    // The type of a function from three vectors to one, and a function of that type.
    1, 8, 1, 0x60, 3, 0x7b, 0x7b, 0x7b, 1, 0x7b,
    3, 2, 1, 0,
    // The body of the function: three parameters, the instruction, the end.
    10, 13, 1, 11, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfd, 0x85, 2, 0x0b,
];

/// Whether to start the worker with relaxed SIMD: this build has one, and this browser can run it. `cargo xtask` sets
/// the variable when it builds that worker; a development build has none.
pub(crate) fn is_of_use() -> bool {
    option_env!("GRADSHEET_RELAXED_SIMD").is_some()
        && WebAssembly::validate(&Uint8Array::from(&MODULE[..])).unwrap_or(false)
}
