//! The commands that the page has sent to a worker. A worker carries out one command after the other; wishes for
//! the run under way reach that run at once.
//!
//! Nothing here knows of a browser, so that native tests can check it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::trainer::engine::host::Flow;
use crate::trainer::run::protocol::Command;

/// The commands for one worker. `F` is what comes along with a command: the files of the data set.
pub(super) struct Inbox<F>(RefCell<State<F>>);

struct State<F> {
    /// Commands that wait for their turn.
    waiting: VecDeque<(Command, F)>,
    /// Whether a task of the worker takes commands out.
    is_attended: bool,
    /// The run under way.
    current: Option<u32>,
    wishes: Wishes,
    /// Wakes the run under way while it is paused.
    waker: Option<Waker>,
}

/// The page's wishes for the run under way.
#[derive(Default)]
struct Wishes {
    stop: bool,
    pause: bool,
    /// A new peak learning rate that the run has not taken over yet.
    rate: Option<f64>,
}

/// The worker's next duty after a command has arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: the command waits, or the run under way sees it.
    Nothing,
    /// Start to take commands out, until there are none.
    TakeOut,
    /// Report that this run has stopped: it was still waiting.
    ReportStopped(u32),
}

impl<F> Default for Inbox<F> {
    fn default() -> Self {
        Self(RefCell::new(State {
            waiting: VecDeque::new(),
            is_attended: false,
            current: None,
            wishes: Wishes::default(),
            waker: None,
        }))
    }
}

impl<F> Inbox<F> {
    /// Takes in a command and the files that came along.
    pub(super) fn receive(&self, command: Command, files: F) -> Next {
        let mut state = self.0.borrow_mut();
        match command {
            Command::Stop { run_id } if state.current != Some(run_id) => {
                let before = state.waiting.len();
                state.waiting.retain(|(command, _)| command.run_id() != run_id);
                if state.waiting.len() < before {
                    return Next::ReportStopped(run_id);
                }
            }
            Command::Stop { run_id } => state.wish(run_id, |wishes| wishes.stop = true),
            Command::Pause { run_id } => state.wish(run_id, |wishes| wishes.pause = true),
            Command::Resume { run_id } => state.wish(run_id, |wishes| wishes.pause = false),
            Command::SetRate { run_id, learning_rate } => {
                state.wish(run_id, |wishes| wishes.rate = Some(learning_rate));
            }
            Command::Train { .. } | Command::Check { .. } | Command::Preflight { .. } | Command::Job { .. } => {
                state.waiting.push_back((command, files));
                if !std::mem::replace(&mut state.is_attended, true) {
                    return Next::TakeOut;
                }
            }
        }
        Next::Nothing
    }

    /// Takes out the next command; its run is under way from now on. Without one, no run is, and the next command to
    /// arrive returns [`Next::TakeOut`].
    pub(super) fn take_out(&self) -> Option<(Command, F)> {
        let mut state = self.0.borrow_mut();
        let next = state.waiting.pop_front();
        state.wishes = Wishes::default();
        state.is_attended = next.is_some();
        state.current = next.as_ref().map(|(command, _)| command.run_id());
        next
    }

    /// Whether the page has asked the run under way to stop.
    pub(super) fn is_stop_requested(&self) -> bool {
        self.0.borrow().wishes.stop
    }

    /// How the run under way goes on. A new learning rate is reported once.
    pub(super) fn flow(&self) -> Flow {
        self.0.borrow_mut().wishes.flow()
    }

    /// Waits until the run under way has something else to do than to stay paused.
    pub(super) async fn end_of_pause(&self) -> Flow {
        poll_fn(|context| {
            let mut state = self.0.borrow_mut();
            match state.wishes.flow() {
                Flow::Pause => {
                    state.waker = Some(context.waker().clone());
                    Poll::Pending
                }
                flow => Poll::Ready(flow),
            }
        })
        .await
    }
}

impl<F> State<F> {
    /// Notes a wish if it is about the run under way, and wakes that run.
    fn wish(&mut self, run_id: u32, note: impl FnOnce(&mut Wishes)) {
        if self.current == Some(run_id) {
            note(&mut self.wishes);
            if let Some(waker) = self.waker.take() {
                waker.wake();
            }
        }
    }
}

impl Wishes {
    fn flow(&mut self) -> Flow {
        match self.rate.take() {
            _ if self.stop => Flow::Stop,
            Some(rate) => Flow::Rate(rate),
            None if self.pause => Flow::Pause,
            None => Flow::Continue,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::task::{Context, Wake};

    use super::*;
    use crate::trainer::run::job::Job;

    fn job(run_id: u32) -> Command {
        Command::Job { run_id, job: Job::Look }
    }

    /// An inbox with run 1 under way.
    fn busy() -> Inbox<&'static str> {
        let inbox = Inbox::default();
        assert_eq!(inbox.receive(job(1), "first"), Next::TakeOut);
        assert_eq!(inbox.take_out(), Some((job(1), "first")));
        inbox
    }

    #[test]
    fn commands_are_taken_out_one_after_the_other_with_their_files() {
        let inbox = busy();
        assert_eq!(inbox.receive(job(2), "second"), Next::Nothing);
        assert_eq!(inbox.receive(job(3), "third"), Next::Nothing);
        assert_eq!(inbox.take_out(), Some((job(2), "second")));
        assert_eq!(inbox.take_out(), Some((job(3), "third")));
        assert_eq!(inbox.take_out(), None);
        assert_eq!(inbox.receive(job(4), "fourth"), Next::TakeOut, "nobody takes commands out any more");
    }

    #[test]
    fn a_run_that_waits_is_stopped_before_it_begins() {
        let inbox = busy();
        inbox.receive(job(2), "second");
        inbox.receive(job(3), "third");
        assert_eq!(inbox.receive(Command::Stop { run_id: 2 }, ""), Next::ReportStopped(2));
        assert_eq!(inbox.receive(Command::Stop { run_id: 2 }, ""), Next::Nothing, "it is reported once");
        assert!(!inbox.is_stop_requested(), "the run under way goes on");
        assert_eq!(inbox.take_out(), Some((job(3), "third")));
    }

    #[test]
    fn wishes_reach_only_the_run_under_way() {
        let inbox = busy();
        inbox.receive(Command::Pause { run_id: 2 }, "");
        inbox.receive(Command::SetRate { run_id: 2, learning_rate: 0.1 }, "");
        inbox.receive(Command::Stop { run_id: 2 }, "");
        assert_eq!(inbox.flow(), Flow::Continue);
        inbox.receive(Command::Pause { run_id: 1 }, "");
        assert_eq!(inbox.flow(), Flow::Pause);
        assert_eq!(inbox.flow(), Flow::Pause, "until it is resumed");
        inbox.receive(Command::Resume { run_id: 1 }, "");
        assert_eq!(inbox.flow(), Flow::Continue);
    }

    #[test]
    fn a_learning_rate_is_reported_once_and_a_stop_comes_first() {
        let inbox = busy();
        inbox.receive(Command::SetRate { run_id: 1, learning_rate: 0.1 }, "");
        inbox.receive(Command::Pause { run_id: 1 }, "");
        assert_eq!(inbox.flow(), Flow::Rate(0.1));
        assert_eq!(inbox.flow(), Flow::Pause);
        inbox.receive(Command::SetRate { run_id: 1, learning_rate: 0.2 }, "");
        inbox.receive(Command::Stop { run_id: 1 }, "");
        assert_eq!(inbox.flow(), Flow::Stop);
        assert!(inbox.is_stop_requested());
    }

    #[test]
    fn the_next_run_does_not_inherit_wishes() {
        let inbox = busy();
        inbox.receive(job(2), "second");
        inbox.receive(Command::Stop { run_id: 1 }, "");
        inbox.take_out();
        assert!(!inbox.is_stop_requested());
        assert_eq!(inbox.flow(), Flow::Continue);
        inbox.take_out();
        inbox.receive(Command::Stop { run_id: 2 }, "");
        assert!(!inbox.is_stop_requested(), "no run is under way");
    }

    #[derive(Default)]
    struct Alarm(AtomicBool);

    impl Wake for Alarm {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_paused_run_is_woken_by_a_wish() {
        let inbox = busy();
        inbox.receive(Command::Pause { run_id: 1 }, "");
        let alarm = Arc::new(Alarm::default());
        let waker = Arc::clone(&alarm).into();
        let mut context = Context::from_waker(&waker);
        let mut paused = pin!(inbox.end_of_pause());
        assert_eq!(paused.as_mut().poll(&mut context), Poll::Pending);
        inbox.receive(Command::Resume { run_id: 2 }, "");
        assert!(!alarm.0.load(Ordering::Relaxed), "another run is resumed");
        inbox.receive(Command::SetRate { run_id: 1, learning_rate: 0.3 }, "");
        assert!(alarm.0.load(Ordering::Relaxed));
        assert_eq!(paused.as_mut().poll(&mut context), Poll::Ready(Flow::Rate(0.3)));
    }
}
