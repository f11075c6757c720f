//! The measurement of a recipe's speed: it reads outcomes as rarely as training does.

mod common;

use std::cell::Cell;
use std::rc::Rc;

use common::small_data;
use gradsheet::mnist::{CLASSES, PIXELS};
use gradsheet::trainer::engine::batch::Batch;
use gradsheet::trainer::engine::host::{Flow, Host, OpenLearner};
use gradsheet::trainer::engine::learner::{BatchGradients, Learner, LearnerError, Outcome};
use gradsheet::trainer::engine::{preflight, session};
use gradsheet::trainer::recipe::Recipe;
use gradsheet::trainer::run::backend::{Backend, BackendKind};
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::protocol::Event;
use gradsheet::trainer::run::record::RunKey;
use gradsheet::trainer::run::reports::Preflight;
use gradsheet::trainer::run::training_state::TrainingState;
use pollster::block_on;

/// The seconds of a step, and of a read, which interrupts the device.
const STEP: f64 = 0.005;
const READ: f64 = 0.5;

/// A device and its host, with one clock. Each step and each read moves it.
#[derive(Clone, Default)]
struct Device {
    clock: Rc<Cell<f64>>,
    unread: Rc<Cell<usize>>,
    reads: Rc<Cell<usize>>,
    report: Rc<Cell<Option<Preflight>>>,
}

impl Device {
    fn spend(&self, seconds: f64) {
        self.clock.set(self.clock.get() + seconds);
    }

    fn opened(&self) -> OpenLearner<Self> {
        let backend = Backend { kind: BackendKind::WebGpu, name: String::new() };
        OpenLearner { learner: self.clone(), backend, why: String::new() }
    }
}

impl Learner for Device {
    async fn learn(&mut self, _: &Batch, _: u32, _: f64) -> Result<(), LearnerError> {
        self.spend(STEP);
        self.unread.set(self.unread.get() + 1);
        Ok(())
    }

    async fn outcomes(&mut self) -> Result<Vec<Outcome>, LearnerError> {
        self.spend(READ);
        self.reads.set(self.reads.get() + 1);
        Ok(vec![Outcome { loss: 1.0, correct: 0 }; self.unread.take()])
    }

    async fn classify(&mut self, pixels: Vec<f32>) -> Result<Vec<f32>, LearnerError> {
        Ok(vec![0.0; pixels.len() / PIXELS * CLASSES])
    }

    async fn training_state(&mut self) -> Result<TrainingState, LearnerError> {
        Ok(TrainingState { parameters: vec![], statistics: vec![], moments: vec![], average: vec![] })
    }

    async fn batch_gradients(&mut self, _: &Batch) -> Result<BatchGradients, LearnerError> {
        Err(LearnerError::NoRoom)
    }

    fn most_steps_ahead(&self) -> usize {
        32
    }

    fn fewest_steps_to_read(&self) -> usize {
        10
    }
}

impl Host for Device {
    fn emit(&mut self, event: Event) {
        if let Event::Measured(report) = event {
            self.report.set(Some(report));
        }
    }

    async fn yield_now(&mut self) -> Flow {
        Flow::Continue
    }

    fn seconds(&self) -> f64 {
        self.clock.get()
    }
}

#[test]
fn a_device_for_which_reads_are_slow_is_measured_as_it_trains() {
    // A hundred steps in an epoch.
    let recipe = Recipe { epochs: 3, images: 200, batch_size: 2, ..Recipe::classic() };
    let data = small_data(200, 10);
    let measured = Device::default();
    block_on(preflight::run(&recipe, measured.opened(), &data, &mut measured.clone()));
    let report = measured.report.take().expect("a report");

    let trained = Device::default();
    let begin = Checkpoint::begin(RunKey(1), recipe, String::new());
    block_on(session::run(begin, trained.opened(), &data, &mut trained.clone()));
    let took = trained.clock.get();
    assert!((report.seconds / took - 1.0).abs() < 0.15, "estimated {}, took {took}", report.seconds);
    assert!(measured.reads.get() <= 6, "{}", measured.reads.get());
    assert_eq!(report.first_step_ms, (STEP + READ) * 1e3);
}
