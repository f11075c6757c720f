//! The trainer's worker for graphics adapters.

fn main() {
    #[cfg(target_arch = "wasm32")]
    gradsheet::trainer::worker::start_on_gpu();
}
