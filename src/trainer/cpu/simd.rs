//! Vectors of the width that the machine has, and memory that suits them.

use std::ops::{Deref, DerefMut};

use pulp::{Simd, WithSimd};

/// Images that are computed together: the innermost axis of every feature map.
///
/// One AVX-512 register, two of AVX2, four of WebAssembly or NEON. Whatever a layer's size, kernel or stride, this axis
/// vectorises.
pub(super) const LANES: usize = 16;

/// One pixel of one channel, in all images of a group.
pub(super) type Column = [f32; LANES];

/// The instruction set that this machine offers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Machine {
    #[cfg(not(target_arch = "wasm32"))]
    arch: pulp::Arch,
    /// Output channels that a kernel holds in registers at once: weights are packed for it.
    pub(super) block: usize,
}

impl Machine {
    /// Detects it.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn detect() -> Self {
        Self::with(pulp::Arch::new())
    }

    /// There is nothing to detect.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn detect() -> Self {
        Self { block: Self { block: 0 }.run(BlockSize) }
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn with(arch: pulp::Arch) -> Self {
        Self { block: arch.dispatch(BlockSize), arch }
    }

    /// All instruction sets that this machine offers, so that tests test every kernel.
    #[cfg(all(test, target_arch = "x86_64"))]
    pub(super) fn every() -> Vec<Self> {
        let narrow = pulp::x86::V3::try_new().map(pulp::Arch::V3);
        [Some(pulp::Arch::new()), narrow, Some(pulp::Arch::Scalar)].into_iter().flatten().map(Self::with).collect()
    }

    /// The one instruction set that there is.
    #[cfg(all(test, not(target_arch = "x86_64")))]
    pub(super) fn every() -> Vec<Self> {
        vec![Self::detect()]
    }

    /// Runs a kernel.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn run<K: WithSimd>(self, kernel: K) -> K::Output {
        self.arch.dispatch(kernel)
    }

    /// Runs a kernel. What instructions a WebAssembly module uses is settled when it is built.
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

/// How many channels by how many vectors or taps a kernel holds in registers at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tile {
    /// 8 by 3, where there are 32 registers.
    Large,
    /// 4 by 3, where there are 16.
    Medium,
    /// 4 by 2, in WebAssembly: browsers need some of the 16 registers of most desktop machines for themselves.
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

/// Vectors that make up a column.
pub(super) const fn parts<S: Simd>() -> usize {
    LANES / S::F32_LANES
}

/// Numbers that begin at a cache line, so that no vector crosses one.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    values: Vec<f32>,
    start: usize,
    len: usize,
}

impl Buffer {
    /// `columns` columns of zeros.
    pub(super) fn zeros(columns: usize) -> Self {
        const LINE: usize = 64;
        let len = columns * LANES;
        let values = vec![0.0; len + LINE / size_of::<f32>() - 1];
        let start = values.as_ptr().align_offset(LINE).min(values.len() - len);
        Self { values, start, len }
    }

    /// Makes it at least as long as `columns` columns; what it held is lost then.
    pub(super) fn reserve(&mut self, columns: usize) {
        if self.len < columns * LANES {
            *self = Self::zeros(columns);
        }
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

/// Numbers as columns.
pub(super) fn columns(values: &[f32]) -> &[Column] {
    values.as_chunks().0
}

/// Numbers as columns.
pub(super) fn columns_mut(values: &mut [f32]) -> &mut [Column] {
    values.as_chunks_mut().0
}
