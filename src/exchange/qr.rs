//! Makes QR codes, as markup.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// The width of the white margin that a QR code needs, in modules.
const MARGIN: usize = 4;

/// Encodes a text as a QR code. A short text gets much redundancy (a quarter of the code can be damaged), a long one
/// less. A text that is too long gives a sentence instead.
pub fn html(text: &str) -> String {
    let Some((size, modules)) = encode(text) else {
        return "<p class=\"hint\">This link is too long for a QR code.</p>".to_owned();
    };
    let side = size + 2 * MARGIN;
    format!(
        "<svg viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\"QR code of the link\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path transform=\"translate({MARGIN} {MARGIN})\" d=\"{}\" fill=\"#000\"/></svg>",
        outline(size, &modules)
    )
}

/// Returns the number of modules (small squares) of a side, and whether each module is dark, row by row from the top
/// left; `None` for a text that is too long.
fn encode(text: &str) -> Option<(usize, Vec<bool>)> {
    let levels = [EcLevel::Q, EcLevel::M, EcLevel::L];
    let fits = |&level: &EcLevel| {
        let code = QrCode::with_error_correction_level(text, level).ok()?;
        // With more modules the code must be large for a phone's camera. Less redundancy makes the modules larger.
        (code.width() <= 57 || level == EcLevel::L).then_some(code)
    };
    let code = levels.iter().find_map(fits)?;
    Some((code.width(), code.to_colors().into_iter().map(|color| color == Color::Dark).collect()))
}

/// Returns the dark modules as an SVG path in which a module is one unit wide: one rectangle for each run of dark
/// modules in a row.
fn outline(size: usize, modules: &[bool]) -> String {
    let mut path = String::new();
    for (y, row) in modules.chunks(size.max(1)).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            let length = run.len();
            if run[0] {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            x += length;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_a_square_with_three_finder_patterns() {
        let (size, modules) = encode("https://example.org/#sheet?eta=0.5&v=1").expect("a short text fits");
        assert_eq!(modules.len(), size * size);
        let dark = |x: usize, y: usize| modules[y * size + x];
        for (x, y) in [(0, 0), (size - 7, 0), (0, size - 7)] {
            assert!((0..7).all(|step| dark(x + step, y) && dark(x, y + step)), "finder at {x}, {y}");
            assert!(!dark(x + 1, y + 1) && dark(x + 3, y + 3));
        }
    }

    #[test]
    fn dark_modules_are_drawn_as_one_rectangle_for_each_run() {
        assert_eq!(outline(3, &[true, true, false, false, false, true]), "M0 0h2v1h-2zM2 1h1v1h-1z");
    }

    #[test]
    fn a_text_that_is_too_long_gives_a_sentence() {
        assert!(html(&"x".repeat(2900)).starts_with("<svg"));
        assert!(html(&"x".repeat(3000)).contains("too long"));
    }
}
