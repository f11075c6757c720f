//! How much memory a batch takes on the CPU, and which batch fits.

use super::{DeviceChoice, Recipe};
use crate::format::{bytes, group};

/// Bytes that the CPU's net keeps for each image of a batch: the feature maps of all layers and their gradients. A test
/// in `trainer::cpu` compares it with the net.
pub const BYTES_PER_IMAGE: u64 = 411_856;

/// Bytes that training takes whatever the batch: the data set, the workers' code, the page.
const BASE: u64 = 150_000_000;

/// The memory of a run is worth a sentence from this number of bytes on.
const NOTABLE: u64 = 500_000_000;

/// The part of a device's memory that a browser may give to one page.
const SHARE: f64 = 0.25;

/// What is known of the device that the page runs on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DeviceMemory {
    /// The browser says that it has about this number of GiB.
    Gib(f64),
    /// The browser does not say, but the device is operated by touch, as phones and tablets are.
    OfTouchDevice,
    /// The browser does not say.
    Unknown,
}

impl DeviceMemory {
    /// Returns the number of bytes that a page should not exceed.
    fn of_page(self) -> u64 {
        let gib = match self {
            Self::Gib(gib) => gib,
            Self::OfTouchDevice => 3.0,
            Self::Unknown => 8.0,
        };
        (gib * SHARE * f64::from(1 << 30)) as u64
    }
}

/// Returns about how many bytes training on the CPU with this batch size takes, over all workers.
pub fn on_cpu(batch_size: u32) -> u64 {
    BASE + u64::from(batch_size) * BYTES_PER_IMAGE
}

/// Returns the largest usual batch size, a power of two, that fits in this number of bytes.
fn largest_batch(bytes: u64) -> u32 {
    let images = bytes.saturating_sub(BASE) / BYTES_PER_IMAGE;
    let images = u32::try_from(images).unwrap_or(u32::MAX).max(16);
    1 << images.ilog2()
}

/// Returns the sentence under the batch size that announces a large use of memory; `None` if it is small, or if the
/// recipe does not use the CPU.
pub fn note(recipe: &Recipe, device: DeviceMemory) -> Option<String> {
    let need = on_cpu(recipe.batch_size);
    if matches!(recipe.device, DeviceChoice::WebGpu | DeviceChoice::Burn) || need < NOTABLE {
        return None;
    }
    let needed = format!("On the CPU, batches of {} images take about {}", images(recipe.batch_size), about(need));
    let room = device.of_page();
    Some(if need <= room {
        format!("{needed} of memory.")
    } else {
        let fits = images(largest_batch(room));
        format!("{needed} of memory, and this device may not have that much for a page. {fits} should fit.")
    })
}

/// Returns the sentences that say what to do when there was not enough memory for batches of this size on the CPU.
pub fn remedy(batch_size: u32) -> String {
    let needed = about(on_cpu(batch_size));
    // A quarter, since nobody knows how much there was.
    let fits = images(1 << (batch_size / 4).max(16).ilog2());
    format!(
        "Batches of {} images take about {needed}. Choose a smaller batch size, for example {fits}.",
        images(batch_size)
    )
}

/// Writes a number of bytes without digits that an estimate does not have.
fn about(count: u64) -> String {
    bytes((count + 5_000_000) / 10_000_000 * 10_000_000)
}

fn images(count: u32) -> String {
    group(&count.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(batch_size: u32) -> Recipe {
        Recipe { batch_size, ..Recipe::classic() }
    }

    #[test]
    fn usual_batches_take_no_words() {
        assert_eq!(note(&recipe(128), DeviceMemory::Gib(0.5)), None);
        assert_eq!(note(&recipe(512), DeviceMemory::OfTouchDevice), None);
        assert_eq!(note(&Recipe { device: DeviceChoice::WebGpu, ..recipe(4096) }, DeviceMemory::Unknown), None);
    }

    #[test]
    fn a_large_batch_is_announced_with_what_fits() {
        let large = note(&recipe(4096), DeviceMemory::Unknown);
        let needed = "On the CPU, batches of 4,096 images take about 1.8 GB of memory";
        assert_eq!(large, Some(format!("{needed}.")));
        let on_phone = note(&recipe(4096), DeviceMemory::OfTouchDevice);
        let too_much = "and this device may not have that much for a page.";
        assert_eq!(on_phone, Some(format!("{needed}, {too_much} 1,024 should fit.")));
        for gib in [0.25, 1.0, 4.0] {
            let sentence = note(&recipe(4096), DeviceMemory::Gib(gib)).unwrap_or_default();
            assert!(sentence.contains(too_much), "{sentence}");
        }
    }

    #[test]
    fn what_should_fit_does() {
        for gib in [1.0, 2.0, 3.0, 4.0, 6.0] {
            let room = DeviceMemory::Gib(gib).of_page();
            let fits = largest_batch(room);
            assert!(on_cpu(fits) <= room && on_cpu(2 * fits) > room, "{gib} GiB: {fits}");
        }
        assert_eq!(largest_batch(0), 16);
    }

    #[test]
    fn the_remedy_names_a_batch_size() {
        let sentence = "Batches of 4,096 images take about 1.8 GB. Choose a smaller batch size, for example 1,024.";
        assert_eq!(remedy(4096), sentence);
        assert!(remedy(2).ends_with("for example 16."));
    }
}
