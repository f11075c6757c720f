//! Transactions of IndexedDB.
//!
//! Each transaction opens a connection and closes it at the end, so that no tab blocks another one that updates the
//! database.

use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbFactory, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode};

use super::error::StoreError;

const NAME: &str = "gradsheet";
const VERSION: u32 = 1;

/// The object stores of the database.
#[derive(Clone, Copy)]
pub(crate) enum ObjectStore {
    Runs,
    Checkpoints,
    Names,
}

impl ObjectStore {
    pub(crate) const ALL: [Self; 3] = [Self::Runs, Self::Checkpoints, Self::Names];

    const fn name(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Checkpoints => "snapshots",
            Self::Names => "names",
        }
    }
}

/// A transaction over all object stores: either all of its requests succeed, or none has an effect.
pub(crate) struct Transaction {
    database: IdbDatabase,
    transaction: IdbTransaction,
}

/// The result of a request, available when the transaction is done.
pub(crate) struct Pending(IdbRequest);

impl Transaction {
    /// Opens the database, which is made the first time, and begins a transaction.
    pub(crate) async fn begin(mode: IdbTransactionMode) -> Result<Self, StoreError> {
        let database = open().await?;
        let stores = ObjectStore::ALL.iter().map(|store| JsValue::from(store.name())).collect::<Array>();
        match database.transaction_with_str_sequence_and_mode(&stores, mode) {
            Ok(transaction) => Ok(Self { database, transaction }),
            Err(error) => {
                database.close();
                Err(thrown(&error))
            }
        }
    }

    fn store(&self, store: ObjectStore) -> Result<IdbObjectStore, StoreError> {
        self.transaction.object_store(store.name()).map_err(|error| thrown(&error))
    }

    /// Requests a value.
    pub(crate) fn get(&self, store: ObjectStore, key: u64) -> Result<Pending, StoreError> {
        self.store(store)?.get(&number(key)).map(Pending).map_err(|error| thrown(&error))
    }

    /// Requests all keys of an object store.
    pub(crate) fn keys(&self, store: ObjectStore) -> Result<Pending, StoreError> {
        self.store(store)?.get_all_keys().map(Pending).map_err(|error| thrown(&error))
    }

    /// Requests that a value is written, in place of an earlier one.
    pub(crate) fn put(&self, store: ObjectStore, key: u64, value: &JsValue) -> Result<(), StoreError> {
        self.store(store)?.put_with_key(value, &number(key)).map(drop).map_err(|error| thrown(&error))
    }

    /// Requests that a value is deleted.
    pub(crate) fn delete(&self, store: ObjectStore, key: u64) -> Result<(), StoreError> {
        self.store(store)?.delete(&number(key)).map(drop).map_err(|error| thrown(&error))
    }

    /// Waits until all requests have succeeded.
    pub(crate) async fn done(self) -> Result<(), StoreError> {
        let done = Promise::new(&mut |resolve, reject| {
            self.transaction.set_oncomplete(Some(&resolve));
            // A failed request aborts the transaction; a full disk is reported by this event only.
            self.transaction.set_onabort(Some(&reject));
        });
        JsFuture::from(done).await.map(drop).map_err(|_| reason(&self.transaction))
    }
}

impl Drop for Transaction {
    /// Closes the connection. A transaction that is not done has no effect then, not even by the requests made so far.
    fn drop(&mut self) {
        // A transaction that is done cannot be aborted, and that is fine.
        let _ = self.transaction.abort();
        self.database.close();
    }
}

impl Pending {
    /// Returns the requested value, or `undefined` if there is none or the transaction is not done.
    pub(crate) fn value(&self) -> JsValue {
        self.0.result().unwrap_or(JsValue::UNDEFINED)
    }

    /// Returns the requested keys.
    pub(crate) fn keys(&self) -> Vec<u64> {
        Array::from(&self.value()).iter().filter_map(|key| key.as_f64()).map(|key| key as u64).collect()
    }
}

/// Turns bytes into a value for the database.
pub(crate) fn stored(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// Reads bytes from a value of the database; `None` if the value is of another type.
pub(crate) fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
}

/// Turns a key into a JavaScript number, exactly, since keys are below 2⁵³.
fn number(key: u64) -> JsValue {
    JsValue::from_f64(key as f64)
}

/// Opens the database, and makes its object stores if it is new.
async fn open() -> Result<IdbDatabase, StoreError> {
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into()).map_err(|error| thrown(&error))?;
    if factory.is_undefined() || factory.is_null() {
        return Err(StoreError::Unavailable);
    }
    let factory: IdbFactory = factory.unchecked_into();
    let request = factory.open_with_u32(NAME, VERSION).map_err(|error| thrown(&error))?;
    let upgraded = request.clone();
    let upgrade = Closure::once(move || {
        let Ok(database) = upgraded.result().map(JsCast::unchecked_into::<IdbDatabase>) else { return };
        for store in ObjectStore::ALL {
            // A new database has no object stores, so this cannot fail. If one were missing, transactions would report
            // it.
            let _ = database.create_object_store(store.name());
        }
    });
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let opened = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
        request.set_onblocked(Some(&reject));
    });
    match JsFuture::from(opened).await {
        Ok(_) => request.result().map(JsCast::unchecked_into).map_err(|error| thrown(&error)),
        Err(event) if text(&event, "type") == "blocked" => Err(StoreError::Blocked),
        Err(_) => Err(reason(&request)),
    }
}

/// Returns the error of a failed request or transaction.
fn reason(failed: &JsValue) -> StoreError {
    thrown(&Reflect::get(failed, &"error".into()).unwrap_or(JsValue::UNDEFINED))
}

/// Turns an exception into an error.
fn thrown(error: &JsValue) -> StoreError {
    StoreError::of(&text(error, "name"), &text(error, "message"))
}

/// Returns a property of an object as text; an empty text if it has none.
fn text(object: &JsValue, name: &str) -> String {
    Reflect::get(object, &name.into()).ok().and_then(|value| value.as_string()).unwrap_or_default()
}
