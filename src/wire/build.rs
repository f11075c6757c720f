//! The build that code belongs to. Files of two builds can meet after an update of the page, when an open page fetches
//! code that has been replaced on the server. So each address of code names the build, and so does the first message in
//! each direction of a wire: only code of the same build reads the messages behind it.

/// The name of this build, a hash of its sources. `cargo xtask` sets the variable (`xtask/src/build.rs`); the
/// development builds of trunk all have the same name.
pub(crate) const BUILD: &str = match option_env!("GRADSHEET_BUILD") {
    Some(name) => name,
    None => "dev",
};

/// The beginning of a greeting. The name of the sender's build follows it.
const GREETING: &str = "gradsheet ";

/// The greeting that a worker passes on when one that it has started is of another build.
#[cfg(any(feature = "ui", feature = "worker", test))]
pub(crate) const OTHER: &str = "gradsheet other";

/// The sentence for the user when the page meets code of another build.
#[cfg(any(feature = "ui", feature = "worker", test))]
pub(crate) const OUTDATED: &str =
    "Gradsheet has been updated since you opened this page. Reload the page to go on with the new version.";

/// Returns the first message in each direction of a wire.
pub(crate) fn greeting() -> String {
    [GREETING, BUILD].concat()
}

/// `Text` is what a text on a wire says. All messages besides greetings and failures are bytes or lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text<'a> {
    /// The sender is of this build, and listens.
    SameBuild,
    /// The sender, or a worker that it has started, is of another build.
    OtherBuild,
    /// The sender cannot go on. The reason continues a sentence after a colon.
    Failure(&'a str),
}

/// Reads a text on a wire.
pub(crate) fn read(text: &str) -> Text<'_> {
    match text.strip_prefix(GREETING) {
        Some(BUILD) => Text::SameBuild,
        Some(_) => Text::OtherBuild,
        None => Text::Failure(text),
    }
}

/// Returns the address of the script that loads a part of the page, beside the page (`assets/loader.js`). `code` is the
/// name of the part's binary.
#[cfg(any(feature = "ui", test))]
pub(crate) fn loader(code: &str) -> String {
    ["./loader.js?code=", code, "&v=", BUILD].concat()
}

/// Returns a sentence for the user: `who` failed, why, and what to do. For code of another build the page must be
/// loaded anew, whoever met it.
#[cfg(any(feature = "ui", test))]
pub(crate) fn failure(who: &str, reason: &str, remedy: &str) -> String {
    if reason == OUTDATED {
        return OUTDATED.to_owned();
    }
    let reason = reason.trim().trim_end_matches('.');
    format!("{who} failed: {reason}. {remedy}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_greeting_of_the_same_build_opens_a_wire() {
        assert_eq!(read(&greeting()), Text::SameBuild);
        assert_eq!(read("gradsheet 0123456789ab"), Text::OtherBuild);
        assert_eq!(read(OTHER), Text::OtherBuild);
        assert_eq!(read("it panicked"), Text::Failure("it panicked"));
    }

    #[test]
    fn an_address_names_the_build() {
        assert_eq!(loader("exchange"), format!("./loader.js?code=exchange&v={BUILD}"));
    }

    #[test]
    fn code_of_another_build_asks_for_a_reload_and_nothing_else() {
        assert_eq!(failure("The worker", "it crashed. ", "Try again."), "The worker failed: it crashed. Try again.");
        assert_eq!(failure("The worker", OUTDATED, "Try again."), OUTDATED);
    }
}
