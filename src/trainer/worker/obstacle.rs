//! What keeps a file that lies beside the page from arriving, as a sentence for the user.
//!
//! Nothing here knows of a browser, so that native tests can check it.

/// `Obstacle` is what keeps a file from arriving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// The server, or something before it, answers with this status.
    Status(u16),
    /// A web page came in place of the file.
    WebPage,
    /// The computer is offline.
    Offline,
    /// The request failed, and the browser does not tell why.
    Lost,
    /// Nothing has arrived for a long time.
    Silent,
}

impl Obstacle {
    /// Says what happened to the file at this path, and what to do.
    pub(super) fn sentence(self, path: &str) -> String {
        const NETWORK: &str = "Ask whoever looks after this network to allow the file, or use another network";
        let name = path.rsplit('/').next().unwrap_or(path);
        let (why, remedy) = match self {
            Self::Status(404 | 410) => ("the server does not have it".to_owned(), "Reload the page, then try again"),
            Self::Status(status @ 500..) => {
                (format!("the server has a problem just now (error {status})"), "Try again in a few minutes")
            }
            Self::Status(status) => {
                (format!("the server, or a filter before it, refuses it (error {status})"), NETWORK)
            }
            Self::WebPage => {
                let why =
                    "a web page came in its place, perhaps from a filter, or from a network that wants you to sign in";
                (why.to_owned(), NETWORK)
            }
            Self::Offline => ("this computer is offline".to_owned(), "Connect it to the internet, then try again"),
            Self::Lost => {
                let why = "it does not arrive. A filter may block it";
                (why.to_owned(), "Check your internet connection, then try again")
            }
            Self::Silent => {
                let why = "it has stopped arriving. A filter may hold it back";
                (why.to_owned(), "Check your internet connection, then try again")
            }
        };
        format!("The file “{name}” could not be loaded: {why}. {remedy}.")
    }
}

/// Whether these bytes, which came in place of a data file, are a web page.
pub(super) fn is_web_page(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_does_not_arrive_is_named_with_what_to_do() {
        let sentence = |obstacle: Obstacle| obstacle.sentence("assets/mnist/t10k-labels-idx1-ubyte.gz");
        assert_eq!(
            sentence(Obstacle::Status(403)),
            "The file “t10k-labels-idx1-ubyte.gz” could not be loaded: the server, or a filter before it, refuses it \
             (error 403). Ask whoever looks after this network to allow the file, or use another network."
        );
        for (obstacle, words) in [
            (Obstacle::Status(404), "does not have it. Reload the page"),
            (Obstacle::Status(451), "a filter before it, refuses it (error 451). Ask"),
            (Obstacle::Status(503), "a problem just now (error 503). Try again in a few minutes."),
            (Obstacle::WebPage, "a web page came in its place, perhaps from a filter"),
            (Obstacle::Offline, "this computer is offline. Connect it"),
            (Obstacle::Lost, "it does not arrive. A filter may block it. Check your internet connection"),
            (Obstacle::Silent, "it has stopped arriving."),
        ] {
            let sentence = sentence(obstacle);
            assert!(sentence.starts_with("The file “t10k-labels-idx1-ubyte.gz” could not be loaded: "), "{sentence}");
            assert!(sentence.contains(words), "{sentence}");
        }
    }

    #[test]
    fn a_web_page_is_told_from_data_whatever_the_server_calls_it() {
        assert!(is_web_page(b"<html><body>Blocked") && is_web_page(b"\r\n <!DOCTYPE html>"));
        assert!(!is_web_page(&[0x1f, 0x8b, 8]) && !is_web_page(&[0, 0, 8, 3]) && !is_web_page(b""));
    }
}
