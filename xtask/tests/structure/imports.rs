//! Which file of the crate names something of which other file.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, UseTree};

/// A module's path below the crate's root; the root itself is empty.
type ModulePath = Vec<String>;

/// One file names something of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    /// The file that names, such as `src/sheet/run.rs`.
    pub(crate) from: String,
    /// The file that holds what is named.
    pub(crate) to: String,
}

/// The parsed files of the crate.
pub(crate) struct Crate {
    /// Each module that has a file of its own.
    modules: HashMap<ModulePath, Module>,
}

struct Module {
    file: String,
    /// The paths that the file names, absolute, without the leading `crate`.
    named: BTreeSet<ModulePath>,
    /// What the file re-exports: the name, and the absolute path behind it.
    re_exports: HashMap<String, ModulePath>,
}

impl Crate {
    /// Reads all files. Test modules, and the files of test modules, are left out: a test may look at its neighbours.
    ///
    /// # Panics
    /// Panics when a file is no Rust.
    pub(crate) fn read(sources: &BTreeMap<String, String>) -> Self {
        let parsed: Vec<_> = sources
            .iter()
            .filter_map(|(file, text)| {
                let path = module_path(file)?;
                let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
                Some((file, path, syntax))
            })
            .collect();
        // A module that is declared under `cfg(test)` is a test with everything below it.
        let mut tests = Vec::new();
        for (_, path, syntax) in &parsed {
            for item in &syntax.items {
                if let Item::Mod(module) = item
                    && module.content.is_none()
                    && is_test(&module.attrs)
                {
                    tests.push([&path[..], &[module.ident.to_string()]].concat());
                }
            }
        }
        let modules = parsed.into_iter().filter(|(_, path, _)| !tests.iter().any(|test| path.starts_with(test)));
        let modules = modules.map(|(file, path, syntax)| {
            let mut module = Module { file: file.clone(), named: BTreeSet::new(), re_exports: HashMap::new() };
            module.read_items(&syntax.items, &path, true);
            (path, module)
        });
        Self { modules: modules.collect() }
    }

    /// All imports between files, re-exports followed to where the thing is.
    pub(crate) fn imports(&self) -> BTreeSet<Import> {
        let mut imports = BTreeSet::new();
        for module in self.modules.values() {
            for named in &module.named {
                if let Some(to) = self.resolve(named, 8)
                    && to != module.file
                {
                    imports.insert(Import { from: module.file.clone(), to });
                }
            }
        }
        imports
    }

    /// The file that holds what a path names.
    fn resolve(&self, path: &[String], depth: u32) -> Option<String> {
        let length = (0..=path.len()).rev().find(|&length| self.modules.contains_key(&path[..length]))?;
        let module = &self.modules[&path[..length]];
        if let Some(name) = path.get(length)
            && let Some(target) = module.re_exports.get(name)
            && depth > 0
        {
            return self.resolve(target, depth - 1);
        }
        Some(module.file.clone())
    }
}

impl Module {
    /// Takes in items of the module at `path`; `at_top` is false within a module that has no file of its own.
    fn read_items(&mut self, items: &[Item], path: &[String], at_top: bool) {
        for item in items {
            match item {
                Item::Use(item) => {
                    if is_test(&item.attrs) {
                        continue;
                    }
                    let is_public = !matches!(item.vis, syn::Visibility::Inherited);
                    let mut leaves = Vec::new();
                    flatten(&item.tree, &mut Vec::new(), &mut leaves);
                    for (leaf, name) in leaves {
                        let Some(target) = absolute(&leaf, path, is_public && at_top) else { continue };
                        if is_public && at_top {
                            self.re_exports.insert(name, target);
                        } else {
                            self.named.insert(target);
                        }
                    }
                }
                Item::Mod(module) => {
                    if let Some((_, items)) = &module.content
                        && !is_test(&module.attrs)
                    {
                        self.read_items(items, &[path, &[module.ident.to_string()]].concat(), false);
                    }
                }
                other => {
                    if !is_test(attributes(other)) {
                        self.read_tokens(other.to_token_stream(), path);
                    }
                }
            }
        }
    }

    /// Takes in paths that begin with `crate`, `super` or `self`, wherever they stand, macros included.
    fn read_tokens(&mut self, tokens: TokenStream, path: &[String]) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => self.read_tokens(group.stream(), path),
                TokenTree::Ident(first) if ["crate", "super", "self"].iter().any(|word| first == word) => {
                    let mut named = vec![first.to_string()];
                    loop {
                        let mut ahead = tokens.clone();
                        let is_colon = |token: Option<TokenTree>| matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
                        if !(is_colon(ahead.next()) && is_colon(ahead.next())) {
                            break;
                        }
                        let Some(TokenTree::Ident(next)) = ahead.next() else { break };
                        named.push(next.to_string());
                        tokens = ahead;
                    }
                    if named.len() > 1
                        && let Some(target) = absolute(&named, path, false)
                    {
                        self.named.insert(target);
                    }
                }
                _ => {}
            }
        }
    }
}

/// The module of a file, `None` for the entries of binaries, which nothing can import.
fn module_path(file: &str) -> Option<ModulePath> {
    let path = file.strip_prefix("src/")?.strip_suffix(".rs")?;
    let mut path: Vec<_> = path.split('/').map(str::to_owned).collect();
    match path.last().map(String::as_str) {
        Some("mod") => drop(path.pop()),
        Some("lib") if path.len() == 1 => path.clear(),
        Some("main") if path.len() == 1 => return None,
        _ if path[0] == "bin" => return None,
        _ => {}
    }
    Some(path)
}

/// The absolute path behind a relative one, `None` for another crate's. In a re-export a path may begin with the name of a
/// child.
fn absolute(named: &[String], path: &[String], from_child: bool) -> Option<ModulePath> {
    let (first, rest) = named.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([path, rest].concat()),
        "super" => {
            let supers = named.iter().take_while(|part| *part == "super").count();
            let base = path.get(..path.len().checked_sub(supers)?)?;
            Some([base, &named[supers..]].concat())
        }
        _ if from_child => Some([path, named].concat()),
        _ => None,
    }
}

/// The paths of a `use`, each with the name that it brings in.
fn flatten(tree: &UseTree, before: &mut Vec<String>, leaves: &mut Vec<(Vec<String>, String)>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, leaves);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            leaves.push((before.clone(), before.last().cloned().unwrap_or_default()));
        }
        UseTree::Name(name) => {
            leaves.push(([&before[..], &[name.ident.to_string()]].concat(), name.ident.to_string()));
        }
        UseTree::Rename(rename) => {
            leaves.push(([&before[..], &[rename.ident.to_string()]].concat(), rename.rename.to_string()));
        }
        UseTree::Glob(_) => leaves.push((before.clone(), "*".to_owned())),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, leaves);
            }
        }
    }
}

/// Whether attributes say `cfg(test)`, alone or within `all`.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let tokens = attribute.meta.to_token_stream().to_string();
        attribute.path().is_ident("cfg") && tokens.split(|c: char| !c.is_alphanumeric()).any(|word| word == "test")
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        _ => &[],
    }
}

#[test]
fn every_way_to_name_another_file_is_seen() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let sources = BTreeMap::from([
        file("src/lib.rs", "pub mod a; pub mod b;"),
        file(
            "src/a/mod.rs",
            "mod one; mod two; #[cfg(test)] mod tests; pub use one::One; pub use two::{Two as Second};",
        ),
        file("src/a/one.rs", "use super::two::Two; pub struct One; #[cfg(test)] mod tests { use crate::b::B; }"),
        file("src/a/two.rs", "pub struct Two;"),
        file("src/a/tests.rs", "use crate::b::B;"),
        file(
            "src/b.rs",
            "use crate::a::{One, self}; fn f() { view!(<crate::a::Second/>); } mod inner { use super::super::a; }",
        ),
    ]);
    let imports: Vec<_> = Crate::read(&sources).imports().into_iter().map(|import| [import.from, import.to]).collect();
    let expected = [
        ["src/a/one.rs", "src/a/two.rs"],
        ["src/b.rs", "src/a/mod.rs"],
        ["src/b.rs", "src/a/one.rs"],
        ["src/b.rs", "src/a/two.rs"],
    ];
    assert_eq!(imports, expected);
}
