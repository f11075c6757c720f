//! Reads a theme from the page's CSS.

use crate::decimal;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::charts::colour::{Colour, Rgb};
use crate::charts::spec::Chart;
use crate::charts::theme::Theme;

/// Returns the names of the CSS custom properties that the chart uses.
pub(super) fn tokens(chart: &Chart) -> Vec<&'static str> {
    let colours = chart.series.iter().map(|series| series.colour).chain(chart.marks.iter().map(|mark| mark.colour));
    let mut names = Vec::new();
    for colour in colours {
        if let Colour::Token(name) = colour
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// Reads the theme that applies to `element`. The element's own `color` is changed and then removed.
///
/// A colour can have any notation (`oklch()`, `light-dark()`, `color-mix()`). A canvas can turn all of them into bytes:
/// each colour is painted on a pixel, over the background in case it is translucent, and then the pixels are read.
pub(super) fn read(element: &HtmlCanvasElement, names: &[&'static str]) -> Result<Theme, JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let computed = window.get_computed_style(element)?.ok_or("no computed style")?;
    let mut all = vec!["--paper", "--ink", "--muted", "--hairline"];
    all.extend_from_slice(names);
    let count = all.len() as u32;

    let palette = window.document().ok_or("no document")?.create_element("canvas")?;
    let palette = palette.dyn_into::<HtmlCanvasElement>()?;
    palette.set_width(count);
    palette.set_height(1);
    let context = palette.get_context("2d")?.ok_or("no 2D context")?.dyn_into::<CanvasRenderingContext2d>()?;
    for (index, name) in all.iter().enumerate() {
        element.style().set_property("color", &format!("var({name})"))?;
        context.set_fill_style_str(&computed.get_property_value("color")?);
        // The background comes first and lies under all other colours.
        let (from, width) = if index == 0 { (0.0, f64::from(count)) } else { (index as f64, 1.0) };
        context.fill_rect(from, 0.0, width, 1.0);
    }
    element.style().remove_property("color")?;

    let bytes = context.get_image_data(0.0, 0.0, f64::from(count), 1.0)?.data();
    let mut colours = bytes.chunks_exact(4).map(|pixel| Rgb(pixel[0], pixel[1], pixel[2]));
    let mut next = || colours.next().unwrap_or_default();
    let usual = Theme::default();
    let font_size = computed.get_property_value("font-size")?;
    Ok(Theme {
        paper: next(),
        ink: next(),
        muted: next(),
        hairline: next(),
        tokens: names.iter().map(|&name| (name, next())).collect(),
        font: computed.get_property_value("font-family")?,
        font_size: decimal::read(font_size.strip_suffix("px").unwrap_or(&font_size)).unwrap_or(usual.font_size),
    })
}
