//! The grammar that the page's links share: a name, and pairs of a key and a value.
//!
//! ```text
//! name?key=value&key=value
//! ```
//!
//! `sheet::permalink` and `trainer::recipe::link` say which names, keys and values there are.

use std::fmt::{Display, Write as _};

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

    /// Whether the link has a pair.
    pub(crate) fn has_pairs(&self) -> bool {
        self.has_pairs
    }

    /// The text of the link.
    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// Splits a link into its name and the text of its pairs, which is `None` where there is no `?`.
pub(crate) fn split(link: &str) -> (&str, Option<&str>) {
    match link.split_once('?') {
        Some((name, pairs)) => (name, Some(pairs)),
        None => (link, None),
    }
}

/// The pairs of a link as keys and values, in their order; `None` for a piece without `=`.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    text.split('&').map(|pair| pair.split_once('='))
}

/// Replaces escapes, such as `%2C`, by their characters: some programs escape a link that they pass on. All characters
/// of the page's links are visible ASCII characters, so any other escape is left as it is.
pub(crate) fn unescape(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let escape = piece.split_at_checked(2).and_then(|(digits, rest)| {
            let code = u8::from_str_radix(digits, 16).ok().filter(u8::is_ascii_graphic)?;
            Some((code, rest))
        });
        match escape {
            Some((code, rest)) => {
                plain.push(char::from(code));
                plain.push_str(rest);
            }
            None => {
                plain.push('%');
                plain.push_str(piece);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_a_name_and_pairs() {
        let mut link = LinkWriter::new("lab");
        assert!(!link.has_pairs());
        link.pair("a", &1);
        link.pair("b", &"x,y");
        assert!(link.has_pairs());
        assert_eq!(link.finish(), "lab?a=1&b=x,y");
        assert_eq!(LinkWriter::new("lab").finish(), "lab");
    }

    #[test]
    fn a_link_is_read_as_it_was_written() {
        assert_eq!(split("lab?a=1&b=2"), ("lab", Some("a=1&b=2")));
        assert_eq!(split("lab"), ("lab", None));
        assert_eq!(
            pairs("a=1&b&=&c=d=e").collect::<Vec<_>>(),
            [Some(("a", "1")), None, Some(("", "")), Some(("c", "d=e"))]
        );
    }

    #[test]
    fn only_escapes_of_visible_ascii_characters_are_replaced() {
        assert_eq!(unescape("a%2Cb%3d%3D"), "a,b==");
        assert_eq!(unescape("%C3%A4 %20 %zz %4 %"), "%C3%A4 %20 %zz %4 %");
    }
}
