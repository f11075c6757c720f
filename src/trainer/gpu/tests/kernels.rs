//! The list of a step's kernels, their buffers and their WGSL. No adapter is needed.

use std::collections::HashSet;

use crate::trainer::gpu::buffers::{DATA_SET, INPUT_MAP, STATISTICS};
use crate::trainer::gpu::input_batch;
use crate::trainer::gpu::kernels::{BoundKernel, KernelSettings, Phase, SharedBuffers, StepKernels};
use crate::trainer::gpu::optimizer_step::UpdateRule;
use crate::trainer::gpu::shader::{Access, BindError, Shader};
use crate::trainer::gpu::shape::{ImageAxis, Tile};
use crate::trainer::recipe::{Betas, Optimizer};

const SGD: Optimizer = Optimizer::Sgd { momentum: 0.9, nesterov: false };

/// The tiles and the width of both kinds of adapters.
const ADAPTERS: [(Tile, usize); 2] = [(Tile::SOFTWARE, 4), (Tile::HARDWARE, 32)];

/// A buffer's memory: in these tests only a number that no other buffer has.
type Id = usize;

/// Calls `check` with the kernels of a step, the two that fill the input map, and the one that packs all weights.
fn with_kernels(settings: &KernelSettings, check: impl FnOnce(&[(Phase, BoundKernel<'_, Id>)])) {
    let mut ids = 0..;
    let mut create = |_, _| ids.next().expect("numbers do not run out");
    let (shared, maps): (SharedBuffers<Id>, _) =
        (settings.create_shared(&mut create), settings.create_maps(&mut create));
    let data_set = create(DATA_SET, 0);
    let bound = StepKernels { settings, maps: &maps, shared: &shared };
    let mut kernels = bound.kernels().expect("every buffer is bound");
    let from_data_set = input_batch::from_data_set(settings.stages[0].input, settings.axis);
    let from_data_set = shared.bind("batch from data set", from_data_set, &[(DATA_SET, &data_set)]);
    kernels.push((Phase::Both, from_data_set.expect("every buffer is bound")));
    kernels.push((Phase::Both, bound.batch_from_pixels().expect("every buffer is bound")));
    kernels.push((Phase::Both, bound.pack_weights().expect("every buffer is bound")));
    check(&kernels);
}

/// Settings of all kinds that a recipe can lead to.
fn all_settings() -> impl Iterator<Item = KernelSettings> {
    let optimizers = [
        Optimizer::Sgd { momentum: 0.0, nesterov: false },
        SGD,
        Optimizer::Sgd { momentum: 0.9, nesterov: true },
        Optimizer::Adam(Betas::default()),
        Optimizer::AdamW(Betas::default()),
    ];
    let sizes = std::iter::once((128, SGD, false)).chain(optimizers.map(|optimizer| (77, optimizer, true)));
    ADAPTERS.into_iter().flat_map(move |(tile, width)| {
        sizes.clone().flat_map(move |(batch, optimizer, averages)| {
            let rule = UpdateRule { optimizer, averages };
            [false, true].map(|dropout| KernelSettings::new(tile, ImageAxis::new(batch, width), rule, dropout))
        })
    })
}

#[test]
fn every_kernel_is_valid_wgsl_and_uses_every_buffer_that_it_declares() {
    use wgpu::naga::front::wgsl;
    use wgpu::naga::valid::{Capabilities, ValidationFlags, Validator};

    let mut checked = HashSet::new();
    for settings in all_settings() {
        with_kernels(&settings, |kernels| {
            for (_, BoundKernel { name, kernel, .. }) in kernels {
                // Optimizers differ in one kernel only.
                if !checked.insert(kernel.source.clone()) {
                    continue;
                }
                let module = wgsl::parse_str(&kernel.source)
                    .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&kernel.source)));
                let info = Validator::new(ValidationFlags::all(), Capabilities::empty())
                    .validate(&module)
                    .unwrap_or_else(|error| panic!("{name}: {}", error.emit_to_string(&kernel.source)));
                for (handle, variable) in module.global_variables.iter() {
                    let is_used = !info.get_entry_point(0)[handle].is_empty();
                    assert!(is_used || variable.binding.is_none(), "{name} does not use {:?}", variable.name);
                }
            }
        });
    }
}

#[test]
fn no_kernel_writes_memory_that_it_is_bound_to_twice() {
    for settings in all_settings() {
        with_kernels(&settings, |kernels| {
            for (_, BoundKernel { name, kernel, memory }) in kernels {
                for (index, (buffer, access)) in kernel.buffers.iter().enumerate() {
                    let times = memory.iter().filter(|other| *other == &memory[index]).count();
                    assert!(times == 1 || *access == Access::Read, "{name}: {}", buffer.name);
                }
            }
        });
    }
}

#[test]
fn a_training_step_has_41_to_46_kernels() {
    let count = |(tile, width): (Tile, usize), dropout: bool| {
        let rule = UpdateRule { optimizer: SGD, averages: false };
        let mut count = 0;
        with_kernels(&KernelSettings::new(tile, ImageAxis::new(128, width), rule, dropout), |kernels| {
            count = kernels.iter().filter(|(phase, _)| *phase != Phase::Evaluation).count();
        });
        // A step has only one of the last three kernels: the one that fills the input map.
        count - 2
    };
    let [software, hardware] = ADAPTERS;
    assert_eq!([count(software, false), count(hardware, false), count(hardware, true)], [41, 41, 41]);
    assert_eq!(count(software, true), 46, "a kernel for each of five stages stores what dropout left");
}

#[test]
fn a_kernel_that_does_not_fit_the_buffers_is_an_error() {
    let rule = UpdateRule { optimizer: SGD, averages: false };
    let axis = ImageAxis::new(5, 4);
    let settings = KernelSettings::new(Tile::SOFTWARE, axis, rule, true);
    let shared = settings.create_shared(|_, _| 0);
    let kernel = || Shader::new(axis).reads(DATA_SET).writes(INPUT_MAP).finish([1, 1, 1]);
    assert_eq!(shared.bind("test", kernel(), &[(DATA_SET, &1)]).map(|bound| bound.memory), Ok(vec![&1, &0]));
    let error = |own: &[_]| shared.bind("test", kernel(), own).expect_err("the kernel does not fit");
    assert_eq!(error(&[]), BindError::NotBound("data_set"));
    assert_eq!(error(&[(DATA_SET, &1), (STATISTICS, &2)]), BindError::NotDeclared("statistics"));
    assert_eq!(error(&[(DATA_SET, &1), (INPUT_MAP, &2)]), BindError::BoundTwice("input_map"), "it is shared already");
}
