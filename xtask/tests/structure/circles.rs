//! Circles among the imports of files.

use std::collections::{BTreeMap, BTreeSet};

use crate::imports::Import;

/// The first circle among files, as `a.rs imports b.rs imports a.rs`. A module and its own children may name each other.
pub(crate) fn find(imports: &BTreeSet<Import>) -> Option<String> {
    let mut targets: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Import { from, to } in imports {
        if !is_ancestor(from, to) && !is_ancestor(to, from) {
            targets.entry(from).or_default().push(to);
        }
    }
    let mut done = BTreeSet::new();
    targets.keys().find_map(|start| follow(start, &targets, &mut Vec::new(), &mut done))
}

/// Follows imports from a file; `trail` holds the files that led there, `done` those that lead into no circle.
fn follow<'a>(
    file: &'a str,
    targets: &BTreeMap<&'a str, Vec<&'a str>>,
    trail: &mut Vec<&'a str>,
    done: &mut BTreeSet<&'a str>,
) -> Option<String> {
    if let Some(place) = trail.iter().position(|earlier| *earlier == file) {
        return Some([&trail[place..], &[file]].concat().join(" imports "));
    }
    if done.contains(file) {
        return None;
    }
    trail.push(file);
    let circle = targets.get(file).and_then(|next| next.iter().find_map(|next| follow(next, targets, trail, done)));
    trail.pop();
    done.insert(file);
    circle
}

/// Whether one file is the module above the other: `src/a/mod.rs` of `src/a/b.rs`, and `src/lib.rs` of all.
fn is_ancestor(above: &str, below: &str) -> bool {
    match above.strip_suffix("mod.rs") {
        Some(folder) => below.starts_with(folder),
        None => above == "src/lib.rs",
    }
}

#[test]
fn a_circle_of_three_is_found_and_a_parent_is_none() {
    let set = |pairs: &[(&str, &str)]| -> BTreeSet<Import> {
        pairs.iter().map(|(from, to)| Import { from: (*from).to_owned(), to: (*to).to_owned() }).collect()
    };
    let mut pairs = vec![("src/a.rs", "src/b.rs"), ("src/b.rs", "src/c/d.rs"), ("src/c/d.rs", "src/c/mod.rs")];
    pairs.push(("src/c/mod.rs", "src/c/d.rs"));
    assert_eq!(find(&set(&pairs)), None);
    pairs.push(("src/c/d.rs", "src/a.rs"));
    assert_eq!(find(&set(&pairs)).as_deref(), Some("src/a.rs imports src/b.rs imports src/c/d.rs imports src/a.rs"));
}
