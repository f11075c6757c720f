//! The two kernels that take nearly all of the time: convolution, and the gradient of its weights.
//!
//! Both keep a block of sums in registers, channels by vectors. They know a convolution only as a list of *taps*: for
//! each weight, the offset of its input from the first column of a row. Forward, backward, padding and strides are
//! different lists. Offsets, strides and starts count columns ([`super::simd::Column`]).

use pulp::{Simd, WithSimd};

use super::simd::{LANES, Tile, parts};

/// `Convolve` computes, for each output channel, the bias plus the sum over all taps of weight times input.
pub(super) struct Convolve<'a> {
    /// The offset of each tap in the input.
    pub(super) taps: &'a [usize],
    /// Weights, `[block of channels, tap, channel in the block]`.
    pub(super) weights: &'a [f32],
    /// Biases, `[channels]`, filled up to whole blocks.
    pub(super) bias: &'a [f32],
    pub(super) input: &'a [f32],
    /// The distance in the input from one row of the output to the next.
    pub(super) input_row: usize,
    pub(super) output: &'a mut [f32],
    pub(super) output_start: usize,
    pub(super) output_row: usize,
    pub(super) output_channel: usize,
    pub(super) channels: usize,
    pub(super) rows: usize,
    /// The number of columns in a row of the output.
    pub(super) columns: usize,
    /// Whether negative sums become zero (ReLU).
    pub(super) relu: bool,
}

impl WithSimd for Convolve<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match Tile::of::<S>() {
            Tile::Large => self.in_blocks::<S, 8, 3>(simd),
            Tile::Medium => self.in_blocks::<S, 4, 3>(simd),
            Tile::Small => self.in_blocks::<S, 4, 2>(simd),
        }
    }
}

impl Convolve<'_> {
    #[inline(always)]
    fn in_blocks<S: Simd, const C: usize, const W: usize>(mut self, simd: S) {
        let vectors = self.columns * parts::<S>();
        for row in 0..self.rows {
            let mut at = 0;
            while at < vectors {
                // All channels of a few vectors come first, so that their input stays in the first-level cache.
                let width = match vectors - at {
                    1 => 1,
                    // Four vectors are faster as two and two than as three and one.
                    2 | 4 => 2,
                    _ => W,
                };
                for block in 0..self.channels.div_ceil(C) {
                    match width {
                        1 => self.tile::<S, C, 1>(simd, row, at, block),
                        2 if W > 2 => self.tile::<S, C, 2>(simd, row, at, block),
                        _ => self.tile::<S, C, W>(simd, row, at, block),
                    }
                }
                at += width;
            }
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const C: usize, const V: usize>(&mut self, simd: S, row: usize, at: usize, block: usize) {
        let parts = parts::<S>();
        let input = &S::as_simd_f32s(self.input).0[row * self.input_row * parts + at..];
        let weights = &self.weights.as_chunks::<C>().0[block * self.taps.len()..][..self.taps.len()];
        let bias = &self.bias[block * C..][..C];

        let mut sums = [[simd.splat_f32s(0.0); V]; C];
        for c in 0..C {
            sums[c] = [simd.splat_f32s(bias[c]); V];
        }
        for (tap, weights) in self.taps.iter().zip(weights) {
            let x = &input[tap * parts..][..V];
            for c in 0..C {
                let weight = simd.splat_f32s(weights[c]);
                for v in 0..V {
                    sums[c][v] = simd.mul_add_e_f32s(weight, x[v], sums[c][v]);
                }
            }
        }

        let output = S::as_mut_simd_f32s(self.output).0;
        let start = (self.output_start + row * self.output_row) * parts + at;
        let zero = simd.splat_f32s(0.0);
        for c in 0..C.min(self.channels - block * C) {
            let y = &mut output[start + (block * C + c) * self.output_channel * parts..][..V];
            for v in 0..V {
                y[v] = if self.relu { simd.max_f32s(sums[c][v], zero) } else { sums[c][v] };
            }
        }
    }
}

/// `WeightGradient` adds to the gradient of each weight the input at its tap times the output gradient of its channel,
/// summed over all pixels and images.
pub(super) struct WeightGradient<'a> {
    /// The offset of each tap in the input.
    pub(super) taps: &'a [usize],
    pub(super) input: &'a [f32],
    /// The distance in the input from one row of the output to the next.
    pub(super) input_row: usize,
    /// The output gradient.
    pub(super) output_gradient: &'a [f32],
    pub(super) output_gradient_start: usize,
    pub(super) output_gradient_row: usize,
    pub(super) output_gradient_channel: usize,
    pub(super) channels: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Memory for sums; [`WeightGradient::memory`] gives its length.
    pub(super) sums: &'a mut [f32],
    /// The weight gradient, `[channels, taps]`; the sums are added to it.
    pub(super) gradient: &'a mut [f64],
}

impl WeightGradient<'_> {
    /// Returns the columns of memory that the sums of these channels and taps need.
    pub(super) fn memory(channels: usize, taps: usize) -> usize {
        // A block has at most 8 channels and 3 taps.
        channels.next_multiple_of(8) * (taps + 2)
    }
}

impl WithSimd for WeightGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match Tile::of::<S>() {
            Tile::Large => self.in_blocks::<S, 8, 3>(simd),
            Tile::Medium => self.in_blocks::<S, 4, 3>(simd),
            Tile::Small => self.in_blocks::<S, 4, 2>(simd),
        }
    }
}

impl WeightGradient<'_> {
    #[inline(always)]
    fn in_blocks<S: Simd, const C: usize, const T: usize>(mut self, simd: S) {
        let (blocks, runs) = (self.channels.div_ceil(C), self.taps.len().div_ceil(T));
        self.sums[..blocks * runs * C * T * S::F32_LANES].fill(0.0);
        // As many rows as fit into the first-level cache with a block's output gradients, so that all taps use them
        // there.
        let rows = (32 * 1024 / size_of::<[f32; LANES]>() / C / self.columns).max(1);
        for row in (0..self.rows).step_by(rows) {
            let rows = rows.min(self.rows - row);
            for block in 0..blocks {
                for run in 0..runs {
                    self.tile::<S, C, T>(simd, row, rows, block, run, (block * runs + run) * C * T);
                }
            }
        }

        let sums = S::as_simd_f32s(self.sums).0;
        for (channel, gradient) in self.gradient.chunks_mut(self.taps.len()).enumerate() {
            for (tap, gradient) in gradient.iter_mut().enumerate() {
                let tile = channel / C * runs + tap / T;
                let sum = simd.reduce_sum_f32s(sums[(tile * C + channel % C) * T + tap % T]);
                *gradient += f64::from(sum);
            }
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const C: usize, const T: usize>(
        &mut self,
        simd: S,
        row: usize,
        rows: usize,
        block: usize,
        run: usize,
        place: usize,
    ) {
        let parts = parts::<S>();
        let vectors = self.columns * parts;
        let (input, output_gradient) = (S::as_simd_f32s(self.input).0, S::as_simd_f32s(self.output_gradient).0);
        // The last block or run may not be full: then some sums are computed twice and ignored at the end.
        let mut taps = [0; T];
        for (t, place) in taps.iter_mut().enumerate() {
            *place = self.taps[(run * T + t).min(self.taps.len() - 1)];
        }
        let last = self.channels - 1;

        let sums = &mut S::as_mut_simd_f32s(self.sums).0[place..][..C * T];
        let mut held = [[simd.splat_f32s(0.0); T]; C];
        for c in 0..C {
            for t in 0..T {
                held[c][t] = sums[c * T + t];
            }
        }
        for row in row..row + rows {
            let mut x: [&[S::f32s]; T] = [&[]; T];
            for t in 0..T {
                x[t] = &input[(taps[t] + row * self.input_row) * parts..][..vectors];
            }
            let mut gradients: [&[S::f32s]; C] = [&[]; C];
            for c in 0..C {
                let channel = (block * C + c).min(last);
                let start = self.output_gradient_start
                    + channel * self.output_gradient_channel
                    + row * self.output_gradient_row;
                gradients[c] = &output_gradient[start * parts..][..vectors];
            }
            for v in 0..vectors {
                for c in 0..C {
                    let gradient = gradients[c][v];
                    for t in 0..T {
                        held[c][t] = simd.mul_add_e_f32s(gradient, x[t][v], held[c][t]);
                    }
                }
            }
        }
        for c in 0..C {
            for t in 0..T {
                sums[c * T + t] = held[c][t];
            }
        }
    }
}
