//! The trainer's worker for the CPU.

fn main() {
    #[cfg(target_arch = "wasm32")]
    gradsheet::trainer::worker::start_on_cpu();
}
