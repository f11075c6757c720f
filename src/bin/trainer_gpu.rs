//! Entry of the trainer's dedicated worker for graphics adapters; nothing else.

fn main() {
    #[cfg(target_arch = "wasm32")]
    gradsheet::trainer::worker::start();
}
