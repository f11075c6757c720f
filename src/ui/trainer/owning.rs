//! Asking for the run that is to be trained, and giving it up.

use std::future::Future;

use leptos::prelude::*;

use super::ownership::OWNED_ELSEWHERE;
use super::state::TrainerState;
use crate::store::locks;
use crate::trainer::kept::list::Owners;
use crate::trainer::run::record::RunKey;
use crate::trainer::run::view::RunView;

impl TrainerState {
    /// Asks to own a run that is to be trained. Returns whether this tab owns it now, and the user has not changed their
    /// mind meanwhile; otherwise the page says why not.
    ///
    /// A run that is asked for counts as running, until [`begin`](Self::begin) begins it or [`give_up`](Self::give_up) ends
    /// the attempt.
    pub(super) fn own(self, key: RunKey) -> impl Future<Output = bool> {
        self.ownership.asked_for.set(Some(key));
        async move {
            if self.ownership.key() == Some(key) {
                return true;
            }
            let hold = locks::hold(key.0).await;
            if !self.is_asked_for(key) {
                return false;
            }
            let Some(hold) = hold else {
                self.give_up(OWNED_ELSEWHERE.to_owned());
                return false;
            };
            self.ownership.own.set_value(Some((key, hold)));
            true
        }
    }

    /// Whether this run is asked for, and has not begun yet.
    pub(super) fn is_asked_for(self, key: RunKey) -> bool {
        self.ownership.asked_for.get_untracked() == Some(key)
    }

    /// Owns a run whose key is new, so that no other tab can have it. Returns whether the run still goes on.
    pub(super) async fn own_new(self, key: RunKey) -> bool {
        let hold = locks::hold_new(key.0).await;
        let goes_on = self.run.with_untracked(|run| run.record.key == key && run.is_running());
        if goes_on {
            self.ownership.own.set_value(hold.map(|hold| (key, hold)));
        }
        goes_on
    }

    /// Ends the attempt to train a run that has not begun yet, and says why.
    pub(super) fn give_up(self, why: String) {
        self.ownership.asked_for.set(None);
        self.notice.set(Some(why));
    }

    /// Gives up the run that this tab owns, unless it is training again. Other tabs can see that when this ends.
    pub(super) async fn disown(self) {
        let is_beginning = self.ownership.asked_for.with_untracked(Option::is_some);
        if is_beginning || self.run.with_untracked(RunView::is_running) {
            return;
        }
        let own = self.ownership.own.try_update_value(Option::take).flatten();
        if let Some((_, hold)) = own {
            hold.release().await;
        }
    }

    /// Asks the browser which runs are owned, and by whom.
    pub(super) async fn owners(self) -> Owners {
        let owned = locks::held().await.into_iter().map(RunKey).collect();
        let own = self.ownership.key();
        let is_training = self.run.with_untracked(|run| Some(run.record.key) == own && run.is_running());
        Owners { own, is_training, owned }
    }
}
