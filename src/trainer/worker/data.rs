//! The data set: fetched once with progress, kept for later runs.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::super::protocol::{Event, Failure, FailureKind};
use super::super::session::Host;
use super::fetch::Download;
use super::host::WorkerHost;
use super::stop_requested;
use crate::mnist::{Dataset, FILES};

thread_local! {
    static KEPT: RefCell<Option<Rc<Dataset>>> = const { RefCell::new(None) };
    /// Whether the last attempt failed: then the browser's cache is not trusted.
    static AGAIN: Cell<bool> = const { Cell::new(false) };
}

/// The data set, as it is called in records.
pub(super) const NAME: &str = "MNIST";

/// Sizes of the files as packed, for servers that do not tell.
const SIZES: [u64; 4] = [9_719_438, 28_857, 1_616_508, 4_517];

/// Seconds between two events of progress.
const REPORT_EVERY: f64 = 0.1;

/// The data set, fetched if need be.
///
/// # Errors
/// How the run ends: stopped, or failed with the file's name and what is wrong with it.
pub(super) async fn load(host: &mut WorkerHost) -> Result<Rc<Dataset>, Event> {
    if let Some(data) = KEPT.with_borrow(Clone::clone) {
        return Ok(data);
    }
    let outcome = fetch_all(host).await;
    AGAIN.set(matches!(outcome, Err(Event::Failed(_))));
    if let Ok(data) = &outcome {
        KEPT.set(Some(Rc::clone(data)));
    }
    outcome
}

async fn fetch_all(host: &mut WorkerHost) -> Result<Rc<Dataset>, Event> {
    // All are opened first, so that the total is known from the start.
    let mut downloads = Vec::with_capacity(FILES.len());
    for file in FILES {
        downloads.push(Download::open(&format!("assets/mnist/{file}"), AGAIN.get()).await?);
    }
    let mut sizes = SIZES;
    for (size, download) in sizes.iter_mut().zip(&downloads) {
        *size = download.size.unwrap_or(*size);
    }

    let mut progress = Progress { loaded: 0, total: sizes.iter().sum(), last_report: 0.0 };
    let mut files = Vec::with_capacity(FILES.len());
    for (download, size) in downloads.into_iter().zip(sizes) {
        let before = progress.loaded;
        let bytes = download
            .read(&mut |length| {
                progress.add(length, host);
                !stop_requested()
            })
            .await?;
        // A server that unpacks or packs on the way makes more or fewer bytes of it than it announced.
        progress.total = (progress.total + (progress.loaded - before)).saturating_sub(size);
        files.push(bytes);
    }
    progress.report(host);

    let named = std::array::from_fn(|index| (FILES[index], files[index].as_slice()));
    let data = Dataset::parse(named)
        .map_err(|error| Event::Failed(Failure::new(FailureKind::Data, format!("{error} Try again."))))?;
    Ok(Rc::new(data))
}

struct Progress {
    loaded: u64,
    total: u64,
    last_report: f64,
}

impl Progress {
    fn add(&mut self, length: u64, host: &mut WorkerHost) {
        self.loaded += length;
        let now = host.seconds();
        if now - self.last_report >= REPORT_EVERY {
            self.last_report = now;
            self.report(host);
        }
    }

    fn report(&self, host: &mut WorkerHost) {
        host.emit(Event::Data { loaded: self.loaded, total: self.total.max(self.loaded) });
    }
}
