//! Colours: fixed ones, and ones that are named by their role.

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A colour, usually named by its role, so that the same chart serves the light and the dark scheme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// The colour of text.
    #[default]
    Ink,
    /// The colour of secondary text.
    Muted,
    /// The value of a CSS custom property, given by its name, such as `"--error"`.
    Token(&'static str),
    /// A fixed colour.
    Rgb(Rgb),
}
