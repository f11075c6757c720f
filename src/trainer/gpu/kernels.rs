//! The kernels of a step in their order, and what each of them works on.

use super::adapter::{Adapter, Memory, Work};
use super::convolve::{self, Call, Places};
use super::descend::{self, Rule};
use super::head::Head;
use super::load::Input;
use super::normalisation;
use super::shape::{Lanes, Map, Stage, Tile};
use super::source::Source;
use super::sums::Sums;
use super::weight_gradient::{takes_back, weight_gradient};
use crate::trainer::engine::parameter_layout::Layout;

/// The maps of a hidden stage: what its convolution and ReLU made, what normalisation made of that, unless it is made as it
/// is loaded, and the gradient.
#[derive(Debug)]
pub(super) struct Maps {
    pub(super) raw: Memory,
    pub(super) normal: Option<Memory>,
    pub(super) slope: Memory,
}

/// The arrays that stages share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) step: Memory,
    pub(super) values: Memory,
    pub(super) gradients: Memory,
    pub(super) moments: Memory,
    pub(super) average: Memory,
    pub(super) packed: Memory,
    /// Partial sums of weights' and biases' gradients.
    pub(super) partial: Memory,
    /// Sums of each channel that workgroups leave.
    pub(super) sums: Memory,
    pub(super) norms: Memory,
    pub(super) backs: Memory,
    pub(super) windows: Memory,
    pub(super) slopes: Memory,
    pub(super) verdicts: Memory,
    pub(super) outcomes: Memory,
    pub(super) pixels: Memory,
    /// Which images of the data set, and how each is moved.
    pub(super) picks: Memory,
    pub(super) targets: Memory,
    pub(super) logits: Memory,
    pub(super) image: Memory,
}

/// Where the numbers of all stages lie.
pub(super) fn places(stages: &[Stage], sums: &[Sums], layout: &Layout) -> Vec<Places> {
    let mut norm = 0;
    let places = stages.iter().zip(sums).enumerate().map(|(layer, (stage, sums))| {
        let number = layer + 1;
        let start = norm;
        norm += stage.output.channels;
        let place = |name: String| layout.range(&name).start;
        Places {
            layer,
            bias: place(format!("conv{number}.bias")),
            scale: place(format!("bn{number}.weight")),
            shift: place(format!("bn{number}.bias")),
            running_mean: place(format!("bn{number}.running_mean")),
            running_var: place(format!("bn{number}.running_var")),
            norm: start,
            forward: sums.forward,
            backward: sums.backward,
        }
    });
    places.collect()
}

/// Room for the sums that any stage's kernels leave.
pub(super) fn most_sums(stages: &[Stage], tile: Tile, lanes: Lanes) -> usize {
    let of = |map: Map, stride| 2 * map.channels * convolve::parts(map.side, tile.columns_of(map.side, stride), lanes);
    let both = stages.iter().map(|stage| of(stage.output, 1).max(of(stage.input, stage.conv.stride)));
    both.max().unwrap_or(0)
}

/// Makes the kernels.
pub(super) struct Kernels<'a> {
    pub(super) adapter: &'a Adapter,
    pub(super) stages: &'a [Stage],
    pub(super) places: &'a [Places],
    pub(super) maps: &'a [Maps],
    pub(super) memory: &'a Shared,
    pub(super) tile: Tile,
    pub(super) lanes: Lanes,
    /// Whether the recipe drops activations.
    pub(super) drops: bool,
}

impl Kernels<'_> {
    /// Those that take a batch forward and back and move the weights, and those that classify one.
    pub(super) fn of_a_step(&self, sums: &[Sums], rule: Rule, layout: &Layout) -> (Vec<Work>, Vec<Work>) {
        let Shared { step, values, gradients, moments, average, packed, partial, .. } = self.memory;
        let (mut learn, mut classify) = (Vec::new(), Vec::new());
        let hidden = self.stages.len() - 1;
        for index in 0..hidden {
            let convolve = self.forward(index);
            learn.extend([convolve.clone(), self.settle(index)]);
            classify.extend([convolve, self.settle_use(index)]);
            let normalise = self.normalise(index);
            learn.extend(normalise.clone());
            classify.extend(normalise);
        }
        let head = self.head(layout);
        let judged = [self.windows(&head), self.judge(&head)];
        learn.extend(judged.clone());
        classify.extend(judged);

        learn.extend([self.head_gradient(&head), self.head_back(&head)]);
        for index in (0..hidden).rev() {
            learn.push(self.settle_back(index));
            if !takes_back(&self.stages[index]) {
                learn.push(self.normalise_back(index, sums));
            }
            learn.push(self.weight_gradient(index, sums));
            if index > 0 {
                learn.push(self.input_gradient(index));
            }
        }
        let mut bound = vec![step, values, gradients, partial, packed];
        if rule.has_moments() {
            bound.push(moments);
        }
        if rule.averages {
            bound.push(average);
        }
        let call = descend::descend(self.stages, sums, rule, self.tile, self.lanes, layout);
        learn.push(self.adapter.work("descend", &call, &bound));
        (learn, classify)
    }

    /// A stage's input, and how it is loaded.
    fn input(&self, index: usize) -> (&Memory, Input) {
        let Some(before) = index.checked_sub(1) else { return (&self.memory.image, Input::Ready) };
        let Maps { raw, normal, .. } = &self.maps[before];
        match normal {
            Some(normal) => (normal, Input::Ready),
            None => {
                let Places { norm, layer, .. } = self.places[before];
                (raw, Input::Raw { norm, layer, drops: self.drops })
            }
        }
    }

    pub(super) fn gather(&self) -> Work {
        let map = self.stages[0].input;
        let Shared { step, pixels, image, .. } = self.memory;
        let source = Source::of_map(map, self.lanes).text(include_str!("wgsl/gather.wgsl"));
        let call = Call::new(source, [self.lanes.groups(), map.side, 1]);
        self.adapter.work("gather", &call, &[step, pixels, image])
    }

    fn forward(&self, index: usize) -> Work {
        let (input, load) = self.input(index);
        let call = convolve::forward(&self.stages[index], self.places[index], load, self.tile, self.lanes);
        let Shared { step, packed, values, sums, norms, .. } = self.memory;
        let mut bound = vec![step, input, packed, values, &self.maps[index].raw, sums];
        if load != Input::Ready {
            bound.push(norms);
        }
        self.of_stage("convolve", index, &call, &bound)
    }

    /// A kernel of a stage.
    fn of_stage(&self, name: &str, index: usize, call: &Call, bound: &[&Memory]) -> Work {
        self.adapter.work(&format!("{name} {}", index + 1), call, bound)
    }

    fn settle(&self, index: usize) -> Work {
        let map = self.stages[index].output;
        let parts = convolve::parts(map.side, self.tile.columns_of(map.side, 1), self.lanes);
        let call = normalisation::settle(map, &self.places[index], parts, self.lanes);
        let Shared { step, sums, values, norms, .. } = self.memory;
        self.of_stage("settle", index, &call, &[step, sums, values, norms])
    }

    fn settle_use(&self, index: usize) -> Work {
        let call = normalisation::settle_use(self.stages[index].output, &self.places[index], self.lanes);
        self.of_stage("settle for use", index, &call, &[&self.memory.values, &self.memory.norms])
    }

    /// Unless the next stage does it.
    fn normalise(&self, index: usize) -> Option<Work> {
        let Maps { raw, normal, .. } = &self.maps[index];
        let bound = [&self.memory.step, raw, &self.memory.norms, normal.as_ref()?];
        let call = normalisation::normalise(self.stages[index].output, &self.places[index], self.lanes);
        Some(self.of_stage("normalise", index, &call, &bound))
    }

    fn head(&self, layout: &Layout) -> Head {
        let (number, stage) = (self.stages.len(), self.stages[self.stages.len() - 1]);
        let place = |kind: &str| layout.range(&format!("conv{number}.{kind}")).start;
        Head { stage, weight: place("weight"), bias: place("bias") }
    }

    fn windows(&self, head: &Head) -> Work {
        // The map before the last stage is kept normalised.
        let bound = [self.input(self.stages.len() - 1).0, &self.memory.windows];
        self.adapter.work("windows", &head.windows(self.lanes), &bound)
    }

    fn judge(&self, head: &Head) -> Work {
        let Shared { step, windows, values, targets, logits, slopes, verdicts, .. } = self.memory;
        let bound = [step, windows, values, targets, logits, slopes, verdicts];
        self.adapter.work("judge", &head.judge(self.lanes), &bound)
    }

    fn head_gradient(&self, head: &Head) -> Work {
        let Shared { step, windows, slopes, verdicts, gradients, outcomes, .. } = self.memory;
        let bound = [step, windows, slopes, verdicts, gradients, outcomes];
        self.adapter.work("head gradient", &head.gradient(self.lanes), &bound)
    }

    fn head_back(&self, head: &Head) -> Work {
        let before = self.stages.len() - 2;
        let Shared { step, slopes, values, norms, sums, .. } = self.memory;
        let Maps { raw, slope, .. } = &self.maps[before];
        let bound = [step, slopes, values, raw, norms, slope, sums];
        self.adapter.work("head back", &head.back(&self.places[before], self.lanes), &bound)
    }

    fn settle_back(&self, index: usize) -> Work {
        // The next stage left the sums.
        let next = &self.stages[index + 1];
        let parts = if index + 2 == self.stages.len() {
            self.lanes.groups()
        } else {
            let side = next.input.side;
            convolve::parts(side, self.tile.columns_of(side, next.conv.stride), self.lanes)
        };
        let call = normalisation::settle_back(self.stages[index].output, &self.places[index], parts, self.lanes);
        let Shared { step, sums, norms, gradients, backs, .. } = self.memory;
        self.of_stage("settle back", index, &call, &[step, sums, norms, gradients, backs])
    }

    fn normalise_back(&self, index: usize, sums: &[Sums]) -> Work {
        let (map, first) = (self.stages[index].output, sums[index].biases);
        let call = normalisation::normalise_back(map, &self.places[index], first, self.lanes);
        let Maps { raw, slope, .. } = &self.maps[index];
        let Shared { step, backs, partial, .. } = self.memory;
        self.of_stage("normalise back", index, &call, &[step, raw, backs, slope, partial])
    }

    fn weight_gradient(&self, index: usize, sums: &[Sums]) -> Work {
        let ((input, load), stage) = (self.input(index), &self.stages[index]);
        let norm = self.places[index].norm;
        let call = weight_gradient(stage, &sums[index], norm, load, self.tile, self.lanes);
        let Shared { step, partial, norms, backs, .. } = self.memory;
        let Maps { raw, slope, .. } = &self.maps[index];
        let mut bound = vec![input, slope, partial];
        if load != Input::Ready {
            bound.push(norms);
        }
        if load.drops() || takes_back(stage) {
            bound.push(step);
        }
        if takes_back(stage) {
            bound.extend([raw, backs]);
        }
        self.of_stage("weight gradient", index, &call, &bound)
    }

    fn input_gradient(&self, index: usize) -> Work {
        let (places, before) = (self.places[index], self.places[index - 1]);
        let call = convolve::input_gradient(&self.stages[index], places, before, self.tile, self.lanes);
        let Shared { step, packed, norms, sums, .. } = self.memory;
        let Maps { raw, slope, .. } = &self.maps[index - 1];
        let bound = [step, &self.maps[index].slope, packed, raw, norms, slope, sums];
        self.of_stage("input gradient", index, &call, &bound)
    }
}
