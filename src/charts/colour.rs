//! Colours: fixed ones, and ones by their role.

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A colour by its role, so that one chart serves the light and the dark scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// The colour of text.
    #[default]
    Ink,
    /// The colour of secondary text.
    Muted,
    /// A CSS custom property by its name, such as `"--error"`.
    Token(&'static str),
    /// A fixed colour.
    Rgb(Rgb),
}
