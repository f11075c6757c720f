//! Second copies of values in the page's local storage. When the disk is full, Chromium may throw away all databases, caches
//! and files of a page at once, without a word; its local storage stays. Local storage has room for little, so a copy has
//! a long and a short form.
//!
//! A copy is a safeguard: where it cannot be written, the value in the database is all there is, as it was before.

/// What the name of a copy begins with; the rest is its key.
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
const PREFIX: &str = "gradsheet-run-";

/// The largest length of all copies together before only short forms are added. Browsers allow between 2.6 and 5 million
/// characters.
pub const MOST_TEXT: usize = 2_000_000;

/// Turns bytes into a text with one character for each byte, which browsers keep in one byte each.
pub fn to_text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Turns a text of [`to_text`] into its bytes; `None` for another text.
pub fn to_bytes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect()
}

/// Keeps the copy of a value, in its `long` form if there is one and room for it.
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub(crate) fn keep(key: u64, long: Option<&[u8]>, short: &[u8]) {
    let Some(storage) = storage() else { return };
    let others = || keys().into_iter().filter(|other| *other != key);
    let taken = || others().map(|other| length(&storage, other)).sum::<usize>();
    let name = name(key);
    let long = long.filter(|long| taken() + long.len() <= MOST_TEXT);
    let is_kept = long.is_some_and(|long| storage.set_item(&name, &to_text(long)).is_ok());
    if !is_kept {
        // Without room for the short form either, there is no copy.
        let _ = storage.set_item(&name, &to_text(short));
    }
}

/// Keeps the copy of a value in its short form. This looks at no other copy, so that thousands can be kept in a row.
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub(crate) fn keep_short(key: u64, short: &[u8]) {
    if let Some(storage) = storage() {
        // Without room, there is no copy.
        let _ = storage.set_item(&name(key), &to_text(short));
    }
}

/// Returns the copy under a key, in either form.
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub(crate) fn read(key: u64) -> Option<Vec<u8>> {
    to_bytes(&text(&storage()?, key)?)
}

/// Deletes the copy under a key.
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub(crate) fn forget(key: u64) {
    if let Some(storage) = storage() {
        // Deleting fails only where nothing can be kept.
        let _ = storage.remove_item(&name(key));
    }
}

/// Returns the keys of all copies.
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub(crate) fn keys() -> Vec<u64> {
    let Some(storage) = storage() else { return Vec::new() };
    let names = (0..storage.length().unwrap_or_default()).filter_map(|index| storage.key(index).ok().flatten());
    names.filter_map(|name| name.strip_prefix(PREFIX)?.parse().ok()).collect()
}

#[cfg(all(feature = "ui", target_arch = "wasm32"))]
fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

#[cfg(all(feature = "ui", target_arch = "wasm32"))]
fn text(storage: &web_sys::Storage, key: u64) -> Option<String> {
    storage.get_item(&name(key)).ok().flatten()
}

/// Returns the length of a copy, which stays on JavaScript's side.
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
fn length(storage: &web_sys::Storage, key: u64) -> usize {
    use wasm_bindgen::JsCast;
    super::by_name::property(storage, &name(key))
        .map_or(0, |text| text.unchecked_into::<js_sys::JsString>().length() as usize)
}

#[cfg(all(feature = "ui", target_arch = "wasm32"))]
fn name(key: u64) -> String {
    [PREFIX, &key.to_string()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_becomes_a_character_and_comes_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = to_text(&bytes);
        assert_eq!((text.chars().count(), to_bytes(&text)), (256, Some(bytes)));
        assert_eq!(to_bytes("a€"), None);
    }
}
