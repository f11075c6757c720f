//! A small builder of WGSL: it numbers the bindings of a kernel's buffers and writes their declarations, so that Rust
//! and WGSL know buffers by name only.

use std::fmt;
use std::fmt::Write;

use super::shape::{BORDER, ImageAxis, Map};

const COMMON: &str = include_str!("wgsl/common.wgsl");
const WORKGROUP_SUM: &str = include_str!("wgsl/workgroup_sum.wgsl");

/// A buffer that kernels work on. `buffers.rs` lists all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Buffer {
    /// The name of the variable in WGSL.
    pub(super) name: &'static str,
    /// The WGSL type of its elements; of a uniform buffer, its own type.
    pub(super) element: &'static str,
}

impl Buffer {
    pub(super) const fn new(name: &'static str, element: &'static str) -> Self {
        Self { name, element }
    }
}

/// What a kernel does with a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Reads a small struct that is the same for all invocations.
    Uniform,
    /// Reads an array.
    Read,
    /// Writes an array, or reads and writes it.
    ReadWrite,
}

/// The source of a kernel under construction: constants, declarations of buffers, code.
#[derive(Debug, Default)]
pub(super) struct Shader {
    constants: String,
    buffers: Vec<(Buffer, Access)>,
    code: String,
}

impl Shader {
    /// Begins with the constants of a batch.
    pub(super) fn new(axis: ImageAxis) -> Self {
        Self::default().constant("IMAGES_PER_GROUP", axis.per_group).constant("IMAGES", axis.length)
    }

    /// Begins with the constants of a batch and of a map.
    pub(super) fn for_map(map: Map, axis: ImageAxis) -> Self {
        Self::new(axis)
            .constant("SIDE", map.side)
            .constant("WIDTH", map.width())
            .constant("BORDER", BORDER)
            .constant("PIXELS", map.side * map.side)
    }

    /// Defines an integer constant.
    pub(super) fn constant(mut self, name: &str, value: usize) -> Self {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(self.constants, "const {name} = {value}u;");
        self
    }

    /// Defines a constant that is no integer; `value` is its text in WGSL.
    pub(super) fn real(mut self, name: &str, value: fmt::Arguments<'_>) -> Self {
        let _ = writeln!(self.constants, "const {name} = {value};");
        self
    }

    /// Declares a uniform buffer.
    pub(super) fn uniform(self, buffer: Buffer) -> Self {
        self.declare(buffer, Access::Uniform)
    }

    /// Declares a buffer that the kernel only reads.
    pub(super) fn reads(self, buffer: Buffer) -> Self {
        self.declare(buffer, Access::Read)
    }

    /// Declares a buffer that the kernel writes.
    pub(super) fn writes(self, buffer: Buffer) -> Self {
        self.declare(buffer, Access::ReadWrite)
    }

    fn declare(mut self, buffer: Buffer, access: Access) -> Self {
        self.buffers.push((buffer, access));
        self
    }

    /// Appends code.
    pub(super) fn text(mut self, text: &str) -> Self {
        self.code.push_str(text);
        self
    }

    /// Appends the function that sums pairs over a workgroup.
    pub(super) fn with_workgroup_sum(self) -> Self {
        self.text(WORKGROUP_SUM)
    }

    /// Appends a line of code. See the macro `line`.
    pub(super) fn line(&mut self, line: fmt::Arguments<'_>) {
        let _ = writeln!(self.code, "{line}");
    }

    /// The kernel, dispatched as `workgroups`.
    pub(super) fn finish(self, workgroups: [usize; 3]) -> Kernel {
        let Self { constants, buffers, code } = self;
        let mut source = constants;
        for (binding, (Buffer { name, element }, access)) in buffers.iter().enumerate() {
            let _ = match access {
                Access::Uniform => writeln!(source, "@group(0) @binding({binding}) var<uniform> {name}: {element};"),
                Access::Read => {
                    writeln!(source, "@group(0) @binding({binding}) var<storage, read> {name}: array<{element}>;")
                }
                Access::ReadWrite => {
                    writeln!(source, "@group(0) @binding({binding}) var<storage, read_write> {name}: array<{element}>;")
                }
            };
        }
        source.push_str(&code);
        source.push_str(COMMON);
        Kernel { source, workgroups: workgroups.map(|count| count as u32), buffers }
    }
}

/// Appends a line to a [`Shader`]: `line!(shader, "format", arguments)`.
macro_rules! line {
    ($shader:expr, $($text:tt)*) => { $shader.line(format_args!($($text)*)) };
}
pub(super) use line;

/// A kernel that is not compiled yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kernel {
    /// The WGSL source, whose entry point is `main`.
    pub(super) source: String,
    /// The number of workgroups in each dimension.
    pub(super) workgroups: [u32; 3],
    /// The declared buffers, in the order of their binding numbers.
    pub(super) buffers: Vec<(Buffer, Access)>,
}

impl Kernel {
    /// Whether the kernel declares a buffer of this name.
    pub(super) fn declares(&self, buffer: Buffer) -> bool {
        self.buffers.iter().any(|(own, _)| own.name == buffer.name)
    }

    /// Returns the memory of each declared buffer, in the order of the binding numbers, from a list by name.
    ///
    /// # Errors
    /// The list lacks a declared buffer, has one that the kernel does not declare, or names one twice.
    pub(super) fn bind<'a, M>(&self, memory: &[(Buffer, &'a M)]) -> Result<Vec<&'a M>, BindError> {
        for (index, (buffer, _)) in memory.iter().enumerate() {
            if !self.declares(*buffer) {
                return Err(BindError::NotDeclared(buffer.name));
            }
            if memory[..index].iter().any(|(other, _)| other.name == buffer.name) {
                return Err(BindError::BoundTwice(buffer.name));
            }
        }
        let memory_of = |(buffer, _): &(Buffer, Access)| {
            let found = memory.iter().find(|(other, _)| other.name == buffer.name);
            found.map(|(_, memory)| *memory).ok_or(BindError::NotBound(buffer.name))
        };
        self.buffers.iter().map(memory_of).collect()
    }
}

/// Why a kernel cannot be bound to memory: the name of the first buffer that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BindError {
    /// The kernel declares the buffer, but no memory was given for it.
    NotBound(&'static str),
    /// Memory was given for a buffer that the kernel does not declare.
    NotDeclared(&'static str),
    /// Memory was given twice.
    BoundTwice(&'static str),
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBound(name) => write!(f, "a kernel needs the buffer {name}"),
            Self::NotDeclared(name) => write!(f, "a kernel does not know the buffer {name}"),
            Self::BoundTwice(name) => write!(f, "a kernel was given the buffer {name} twice"),
        }
    }
}

/// The number of values that [`sum_over_workgroup`] takes through the memory of a workgroup at once: 8 KiB for 64
/// invocations, of the 16 KiB that every adapter has.
const VALUES_AT_ONCE: usize = 32;

/// Writes code that sums the variables of these names over a workgroup, and calls `store(index, sum, group)`, which the
/// kernel defines, for each sum.
pub(super) fn sum_over_workgroup(shader: &mut Shader, names: &[String]) {
    for (round, names) in names.chunks(VALUES_AT_ONCE).enumerate() {
        if round > 0 {
            line!(shader, "    workgroupBarrier();");
        }
        for (index, name) in names.iter().enumerate() {
            line!(shader, "    workgroup_values[{index}u * IMAGES_PER_GROUP + invocation] = {name};");
        }
        line!(shader, "    workgroupBarrier();");
        line!(shader, "    for (var value = invocation; value < {}u; value += IMAGES_PER_GROUP) {{", names.len());
        line!(shader, "        var sum = 0.0;");
        line!(shader, "        for (var i = 0u; i < IMAGES_PER_GROUP; i++) {{");
        line!(shader, "            sum += workgroup_values[value * IMAGES_PER_GROUP + i];");
        line!(shader, "        }}");
        line!(shader, "        store(value + {}u, sum, group);", round * VALUES_AT_ONCE);
        line!(shader, "    }}");
    }
}

/// Declares the memory that [`sum_over_workgroup`] needs for `count` values.
pub(super) fn workgroup_values(shader: &mut Shader, count: usize) {
    let count = count.min(VALUES_AT_ONCE);
    line!(shader, "var<workgroup> workgroup_values: array<f32, {count}u * IMAGES_PER_GROUP>;");
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Buffer = Buffer::new("first", "f32");
    const SECOND: Buffer = Buffer::new("second", "vec4<f32>");
    const OTHER: Buffer = Buffer::new("other", "f32");

    fn kernel() -> Kernel {
        Shader::default().constant("COUNT", 3).reads(FIRST).writes(SECOND).text("// code\n").finish([4, 1, 1])
    }

    #[test]
    fn the_builder_numbers_bindings_in_the_order_of_declaration() {
        let expected = "const COUNT = 3u;\n\
            @group(0) @binding(0) var<storage, read> first: array<f32>;\n\
            @group(0) @binding(1) var<storage, read_write> second: array<vec4<f32>>;\n\
            // code\n";
        assert!(kernel().source.starts_with(expected), "{}", kernel().source);
        assert_eq!(kernel().workgroups, [4, 1, 1]);
    }

    #[test]
    fn memory_is_bound_by_name_in_any_order() {
        assert_eq!(kernel().bind(&[(SECOND, &2), (FIRST, &1)]), Ok(vec![&1, &2]));
    }

    #[test]
    fn a_missing_surplus_or_repeated_buffer_is_an_error_that_names_it() {
        assert_eq!(kernel().bind(&[(FIRST, &1)]), Err(BindError::NotBound("second")));
        assert_eq!(kernel().bind(&[(FIRST, &1), (SECOND, &2), (OTHER, &3)]), Err(BindError::NotDeclared("other")));
        assert_eq!(kernel().bind(&[(FIRST, &1), (SECOND, &2), (FIRST, &3)]), Err(BindError::BoundTwice("first")));
    }
}
