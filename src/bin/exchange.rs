//! The entry point of the exchange worker.

fn main() {
    #[cfg(target_arch = "wasm32")]
    gradsheet::exchange::worker::start();
}
