//! Vectors of the width that the machine has, and aligned memory for them.

use std::collections::TryReserveError;
use std::ops::{Deref, DerefMut};

use pulp::{Simd, WithSimd};

/// The number of images that are computed together: the innermost axis of every feature map.
///
/// Sixteen 32-bit numbers fill one AVX-512 register, two of AVX2, or four of WebAssembly or NEON. This axis vectorises
/// for any size, kernel and stride of a layer.
pub(super) const LANES: usize = 16;

/// One pixel of one channel in all images of a group, `[lane]`.
pub(super) type Column = [f32; LANES];

/// `Machine` is the instruction set that this machine offers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Machine {
    #[cfg(not(target_arch = "wasm32"))]
    arch: pulp::Arch,
    /// The number of output channels that a kernel keeps in registers; weights are packed in blocks of it.
    pub(super) block: usize,
}

impl Machine {
    /// Detects the instruction set.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn detect() -> Self {
        Self::with(pulp::Arch::new())
    }

    /// Returns the instruction set that the WebAssembly module was built for.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn detect() -> Self {
        Self { block: Self { block: 0 }.run(BlockSize) }
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn with(arch: pulp::Arch) -> Self {
        Self { block: arch.dispatch(BlockSize), arch }
    }

    /// Returns all instruction sets that this machine offers, so that tests run every kernel.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub(super) fn every() -> Vec<Self> {
        let narrow = pulp::x86::V3::try_new().map(pulp::Arch::V3);
        [Some(pulp::Arch::new()), narrow, Some(pulp::Arch::Scalar)].into_iter().flatten().map(Self::with).collect()
    }

    /// Returns the only instruction set.
    #[cfg(all(test, not(target_arch = "x86_64")))]
    pub(super) fn every() -> Vec<Self> {
        vec![Self::detect()]
    }

    /// Runs a kernel.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn run<K: WithSimd>(self, kernel: K) -> K::Output {
        self.arch.dispatch(kernel)
    }

    /// Runs a kernel. The instructions of a WebAssembly module are fixed when it is built.
    #[cfg(target_arch = "wasm32")]
    #[inline(never)]
    pub(super) fn run<K: WithSimd>(self, kernel: K) -> K::Output {
        #[cfg(feature = "relaxed-simd")]
        if let Some(simd) = pulp::wasm::RelaxedSimd::try_new() {
            return Simd::vectorize(simd, kernel);
        }
        match pulp::wasm::Simd128::try_new() {
            Some(simd) => Simd::vectorize(simd, kernel),
            None => Simd::vectorize(pulp::Scalar, kernel),
        }
    }
}

/// `Tile` is the block of sums that a kernel keeps in registers: channels by vectors, or channels by taps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tile {
    /// 8 by 3, for 32 registers.
    Large,
    /// 4 by 3, for 16 registers.
    Medium,
    /// 4 by 2, for WebAssembly: browsers use some of the 16 registers of most desktop machines themselves.
    Small,
}

impl Tile {
    pub(super) const fn of<S: Simd>() -> Self {
        if cfg!(target_arch = "wasm32") {
            Self::Small
        } else if S::REGISTER_COUNT >= 32 {
            Self::Large
        } else {
            Self::Medium
        }
    }
}

struct BlockSize;

impl WithSimd for BlockSize {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        match Tile::of::<S>() {
            Tile::Large => 8,
            Tile::Medium | Tile::Small => 4,
        }
    }
}

/// Returns the number of vectors in a column.
pub(super) const fn parts<S: Simd>() -> usize {
    LANES / S::F32_LANES
}

/// The bytes of a cache line.
const LINE: usize = 64;

/// The numbers that a buffer has more than it needs, so that it can begin at a cache line.
const SPARE: usize = LINE / size_of::<f32>() - 1;

/// `Buffer` holds numbers that begin at a cache line, so that no vector crosses two lines.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    values: Vec<f32>,
    start: usize,
    len: usize,
}

impl Buffer {
    /// Makes a buffer of `columns` columns of zeros.
    pub(super) fn zeros(columns: usize) -> Self {
        Self::aligned(vec![0.0; columns * LANES + SPARE], columns)
    }

    /// Takes memory with [`SPARE`] numbers more than these columns.
    fn aligned(values: Vec<f32>, columns: usize) -> Self {
        let len = columns * LANES;
        let start = values.as_ptr().align_offset(LINE).min(values.len() - len);
        Self { values, start, len }
    }

    /// Makes the buffer at least `columns` columns long. When it grows, its content is lost.
    pub(super) fn reserve(&mut self, columns: usize) {
        if self.len < columns * LANES {
            *self = Self::zeros(columns);
        }
    }

    /// Does the same as [`Buffer::reserve`] where there may not be enough memory.
    ///
    /// # Errors
    /// When there is not. Then the buffer is empty.
    pub(super) fn try_reserve(&mut self, columns: usize) -> Result<(), TryReserveError> {
        if self.len < columns * LANES {
            // The earlier memory is given back first.
            *self = Self::default();
            let mut values = Vec::new();
            values.try_reserve_exact(columns * LANES + SPARE)?;
            values.resize(columns * LANES + SPARE, 0.0);
            *self = Self::aligned(values, columns);
        }
        Ok(())
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.values[self.start..][..self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values[self.start..][..self.len]
    }
}

/// Views numbers as columns.
pub(super) fn columns(values: &[f32]) -> &[Column] {
    values.as_chunks().0
}

/// Views numbers as columns that can be changed.
pub(super) fn columns_mut(values: &mut [f32]) -> &mut [Column] {
    values.as_chunks_mut().0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_there_is_not_is_refused() {
        let mut buffer = Buffer::zeros(3);
        assert!(buffer.try_reserve(2).is_ok() && buffer.len() == 3 * LANES);
        assert!(buffer.try_reserve(usize::MAX / LANES / 4).is_err() && buffer.is_empty());
        assert!(buffer.try_reserve(5).is_ok() && *buffer == [0.0; 5 * LANES]);
        assert_eq!(buffer.as_ptr().align_offset(LINE), 0);
    }
}
