//! The look of charts on paper: the page's light colours on white.

use crate::charts::{Rgb, Theme};

/// The colours of the curves, as `style/tokens.css` has them for the light scheme.
const TOKENS: [(&str, Rgb); 7] = [
    ("--rate-1", Rgb(0xa8, 0x74, 0x08)),
    ("--rate-2", Rgb(0xc0, 0x5f, 0x12)),
    ("--rate-3", Rgb(0xbf, 0x3f, 0x2f)),
    ("--rate-4", Rgb(0xa8, 0x32, 0x6f)),
    ("--rate-5", Rgb(0x7b, 0x3a, 0x9e)),
    ("--rate-6", Rgb(0x3f, 0x4f, 0xae)),
    ("--q-output", Rgb(0x17, 0x69, 0x3a)),
];

/// Returns the theme.
pub fn theme() -> Theme {
    Theme { paper: Rgb(255, 255, 255), tokens: TOKENS.to_vec(), font_size: 13.0, ..Theme::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Colour;
    use crate::error_chart::RATE_STYLES;
    use crate::trainer::run::accuracy_chart::TOKEN;

    #[test]
    fn every_curve_has_the_colour_that_the_page_gives_it() {
        let css = include_str!("../../style/tokens.css");
        for name in RATE_STYLES.map(|(name, _)| name).into_iter().chain([TOKEN]) {
            let light = css.split(&format!("{name}: #")).nth(1).and_then(|rest| rest.get(..6)).expect("a colour");
            let Rgb(red, green, blue) = theme().resolve(Colour::Token(name));
            assert_eq!(format!("{red:02x}{green:02x}{blue:02x}"), light, "{name}");
        }
    }
}
