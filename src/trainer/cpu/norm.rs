//! Batch normalisation and dropout, one group of images at a time.
//!
//! Batch normalisation and its gradient are those of Ioffe & Szegedy (2015). Sums over the batch are taken in stages:
//! within a lane in 32 bits, over lanes, groups and workers in 64. One long sum in 32 bits would be too inexact: some
//! activations would change their sign before the ReLU.

use pulp::{Simd, WithSimd};

use super::dropout::GroupMasks;
use super::simd::{Column, LANES, parts};

/// `BatchSums` adds up `x` and `x²` over all pixels of a channel in the group's images, for each channel.
pub(super) struct BatchSums<'a> {
    /// The map before normalisation, `[channels, pixels]`.
    pub(super) x: &'a [f32],
    /// The number of pixels of a channel.
    pub(super) pixels: usize,
    /// The number of images in the group; the other lanes do not count.
    pub(super) images: usize,
    /// Sums of `x`, `[channels]`; the group is added to them.
    pub(super) sums: &'a mut [f64],
    /// Sums of `x²`, `[channels]`; the group is added to them. The kernel first sums squares around the group's mean,
    /// to avoid cancellation.
    pub(super) squares: &'a mut [f64],
}

impl WithSimd for BatchSums<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let x = S::as_simd_f32s(self.x).0.chunks_exact(self.pixels * parts::<S>());
        let count = (self.images * self.pixels) as f64;
        for ((x, sum), square) in x.zip(self.sums).zip(self.squares) {
            let zero = simd.splat_f32s(0.0);
            let total = sum_lanes(simd, x, self.images, |x| x);
            let mean = (total / count) as f32;
            let centre = simd.sub_f32s(zero, simd.splat_f32s(mean));
            let around = sum_lanes(simd, x, self.images, |x| {
                let x = simd.add_f32s(x, centre);
                simd.mul_f32s(x, x)
            });
            let mean = f64::from(mean);
            *sum += total;
            *square += around + mean * (2.0 * total - count * mean);
        }
    }
}

/// Returns the sum of a function of each vector, over the first `images` lanes of each column.
#[inline(always)]
fn sum_lanes<S: Simd>(simd: S, x: &[S::f32s], images: usize, of: impl Fn(S::f32s) -> S::f32s) -> f64 {
    /// The number of columns that are summed before they are added to the total of the lane.
    const RUN: usize = 32;
    let parts = parts::<S>();
    let mut lanes = [0.0_f32; LANES];
    let held = S::as_mut_simd_f32s(&mut lanes).0;
    for run in x.chunks(RUN * parts) {
        for (part, held) in held.iter_mut().enumerate() {
            let mut sum = simd.splat_f32s(0.0);
            for x in run[part..].iter().step_by(parts) {
                sum = simd.add_f32s(sum, of(*x));
            }
            *held = simd.add_f32s(*held, sum);
        }
    }
    total(&lanes, images)
}

/// `Affine` holds the normalisation of a channel: `(x - mean) · scale + shift`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Affine {
    pub(super) mean: f32,
    pub(super) scale: f32,
    pub(super) shift: f32,
}

/// The number of pairs of columns in the widest row of a feature map.
const PAIRS: usize = 16;

/// `Normalise` normalises a map, applies dropout, and writes the result as the next convolution reads it.
pub(super) struct Normalise<'a> {
    /// The map before normalisation, `[channels, rows, columns]`.
    pub(super) x: &'a [f32],
    pub(super) side: usize,
    pub(super) affine: &'a [Affine],
    pub(super) masks: Option<&'a GroupMasks>,
    pub(super) output: &'a mut [f32],
    pub(super) output_start: usize,
    pub(super) output_row: usize,
    pub(super) output_channel: usize,
    /// The index in the output row for each column.
    pub(super) output_columns: &'a [usize],
}

impl WithSimd for Normalise<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let parts = parts::<S>();
        let x = S::as_simd_f32s(self.x).0;
        let output = S::as_mut_simd_f32s(self.output).0;
        let pairs = self.side.div_ceil(2);
        let mut factors = [[[1.0; LANES]; 2]; PAIRS];
        for (channel, affine) in self.affine.iter().enumerate() {
            let centre = simd.splat_f32s(-affine.mean);
            let (scale, shift) = (simd.splat_f32s(affine.scale), simd.splat_f32s(affine.shift));
            for y in 0..self.side {
                let row = channel * self.side + y;
                if let Some(masks) = self.masks {
                    masks.row(row, &mut factors[..pairs]);
                }
                let factors = S::as_simd_f32s(factors.as_flattened().as_flattened()).0;
                let x = &x[row * self.side * parts..][..self.side * parts];
                let start = self.output_start + channel * self.output_channel + y * self.output_row;
                let output = &mut output[start * parts..];
                let columns = x.chunks_exact(parts).zip(factors.chunks_exact(parts));
                for ((x, factors), at) in columns.zip(self.output_columns) {
                    let output = &mut output[at * parts..][..parts];
                    for part in 0..parts {
                        let value = simd.mul_add_e_f32s(simd.add_f32s(x[part], centre), scale, shift);
                        output[part] = simd.mul_f32s(value, factors[part]);
                    }
                }
            }
        }
    }
}

/// `DropoutBackward` takes a gradient back through dropout and adds up the sums that batch normalisation needs.
pub(super) struct DropoutBackward<'a> {
    /// The input gradient of the next convolution, as [`super::geometry::GradientClass`]es write it.
    pub(super) gradient: &'a [f32],
    pub(super) gradient_row: usize,
    /// The index in the gradient's row for each column.
    pub(super) gradient_columns: &'a [usize],
    /// The map before normalisation, `[channels, rows, columns]`.
    pub(super) x: &'a [f32],
    pub(super) side: usize,
    pub(super) affine: &'a [Affine],
    pub(super) masks: Option<&'a GroupMasks>,
    /// The number of images in the group; the other lanes do not count.
    pub(super) images: usize,
    /// The gradient of the normalised map.
    pub(super) output: &'a mut [f32],
    pub(super) output_start: usize,
    pub(super) output_row: usize,
    pub(super) output_channel: usize,
    /// Sums of the gradient, `[channels]`; the group is added to them.
    pub(super) sums: &'a mut [f64],
    /// Sums of gradient × (x − mean), `[channels]`; the group is added to them.
    pub(super) products: &'a mut [f64],
}

impl WithSimd for DropoutBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let parts = parts::<S>();
        let gradient = S::as_simd_f32s(self.gradient).0;
        let x = S::as_simd_f32s(self.x).0;
        let output = S::as_mut_simd_f32s(self.output).0;
        let pairs = self.side.div_ceil(2);
        let mut factors = [[[1.0; LANES]; 2]; PAIRS];
        for (channel, affine) in self.affine.iter().enumerate() {
            let centre = simd.splat_f32s(-affine.mean);
            let (mut sums, mut products) = ([0.0; LANES], [0.0; LANES]);
            for y in 0..self.side {
                let row = channel * self.side + y;
                if let Some(masks) = self.masks {
                    masks.row(row, &mut factors[..pairs]);
                }
                let factors = S::as_simd_f32s(factors.as_flattened().as_flattened()).0;
                let x = &x[row * self.side * parts..][..self.side * parts];
                let start = self.output_start + channel * self.output_channel + y * self.output_row;
                let output = &mut output[start * parts..][..self.side * parts];
                let gradient = &gradient[row * self.gradient_row * parts..][..self.gradient_row * parts];
                for part in 0..parts {
                    let mut sum = simd.splat_f32s(0.0);
                    let mut product = sum;
                    for (column, at) in self.gradient_columns.iter().enumerate() {
                        let i = column * parts + part;
                        let value = simd.mul_f32s(gradient[at * parts + part], factors[i]);
                        output[i] = value;
                        sum = simd.add_f32s(sum, value);
                        product = simd.mul_add_e_f32s(value, simd.add_f32s(x[i], centre), product);
                    }
                    let sums = &mut S::as_mut_simd_f32s(&mut sums).0[part];
                    *sums = simd.add_f32s(*sums, sum);
                    let products = &mut S::as_mut_simd_f32s(&mut products).0[part];
                    *products = simd.add_f32s(*products, product);
                }
            }
            self.sums[channel] += total(&sums, self.images);
            self.products[channel] += total(&products, self.images);
        }
    }
}

/// Returns the sum of the first `images` lanes.
#[inline(always)]
fn total(lanes: &Column, images: usize) -> f64 {
    lanes[..images].iter().map(|lane| f64::from(*lane)).sum()
}

/// `BackwardFactors` turns the gradient of a normalised channel into the gradient by the map `x` before normalisation:
/// `(gradient - mean_gradient - (x - mean) · product_factor) · scale` (Ioffe & Szegedy 2015, section 3, in another
/// order). The two middle terms exist because `x` also changes the batch's mean and variance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct BackwardFactors {
    pub(super) mean: f32,
    pub(super) mean_gradient: f32,
    pub(super) product_factor: f32,
    pub(super) scale: f32,
}

/// `NormBackward` takes a gradient back through batch normalisation and ReLU, in place.
pub(super) struct NormBackward<'a> {
    /// On entry the gradient of the normalised map; on return that of the convolution's output before ReLU.
    pub(super) gradient: &'a mut [f32],
    pub(super) gradient_start: usize,
    pub(super) gradient_row: usize,
    pub(super) gradient_channel: usize,
    /// The map before normalisation, which is the output of the ReLU: `[channels, rows, columns]`.
    pub(super) x: &'a [f32],
    pub(super) side: usize,
    pub(super) backward: &'a [BackwardFactors],
    /// The number of images in the group; the other lanes become zero.
    pub(super) images: usize,
    /// Sums of the result, `[channels]`, which are the bias gradient; the group is added to them.
    pub(super) sums: &'a mut [f64],
}

impl WithSimd for NormBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let parts = parts::<S>();
        let x = S::as_simd_f32s(self.x).0;
        let gradient = S::as_mut_simd_f32s(self.gradient).0;
        let zero = simd.splat_f32s(0.0);
        for (channel, backward) in self.backward.iter().enumerate() {
            let centre = simd.splat_f32s(-backward.mean);
            let mean_gradient = simd.splat_f32s(-backward.mean_gradient);
            let product_factor = simd.splat_f32s(-backward.product_factor);
            let mut scale = [0.0; LANES];
            scale[..self.images].fill(backward.scale);
            let scale = S::as_simd_f32s(&scale).0;
            let mut sums = [0.0; LANES];
            for y in 0..self.side {
                let x = &x[(channel * self.side + y) * self.side * parts..][..self.side * parts];
                let start = self.gradient_start + channel * self.gradient_channel + y * self.gradient_row;
                let gradient = &mut gradient[start * parts..][..self.side * parts];
                for part in 0..parts {
                    let mut sum = zero;
                    for column in 0..self.side {
                        let i = column * parts + part;
                        let value = simd.mul_add_e_f32s(simd.add_f32s(x[i], centre), product_factor, gradient[i]);
                        let value = simd.mul_f32s(simd.add_f32s(value, mean_gradient), scale[part]);
                        let value = simd.select_f32s(simd.greater_than_f32s(x[i], zero), value, zero);
                        gradient[i] = value;
                        sum = simd.add_f32s(sum, value);
                    }
                    let sums = &mut S::as_mut_simd_f32s(&mut sums).0[part];
                    *sums = simd.add_f32s(*sums, sum);
                }
            }
            self.sums[channel] += total(&sums, LANES);
        }
    }
}
