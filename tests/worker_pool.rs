//! Workers that share each batch: they agree with a single worker, always give the same bits, and end a run with an
//! error after a wrong message.

mod common;

use std::collections::VecDeque;

use common::{Collector, small_data};
use gradsheet::mnist::Split;
use gradsheet::trainer::cpu::device::open_cpu;
use gradsheet::trainer::cpu::task::{Part, StepPlace, Task};
use gradsheet::trainer::cpu::worker_pool;
use gradsheet::trainer::cpu::worker_pool::{Connection, Helper, Leader, WorkerPool, help};
use gradsheet::trainer::cpu::{PeerLost, Peers};
use gradsheet::trainer::engine::batch::Batcher;
use gradsheet::trainer::engine::learner::{Learner, Outcome};
use gradsheet::trainer::engine::session;
use gradsheet::trainer::recipe::{Augmentation, Recipe};
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::failure::FailureKind;
use gradsheet::trainer::run::protocol::Event;
use gradsheet::trainer::run::record::RunKey;
use gradsheet::trainer::run::training_state::TrainingState;
use gradsheet::wire::{decode, encode};
use pollster::block_on;

fn recipe() -> Recipe {
    let augmentation = Augmentation { shift: 1.0, rotation: 7.0 };
    Recipe { dropout: 0.2, averaging: 0.5, augmentation, label_smoothing: 0.1, epochs: 1, ..Recipe::classic() }
}

fn split(images: u32) -> Split {
    small_data(images, 10).train
}

/// Takes four steps on batches of this size. Returns their outcomes, the logits afterwards, and the training state.
fn learn<H: Helper>(pool: WorkerPool<H>, images: u32) -> (Vec<Outcome>, Vec<f32>, TrainingState) {
    let recipe = recipe();
    let mut learner = open_cpu(&recipe, &TrainingState::initial(1), "", pool).expect("the training state fits").learner;
    let split = split(images);
    let batcher = Batcher::new(&split);
    let all: Vec<usize> = (0..images as usize).collect();
    let source = batcher.to_learn(&all, &recipe, 1, 0);
    let other = batcher.to_learn(&all, &recipe, 2, 0);
    // The second batch is the announced one, the third is another, and the fourth is prepared already.
    block_on(learner.learn_from_source(&source, Some(&other), 0, 0.05)).expect("a step");
    block_on(learner.learn_from_source(&other, Some(&other), 1, 0.05)).expect("a step on the announced batch");
    block_on(learner.learn_from_source(&source, None, 2, 0.05)).expect("a step on another batch");
    block_on(learner.learn(&source.make(), 3, 0.05)).expect("a step on a batch that is prepared");
    let outcomes = block_on(learner.outcomes()).expect("four");
    let logits = block_on(learner.classify(batcher.to_test(&all))).expect("logits");
    (outcomes, logits, block_on(learner.training_state()).expect("the training state"))
}

#[test]
fn sharing_a_batch_changes_results_by_rounding_only_and_always_gives_the_same_bits() {
    for (workers, images) in [(2, 40), (3, 5), (3, 70)] {
        let alone = learn(WorkerPool::alone(), images);
        let together = learn(WorkerPool::of_threads(workers), images);
        for (a, b) in alone.0.iter().zip(&together.0) {
            assert!((a.loss - b.loss).abs() < 1e-5 && a.correct == b.correct, "{a:?} and {b:?}");
        }
        assert_eq!(alone.1.len(), together.1.len());
        for (a, b) in alone.1.iter().zip(&together.1) {
            assert!((a - b).abs() < 1e-3, "{a} and {b}");
        }
        for (a, b) in alone.2.parameters.iter().zip(&together.2.parameters) {
            assert!((a - b).abs() < 1e-4, "{a} and {b}");
        }
        assert_eq!(learn(WorkerPool::of_threads(workers), images), together);
    }
}

/// `FakeConnection` is an end of a connection that gives prepared answers and notes what it receives.
#[derive(Debug, Default)]
struct FakeConnection {
    answers: VecDeque<Vec<f64>>,
    heard: Vec<Vec<f64>>,
    asked: Vec<Task>,
}

impl FakeConnection {
    fn answering(answers: &[&[f64]]) -> Self {
        Self { answers: answers.iter().map(|answer| answer.to_vec()).collect(), ..Self::default() }
    }
}

impl Connection for FakeConnection {
    fn send(&mut self, numbers: &[f64]) {
        self.heard.push(numbers.to_vec());
    }

    async fn receive(&mut self) -> Result<Vec<f64>, PeerLost> {
        self.answers.pop_front().ok_or_else(|| PeerLost::new("it was switched off"))
    }
}

impl Helper for FakeConnection {
    fn ask(&mut self, task: Task) {
        self.asked.push(task);
    }
}

impl Leader for FakeConnection {
    async fn task(&mut self) -> Result<Task, PeerLost> {
        self.asked.pop().ok_or_else(|| PeerLost::new("there is nothing more to do"))
    }
}

#[test]
fn sums_are_added_in_the_order_of_ranks() {
    let mut pool = WorkerPool {
        helpers: vec![
            FakeConnection::answering(&[&[1e16]]),
            FakeConnection::answering(&[&[1.0]]),
            FakeConnection::answering(&[&[-1e16]]),
        ],
    };
    let mut values = [1.0];
    block_on(pool.sum(&mut values)).expect("all are there");
    // 1e16 + 1 rounds to 1e16. In another order the sum of the helpers would be 1.
    assert_eq!(values, [1.0]);
    assert!(pool.helpers.iter().all(|helper| helper.heard == [[1.0], [0.0]]), "every helper receives the same numbers");

    let mut pair = WorkerPool { helpers: vec![FakeConnection::answering(&[&[2.0]])] };
    let mut values = [1.0];
    block_on(pair.sum(&mut values)).expect("both are there");
    assert_eq!(values, [3.0]);
    assert_eq!(pair.helpers[0].heard, [[1.0]], "a single helper needs no sum of the helpers");
}

#[test]
fn offered_numbers_are_sent_at_once() {
    let mut pool = WorkerPool { helpers: vec![FakeConnection::answering(&[])] };
    pool.offer(&[5.0]);
    assert_eq!(pool.helpers[0].heard, [[5.0]]);
}

#[test]
fn wrong_answers_end_a_sum_with_an_error() {
    let sum = |answers: &[&[&[f64]]]| {
        let mut pool =
            WorkerPool { helpers: answers.iter().map(|answers| FakeConnection::answering(answers)).collect() };
        let result = block_on(pool.sum(&mut [0.0, 0.0]));
        assert!(pool.helpers.iter().all(|helper| helper.heard.len() == 1), "no helper receives a sum");
        result
    };
    assert_eq!(sum(&[&[&[1.0]]]), Err(PeerLost::new("it sent 1 numbers instead of 2")));
    assert_eq!(sum(&[&[&[1.0, 1.0]], &[&[]]]), Err(PeerLost::new("it sent 0 numbers instead of 2")));
    assert_eq!(sum(&[&[]]), Err(PeerLost::new("it was switched off")));
}

#[test]
fn a_run_whose_helper_is_lost_fails_with_a_sentence() {
    let recipe = Recipe { batch_size: 32, images: 64, ..recipe() };
    let begin = Checkpoint::begin(RunKey(1), recipe.clone(), "bars".to_owned());
    let pool = WorkerPool { helpers: vec![FakeConnection::answering(&[&[0.0; 65]])] };
    let opened = open_cpu(&recipe, &begin.training_state, "because", pool).expect("the training state fits");
    assert_eq!(opened.backend.name, "CPU (SIMD, 2 workers)");
    let mut host = Collector::new();
    block_on(session::run(begin, opened, &small_data(64, 10), &mut host));
    assert_eq!(host.events[1], Event::Shared { workers: 2 });
    let Some(Event::Failed(failure)) = host.events.last() else { panic!("{:?}", host.events) };
    assert_eq!(failure.kind, FailureKind::Worker);
    let message = "A worker that shared the batches was lost: it was switched off. “Train” starts new workers.";
    assert_eq!(failure.message, message);
    assert!(host.checkpoints.is_empty());
}

#[test]
fn a_helper_refuses_wrong_messages() {
    let refused = |task: Task| {
        let leader = FakeConnection { asked: vec![task], ..FakeConnection::default() };
        block_on(help(leader)).expect_err("it ends").0
    };
    let source = || Batcher::new(&split(4)).to_learn(&[0, 1], &recipe(), 1, 0);
    let part = || Part::Source(source());
    let place = StepPlace { first_image: 0, step: 0, rate: 0.1 };
    let learn = || Task::Learn { part: Some(part()), next: None, place, helpers: 1 };
    let unready = "it was asked to work before it had a net";
    assert_eq!(refused(learn()), unready);
    assert_eq!(refused(Task::Classify { pixels: Vec::new() }), unready);
    let other_size =
        TrainingState { parameters: Vec::new(), statistics: Vec::new(), moments: Vec::new(), average: Vec::new() };
    let foreign = Task::Begin { recipe: recipe(), training_state: other_size };
    assert!(refused(foreign).contains("its weights have another size"));

    // `FakeConnection` gives the last task first.
    let forgotten = vec![
        Task::Learn { part: None, next: None, place, helpers: 1 },
        Task::Begin { recipe: recipe(), training_state: TrainingState::initial(1) },
    ];
    let never = "it was asked to learn from a part that it never got";
    assert_eq!(
        block_on(help(FakeConnection { asked: forgotten, ..FakeConnection::default() })),
        Err(PeerLost::new(never))
    );
    let begin = Task::Begin { recipe: recipe(), training_state: TrainingState::initial(1) };
    let silent = FakeConnection { asked: vec![learn(), begin.clone()], ..FakeConnection::default() };
    assert_eq!(block_on(help(silent)), Err(PeerLost::new("it was switched off")));
    let short = FakeConnection { asked: vec![learn(), begin], ..FakeConnection::answering(&[&[1.0]]) };
    assert_eq!(block_on(help(short)), Err(PeerLost::new("it sent 1 numbers instead of 65")));
}

#[test]
fn encoded_tasks_are_decoded_whole_and_cut_ones_are_refused() {
    let source = Batcher::new(&split(20)).to_learn(&[3, 1, 2], &recipe(), 2, 40);
    let place = StepPlace { first_image: 0, step: 7, rate: 0.1 };
    let tasks = [
        Task::Begin { recipe: recipe(), training_state: TrainingState::initial(3) },
        Task::Learn {
            part: Some(Part::Source(source.clone())),
            next: None,
            place: StepPlace { first_image: 16, step: 7, rate: 0.1 + 0.2 },
            helpers: 2,
        },
        Task::Learn { part: Some(Part::Ready(source.make())), next: Some(source), place, helpers: 2 },
        Task::Learn { part: None, next: None, place, helpers: 1 },
        Task::Classify { pixels: vec![-0.0, 1e-30, f32::MAX] },
    ];
    for task in tasks {
        let bytes = encode(&task).expect("plain data");
        assert_eq!(decode::<Task>(&bytes).as_ref(), Ok(&task));
        for end in (0..bytes.len()).step_by(97) {
            assert!(decode::<Task>(&bytes[..end]).is_err(), "cut at {end}");
        }
    }
}

#[test]
fn a_resumed_run_keeps_its_number_of_workers_on_any_machine() {
    let data = small_data(60, 10);
    let recipe = Recipe { batch_size: 20, images: 60, ..recipe() };
    let begin = |recipe: &Recipe| Checkpoint::begin(RunKey(1), recipe.clone(), "bars".to_owned());
    let wanted = |recipe: &Recipe, cores| worker_pool::workers_for_run(&begin(recipe).record, cores);
    // 20 images are two groups, so two workers are enough.
    assert_eq!([1, 2, 3, 64].map(|cores| wanted(&recipe, cores)), [1, 1, 2, 2]);
    assert_eq!(wanted(&Recipe { batch_size: 4096, ..recipe.clone() }, 64), 16);
    assert_eq!(wanted(&Recipe { workers: 3, ..recipe.clone() }, 1), 3);

    let train = |begin: Checkpoint, cores| {
        let pool = WorkerPool::of_threads(worker_pool::workers_for_run(&begin.record, cores));
        let opened =
            open_cpu(&begin.record.plan.recipe, &begin.training_state, "", pool).expect("the training state fits");
        // The clock moves so far between steps that nearly every step is stored.
        let mut host = Collector { tick: 10.0, ..Collector::new() };
        block_on(session::run(begin, opened, &data, &mut host));
        host
    };
    let whole = train(begin(&recipe), 3);
    let checkpoint = Checkpoint::from_bytes(&whole.checkpoints[0].to_bytes().expect("plain data"))
        .expect("what was written is read");
    assert_eq!((checkpoint.record.step(), checkpoint.record.workers()), (2, Some(2)));
    let resumed = train(checkpoint, 1);
    let last = |host: &Collector| host.checkpoints.last().expect("the end is kept").clone();
    assert_eq!(last(&resumed).training_state, last(&whole).training_state);
    assert_eq!(last(&resumed).record.losses, last(&whole).record.losses);
    let shared = resumed.events.iter().filter(|event| matches!(event, Event::Shared { .. })).count();
    assert_eq!(shared, 0, "a resumed run does not report its workers again");
    assert!(last(&resumed).record.log_lines().contains(&"2 workers share each batch.".to_owned()));

    let alone = train(begin(&recipe), 2);
    assert_eq!(last(&alone).record.workers(), Some(1));
    assert!(!last(&alone).record.log_lines().iter().any(|line| line.contains("each batch")));
}
