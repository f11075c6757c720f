//! Transactions of IndexedDB.
//!
//! Each transaction opens a connection and closes it at the end, so that no tab blocks another one that updates the
//! database.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode};

use super::by_name::{call, property};
use super::error::StoreError;
use super::exception::{reason, thrown};
use super::object_store::ObjectStore;
use super::open::open;
use super::patience::in_time;

/// A transaction over all object stores: either all of its requests succeed, or none has an effect. What one reads in it
/// stays true until it is done.
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
    pub(crate) fn get(&self, store: ObjectStore, key: &JsValue) -> Result<Pending, StoreError> {
        self.store(store)?.get(key).map(Pending).map_err(|error| thrown(&error))
    }

    /// Requests all keys of an object store.
    pub(crate) fn keys(&self, store: ObjectStore) -> Result<Pending, StoreError> {
        self.store(store)?.get_all_keys().map(Pending).map_err(|error| thrown(&error))
    }

    /// Requests all values of an object store, in the order of their keys.
    pub(crate) fn values(&self, store: ObjectStore) -> Result<Pending, StoreError> {
        self.store(store)?.get_all().map(Pending).map_err(|error| thrown(&error))
    }

    /// Requests the keys in a range.
    pub(crate) fn keys_in(&self, store: ObjectStore, range: &JsValue) -> Result<Pending, StoreError> {
        self.store(store)?.get_all_keys_with_key(range).map(Pending).map_err(|error| thrown(&error))
    }

    /// Requests the values in a range of keys, in the order of their keys.
    pub(crate) fn values_in(&self, store: ObjectStore, range: &JsValue) -> Result<Pending, StoreError> {
        self.store(store)?.get_all_with_key(range).map(Pending).map_err(|error| thrown(&error))
    }

    /// Requests that a value is written, in place of an earlier one.
    pub(crate) fn put(&self, store: ObjectStore, key: &JsValue, value: &JsValue) -> Result<(), StoreError> {
        self.store(store)?.put_with_key(value, key).map(drop).map_err(|error| thrown(&error))
    }

    /// Requests that a value, or all values in a range of keys, are deleted.
    pub(crate) fn delete(&self, store: ObjectStore, key: &JsValue) -> Result<(), StoreError> {
        self.store(store)?.delete(key).map(drop).map_err(|error| thrown(&error))
    }

    /// Waits for a requested value while the transaction goes on. The next request must follow at once, since the browser
    /// ends a transaction that waits for nothing.
    pub(crate) async fn read(&self, pending: Pending) -> Result<JsValue, StoreError> {
        let request = pending.0;
        let answered = Promise::new(&mut |resolve, reject| {
            request.set_onsuccess(Some(&resolve));
            request.set_onerror(Some(&reject));
        });
        match in_time(answered).await {
            Some(Ok(_)) => request.result().map_err(|error| thrown(&error)),
            Some(Err(_)) => Err(reason(&request)),
            None => Err(StoreError::Silent),
        }
    }

    /// Waits until all requests have succeeded.
    pub(crate) async fn done(self) -> Result<(), StoreError> {
        let done = Promise::new(&mut |resolve, reject| {
            self.transaction.set_oncomplete(Some(&resolve));
            // A failed request aborts the transaction; a full disk is reported by this event only.
            self.transaction.set_onabort(Some(&reject));
        });
        match in_time(done).await {
            Some(Ok(_)) => Ok(()),
            Some(Err(_)) => Err(reason(&self.transaction)),
            None => Err(StoreError::Silent),
        }
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

    /// Returns the requested keys that are numbers.
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
pub(crate) fn number(key: u64) -> JsValue {
    JsValue::from_f64(key as f64)
}

/// Returns the key of a part of a run: the run's key and the number of the part.
pub(crate) fn part(key: u64, number_of_part: usize) -> JsValue {
    Array::of2(&number(key), &JsValue::from_f64(number_of_part as f64)).into()
}

/// Returns the range of the keys of a run's parts from the part with this number on.
///
/// # Errors
/// The browser has no ranges.
pub(crate) fn parts_from(key: u64, first: usize) -> Result<JsValue, StoreError> {
    let ranges = property(&js_sys::global(), "IDBKeyRange").ok_or(StoreError::Unavailable)?;
    // An array comes after every number.
    let end = Array::of2(&number(key), &Array::new()).into();
    call(&ranges, "bound", &[part(key, first), end]).map_err(|error| thrown(&error))
}
