//! Whether there is a CPU worker that multiplies and adds in one instruction, and whether this browser can run it.

use js_sys::{Uint8Array, WebAssembly};

/// A module of one function that does nothing but `f32x4.relaxed_madd` (the WebAssembly binary format, section by section).
#[rustfmt::skip]
const MODULE: [u8; 37] = [
    0, b'a', b's', b'm', 1, 0, 0, 0,
    // The type of a function of three vectors to one, and a function of that type.
    1, 8, 1, 0x60, 3, 0x7b, 0x7b, 0x7b, 1, 0x7b,
    3, 2, 1, 0,
    // Its body: its three parameters, the instruction, the end.
    10, 13, 1, 11, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfd, 0x85, 2, 0x0b,
];

/// Whether to start that worker. A development build has none; `cargo xtask` says when it builds one.
pub(crate) fn is_of_use() -> bool {
    option_env!("GRADSHEET_RELAXED_SIMD").is_some()
        && WebAssembly::validate(&Uint8Array::from(&MODULE[..])).unwrap_or(false)
}
