//! The page's entry: hooks for panics, then the app.

fn main() {
    gradsheet::ui::report_panics();
    gradsheet::ui::register_service_worker();
    leptos::mount::mount_to_body(gradsheet::ui::App);
    gradsheet::ui::remove_boot_message();
}
