//! Batch normalisation and dropout, one group of images at a time.
//!
//! Sums over the batch are taken in stages: over a channel's rows within a lane in 32 bits, over lanes, groups and workers
//! in 64. Summed one after the other in 32 bits, they would be too rough: some activations would end up on the other
//! side of their ReLU.

use pulp::{Simd, WithSimd};

use super::dropout::GroupMasks;
use super::simd::{Column, LANES, parts};

/// Sums over the pixels of a channel in the group's images, for each channel: of `x`, and of `x²`.
pub(super) struct Moments<'a> {
    /// Channels × pixels.
    pub(super) x: &'a [f32],
    /// Pixels of a channel.
    pub(super) pixels: usize,
    /// Images in the group; the other lanes are not counted.
    pub(super) images: usize,
    /// Of `x`, added to.
    pub(super) sums: &'a mut [f64],
    /// Of `x²`, added to. The squares are summed around the group's mean first, so that nothing cancels.
    pub(super) squares: &'a mut [f64],
}

impl WithSimd for Moments<'_> {
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

/// The sum of a function of each vector, over the first `images` lanes of each column.
#[inline(always)]
fn sum_lanes<S: Simd>(simd: S, x: &[S::f32s], images: usize, of: impl Fn(S::f32s) -> S::f32s) -> f64 {
    /// Columns that are summed in 32 bits before they meet the sum of all.
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

/// What normalising does to a channel: `(x - mean) · scale + shift`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Affine {
    pub(super) mean: f32,
    pub(super) scale: f32,
    pub(super) shift: f32,
}

/// Pairs of columns in the widest row of a feature map.
const PAIRS: usize = 16;

/// Normalises a map, drops some of it, and writes it as the next convolution reads it.
pub(super) struct Normalise<'a> {
    /// Channels × rows × columns.
    pub(super) x: &'a [f32],
    pub(super) side: usize,
    pub(super) affine: &'a [Affine],
    pub(super) masks: Option<&'a GroupMasks>,
    pub(super) output: &'a mut [f32],
    pub(super) output_start: usize,
    pub(super) output_row: usize,
    pub(super) output_channel: usize,
    /// Where in its row each column goes.
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

/// Takes a gradient back through dropout, and sums what batch normalisation needs of it.
pub(super) struct Undrop<'a> {
    /// Gradient of the next convolution's input, as [`super::geometry::GradientClass`]es write it.
    pub(super) gradient: &'a [f32],
    pub(super) gradient_row: usize,
    /// Where in its row each column lies.
    pub(super) gradient_columns: &'a [usize],
    /// What was normalised: channels × rows × columns.
    pub(super) x: &'a [f32],
    pub(super) side: usize,
    pub(super) affine: &'a [Affine],
    pub(super) masks: Option<&'a GroupMasks>,
    /// Images in the group; the other lanes are not counted.
    pub(super) images: usize,
    /// Gradient of the normalised map.
    pub(super) output: &'a mut [f32],
    pub(super) output_start: usize,
    pub(super) output_row: usize,
    pub(super) output_channel: usize,
    /// Sums of the gradient over each channel, added to.
    pub(super) sums: &'a mut [f64],
    /// Sums of the gradient times what was normalised, around its mean, added to.
    pub(super) products: &'a mut [f64],
}

impl WithSimd for Undrop<'_> {
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

/// The sum of the first `images` lanes.
#[inline(always)]
fn total(lanes: &Column, images: usize) -> f64 {
    lanes[..images].iter().map(|lane| f64::from(*lane)).sum()
}

/// How the gradient of a normalised channel becomes that of what was normalised, `x`:
/// `(gradient - offset - (x - mean) · slope) · scale`, since `x` also moves the batch's mean and variance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Backward {
    pub(super) mean: f32,
    pub(super) offset: f32,
    pub(super) slope: f32,
    pub(super) scale: f32,
}

/// Takes a gradient back through batch normalisation and ReLU, where it lies.
pub(super) struct Denormalise<'a> {
    /// Gradient of the normalised map, then of the convolution's output.
    pub(super) gradient: &'a mut [f32],
    pub(super) gradient_start: usize,
    pub(super) gradient_row: usize,
    pub(super) gradient_channel: usize,
    /// What was normalised, the output of the ReLU: channels × rows × columns.
    pub(super) x: &'a [f32],
    pub(super) side: usize,
    pub(super) backward: &'a [Backward],
    /// Images in the group; the other lanes become zero.
    pub(super) images: usize,
    /// Sums of the result over each channel, the gradient of the bias; added to.
    pub(super) sums: &'a mut [f64],
}

impl WithSimd for Denormalise<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let parts = parts::<S>();
        let x = S::as_simd_f32s(self.x).0;
        let gradient = S::as_mut_simd_f32s(self.gradient).0;
        let zero = simd.splat_f32s(0.0);
        for (channel, backward) in self.backward.iter().enumerate() {
            let centre = simd.splat_f32s(-backward.mean);
            let (offset, slope) = (simd.splat_f32s(-backward.offset), simd.splat_f32s(-backward.slope));
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
                        let value = simd.mul_add_e_f32s(simd.add_f32s(x[i], centre), slope, gradient[i]);
                        let value = simd.mul_f32s(simd.add_f32s(value, offset), scale[part]);
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
