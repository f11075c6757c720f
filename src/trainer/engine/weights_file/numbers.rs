//! The numbers of a safetensors array, converted from the types that programs write.

use half::{bf16, f16};
use safetensors::tensor::{Dtype, TensorView};

use crate::trainer::engine::weights::floats;

/// Returns floating-point numbers of 16, 32 or 64 bits as 32-bit numbers; `None` for any other type.
pub(super) fn floats_of(view: &TensorView<'_>) -> Option<Vec<f32>> {
    let bytes = view.data();
    Some(match view.dtype() {
        Dtype::F32 => floats(bytes),
        Dtype::F16 => bytes.as_chunks().0.iter().map(|chunk| f16::from_le_bytes(*chunk).to_f32()).collect(),
        Dtype::BF16 => bytes.as_chunks().0.iter().map(|chunk| bf16::from_le_bytes(*chunk).to_f32()).collect(),
        Dtype::F64 => bytes.as_chunks().0.iter().map(|chunk| f64::from_le_bytes(*chunk) as f32).collect(),
        _ => return None,
    })
}

/// Whether numbers of this type are whole numbers.
pub(super) fn is_whole(kind: Dtype) -> bool {
    use Dtype::{I8, I16, I32, I64, U8, U16, U32, U64};
    matches!(kind, I8 | I16 | I32 | I64 | U8 | U16 | U32 | U64)
}

/// Returns the first number of an array of whole numbers; `None` if there is none or it is negative.
pub(super) fn single(view: &TensorView<'_>) -> Option<u64> {
    let bytes = view.data().get(..view.dtype().bitsize() / 8)?;
    let is_signed = matches!(view.dtype(), Dtype::I8 | Dtype::I16 | Dtype::I32 | Dtype::I64);
    if is_signed && bytes.last().is_some_and(|byte| *byte >= 0x80) {
        return None;
    }
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}
