//! The graphics adapter as a browser describes it. This part is pure, so that native tests can check it; `find` asks
//! the browser.

#[cfg(all(any(feature = "ui", feature = "worker-gpu"), target_arch = "wasm32"))]
pub(crate) mod find;

/// The part of WebGPU's `GPUAdapterInfo` that matters here. Browsers may leave any text empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdapterInfo {
    /// The vendor, for example "nvidia".
    pub vendor: String,
    /// The architecture, for example "ampere".
    pub architecture: String,
    /// The model, for example "NVIDIA GeForce RTX 3060". Most browsers leave it empty.
    pub description: String,
    /// Whether the browser itself calls the adapter a fallback.
    pub fallback: bool,
}

/// Parts of names by which software adapters are recognised.
const SOFTWARE: [&str; 6] = ["swiftshader", "llvmpipe", "lavapipe", "software", "basic render", "softpipe"];

/// Names that do not just begin with a capital letter, and the words that browsers use for them.
const NAMES: [(&str, &str); 6] = [
    ("amd", "AMD"),
    ("nvidia", "NVIDIA"),
    ("swiftshader", "SwiftShader"),
    ("llvmpipe", "llvmpipe"),
    ("powervr", "PowerVR"),
    ("arm", "Arm"),
];

impl AdapterInfo {
    /// Whether the adapter is a program that imitates a graphics card on the CPU. Such an adapter is many times slower
    /// than the net for the CPU.
    pub fn is_software(&self) -> bool {
        let all = format!("{} {} {}", self.vendor, self.architecture, self.description).to_lowercase();
        self.fallback || SOFTWARE.iter().any(|name| all.contains(name))
    }

    /// Returns the adapter's name for the user, for example "Google SwiftShader, software".
    pub fn name(&self) -> String {
        let name = if self.description.trim().is_empty() {
            let words = [&self.vendor, &self.architecture].map(|word| proper(word.trim()));
            words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
        } else {
            self.description.trim().to_owned()
        };
        match (name.is_empty(), self.is_software()) {
            (true, true) => "software".to_owned(),
            (true, false) => "unnamed adapter".to_owned(),
            (false, true) => format!("{name}, software"),
            (false, false) => name,
        }
    }
}

/// Writes a word as its owner does, or else with a capital letter.
fn proper(word: &str) -> String {
    if let Some((_, name)) = NAMES.iter().find(|(lower, _)| *lower == word) {
        return (*name).to_owned();
    }
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(vendor: &str, architecture: &str, description: &str) -> AdapterInfo {
        let [vendor, architecture, description] = [vendor, architecture, description].map(str::to_owned);
        AdapterInfo { vendor, architecture, description, fallback: false }
    }

    #[test]
    fn software_adapters_are_recognised() {
        assert!(info("google", "swiftshader", "").is_software());
        assert!(info("", "", "llvmpipe (LLVM 15.0.6, 256 bits)").is_software());
        assert!(info("microsoft", "", "Microsoft Basic Render Driver").is_software());
        assert!(AdapterInfo { fallback: true, ..info("intel", "", "") }.is_software());
        assert!(!info("nvidia", "ampere", "").is_software());
        assert!(!info("", "", "").is_software(), "an adapter without a name counts as hardware");
    }

    #[test]
    fn adapters_have_readable_names() {
        assert_eq!(info("google", "swiftshader", "").name(), "Google SwiftShader, software");
        assert_eq!(info("nvidia", "ampere", "").name(), "NVIDIA Ampere");
        assert_eq!(info("apple", "", "Apple M2").name(), "Apple M2");
        assert_eq!(info("", "", "").name(), "unnamed adapter");
    }
}
