//! Packed files: gzip as `gzip`, `bgzip`, `cat` and servers make it, with several members, zeros behind them, or packed
//! twice.

use std::borrow::Cow;
use std::io::{self, Read};

use flate2::bufread::GzDecoder;

/// The first two bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// The number of times that a file may be packed.
const MOST_LAYERS: usize = 4;
/// The most bytes that unpacking an outer layer may give. A packed data set has far fewer.
const LARGEST_LAYER: u64 = 1_000_000_000;

/// The number of bytes that are unpacked at once, of two files to compare them, or of one layer to recognise the next.
const PIECE: usize = 1 << 16;

/// Returns a file without its outer layers of packing: at most the last layer, which [`reader`] unpacks, is left.
///
/// # Errors
/// When an outer layer is damaged, larger than a data set, or one of too many.
pub(super) fn without_outer_layers(bytes: &[u8]) -> io::Result<Cow<'_, [u8]>> {
    let mut bytes = Cow::Borrowed(bytes);
    for _ in 0..MOST_LAYERS {
        let mut start = [0; 2];
        if !is_packed(&bytes) || fill(&mut Members::new(&bytes), &mut start).is_err() || start != GZIP {
            return Ok(bytes);
        }
        let mut inner = Vec::new();
        if Members::new(&bytes).take(LARGEST_LAYER).read_to_end(&mut inner)? as u64 == LARGEST_LAYER {
            break;
        }
        bytes = Cow::Owned(inner);
    }
    Err(invalid("it is packed too many times or too large"))
}

/// Returns the first bytes of a file's content, without any layer of packing. `bytes` may be the file's beginning only: then
/// each layer ends where the one around it was cut.
///
/// # Errors
/// When a layer is damaged, or one of too many.
pub(super) fn start_of_content(bytes: &[u8]) -> io::Result<Cow<'_, [u8]>> {
    let mut bytes = Cow::Borrowed(bytes);
    for _ in 0..=MOST_LAYERS {
        if !is_packed(&bytes) {
            return Ok(bytes);
        }
        let mut inner = vec![0; PIECE];
        let got = fill(&mut Members::new(&bytes), &mut inner)?;
        inner.truncate(got);
        bytes = Cow::Owned(inner);
    }
    Err(invalid("it is packed too many times"))
}

/// Returns a reader of a file's content. The content decides about unpacking, not the name, since a server may have
/// unpacked a `.gz` file on the way.
pub(super) fn reader(bytes: &[u8]) -> Box<dyn Read + '_> {
    if is_packed(bytes) { Box::new(Members::new(bytes)) } else { Box::new(bytes) }
}

/// Whether a file is packed.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP)
}

/// Whether two files hold the same bytes once they are unpacked.
pub(super) fn is_same_content(one: &[u8], other: &[u8]) -> bool {
    let (Ok(one), Ok(other)) = (without_outer_layers(one), without_outer_layers(other)) else { return false };
    let (mut one, mut other) = (reader(&one), reader(&other));
    let (mut left, mut right) = (vec![0; PIECE], vec![0; PIECE]);
    loop {
        let (Ok(got), Ok(other_got)) = (fill(&mut one, &mut left), fill(&mut other, &mut right)) else { return false };
        if left[..got] != right[..other_got] {
            return false;
        }
        if got == 0 {
            return true;
        }
    }
}

/// Reads until the buffer is full or the source ends, and returns the number of bytes. A packed file that ends too early
/// counts as ended.
///
/// # Errors
/// When the source is damaged.
pub(super) fn fill(source: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match source.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

/// `Members` reads the members of a gzip file one after the other, as the gzip program does. Zeros behind the last member
/// are padding.
struct Members<'a> {
    member: Option<GzDecoder<&'a [u8]>>,
}

impl<'a> Members<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { member: Some(GzDecoder::new(bytes)) }
    }
}

impl Read for Members<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let count = member.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let rest = self.member.take().map_or(&[][..], GzDecoder::into_inner);
            if rest.starts_with(&GZIP) {
                self.member = Some(GzDecoder::new(rest));
            } else if rest.iter().any(|byte| *byte != 0) {
                return Err(invalid("other bytes follow its end"));
            }
        }
        Ok(0)
    }
}

fn invalid(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
