//! Each way of a view through the events of a run.

use super::*;
use crate::mnist;
use crate::trainer::recipe::plan::Change;
use crate::trainer::run::accuracy_chart;
use crate::trainer::run::backend::Backend;
use crate::trainer::run::epoch::EpochResult;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::record::End;

pub(in super::super) fn epoch(epoch: u32, correct: u32) -> Event {
    Event::Epoch(EpochResult {
        epoch,
        learning_rate: 0.01,
        train_loss: 0.3,
        train_accuracy: 0.97,
        test_loss: 0.0673,
        test_accuracy: f64::from(correct) / 10_000.0,
        correct,
        of: 10_000,
        seconds: 19.0,
    })
}

pub(in super::super) fn steps(epoch: u32, step: u32, losses: &[f32]) -> Event {
    Event::Steps {
        epoch,
        step,
        losses: losses.to_vec(),
        seconds: 3.0,
        images_per_second: 500.0,
        seconds_left: Some(60.0),
    }
}

pub(in super::super) fn ready() -> Event {
    let backend = Backend { kind: BackendKind::Cpu, name: "CPU (SIMD)".to_owned() };
    Event::Ready { backend, why: "You chose the CPU.".to_owned() }
}

pub(in super::super) fn started() -> RunView {
    let recipe = Recipe { epochs: 2, images: 512, ..Recipe::classic() };
    RunView::started(Activity::Train, RunRecord::new(RunKey(7), Plan::from(recipe), "MNIST".to_owned()))
}

#[test]
fn before_the_first_run_the_chart_has_the_goal_of_the_data_in_use() {
    let has_goal = |view: &RunView| accuracy_chart::has_goal(&view.record.data);
    let mut view = RunView::default();
    assert!(has_goal(&view));
    view.use_data("own".to_owned());
    assert!(!has_goal(&view), "what is good on other data, nobody knows");
    view.use_data(mnist::NAME.to_owned());
    assert!(has_goal(&view));
    // A run keeps the data that it was trained on.
    let mut kept = RunView::kept(RunRecord::new(RunKey(1), Plan::from(Recipe::quick()), "own".to_owned()));
    kept.use_data(mnist::NAME.to_owned());
    assert!(!has_goal(&kept));
}

#[test]
fn the_phase_decides_what_the_user_can_do() {
    let allowed = |phase: &Phase| {
        [Action::Train, Action::Pause, Action::Resume, Action::Stop, Action::Continue]
            .into_iter()
            .filter(|action| phase.allows(*action))
            .collect::<Vec<_>>()
    };
    let mut view = started();
    assert_eq!(allowed(&Phase::Idle), [Action::Train]);
    assert_eq!(allowed(&view.phase), [Action::Stop]);
    view.apply(&ready());
    view.apply(&steps(1, 1, &[2.3]));
    assert_eq!(allowed(&view.phase), [Action::Pause, Action::Stop]);
    view.apply(&Event::Paused);
    assert_eq!(allowed(&view.phase), [Action::Resume, Action::Stop]);
    assert_eq!(view.status(), "Paused in epoch 1 of 2.");
    // A change of the plan and a stored checkpoint leave the run paused.
    view.apply(&Event::Changed(Change::Rate { step: 1, learning_rate: 0.001 }));
    view.apply(&Event::Saved { step: 1 });
    assert_eq!((&view.phase, view.checkpoint.step()), (&Phase::Paused, Some(1)));
    assert_eq!(view.record.plan.rate(1), 0.001);
    view.apply(&Event::Resumed);
    assert_eq!(allowed(&view.phase), [Action::Pause, Action::Stop]);
    view.apply(&Event::Stopped);
    assert_eq!(allowed(&view.phase), [Action::Train, Action::Continue]);
}

#[test]
fn a_restored_run_shows_its_earlier_steps_and_epochs() {
    let mut earlier = started();
    earlier.apply(&ready());
    earlier.apply(&steps(1, 4, &[2.3, 2.1, 1.9, 1.7]));
    earlier.apply(&epoch(1, 9805));
    earlier.apply(&steps(2, 5, &[1.6]));
    let mut view = started();
    view.apply(&Event::Restored(Box::new(earlier.record)));
    view.apply(&ready());
    view.apply(&steps(2, 6, &[1.5]));
    assert_eq!((view.record.step(), view.epoch, view.record.epochs.len()), (6, 2, 1));
    assert_eq!(view.progress(), Some(0.75));
}

/// A run of this plan that has finished.
fn finished() -> RunRecord {
    let mut view = started();
    view.apply(&ready());
    for number in [1, 2] {
        view.apply(&steps(number, 4 * number, &[1.5; 4]));
        view.apply(&epoch(number, 9805));
    }
    view.apply(&Event::Finished { seconds: 65.2 });
    view.record
}

/// The events of a finished run that goes on for another epoch, up to its next step.
fn continuation(record: &RunRecord) -> [Event; 3] {
    let mut restored = record.clone();
    restored.resume(record.key, None, Some(Change::Extend { epochs: 1, learning_rate: 0.1 }));
    [Event::Restored(Box::new(restored)), ready(), steps(3, 9, &[1.2])]
}

#[test]
fn a_finished_run_that_cannot_go_on_stays_finished() {
    let record = finished();
    let lost = Event::Failed(Failure::new(FailureKind::Device, "No adapter."));
    for end in [Event::Stopped, lost] {
        // The attempt ends while the device is opened, after that, or with a step that no checkpoint holds.
        for come_so_far in 0..=3 {
            let mut shown = RunView::kept(record.clone());
            shown.resume();
            let listed = RunView::resumed(record.clone(), record.step());
            for mut view in [shown, listed] {
                for event in &continuation(&record)[..come_so_far] {
                    view.apply(event);
                }
                assert!(view.is_running() && !view.allows(Action::Continue));
                view.apply(&end);
                assert_eq!(view.record, record, "{end:?} after {come_so_far} events");
                assert_eq!(view.worth(), Worth::StoredRun);
                assert!(view.was_in_vain() && view.allows(Action::Continue) && view.allows(Action::Train));
                match &end {
                    Event::Stopped => assert_eq!(view.status(), "Finished in 1 min 05 s."),
                    _ => {
                        assert!(matches!(view.phase, Phase::Failed(_)), "the user reads why");
                        assert_eq!(view.status(), "The run did not go on. It is as it was: Finished.");
                    }
                }
            }
        }
    }
}

#[test]
fn what_a_checkpoint_holds_is_not_put_back() {
    let unsaved = |bytes: &[u8]| Event::Unsaved { reason: "Full.".to_owned(), checkpoint: bytes.to_vec() };
    for (saved, counts) in [(Event::Saved { step: 9 }, true), (unsaved(&[1]), true), (unsaved(&[]), false)] {
        let mut view = RunView::kept(finished());
        view.resume();
        for event in continuation(&view.record.clone()).iter().chain([&saved, &Event::Stopped]) {
            view.apply(event);
        }
        let (end, step) = if counts { (End::Stopped, 9) } else { (End::Finished, 8) };
        assert_eq!((view.record.end, view.record.step(), view.was_in_vain()), (Some(end), step, !counts));
    }
    // A new run has nothing to be put back.
    let mut view = started();
    view.apply(&Event::Stopped);
    assert_eq!((view.record.end, view.was_in_vain()), (Some(End::Stopped), false));
}

#[test]
fn a_run_without_a_step_is_worth_nothing_unless_it_can_go_on() {
    let failed = Event::Failed(Failure::new(FailureKind::Internal, "Out of memory."));
    let worth = |events: &[&Event]| {
        let mut view = started();
        events.iter().for_each(|event| view.apply(event));
        view.worth()
    };
    assert_eq!([worth(&[&failed]), worth(&[&Event::Stopped])], [Worth::Nothing; 2]);
    // The weights of a file are in a checkpoint before the first step.
    let saved = Event::Saved { step: 0 };
    assert_eq!([worth(&[&saved, &failed]), worth(&[&saved, &Event::Stopped])], [Worth::Record, Worth::Nothing]);
    assert_eq!(
        [worth(&[&steps(1, 1, &[2.3]), &failed]), worth(&[&steps(1, 1, &[2.3]), &Event::Stopped])],
        [Worth::Record; 2]
    );
    // A run that was interrupted at its start stays interrupted.
    let mut view = RunView::resumed(started().record, 0);
    view.apply(&failed);
    assert_eq!(view.worth(), Worth::StoredRun);
}

#[test]
fn the_page_takes_over_what_another_tab_has_made_of_a_run() {
    let mut view = RunView::kept(finished());
    let mut longer = finished();
    longer.losses.push(0.5);
    longer.end = Some(End::Stopped);
    view.take_over(longer.clone());
    assert_eq!((&view.record, &view.phase), (&longer, &Phase::Stopped));
    view.apply(&Event::Failed(Failure::new(FailureKind::Data, "No data.")));
    view.take_over(finished());
    assert_eq!((view.record.step(), view.status().as_str()), (8, "Finished in 1 min 05 s."));
    // What failed or was interrupted there is resumed from the list.
    for (end, status) in [
        (Some(End::Failed(FailureKind::Device)), "Failed."),
        (Some(End::Failed(FailureKind::Diverged)), "Broke down."),
        (None, "Interrupted at the end of epoch 2."),
    ] {
        view.take_over(RunRecord { end, ..finished() });
        assert_eq!((view.status().as_str(), view.allows(Action::Continue)), (status, false));
    }
}

#[test]
fn a_deleted_run_says_so_and_does_not_go_on_until_it_is_back() {
    let mut view = RunView::kept(finished());
    assert!(view.allows(Action::Continue));
    view.is_deleted = true;
    assert_eq!((view.status().as_str(), view.allows(Action::Continue)), ("This run was deleted.", false));
    assert!(view.allows(Action::Train));
    view.is_deleted = false;
    assert_eq!((view.status().as_str(), view.allows(Action::Continue)), ("Finished in 1 min 05 s.", true));
}

#[test]
fn a_failure_ends_the_run_and_keeps_its_losses() {
    let mut view = started();
    view.apply(&steps(1, 1, &[2.3]));
    view.apply(&Event::Failed(Failure::new(FailureKind::Internal, "Out of memory.")));
    assert!(!view.is_running());
    assert_eq!(view.record.losses, [2.3]);
    assert!(matches!(view.phase, Phase::Failed(_)));
}
