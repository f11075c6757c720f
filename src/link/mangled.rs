//! Undoing what chats, mail programs and learning platforms do to a link on its way: escapes, entities, line breaks,
//! the marks of the sentence around it.

/// The number of times that a link may have been escaped.
const ROUNDS: usize = 6;

/// Returns a link in lower case and without escapes and entities, with a space for each kind of space and line break. The
/// page's own links have none of them, and only visible ASCII characters.
pub(super) fn restore(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let plainer = without_entities(&without_escapes(&text));
        if plainer == text {
            break;
        }
        text = plainer;
    }
    text.chars().filter_map(plain).collect()
}

/// Returns a text without spaces, which a program puts where it breaks a line.
pub(super) fn without_spaces(text: &str) -> String {
    text.chars().filter(|char| *char != ' ').collect()
}

/// Returns a text without the marks around it. A sentence, a bracket or a quotation leaves them there.
pub(super) fn without_marks(text: &str) -> &str {
    text.trim_matches(is_mark)
}

/// Returns a text without the marks behind it.
pub(super) fn without_marks_at_end(text: &str) -> &str {
    // An equals sign stays: the pair before it has lost its value, and is no piece of another kind.
    text.trim_end_matches(|char| is_mark(char) && char != '=' && char != '&')
}

/// Returns the letters and digits with which a text begins.
pub(super) fn word(text: &str) -> &str {
    text.split(is_mark).next().unwrap_or_default()
}

/// Returns the digits with which a version begins, because the next word of a chat may be glued to them. Text without
/// digits is returned as it is.
pub(super) fn version(text: &str) -> &str {
    let word = word(text.trim_start());
    word.split(|char: char| !char.is_ascii_digit()).next().filter(|digits| !digits.is_empty()).unwrap_or(word)
}

fn is_mark(char: char) -> bool {
    !char.is_ascii_alphanumeric()
}

/// Returns the character that stands for another one in links; `None` for characters that are only added.
fn plain(char: char) -> Option<char> {
    match char {
        // Some programs put a backslash before characters with a meaning for them.
        '\\' => None,
        '\0'..=' ' | '\u{7f}'..='\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' => Some(' '),
        // Marks that nobody sees: soft hyphen, zero-width characters, directions, byte-order mark.
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{205f}'..='\u{206f}' | '\u{feff}' => None,
        // A program that corrects typing turns a hyphen into a dash.
        '‐'..='―' | '−' => Some('-'),
        // The full-width forms of East Asian keyboards.
        '！'..='～' => char::from_u32(u32::from(char) - 0xFEE0).map(|char| char.to_ascii_lowercase()),
        _ => Some(char.to_ascii_lowercase()),
    }
}

/// Replaces escapes of bytes, such as `%2C`, and of characters in programs, such as `\u0026`.
fn without_escapes(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape = match (first, after) {
            (b'%', after) => hexadecimal(after, 2),
            (b'\\', [b'u' | b'U', after @ ..]) => hexadecimal(after, 4).filter(|(code, _)| *code < 0x80),
            _ => None,
        };
        let (byte, after) = escape.map_or((first, after), |(code, after)| (code as u8, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads this number of hexadecimal digits; returns the number and what follows.
fn hexadecimal(text: &[u8], digits: usize) -> Option<(u32, &[u8])> {
    let (number, rest) = text.split_at_checked(digits)?;
    let add = |sum: u32, digit: &u8| Some(sum * 16 + char::from(*digit).to_digit(16)?);
    Some((number.iter().try_fold(0, add)?, rest))
}

/// Replaces the entities of HTML, such as `&amp;`.
fn without_entities(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once(';').and_then(|(name, rest)| Some((entity(name)?, rest))) {
            Some((char, rest)) => {
                plain.push(char);
                plain.push_str(rest);
            }
            None => {
                plain.push('&');
                plain.push_str(piece);
            }
        }
    }
    plain
}

/// Returns the character of an entity.
fn entity(name: &str) -> Option<char> {
    let name = name.to_ascii_lowercase();
    if let Some(code) = name.strip_prefix('#') {
        let code = match code.strip_prefix('x') {
            Some(code) => u32::from_str_radix(code, 16),
            None => code.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    match name.as_str() {
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "nbsp" => Some(' '),
        "equals" => Some('='),
        "quest" => Some('?'),
        "comma" => Some(','),
        "period" => Some('.'),
        "lowbar" => Some('_'),
        "percnt" => Some('%'),
        "num" => Some('#'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_and_entities_are_replaced_however_often_they_were_made() {
        assert_eq!(restore("a%2Cb%3d%253D%25253d"), "a,b===");
        assert_eq!(restore("%zz %4 % %+1 &x; & &#xD800; &#9999999999;"), "%zz %4 % %+1 &x; & &#xd800; &#9999999999;");
        assert_eq!(restore("\\u0026\\u00e4\\_"), "&u00e4_");
        assert_eq!(restore("%C3%A4%FF"), "ä\u{fffd}");
    }

    #[test]
    fn marks_around_a_text_are_removed() {
        assert_eq!(without_marks("<(“sheet”)>."), "sheet");
        assert_eq!(without_marks_at_end("-5&v=1)."), "-5&v=1");
        assert_eq!(without_marks_at_end("eta=5&v="), "eta=5&v=");
        assert_eq!(["1).&x", "1 and", "1and", " 1", "x2", ""].map(version), ["1", "1", "1", "1", "x2", ""]);
    }

    proptest! {
        #[test]
        fn any_text_is_restored_without_a_panic(text in "([ -~äη%&;#\\\\]|%[0-9a-f]{2}|&#x?[0-9a-f]{1,9};){0,60}") {
            let restored = restore(&text);
            prop_assert!(!without_spaces(&restored).contains([' ', '\\', '\n']));
        }
    }
}
