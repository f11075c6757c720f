//! The colours and the font of a chart. The page reads them from its CSS (see `canvas`).

use super::colour::{Colour, Rgb};

/// The look of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// The colour of text, and of curves without another colour.
    pub ink: Rgb,
    /// The colour of tick labels, axis titles and reference lines.
    pub muted: Rgb,
    /// The colour of gridlines.
    pub hairline: Rgb,
    /// The colour behind the chart. A chart is transparent; only the rings around the cursor's dots have this colour.
    pub paper: Rgb,
    /// Further colours, by the names of their CSS custom properties.
    pub tokens: Vec<(&'static str, Rgb)>,
    /// A CSS list of font families.
    pub font: String,
    /// The font size of labels in CSS pixels.
    pub font_size: f64,
}

impl Default for Theme {
    /// The colours of the page's light scheme.
    fn default() -> Self {
        Self {
            ink: Rgb(0x1d, 0x1f, 0x24),
            muted: Rgb(0x5c, 0x62, 0x6b),
            hairline: Rgb(0xe2, 0xe2, 0xdd),
            paper: Rgb(0xfb, 0xfa, 0xf7),
            tokens: Vec::new(),
            font: "sans-serif".to_owned(),
            font_size: 12.0,
        }
    }
}

impl Theme {
    /// Returns the value of a colour. A token without a value gets the colour of text, so that the curve is at least
    /// visible.
    pub fn resolve(&self, colour: Colour) -> Rgb {
        match colour {
            Colour::Ink => self.ink,
            Colour::Muted => self.muted,
            Colour::Rgb(rgb) => rgb,
            Colour::Token(name) => {
                self.tokens.iter().find(|(known, _)| *known == name).map_or(self.ink, |&(_, rgb)| rgb)
            }
        }
    }
}
