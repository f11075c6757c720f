//! The entry of the trainer. The trainer is a wasm of its own, so that people who open only the sheet don't load it.

fn main() {
    gradsheet::ui::report_panics();
    gradsheet::ui::mount_trainer();
}
