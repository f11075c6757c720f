//! Opens the CPU as a device and names it for the user.

use super::learner::CpuLearner;
use super::worker_pool::{Helper, WorkerPool};
use crate::trainer::engine::host::OpenLearner;
use crate::trainer::engine::learner::LearnerError;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::backend::{Backend, BackendKind};
use crate::trainer::run::training_state::TrainingState;

/// Opens the CPU with a pool of workers that share each batch. `why` is a sentence for the user that says why the CPU
/// was chosen.
///
/// # Errors
/// When the training state does not fit the net.
pub fn open_cpu<H: Helper>(
    recipe: &Recipe,
    training_state: &TrainingState,
    why: &str,
    pool: WorkerPool<H>,
) -> Result<OpenLearner<CpuLearner<H>>, LearnerError> {
    let backend = cpu_backend(pool.workers());
    Ok(OpenLearner { learner: CpuLearner::new(recipe, training_state, pool)?, backend, why: why.to_owned() })
}

/// Returns the name of the CPU with this number of workers, as the user sees it.
pub(crate) fn cpu_backend(workers: usize) -> Backend {
    let simd = if cfg!(feature = "relaxed-simd") { "relaxed SIMD" } else { "SIMD" };
    let shared = if workers > 1 { format!(", {workers} workers") } else { String::new() };
    Backend { kind: BackendKind::Cpu, name: format!("CPU ({simd}{shared})") }
}
