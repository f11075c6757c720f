//! Entry of the trainer's lab, which is a wasm of its own, so that nobody waits for it who came for the sheet.

fn main() {
    gradsheet::ui::report_panics();
    gradsheet::ui::mount_trainer();
}
