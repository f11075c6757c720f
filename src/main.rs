//! The entry of the page: it installs the panic hook, mounts the app, and installs the service worker.

fn main() {
    gradsheet::ui::report_panics();
    leptos::mount::mount_to_body(gradsheet::ui::App);
    gradsheet::ui::remove_boot_message();
    // Last, because it fetches the whole page once more, for offline use.
    gradsheet::ui::register_service_worker();
}
