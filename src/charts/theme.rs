//! Colours and type, as plain values. The page reads them from its CSS (see `canvas`).

use super::colour::{Colour, Rgb};

/// The look of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Text, and curves without a colour of their own.
    pub ink: Rgb,
    /// Tick labels, axis titles, reference lines.
    pub muted: Rgb,
    /// Gridlines.
    pub hairline: Rgb,
    /// What the chart lies on. Charts are transparent; it only rings the dots of the cursor.
    pub paper: Rgb,
    /// Further colours by the name of their CSS custom property.
    pub tokens: Vec<(&'static str, Rgb)>,
    /// A CSS list of font families.
    pub font: String,
    /// Size of the labels in CSS pixels.
    pub font_size: f64,
}

impl Default for Theme {
    /// Ink on light paper.
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
    /// The value of a colour. A token without a value is drawn in ink: visible, if not as meant.
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
