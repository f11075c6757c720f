//! The entry of the page: it installs the panic hook and the service worker, then mounts the app.

fn main() {
    gradsheet::ui::report_panics();
    gradsheet::ui::register_service_worker();
    leptos::mount::mount_to_body(gradsheet::ui::App);
    gradsheet::ui::remove_boot_message();
}
