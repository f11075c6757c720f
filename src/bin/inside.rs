//! The entry of the pad. It is a wasm of its own, with the net in it, so that only people who draw load it.

fn main() {
    gradsheet::ui::report_panics();
    gradsheet::ui::mount_inside();
}
