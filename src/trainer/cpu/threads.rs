//! A worker pool of threads in one process.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use super::PeerLost;
use super::task::Task;
use super::worker_pool::{Connection, Helper, Leader, WorkerPool, help};

/// `HelperThread` is the leader's end of the connection to a helper in a thread. When it is dropped, the thread ends.
#[derive(Debug)]
pub struct HelperThread {
    /// `None` once the thread is to end.
    orders: Option<Sender<Order>>,
    heard: Receiver<Vec<f64>>,
    thread: Option<JoinHandle<()>>,
}

/// `Order` is a message from the leader to a helper.
enum Order {
    Task(Box<Task>),
    Numbers(Vec<f64>),
}

/// `LeaderChannel` is a helper's end of the connection to its leader.
struct LeaderChannel {
    orders: Receiver<Order>,
    answers: Sender<Vec<f64>>,
}

impl WorkerPool<HelperThread> {
    /// Starts a pool of `count` workers: this thread leads, and the others are new threads. At least one worker.
    pub fn of_threads(count: usize) -> Self {
        Self { helpers: (1..count).map(|_| HelperThread::start()).collect() }
    }
}

impl HelperThread {
    fn start() -> Self {
        let (orders, todo) = channel();
        let (answers, heard) = channel();
        // The thread ends when its leader drops it, or after a wrong message. In that case the leader notices that
        // numbers are missing.
        let work = move || drop(pollster::block_on(help(LeaderChannel { orders: todo, answers })));
        Self { orders: Some(orders), heard, thread: Some(std::thread::spawn(work)) }
    }

    fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // When the thread has ended, `receive` reports it.
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
            // A panic has already printed its reason.
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
        // When the leader has ended, `order` reports it.
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
