//! IndexedDB: open, read, write.
//!
//! A connection is opened for each use and closed after it, so that no tab stands in the way of another that brings the
//! database up to date.

use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbFactory, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode};

use super::error::StoreError;

const NAME: &str = "gradsheet";
const VERSION: u32 = 1;

/// The object stores.
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

/// A transaction over all object stores: everything asked of it happens, or nothing does.
pub(crate) struct Transaction {
    database: IdbDatabase,
    transaction: IdbTransaction,
}

/// A value that is on its way.
pub(crate) struct Pending(IdbRequest);

impl Transaction {
    /// Opens the database, and makes it if need be.
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

    /// Asks for a value.
    pub(crate) fn get(&self, store: ObjectStore, key: u64) -> Result<Pending, StoreError> {
        self.store(store)?.get(&number(key)).map(Pending).map_err(|error| thrown(&error))
    }

    /// Asks for all keys.
    pub(crate) fn keys(&self, store: ObjectStore) -> Result<Pending, StoreError> {
        self.store(store)?.get_all_keys().map(Pending).map_err(|error| thrown(&error))
    }

    /// Puts a value in the place of what was there.
    pub(crate) fn put(&self, store: ObjectStore, key: u64, value: &JsValue) -> Result<(), StoreError> {
        self.store(store)?.put_with_key(value, &number(key)).map(drop).map_err(|error| thrown(&error))
    }

    /// Takes a value away.
    pub(crate) fn delete(&self, store: ObjectStore, key: u64) -> Result<(), StoreError> {
        self.store(store)?.delete(&number(key)).map(drop).map_err(|error| thrown(&error))
    }

    /// Waits until everything that was asked for has happened.
    pub(crate) async fn done(self) -> Result<(), StoreError> {
        let done = Promise::new(&mut |resolve, reject| {
            self.transaction.set_oncomplete(Some(&resolve));
            // An error in a request ends in this, too; and a full disk is told by nothing else.
            self.transaction.set_onabort(Some(&reject));
        });
        JsFuture::from(done).await.map(drop).map_err(|_| reason(&self.transaction))
    }
}

impl Drop for Transaction {
    /// The browser finishes what was asked of the transaction before it closes the connection.
    fn drop(&mut self) {
        self.database.close();
    }
}

impl Pending {
    /// What was asked for; to be called after the transaction is done.
    pub(crate) fn value(&self) -> JsValue {
        self.0.result().unwrap_or(JsValue::UNDEFINED)
    }

    /// The keys that were asked for.
    pub(crate) fn keys(&self) -> Vec<u64> {
        Array::from(&self.value()).iter().filter_map(|key| key.as_f64()).map(|key| key as u64).collect()
    }
}

/// Bytes as they are stored.
pub(crate) fn stored(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}

/// Stored bytes; `None` if it is anything else.
pub(crate) fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
}

/// A key is below 2⁵³.
fn number(key: u64) -> JsValue {
    JsValue::from_f64(key as f64)
}

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
            // A new database has none of them. Should one be missing after all, its transaction says so.
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

/// Why a request or a transaction has failed.
fn reason(failed: &JsValue) -> StoreError {
    thrown(&Reflect::get(failed, &"error".into()).unwrap_or(JsValue::UNDEFINED))
}

/// What an exception means.
fn thrown(error: &JsValue) -> StoreError {
    StoreError::of(&text(error, "name"), &text(error, "message"))
}

fn text(object: &JsValue, name: &str) -> String {
    Reflect::get(object, &name.into()).ok().and_then(|value| value.as_string()).unwrap_or_default()
}
