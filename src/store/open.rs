//! Opening the database: it is made, brought up to date, or repaired if that is needed.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{IdbDatabase, IdbFactory, IdbOpenDbRequest};

use super::by_name::{call, property};
use super::error::StoreError;
use super::exception::{reason, thrown};
use super::object_store::ObjectStore;
use super::patience::in_time;

const NAME: &str = "gradsheet";

/// The version of the database that has all object stores. Each repair raises the version by one.
const VERSION: u32 = 2;

/// The last version that has these object stores. A later build that needs others begins after it.
const LAST_VERSION: u32 = 999;

/// Opens the database with all of its object stores.
///
/// # Errors
/// The browser refuses or does not answer, or the database was written by a later build.
pub(super) async fn open() -> Result<IdbDatabase, StoreError> {
    let database = match open_version(Some(VERSION)).await {
        // It was repaired, or it is of a later build.
        Err(StoreError::Newer) => open_version(None).await?,
        opened => opened?,
    };
    let version = database.version() as u32;
    if version > LAST_VERSION {
        database.close();
        Err(StoreError::Newer)
    } else if ObjectStore::ALL.iter().all(|store| has(&database, *store)) {
        Ok(database)
    } else {
        database.close();
        open_version(Some(version + 1)).await
    }
}

async fn open_version(version: Option<u32>) -> Result<IdbDatabase, StoreError> {
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into()).map_err(|error| thrown(&error))?;
    if factory.is_undefined() || factory.is_null() {
        return Err(StoreError::Unavailable);
    }
    let factory: IdbFactory = factory.unchecked_into();
    let request = match version {
        Some(version) => factory.open_with_u32(NAME, version),
        None => factory.open(NAME),
    };
    let request = request.map_err(|error| thrown(&error))?;
    let upgraded = request.clone();
    let upgrade = Closure::once(move || make_stores(&upgraded));
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let is_blocked = Rc::new(Cell::new(false));
    let blocked = Rc::clone(&is_blocked);
    let blocked = Closure::<dyn FnMut()>::new(move || blocked.set(true));
    // The other tab closes its connection in a moment, unless it hangs.
    request.set_onblocked(Some(blocked.as_ref().unchecked_ref()));
    let opened = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match in_time(opened).await {
        Some(Ok(_)) => request.result().map(JsCast::unchecked_into).map_err(|error| thrown(&error)),
        Some(Err(_)) => Err(reason(&request)),
        None => {
            close_later(&request);
            Err(if is_blocked.get() { StoreError::Blocked } else { StoreError::Silent })
        }
    }
}

fn has(database: &IdbDatabase, store: ObjectStore) -> bool {
    let names = property(database, "objectStoreNames").unwrap_or_default();
    call(&names, "contains", &[store.name().into()]).is_ok_and(|answer| answer.is_truthy())
}

/// Makes the object stores that are missing.
fn make_stores(request: &IdbOpenDbRequest) {
    let Ok(database) = request.result().map(JsCast::unchecked_into::<IdbDatabase>) else { return };
    for store in ObjectStore::ALL.iter().filter(|store| !has(&database, **store)) {
        // An object store whose name is free can be made. If one were missing, transactions would report it.
        let _ = database.create_object_store(store.name());
    }
}

/// Closes a connection that opens after nobody waits for it any more: it would block other tabs.
fn close_later(request: &IdbOpenDbRequest) {
    let late = request.clone();
    let close = Closure::once_into_js(move || {
        if let Ok(database) = late.result().map(JsCast::unchecked_into::<IdbDatabase>) {
            database.close();
        }
    });
    request.set_onsuccess(Some(close.unchecked_ref()));
    request.set_onupgradeneeded(None);
    request.set_onblocked(None);
}
