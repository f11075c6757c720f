//! What happens in a run: its events, its record, its checkpoints, and the messages between page and worker.

#[cfg(feature = "charts")]
pub mod accuracy_chart;
pub mod backend;
pub mod checkpoint;
pub mod checkpoint_state;
mod checksummed;
pub mod epoch;
pub mod failure;
mod follow;
pub mod guess;
pub mod job;
pub mod log;
pub mod loss_chunks;
#[cfg(feature = "charts")]
pub mod loss_curve;
pub mod phase;
pub mod protocol;
pub mod record;
pub mod record_check;
mod record_consistency;
pub mod record_head;
pub mod recovery;
pub mod reports;
pub mod resumption;
pub mod samples;
pub mod spread;
mod standing;
pub mod training_state;
pub mod view;
pub mod view_text;
