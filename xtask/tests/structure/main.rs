//! The structure test holds the sources to ARCHITECTURE.md: no file imports another in a circle, and each folder imports
//! exactly the folders that the table "Rooms" grants it.
//!
//! `imports` reads which file names which, `circles` finds circles among files, `rooms` compares with the table.

mod circles;
mod imports;
mod rooms;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use imports::Crate;
use rooms::Table;

/// The folder of the checkout.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The sources of the crate: each file's path below the checkout, such as `src/sheet/run.rs`, and its text.
fn sources() -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the entry can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let name =
                    path.strip_prefix(root()).expect("the file lies in the checkout").to_string_lossy().into_owned();
                sources.insert(name, fs::read_to_string(&path).expect("the file is text"));
            }
        }
    }
    sources
}

fn architecture() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the file is there")
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let imports = Crate::read(&sources()).imports();
    assert!(imports.len() > 200, "the reader finds the imports of the crate");
    assert_eq!(circles::find(&imports), None);
}

#[test]
fn every_folder_imports_what_the_table_grants_and_nothing_else() {
    let table = Table::parse(&architecture());
    assert_eq!(table.complaints(&Crate::read(&sources()).imports()), [""; 0]);
}

#[test]
fn the_sheet_and_the_trainer_import_nothing_of_each_other() {
    let imports = Crate::read(&sources()).imports();
    let crosses = |from: &str, to: &str| {
        (from.starts_with("src/ui/sheet/") && to.starts_with("src/ui/trainer/"))
            || (from.starts_with("src/ui/trainer/") && to.starts_with("src/ui/sheet/"))
    };
    let crossing: Vec<_> = imports.iter().filter(|import| crosses(&import.from, &import.to)).collect();
    assert!(crossing.is_empty(), "{crossing:?}");
}

#[test]
fn features_only_add() {
    for (file, text) in sources() {
        let negated = text.lines().position(|line| line.contains("not(feature") || line.contains("not(all(feature"));
        assert_eq!(negated, None, "{file} leaves code out where a feature is on");
    }
}

/// The real sources with one file changed.
fn with_line(file: &str, line: &str) -> Crate {
    let mut sources = sources();
    let text = sources.get_mut(file).expect("the file exists");
    *text = format!("{line}\n{text}");
    // Inner doc comments and attributes must come first in a file: drop them.
    let is_inner = |line: &&str| !line.starts_with("//!") && !line.starts_with("#![");
    *text = text.lines().filter(is_inner).collect::<Vec<_>>().join("\n");
    Crate::read(&sources)
}

#[test]
fn an_injected_circle_is_found_and_names_both_files() {
    // The log reads records; now the record reads the log.
    let circle = circles::find(&with_line("src/trainer/run/record.rs", "use super::log::text as _;").imports());
    let circle = circle.expect("there is a circle now");
    assert!(circle.contains("src/trainer/run/record.rs") && circle.contains("src/trainer/run/log.rs"), "{circle}");
}

#[test]
fn an_injected_import_against_the_table_is_found_and_names_both_files() {
    let changed = with_line("src/sheet/run.rs", "use crate::trainer::recipe::Recipe as _;");
    let complaints = Table::parse(&architecture()).complaints(&changed.imports());
    let complaint = complaints.iter().find(|complaint| complaint.contains("src/sheet/run.rs"));
    let complaint = complaint.unwrap_or_else(|| panic!("{complaints:?}"));
    assert!(complaint.contains("src/trainer/recipe/"), "{complaint}");
}
