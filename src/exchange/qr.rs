//! Makes QR codes.

use qrcode::{Color, EcLevel, QrCode};

use super::protocol::Response;

/// Encodes a text as a QR code. A short text gets much redundancy (a quarter of the code can be damaged), a long one
/// less.
pub fn encode(text: &str) -> Response {
    let levels = [EcLevel::Q, EcLevel::M, EcLevel::L];
    let fits = |&level: &EcLevel| {
        let code = QrCode::with_error_correction_level(text, level).ok()?;
        // With more modules the code must be large for a phone's camera. Less redundancy makes the modules larger.
        (code.width() <= 57 || level == EcLevel::L).then_some(code)
    };
    match levels.iter().find_map(fits) {
        Some(code) => Response::Qr {
            size: code.width() as u32,
            modules: code.to_colors().into_iter().map(|color| color == Color::Dark).collect(),
        },
        None => Response::Failed("This link is too long for a QR code.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_a_square_with_three_finder_patterns() {
        let Response::Qr { size, modules } = encode("https://example.org/#sheet?eta=0.5&v=1") else {
            panic!("a short text fits");
        };
        assert_eq!(modules.len(), (size * size) as usize);
        let dark = |x: u32, y: u32| modules[(y * size + x) as usize];
        for (x, y) in [(0, 0), (size - 7, 0), (0, size - 7)] {
            assert!((0..7).all(|step| dark(x + step, y) && dark(x, y + step)), "finder at {x}, {y}");
            assert!(!dark(x + 1, y + 1) && dark(x + 3, y + 3));
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_refused() {
        assert!(matches!(encode(&"x".repeat(2900)), Response::Qr { .. }));
        assert!(matches!(encode(&"x".repeat(3000)), Response::Failed(_)));
    }
}
