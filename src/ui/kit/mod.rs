//! Parts of a page that both labs use. They contain no word and no type of either lab.

pub(crate) mod browser;
pub(crate) mod chart_figure;
pub(crate) mod chart_tools;
pub(crate) mod chart_tooltip;
pub(crate) mod clicked;
pub(crate) mod clipboard;
pub(crate) mod clock;
pub(crate) mod context;
pub(crate) mod debounced;
pub(crate) mod dialog;
pub(crate) mod download;
pub(crate) mod dynamic;
pub(crate) mod file_drop;
pub(crate) mod file_input;
pub(crate) mod keys;
pub(crate) mod memo;
pub(crate) mod narrow;
pub(crate) mod notice;
pub(crate) mod number_field;
pub(crate) mod observed_size;
pub(crate) mod slot;
pub(crate) mod swatch;
pub(crate) mod tabs;
pub(crate) mod theme;
pub(crate) mod toggle;
pub(crate) mod tool_button;
