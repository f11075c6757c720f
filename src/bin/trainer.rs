//! Entry of the trainer's dedicated worker for the CPU; nothing else.

fn main() {
    #[cfg(target_arch = "wasm32")]
    gradsheet::trainer::worker::start();
}
