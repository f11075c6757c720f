//! The table of rooms in ARCHITECTURE.md: which folder may import which.

use std::collections::{BTreeMap, BTreeSet};

use crate::imports::Import;

/// The table: each room (a folder such as `src/sheet/`, or a file), and the rooms that it may import.
pub(crate) struct Table {
    rooms: BTreeMap<String, BTreeSet<String>>,
}

impl Table {
    /// Reads the table's rows: those that begin with a path below `src` in backquotes. The first cell names the room, the
    /// last one, in backquotes and without `src/`, what it may import.
    pub(crate) fn parse(markdown: &str) -> Self {
        let rows = markdown.lines().filter(|line| line.starts_with("| `src/"));
        let rooms = rows.map(|row| {
            let cells: Vec<_> = row.trim_matches('|').split('|').collect();
            let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
            let room = quoted(cells[0]).swap_remove(0);
            let granted = quoted(cells.last().expect("a row has cells")).into_iter().map(|room| format!("src/{room}"));
            (room, granted.collect())
        });
        Self { rooms: rooms.collect() }
    }

    /// Everything in which imports and table differ, a sentence each.
    pub(crate) fn complaints(&self, imports: &BTreeSet<Import>) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut used: BTreeSet<(&str, &str)> = BTreeSet::new();
        for Import { from, to } in imports {
            match (self.room(from), self.room(to)) {
                (Some(from_room), Some(to_room)) if from_room == to_room => {}
                (Some(from_room), Some(to_room)) if self.rooms[from_room].contains(to_room) => {
                    used.insert((from_room, to_room));
                }
                (Some(from_room), Some(to_room)) => {
                    complaints.push(format!("{from} imports {to}: {from_room} may not import {to_room}."));
                }
                // The crate's root declares the rooms and belongs to none.
                (None, _) => complaints.push(format!("{from} lies in no room of the table.")),
                (_, None) => complaints.push(format!("{from} imports {to}, which lies in no room of the table.")),
            }
        }
        for (room, granted) in &self.rooms {
            for other in granted {
                if !self.rooms.contains_key(other) {
                    complaints.push(format!("{room} may import {other}, which is no room of the table."));
                } else if !used.contains(&(room, other)) {
                    complaints.push(format!("{room} may import {other}, but does not: take it from the table."));
                }
            }
        }
        complaints
    }

    /// The room of a file: the longest path of the table that it begins with.
    fn room(&self, file: &str) -> Option<&str> {
        let rooms = self.rooms.keys().filter(|room| file.starts_with(room.as_str()));
        rooms.max_by_key(|room| room.len()).map(String::as_str)
    }
}

#[test]
fn the_table_forbids_grants_and_is_kept_short() {
    let table = Table::parse(
        "| room | holds | may import |\n|---|---|---|\n| `src/a/` | a | `b/` |\n| `src/b/` | b | `a/`, `c.rs` |\n| `src/c.rs` | | |",
    );
    let import = |from: &str, to: &str| Import { from: from.to_owned(), to: to.to_owned() };
    let imports = BTreeSet::from([
        import("src/a/x.rs", "src/b/y.rs"),
        import("src/a/x.rs", "src/c.rs"),
        import("src/b/y.rs", "src/c.rs"),
    ]);
    assert_eq!(
        table.complaints(&imports),
        [
            "src/a/x.rs imports src/c.rs: src/a/ may not import src/c.rs.",
            "src/b/ may import src/a/, but does not: take it from the table."
        ]
    );
}
