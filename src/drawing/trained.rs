//! The net that was trained beforehand, so that drawing works before any training. `assets/net/README.md` says how.

use std::fmt;

use crate::format::{percent, thousands};

/// The address of its weights, relative to the page.
pub const WEIGHTS: &str = "assets/net/best.safetensors";
/// The number of MNIST's test images that it classifies correctly.
pub const CORRECT: u32 = 9_957;
/// The number of MNIST's test images.
pub const TESTED: u32 = 10_000;

/// Returns a line that says which net it is, and how good.
pub fn line() -> String {
    let share = percent(f64::from(CORRECT) / f64::from(TESTED));
    format!("Best, trained beforehand: {share} of {} test images right", thousands(TESTED))
}

/// `Obstacle` is what keeps the weights from arriving. The `Display` is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The computer is offline.
    Offline,
    /// The request failed, and the browser does not tell why.
    Lost,
    /// The server, or something before it, answers with this status.
    Status(u16),
    /// Something else came in place of the file, or a part of it.
    Damaged,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self {
            Self::Offline => "this computer is offline. Connect it to the internet, then try again",
            Self::Lost => {
                "its file does not arrive. A filter may block it. Check the internet connection, then try again"
            }
            Self::Status(404 | 410) => "the server does not have its file. Reload the page, then try again",
            Self::Status(status @ 500..) => {
                return write!(
                    f,
                    "The trained net could not be loaded: the server has a problem just now (error {status}). Try again in \
                     a few minutes."
                );
            }
            Self::Status(status) => {
                return write!(
                    f,
                    "The trained net could not be loaded: the server, or a filter before it, refuses its file (error \
                     {status}). Ask whoever looks after this network to allow the file, or use another network."
                );
            }
            Self::Damaged => {
                "its file arrived damaged, or something else came in its place, perhaps from a filter. Try again, or use \
                 another network"
            }
        };
        write!(f, "The trained net could not be loaded: {why}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_says_what_keeps_the_net_away_and_what_to_do() {
        let all = [
            (Obstacle::Offline, "offline. Connect"),
            (Obstacle::Lost, "does not arrive. A filter may block it. Check"),
            (Obstacle::Status(404), "does not have its file. Reload"),
            (Obstacle::Status(403), "refuses its file (error 403). Ask"),
            (Obstacle::Status(503), "a problem just now (error 503). Try again"),
            (Obstacle::Damaged, "arrived damaged"),
        ];
        for (obstacle, words) in all {
            let sentence = obstacle.to_string();
            assert!(
                sentence.starts_with("The trained net could not be loaded: ") && sentence.contains(words),
                "{sentence}"
            );
            assert!(sentence.ends_with('.') && !sentence.ends_with(".."), "{sentence}");
        }
        assert!(line().starts_with("Best, trained beforehand: 99."));
    }
}
