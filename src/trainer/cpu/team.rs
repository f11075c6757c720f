//! Threads of one process that share each batch.

use std::future::Future;
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;

use super::dropout::Dropout;
use super::net::Net;
use super::peers::Peers;
use super::simd::LANES;
use crate::mnist::{CLASSES, PIXELS};

/// The calling thread and its helpers.
///
/// Each takes its part of a batch forward and back on a copy of the net; loss, gradients and batch statistics are those of
/// the whole batch. Sums over the parts are always taken in the same order, so the same number of threads gives the same
/// bits.
#[derive(Debug)]
pub struct Team {
    member: Member,
    helpers: Vec<Helper>,
}

/// A thread that waits for work.
#[derive(Debug)]
struct Helper {
    /// None once the team is given up.
    work: Option<Sender<Work>>,
    logits: Receiver<Vec<f32>>,
    thread: Option<JoinHandle<()>>,
}

/// A helper's part of a batch.
struct Work {
    /// Parameters and statistics to begin with.
    values: Vec<f32>,
    pixels: Vec<f32>,
    targets: Vec<f32>,
    dropout: Dropout,
}

impl Team {
    /// A team of so many threads, this one included; at least one. Helpers start from copies of the net.
    pub fn new(net: &Net, threads: usize) -> Self {
        let mut members = Member::together(threads.max(1)).into_iter();
        // There is at least one.
        let member = members.next().unwrap_or_else(|| Member { rank: 0, table: Arc::default() });
        Self { helpers: members.map(|member| Helper::new(net.another(), member)).collect(), member }
    }

    /// [`Net::learn`] by all threads. [`Net::gradients`] and [`Net::logits`] of the net are then those of the whole batch.
    ///
    /// # Panics
    /// If there are not as many rows of pixels as of targets, or a helper panicked.
    pub fn learn(&mut self, net: &mut Net, pixels: &[f32], targets: &[f32], dropout: &Dropout) -> f32 {
        let images = pixels.len() / PIXELS;
        assert_eq!(
            (pixels.len(), targets.len()),
            (images * PIXELS, images * CLASSES),
            "whole images, a target for each"
        );
        // Whole groups of images, as evenly as they can be dealt.
        let (groups, threads) = (images.div_ceil(LANES), self.helpers.len() + 1);
        let bound = |rank: usize| images.min(groups * rank / threads * LANES);
        let part = |rank: usize| {
            let (from, to) = (bound(rank), bound(rank + 1));
            let dropout = Dropout { first_image: dropout.first_image + from, ..*dropout };
            (&pixels[from * PIXELS..to * PIXELS], &targets[from * CLASSES..to * CLASSES], dropout)
        };
        for (helper, rank) in self.helpers.iter().zip(1..) {
            let (pixels, targets, dropout) = part(rank);
            let values = net.parameters().iter().chain(net.statistics()).copied().collect();
            let work = Work { values, pixels: pixels.to_vec(), targets: targets.to_vec(), dropout };
            // If the helper is no more, its logits below are missed.
            let _ = helper.work.as_ref().map(|sender| sender.send(work));
        }
        let (pixels, targets, dropout) = part(0);
        let loss = now(net.learn(pixels, targets, &dropout, &mut self.member));
        for helper in &self.helpers {
            match helper.logits.recv() {
                Ok(logits) => net.add_logits(&logits),
                Err(_) => panic!("a helper ended early"),
            }
        }
        loss
    }
}

impl Helper {
    fn new(mut net: Net, mut member: Member) -> Self {
        let (work, todo) = channel::<Work>();
        let (done, logits) = channel();
        let thread = std::thread::spawn(move || {
            for Work { values, pixels, targets, dropout } in todo {
                let (parameters, statistics) = values.split_at(net.parameters().len());
                net.parameters_mut().copy_from_slice(parameters);
                net.statistics_mut().copy_from_slice(statistics);
                now(net.learn(&pixels, &targets, &dropout, &mut member));
                if done.send(net.logits().to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { work: Some(work), logits, thread: Some(thread) }
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.work = None;
        if let Some(thread) = self.thread.take() {
            // Why it panicked was told when it did.
            let _ = thread.join();
        }
    }
}

/// The value of a future that blocks instead of waiting.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("members of a team block until all have come"),
    }
}

/// One of the threads at the table where sums are taken.
#[derive(Debug)]
struct Member {
    rank: usize,
    table: Arc<Table>,
}

#[derive(Debug, Default)]
struct Table {
    sheet: Mutex<Sheet>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Sheet {
    /// What each member brought; taken away when the last has come.
    brought: Vec<Option<Vec<f64>>>,
    /// The sums of the last round.
    sums: Arc<Vec<f64>>,
    round: u64,
    /// Whether a member has left for good.
    broken: bool,
}

impl Member {
    fn together(count: usize) -> Vec<Self> {
        let sheet = Sheet { brought: vec![None; count], ..Sheet::default() };
        let table = Arc::new(Table { sheet: Mutex::new(sheet), changed: Condvar::new() });
        (0..count).map(|rank| Self { rank, table: Arc::clone(&table) }).collect()
    }
}

impl Table {
    fn lock(&self) -> MutexGuard<'_, Sheet> {
        // Nobody panics while a sheet is half written.
        self.sheet.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Peers for Member {
    /// Blocks until all have come.
    ///
    /// # Panics
    /// If another member is no more: nobody should wait for it forever.
    async fn sum(&mut self, values: &mut [f64]) {
        let mut sheet = self.table.lock();
        let round = sheet.round;
        sheet.brought[self.rank] = Some(values.to_vec());
        if sheet.brought.iter().all(Option::is_some) {
            let mut sums = vec![0.0; values.len()];
            for part in sheet.brought.iter_mut().filter_map(Option::take) {
                sums.iter_mut().zip(part).for_each(|(sum, value)| *sum += value);
            }
            sheet.sums = Arc::new(sums);
            sheet.round += 1;
            self.table.changed.notify_all();
        }
        while sheet.round == round {
            assert!(!sheet.broken, "another thread of the team ended early");
            sheet = self.table.changed.wait(sheet).unwrap_or_else(PoisonError::into_inner);
        }
        values.copy_from_slice(&sheet.sums);
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.table.lock().broken = true;
        self.table.changed.notify_all();
    }
}
