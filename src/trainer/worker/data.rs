//! The data set of a run: MNIST, fetched from the server, or the user's own files. It stays in memory for later runs.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::fetch::Download;
use super::host::WorkerHost;
use super::loaded::Loaded;
use super::own_data::{self, Identity};
use crate::mnist::{self, Dataset, FILES};
use crate::trainer::engine::host::Host;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::Event;

thread_local! {
    /// The data set that was loaded last.
    static KEPT: RefCell<Option<(Identity, Rc<Loaded>)>> = const { RefCell::new(None) };
    /// Whether the last download failed. The next one then bypasses the browser's cache, which may hold damaged files.
    static FAILED_BEFORE: Cell<bool> = const { Cell::new(false) };
}

/// Sizes of the packed files in bytes, for servers that do not send them.
const SIZES: [u64; 4] = [9_719_438, 28_857, 1_616_508, 4_517];

/// Seconds between two events that report progress.
const REPORT_EVERY: f64 = 0.1;

/// Returns the data set in these files, or MNIST if there are none. Reads or fetches it unless it is in memory.
///
/// # Errors
/// The event that ends the run: it was stopped, or a file is missing or wrong.
pub(super) async fn load(files: &[JsValue], host: &mut WorkerHost) -> Result<Rc<Loaded>, Event> {
    let identity = own_data::identity(files);
    if let Some((kept, data)) = KEPT.with_borrow(Clone::clone)
        && kept == identity
    {
        return Ok(data);
    }
    // Two data sets may not fit into memory.
    KEPT.set(None);
    let data = if files.is_empty() {
        let outcome = fetch_all(host).await;
        FAILED_BEFORE.set(matches!(outcome, Err(Event::Failed(_))));
        let set = outcome?;
        let name = set.name_as_served();
        Loaded { set, name, files: [FILES[0], FILES[2]].map(str::to_owned), notes: Vec::new() }
    } else {
        own_data::read(files, host).await?
    };
    let data = Rc::new(data);
    KEPT.set(Some((identity, Rc::clone(&data))));
    Ok(data)
}

async fn fetch_all(host: &mut WorkerHost) -> Result<Dataset, Event> {
    // All downloads are opened first, so that the total is known from the start.
    let mut downloads = Vec::with_capacity(FILES.len());
    for file in FILES {
        downloads.push(Download::open(&mnist::address(file), FAILED_BEFORE.get()).await?);
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
                !host.is_stop_requested()
            })
            .await?;
        // A server that packs or unpacks a file on the way sends another number of bytes than it announced.
        progress.total = (progress.total + (progress.loaded - before)).saturating_sub(size);
        files.push(bytes);
    }
    progress.report(host, progress.loaded);

    let named = std::array::from_fn(|index| (FILES[index], files[index].as_slice()));
    Dataset::parse(named).map_err(|error| Event::Failed(Failure::new(FailureKind::Data, format!("{error} Try again."))))
}

/// The progress of the downloads, in bytes and seconds.
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
            // Announced sizes may be wrong; progress is complete only after the last file.
            self.report(host, self.total.max(self.loaded + 1));
        }
    }

    fn report(&self, host: &mut WorkerHost, total: u64) {
        host.emit(Event::Data { loaded: self.loaded, total });
    }
}
