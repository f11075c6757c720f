//! The training loop and everything that all nets share: batches, optimizers, weights, the check against PyTorch.
//!
//! The loop knows a net only as a [`learner::Learner`] and the place where it runs only as a [`host::Host`].
//! `evaluation` classifies the test images; `oracle`, in tests only, computes the net in plain 64-bit loops. All
//! modules but [`architecture`] and [`model_summary`], which the page shows, need the feature `engine`.

pub mod architecture;
#[cfg(feature = "engine")]
pub mod batch;
#[cfg(feature = "engine")]
pub mod check;
#[cfg(feature = "engine")]
pub mod evaluation;
#[cfg(feature = "engine")]
pub mod host;
#[cfg(feature = "engine")]
mod initial;
#[cfg(feature = "engine")]
pub mod learner;
pub mod model_summary;
#[cfg(feature = "engine")]
pub mod optimizer;
#[cfg(all(test, feature = "engine"))]
pub(crate) mod oracle;
#[cfg(feature = "engine")]
mod pace;
#[cfg(feature = "engine")]
pub mod parameter_layout;
#[cfg(feature = "engine")]
pub mod preflight;
#[cfg(feature = "engine")]
mod reading_rhythm;
#[cfg(feature = "engine")]
mod run_clock;
#[cfg(feature = "engine")]
mod sampling;
#[cfg(feature = "engine")]
pub mod session;
#[cfg(feature = "engine")]
mod showing;
#[cfg(feature = "engine")]
pub mod weights;
#[cfg(feature = "engine")]
pub mod weights_file;
