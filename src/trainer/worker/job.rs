//! The worker's jobs: what it does for the page besides training.

use wasm_bindgen::JsValue;

use super::device::Device;
use super::host::WorkerHost;
use super::{checkpoint, data};
use crate::trainer::engine::host::Host;
use crate::trainer::engine::{evaluation, weights_file};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::job::{Answer, Data, Job, Tested};
use crate::trainer::run::protocol::Event;
use crate::trainer::run::record::RunKey;

/// Does a job and emits the answer.
///
/// # Errors
/// The event that ended the job before there was an answer.
pub(super) async fn run<D: Device>(job: Job, files: &[JsValue], host: &mut WorkerHost) -> Result<(), Event> {
    let answer = match job {
        Job::Export { key, checkpoint } => export(key, checkpoint).await.unwrap_or_else(|reason| {
            let reason = format!("The weights cannot be exported: {reason}");
            Answer::Refused { reason, differences: Vec::new() }
        }),
        Job::Test { file, bytes } => test::<D>(file, &bytes, files, host).await?,
        Job::Look => {
            let data = data::load(files, host).await?;
            let (train, test) = (data.set.train.len() as u32, data.set.test.len() as u32);
            let (name, [train_file, test_file]) = (data.name.clone(), data.files.clone());
            Answer::Looked(Data { name, train_file, train, test_file, test, notes: data.notes.clone() })
        }
    };
    host.emit(Event::Answered(answer));
    Ok(())
}

async fn export(key: RunKey, bytes: Option<Vec<u8>>) -> Result<Answer, String> {
    let checkpoint = checkpoint::load(key, bytes).await.map_err(|reason| reason.to_string())?;
    let bytes = weights_file::write(&checkpoint).map_err(|error| error.to_string())?;
    Ok(Answer::Exported { file: weights_file::file_name(&checkpoint.record), bytes })
}

async fn test<D: Device>(
    file: String,
    bytes: &[u8],
    files: &[JsValue],
    host: &mut WorkerHost,
) -> Result<Answer, Event> {
    let imported = match weights_file::read(bytes) {
        Ok(imported) => imported,
        Err(error) => {
            return Ok(Answer::Refused { reason: format!("“{file}”: {error}"), differences: error.lines() });
        }
    };
    let mut opened = D::open(&Recipe::classic(), &imported.training_state, "", 1).await?;
    let data = data::load(files, host).await?;
    let (loss, correct) = evaluation::test(&mut opened.learner, &data.set.test, host).await?;
    if !loss.is_finite() {
        let reason = format!("“{file}”: these weights are too large: the net’s results are not finite numbers.");
        return Ok(Answer::Refused { reason, differences: Vec::new() });
    }
    let of = data.set.test.len() as u32;
    Ok(Answer::Tested(Tested { file, data: data.name.clone(), loss, correct, of, steps: imported.steps }))
}
