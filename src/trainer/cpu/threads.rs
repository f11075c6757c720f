//! Threads of one process that share each batch.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::PeerLost;
use super::task::Task;
use super::worker_pool::{Connection, Helper, Leader, WorkerPool, help};

/// A thread that helps, until this is dropped.
#[derive(Debug)]
pub struct HelperThread {
    /// None once it is let go.
    orders: Option<Sender<Order>>,
    heard: Receiver<Vec<f64>>,
    thread: Option<JoinHandle<()>>,
}

/// What a helper hears.
enum Order {
    Task(Box<Task>),
    Numbers(Vec<f64>),
}

/// A helper's end of the line.
struct LeaderChannel {
    orders: Receiver<Order>,
    answers: Sender<Vec<f64>>,
}

impl WorkerPool<HelperThread> {
    /// So many threads, this one included; at least one.
    pub fn of_threads(count: usize) -> Self {
        Self { helpers: (1..count).map(|_| HelperThread::start()).collect() }
    }
}

impl HelperThread {
    fn start() -> Self {
        let (orders, todo) = channel();
        let (answers, heard) = channel();
        // It ends when its leader lets it go, or with a message that cannot be; the leader then misses its numbers.
        let work = move || drop(pollster::block_on(help(LeaderChannel { orders: todo, answers })));
        Self { orders: Some(orders), heard, thread: Some(std::thread::spawn(work)) }
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // If the thread is no more, its numbers will be missed.
            let _ = orders.send(order);
        }
    }
}

impl Connection for HelperThread {
    fn send(&mut self, numbers: &[f64]) {
        self.order(Order::Numbers(numbers.to_vec()));
    }

    async fn receive(&mut self) -> Result<Vec<f64>, PeerLost> {
        self.heard.recv().map_err(|_| PeerLost::new("a thread has ended early"))
    }
}

impl Helper for HelperThread {
    fn ask(&mut self, task: Task) {
        self.order(Order::Task(Box::new(task)));
    }
}

impl Drop for HelperThread {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // Why it panicked was told when it did.
            let _ = thread.join();
        }
    }
}

impl LeaderChannel {
    fn order(&self) -> Result<Order, PeerLost> {
        self.orders.recv().map_err(|_| PeerLost::new("the leader has ended"))
    }
}

impl Connection for LeaderChannel {
    fn send(&mut self, numbers: &[f64]) {
        // If the leader is no more, there will be no more orders.
        let _ = self.answers.send(numbers.to_vec());
    }

    async fn receive(&mut self) -> Result<Vec<f64>, PeerLost> {
        match self.order()? {
            Order::Numbers(numbers) => Ok(numbers),
            Order::Task(_) => Err(PeerLost::new("it was asked to work in the middle of a sum")),
        }
    }
}

impl Leader for LeaderChannel {
    async fn task(&mut self) -> Result<Task, PeerLost> {
        match self.order()? {
            Order::Task(task) => Ok(*task),
            Order::Numbers(_) => Err(PeerLost::new("it got numbers without a task")),
        }
    }
}
