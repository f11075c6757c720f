//! The entry of the sheet's tools. They are a wasm of their own, so that people who only look at the sheet don't load them.

fn main() {
    gradsheet::ui::report_panics();
    gradsheet::ui::mount_tools();
}
