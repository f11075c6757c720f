//! The CPU as a worker's device. The worker starts helpers, which share each batch with it.

use super::device::Device;
use super::helper::{self, HelperWorker};
use super::serve;
use crate::trainer::cpu::device::{cpu_backend, open_cpu};
use crate::trainer::cpu::learner::CpuLearner;
use crate::trainer::engine::host::OpenLearner;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::backend::BackendKind;
use crate::trainer::run::protocol::Event;
use crate::trainer::run::training_state::TrainingState;

/// The CPU.
#[derive(Debug)]
pub(super) enum Cpu {}

impl Device for Cpu {
    const KIND: BackendKind = BackendKind::Cpu;

    type Learner = CpuLearner<HelperWorker>;

    async fn open(
        recipe: &Recipe,
        training_state: &TrainingState,
        why: &str,
        workers: usize,
    ) -> Result<OpenLearner<Self::Learner>, Event> {
        open_cpu(recipe, training_state, why, helper::start_pool(workers)).map_err(|error| Event::Failed(error.into()))
    }

    async fn wait_for_helpers(opened: &mut OpenLearner<Self::Learner>) {
        let pool = opened.learner.pool_mut();
        let wanted = pool.workers();
        if let Some(reason) = helper::wait_until_loaded(pool).await {
            let workers = pool.workers();
            opened.why += &format!(" Only {workers} of {wanted} workers could be started: {reason}.");
            opened.backend = cpu_backend(workers);
        }
    }

    fn serve_as_helper() -> bool {
        serve::serve()
    }
}
