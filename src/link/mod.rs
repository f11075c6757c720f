//! The grammar that the page's links share: a name, and pairs of a key and a value.
//!
//! ```text
//! name?key=value&key=value&v=1
//! ```
//!
//! `sheet::permalink` and `trainer::recipe::link` say which names, keys and values there are. The version comes last, so
//! that a link which was cut anywhere is noticed. `mangled` undoes what chats and mail programs do to a link.

mod mangled;

use std::fmt::{Display, Write as _};

/// The longest link that is read, in bytes. The longest link that is written has less than 1,000, but a chat may escape
/// each of its characters, and trackers add some.
pub(crate) const LONGEST: usize = 8000;

/// The key of the version.
const VERSION: &str = "v";

/// A link that is being written.
#[derive(Debug)]
pub(crate) struct LinkWriter {
    text: String,
    has_pairs: bool,
}

impl LinkWriter {
    /// A link with a name and no pairs yet.
    pub(crate) fn new(name: &str) -> Self {
        Self { text: name.to_owned(), has_pairs: false }
    }

    /// Appends a pair. Neither the key nor the value may contain `&`.
    pub(crate) fn pair(&mut self, key: &str, value: &dyn Display) {
        let separator = if self.has_pairs { '&' } else { '?' };
        self.has_pairs = true;
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{separator}{key}={value}");
    }

    /// Appends the version, which closes the link.
    pub(crate) fn version(&mut self, version: &str) {
        self.pair(VERSION, &version);
    }

    /// Whether the link has a pair.
    pub(crate) fn has_pairs(&self) -> bool {
        self.has_pairs
    }

    /// The text of the link.
    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// A link that somebody opened, in lower case and without what was added on its way.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OpenedLink {
    /// The name in front of the pairs.
    pub(crate) name: String,
    /// The pairs whose keys the reader knows, in their order. Of a link without its end, the last pair is left out,
    /// because its value may be cut.
    pub(crate) pairs: Vec<(String, String)>,
    /// What the end of the link says.
    pub(crate) end: End,
}

/// What the end of a link says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The link is a name without pairs, which needs no version.
    Bare,
    /// The link has all its pairs and this version.
    Version(String),
    /// The version is missing, and with it perhaps a part of the link. The text is the last piece, which was left out
    /// because it may be cut; empty if there is none.
    Missing(String),
}

/// The sentence about the piece of a link that was left out, behind a space; empty if there is none.
pub(crate) fn left_out(piece: &str) -> String {
    if piece.is_empty() {
        return String::new();
    }
    let shown: String = piece.chars().take(20).collect();
    format!(" “{shown}” may be cut off, so it is not used.")
}

impl OpenedLink {
    /// Reads a link. `is_key` says which keys the reader knows; others, such as those of trackers, are left out.
    pub(crate) fn read(text: &str, is_key: &dyn Fn(&str) -> bool) -> Self {
        let restored = mangled::restore(text);
        let (name, rest) = split(&restored);
        let Some(rest) = rest else { return Self { name, pairs: Vec::new(), end: End::Bare } };
        // What follows the version is another word of the text around the link; elsewhere a line was only broken.
        let version = rest.split('&').find_map(|piece| {
            let (key, value) = pair(piece, is_key)?;
            (key == VERSION).then_some(value)
        });
        let rest = mangled::without_spaces(rest);
        let pieces: Vec<&str> = rest.split('&').filter(|piece| !piece.is_empty()).collect();
        let mut pairs: Vec<(String, String)> = pieces.iter().filter_map(|piece| pair(piece, is_key)).collect();
        let Some(version) = version else {
            let has_foreign_pairs_only = pieces
                .iter()
                .all(|piece| pair(piece, &|_| true).is_some_and(|(key, _)| !is_key(&key) && key != VERSION));
            if !pieces.is_empty() && has_foreign_pairs_only {
                return Self { name, pairs: Vec::new(), end: End::Bare };
            }
            // Only a pair that another piece follows is surely whole.
            let cut = pieces.last().copied().unwrap_or_default();
            if pair(cut, is_key).is_some() {
                pairs.pop();
            }
            return Self { name, pairs, end: End::Missing(cut.to_owned()) };
        };
        // The source of a mail writes `=3D` for `=`, also before the version.
        let is_quoted = version.starts_with(QUOTED);
        let version = mangled::version(if is_quoted { unquoted(&version) } else { &version }).to_owned();
        let end = if version.is_empty() { End::Missing(String::new()) } else { End::Version(version) };
        pairs.retain(|(key, _)| key != VERSION);
        if is_quoted {
            for (_, value) in &mut pairs {
                *value = unquoted(value).to_owned();
            }
        }
        Self { name, pairs, end }
    }
}

/// Returns the name in front of a link's pairs, for the page, which shows the lab of this name.
#[cfg(feature = "ui")]
pub(crate) fn name(text: &str) -> String {
    split(&mangled::restore(text)).0
}

/// What follows the equals sign of a pair in the source of a mail, in lower case.
const QUOTED: &str = "3d";

fn unquoted(value: &str) -> &str {
    value.strip_prefix(QUOTED).unwrap_or(value)
}

/// Splits a restored link into its name and the text of its pairs, which is `None` where it has no pairs.
fn split(link: &str) -> (String, Option<&str>) {
    // A tracker that is added to a link without pairs may begin with `&`.
    let (name, rest) = match link.split_once(['?', '&']) {
        Some((name, rest)) => (name, Some(mangled::without_marks_at_end(rest))),
        // Behind a name alone, a space begins the next word of the text around the link.
        None => (mangled::without_marks(link).split(' ').next().unwrap_or_default(), None),
    };
    (mangled::without_spaces(mangled::without_marks(name)), rest)
}

/// Reads a piece between two `&` as key and value; `None` for a piece without `=`, and for a key that is not known.
fn pair(piece: &str, is_key: &dyn Fn(&str) -> bool) -> Option<(String, String)> {
    let (key, value) = piece.split_once('=')?;
    let key = mangled::without_spaces(mangled::without_marks(key));
    let key = key.as_str();
    let is_known = |key: &str| key == VERSION || is_key(key);
    // A program may have lost the semicolon of `&amp;`.
    let key = if is_known(key) { key } else { key.strip_prefix("amp").filter(|key| is_known(key)).unwrap_or(key) };
    is_known(key).then(|| (key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> OpenedLink {
        OpenedLink::read(text, &|key| matches!(key, "eta" | "rows"))
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_link_is_a_name_and_pairs() {
        let mut link = LinkWriter::new("lab");
        assert!(!link.has_pairs());
        link.pair("a", &1);
        link.pair("b", &"x,y");
        link.version("1");
        assert!(link.has_pairs());
        assert_eq!(link.finish(), "lab?a=1&b=x,y&v=1");
        assert_eq!(LinkWriter::new("lab").finish(), "lab");
    }

    #[test]
    fn a_link_is_read_whatever_a_chat_has_made_of_it() {
        let (pairs, end) = (pairs(&[("eta", "-0.8"), ("rows", "50")]), End::Version("1".to_owned()));
        let expected = OpenedLink { name: "sheet".to_owned(), pairs, end };
        for text in [
            "sheet?eta=-0.8&rows=50&v=1",
            "sheet?eta=-0.8&rows=50&v=1.",
            "sheet?eta=-0.8&rows=50&v=1).",
            "sheet?eta=-0.8&rows=50&v=1]",
            "sheet?eta=-0.8&rows=50&v=1?",
            "sheet?eta=-0.8&rows=50&v=1”",
            "sheet?eta=-0.8&rows=50&v=1%E2%80%9D",
            "sheet?eta=-0.8&rows=50&v=1&quot;",
            "sheet?eta=-0.8&rows=50&v=1&gt;",
            "sheet?eta=-0.8&rows=50&v=1%20%0A",
            "sheet?eta=-0.8&rows=50&v=1%E2%80%8B",
            "sheet?eta=-0.8&rows=50&v=1**",
            "“sheet?eta=-0.8&rows=50&v=1",
            "/sheet/?eta=-0.8&rows=50&v=1",
            "#sheet?eta=-0.8&rows=50&v=1",
            "%23sheet?eta=-0.8&rows=50&v=1",
            "sheet?eta=-0.8&amp;rows=50&amp;v=1",
            "sheet?eta=-0.8&amp;amp;rows=50&amp;amp;v=1",
            "sheet?eta=-0.8&#38;rows=50&#x26;v=1",
            "sheet?eta&#61;-0.8&amprows=50&AMP;v&equals;1",
            "sheet%3Feta%3D-0.8%26rows%3D50%26v%3D1",
            "sheet%253Feta%253D-0.8%2526rows%253D50%2526v%253D1",
            "sheet%3feta%3d-0.8%26amp%3brows%3d50%26amp%3bv%3d1",
            "SHEET?ETA=-0.8&ROWS=50&V=1",
            "sheet?eta=-0.8&rows=50\r\n&v=1",
            "sheet?eta=-0.8&ro%0D%0Aws=5 0&v=1",
            "sheet?eta=-0.8&rows=50&v=1&utm_source=moodle&fbclid=IwAR_2-x",
            "sheet?utm_source=moodle&eta=-0.8&rows=50&v=1.",
            "sheet?eta=-0.8&rows=50&v=1?utm_source=moodle",
            "sheet?eta=–0.8&rows=50&v=1",
            "sheet?eta=%E2%88%920.8&rows=50&v=1",
            "sheet?eta=3D-0.8&rows=3D50&v=3D1",
            "sheet?eta=-0.8\\&rows=50\\&v=1",
            "sheet\\u003feta=-0.8\\u0026rows=50\\u0026v=1",
            "sheet？eta＝-0.8＆rows＝50＆v＝1",
            "sheet?eta=-0.8&rows=50&v=1%20and",
            "sheet?eta=-0.8&rows=50&v=1 then try η = 2 (v=3)",
            "sheet?eta=-0.8&rows=50&v=1\u{a0}or",
            "sheet?eta=-0.8&rows=50&v=1and",
            "sheet?eta=-0.8&rows=50&v=1\n2026-01-01",
            "sheet?eta=-0.8&rows=50&v=%201+and",
            "sheet?eta=-0.8&rows=50&%20v%20=1_",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_name_alone_needs_no_version_even_with_a_tracker() {
        for text in [
            "sheet",
            "sheet.",
            "sheet%20and",
            "sheet, then",
            "SHEET/",
            "%22sheet%22",
            "sheet?utm_source=x",
            "sheet&fbclid=x",
            "sheet?a=1&b=2",
        ] {
            let expected = OpenedLink { name: "sheet".to_owned(), pairs: Vec::new(), end: End::Bare };
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn of_a_link_without_its_end_only_whole_pairs_are_read() {
        for (text, whole, cut) in [
            ("sheet?", &[][..], ""),
            ("sheet?e", &[], "e"),
            ("sheet?eta=0.8", &[], "eta=0.8"),
            ("sheet?eta=0.8&", &[], "eta=0.8"),
            ("sheet?eta=0.8&ro", &[("eta", "0.8")], "ro"),
            ("sheet?eta=0.8&rows=5", &[("eta", "0.8")], "rows=5"),
            ("sheet?eta=0.8&rows=50&v=", &[("eta", "0.8"), ("rows", "50")], ""),
        ] {
            let link = read(text);
            assert_eq!((link.pairs, link.end), (pairs(whole), End::Missing(cut.to_owned())), "{text}");
        }
        assert_eq!(left_out("rows=5"), " “rows=5” may be cut off, so it is not used.");
        assert_eq!(left_out(""), "");
    }
}
