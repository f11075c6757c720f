//! Entry of the exchange worker; nothing else.

fn main() {
    #[cfg(target_arch = "wasm32")]
    gradsheet::exchange::worker::start();
}
