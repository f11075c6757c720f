//! How many tests ran, from what `cargo test` and Playwright report.

use std::fmt;
use std::ops::AddAssign;

use serde_json::Value;

/// Tests by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// The number of tests that passed.
    pub(crate) passed: u64,
    /// The number of tests and of checks (format, clippy, build, sizes) that failed.
    pub(crate) failed: u64,
    /// The number of tests that were ignored or skipped themselves.
    pub(crate) skipped: u64,
    /// The number of tests that passed, but only at the second try. Playwright's own summary names them.
    pub(crate) flaky: u64,
}

/// How a test says that it skips itself, at the beginning of a line. For `cargo test` it is a test that passed.
const SKIPPED: &str = "skipped: ";

impl Counts {
    /// Sums up the `test result:` lines of `cargo test`. A test that printed a [`SKIPPED`] line does not count as
    /// passed.
    pub(crate) fn from_cargo(output: &str) -> Self {
        let mut all = Self::default();
        for line in output.lines().filter_map(|line| line.strip_prefix("test result:")) {
            for part in line.split([';', '.']) {
                let mut words = part.split_whitespace();
                let Some(count) = words.next().and_then(|word| word.parse::<u64>().ok()) else { continue };
                match words.next() {
                    Some("passed") => all.passed += count,
                    Some("failed") => all.failed += count,
                    Some("ignored") => all.skipped += count,
                    _ => {}
                }
            }
        }
        // With one test at a time, the name of the test stands before it in the same line.
        let says_skipped = |line: &&str| line.starts_with(SKIPPED) || line.contains(&format!(" ... {SKIPPED}"));
        let skipped = output.lines().filter(says_skipped).count() as u64;
        all.passed = all.passed.saturating_sub(skipped);
        all.skipped += skipped;
        all
    }

    /// Reads the report of Playwright's JSON reporter; nothing when there is none.
    pub(crate) fn from_playwright(report: &str) -> Option<Self> {
        let report: Value = serde_json::from_str(report).ok()?;
        let count = |name: &str| report["stats"][name].as_u64();
        let errors = report["errors"].as_array().map_or(0, |errors| errors.len() as u64);
        let flaky = count("flaky")?;
        Some(Self {
            passed: count("expected")? + flaky,
            // Errors outside of tests, such as a spec that does not load, are failures too.
            failed: count("unexpected")? + errors,
            skipped: count("skipped")?,
            flaky,
        })
    }

    /// One failed check.
    pub(crate) fn failure() -> Self {
        Self { failed: 1, ..Self::default() }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.flaky += other.flaky;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        if self.flaky > 0 {
            write!(f, ", {} passed only at a second try", self.flaky)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_result_lines_are_summed_up() {
        let output = "running 2 tests\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out; finished in 1.50s\n";
        assert_eq!(Counts::from_cargo(output), Counts { passed: 15, failed: 2, skipped: 1, flaky: 0 });
    }

    #[test]
    fn tests_that_skip_themselves_count_as_skipped() {
        let output = "skipped: no graphics adapter (trainer::gpu::tests::head)\n\
            test trainer::gpu::tests::head ... ok\n\
            test trainer::gpu::tests::net ... skipped: no graphics adapter (main)\n\
            ok\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(Counts::from_cargo(output), Counts { passed: 1, failed: 0, skipped: 3, flaky: 0 });
    }

    #[test]
    fn playwrights_report_is_read() {
        let report = r#"{"errors": [{}], "stats": {"expected": 9, "unexpected": 1, "flaky": 1, "skipped": 2}}"#;
        assert_eq!(Counts::from_playwright(report), Some(Counts { passed: 10, failed: 2, skipped: 2, flaky: 1 }));
        assert_eq!(Counts::from_playwright("not json"), None);
    }

    #[test]
    fn the_summary_names_skipped_and_flaky_tests_only_if_there_are_any() {
        assert_eq!(Counts { passed: 123, ..Counts::default() }.to_string(), "123 passed, 0 failed");
        let all = Counts { passed: 1, failed: 2, skipped: 3, flaky: 1 };
        assert_eq!(all.to_string(), "1 passed, 2 failed, 3 skipped, 1 passed only at a second try");
    }
}
