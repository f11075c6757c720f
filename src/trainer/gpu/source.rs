//! Writes the kernels' source: constants, the common part, a body.

use std::fmt::Write;

use super::shape::{BORDER, Lanes, Map};

const COMMON: &str = include_str!("wgsl/common.wgsl");
const SUM: &str = include_str!("wgsl/sum.wgsl");

/// Source under construction.
#[derive(Debug, Default)]
pub(super) struct Source(String);

impl Source {
    /// Begins with the sizes of a batch.
    pub(super) fn new(lanes: Lanes) -> Self {
        Self::default().constant("LANES", lanes.group).constant("ALL", lanes.all)
    }

    /// Begins with the sizes of a batch and of a map.
    pub(super) fn of_map(map: Map, lanes: Lanes) -> Self {
        Self::new(lanes)
            .constant("SIDE", map.side)
            .constant("WIDTH", map.width())
            .constant("BORDER", BORDER)
            .constant("PIXELS", map.side * map.side)
    }

    /// Defines a constant.
    pub(super) fn constant(mut self, name: &str, value: usize) -> Self {
        self.line(format_args!("const {name} = {value}u;"));
        self
    }

    /// Appends text as it is.
    pub(super) fn text(mut self, text: &str) -> Self {
        self.0.push_str(text);
        self
    }

    /// Appends a kernel that sums over the lanes of its workgroup.
    pub(super) fn summing(self, text: &str) -> Self {
        self.text(text).text(SUM)
    }

    /// Appends a line.
    pub(super) fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a text cannot fail.
        let _ = writeln!(self.0, "{line}");
    }

    /// The whole source, the common part included.
    pub(super) fn finish(self) -> String {
        self.0 + COMMON
    }
}

/// Appends a line to a [`Source`].
macro_rules! line {
    ($source:expr, $($text:tt)*) => { $source.line(format_args!($($text)*)) };
}
pub(super) use line;

/// Values that go through the memory of a workgroup at once.
const AT_ONCE: usize = 32;

/// Sums the variables of these names over the lanes of a workgroup, and hands each sum to `put(index, sum, group)`, which
/// the kernel defines.
pub(super) fn sum_lanes(source: &mut Source, names: &[String]) {
    for (round, names) in names.chunks(AT_ONCE).enumerate() {
        if round > 0 {
            line!(source, "    workgroupBarrier();");
        }
        for (index, name) in names.iter().enumerate() {
            line!(source, "    shared_values[{index}u * LANES + lane] = {name};");
        }
        line!(source, "    workgroupBarrier();");
        line!(source, "    for (var value = lane; value < {}u; value += LANES) {{", names.len());
        line!(source, "        var sum = 0.0;");
        line!(source, "        for (var i = 0u; i < LANES; i++) {{ sum += shared_values[value * LANES + i]; }}");
        line!(source, "        put(value + {}u, sum, group);", round * AT_ONCE);
        line!(source, "    }}");
    }
}

/// Declares the memory of [`sum_lanes`] for so many values.
pub(super) fn shared_values(source: &mut Source, count: usize) {
    line!(source, "var<workgroup> shared_values: array<f32, {}u * LANES>;", count.min(AT_ONCE));
}
