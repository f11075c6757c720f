//! The showcase of a run: the net guesses the same few test images again and again, and the page shows them.

use super::architecture::CLASSES;
use super::batch::Batcher;
use super::learner::{Learner, LearnerError};
use super::sampling::Sampling;
use crate::mnist::{Showcase, Split};
use crate::trainer::run::guess::Guess;
use crate::trainer::run::protocol::Event;

/// `Showing` has the net guess the images of the showcase.
pub(crate) struct Showing<'a> {
    /// Decides when the images are guessed next.
    pub(crate) sampling: Sampling,
    test: &'a Split,
    batcher: Batcher<'a>,
}

impl<'a> Showing<'a> {
    /// Chooses the showcase among the test images of a run.
    pub(crate) fn new(test: &'a Split, now: f64) -> Self {
        let sampling = Sampling::of_the_showcase(Showcase::choose(test), now);
        Self { sampling, test, batcher: Batcher::new(test) }
    }

    /// Returns the event that brings the images to the page.
    pub(crate) fn images(&self) -> Event {
        Event::Showing { showcase: Showcase::of(self.test, self.sampling.images()).bytes().to_vec() }
    }

    /// Lets the net guess the images, and reads it. The net does not change by it.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) async fn guesses<L: Learner>(&self, learner: &mut L) -> Result<Event, LearnerError> {
        let images = self.sampling.images();
        let logits = learner.classify(self.batcher.to_test(images)).await?;
        let labels = images.iter().map(|&index| self.test.label(index));
        let guesses =
            logits.chunks_exact(CLASSES).zip(labels).map(|(logits, label)| Guess::new(logits, label)).collect();
        Ok(Event::Guessed { guesses, values: learner.training_state().await?.tested() })
    }
}
