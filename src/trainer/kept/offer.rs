//! The offer to resume a run that was interrupted, which the page makes until the user decides something.

use super::list::{KeptRun, RunStatus, interrupted};

/// The offer above the trainer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offer {
    run: Option<KeptRun>,
    /// Whether the user has decided: to resume a run, to train another one, or not to resume one now.
    is_decided: bool,
}

impl Offer {
    /// Returns the run that is offered, if there is one.
    pub fn run(&self) -> Option<&KeptRun> {
        self.run.as_ref()
    }

    /// The user has decided, so nothing is offered from now on, whatever the list becomes.
    pub fn decide(&mut self) {
        *self = Self { run: None, is_decided: true };
    }

    /// Takes in the list of runs. A run that is offered stays as long as it is interrupted, so that the button does not get
    /// another meaning under the pointer; without one, the newest interrupted run is offered.
    pub fn take_in(&mut self, runs: &[KeptRun]) {
        if self.is_decided {
            return;
        }
        let offered = self.run.as_ref().map(KeptRun::key);
        let again = runs.iter().find(|run| Some(run.key()) == offered);
        let again = again.filter(|run| run.status() == RunStatus::Interrupted && run.can_resume());
        self.run = again.or_else(|| interrupted(runs)).cloned();
    }
}

#[cfg(test)]
mod tests {
    use super::super::list::Tab;
    use super::super::list::tests::run;
    use super::*;
    use crate::trainer::run::record::{End, RunKey};

    fn offered(offer: &Offer) -> Option<RunKey> {
        offer.run().map(KeptRun::key)
    }

    #[test]
    fn not_now_is_not_undone_by_the_next_reading_of_the_list() {
        let list = [run(3, 1, None, None), run(5, 1, None, None)];
        let mut offer = Offer::default();
        offer.take_in(&list);
        assert_eq!(offered(&offer), Some(RunKey(5)));
        offer.decide();
        offer.take_in(&list);
        assert_eq!(offered(&offer), None);
        // Not even if nothing was offered yet when the user began to train.
        let mut offer = Offer::default();
        offer.decide();
        offer.take_in(&list);
        assert_eq!(offered(&offer), None);
    }

    #[test]
    fn the_offer_follows_what_other_tabs_do() {
        let mut list = [run(3, 1, None, None), run(5, 1, None, None)];
        list[1].trained_in = Some(Tab::Other);
        let mut offer = Offer::default();
        offer.take_in(&list);
        assert_eq!(offered(&offer), Some(RunKey(3)));
        list[1].trained_in = None;
        offer.take_in(&list);
        assert_eq!(offered(&offer), Some(RunKey(3)), "the button keeps its meaning");
        list[0].record.end = Some(End::Stopped);
        offer.take_in(&list);
        assert_eq!(offered(&offer), Some(RunKey(5)));
        offer.take_in(&[]);
        assert_eq!(offered(&offer), None);
    }
}
