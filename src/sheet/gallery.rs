//! Ready-made settings that each show one thing about gradient descent.

use super::lesson::Lesson;
use super::network::Constants;

/// A setting of the gallery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exhibit {
    /// The name in a few words.
    pub name: &'static str,
    /// What to watch, in one sentence.
    pub watch: &'static str,
    /// The constants and the learning rate.
    pub lesson: Lesson,
    /// The number of updates after row 0.
    pub updates: usize,
}

/// The touchy network: with targets in the middle and large inputs, a large rate overshoots.
const TOUCHY: Constants = Constants { targets: [0.3, 0.6], inputs: [5.0, 10.0], ..Constants::CLASSIC };

const fn exhibit(name: &'static str, watch: &'static str, constants: Constants, rate: f64, updates: usize) -> Exhibit {
    Exhibit { name, watch, lesson: Lesson { constants, learning_rate: rate }, updates }
}

/// The settings, in the order in which a lesson would show them.
pub static GALLERY: [Exhibit; 9] = [
    exhibit("Slow", "The steps are tiny: after 100 rows the error has hardly fallen.", Constants::CLASSIC, 0.01, 100),
    exhibit("Good", "The error falls fast at first, then ever more slowly.", Constants::CLASSIC, 2.0, 100),
    exhibit(
        "Overshoots",
        "The steps jump over the valley, the error rises again, and luck alone leads down at last.",
        TOUCHY,
        25.0,
        100,
    ),
    exhibit("Oscillates", "The steps are so large that the error jumps up and down for ever.", TOUCHY, 100.0, 100),
    exhibit(
        "Diverges",
        "It starts nearly right; one giant step throws it so far off that it never comes back.",
        Constants { targets: [0.78, 0.62], inputs: [0.05, 10.0], ..Constants::CLASSIC },
        100.0,
        100,
    ),
    exhibit(
        "Large weights",
        "Both outputs are at 1, where σ is flat. Its slope is almost 0, so nothing moves, although output 1 should be 0.01.",
        Constants { weights: [3.0, 4.0, 5.0, 6.0, 8.0, 9.0, 10.0, 11.0], inputs: [1.0, 1.0], ..Constants::CLASSIC },
        0.5,
        100,
    ),
    exhibit(
        "Twins",
        "Both hidden neurons start alike, so their gradients are alike, and they never become different.",
        Constants { targets: [0.2, 0.8], inputs: [0.05, 0.1], weights: [0.3, 0.3, 0.3, 0.3, 0.5, 0.5, 0.5, 0.5] },
        0.5,
        200,
    ),
    exhibit(
        "Out of reach",
        "No output can be 2 or −1, because σ stays between 0 and 1: the error cannot fall below 1.",
        Constants { targets: [2.0, -1.0], ..Constants::CLASSIC },
        2.0,
        1000,
    ),
    exhibit(
        "Dead start",
        "The hidden activations are almost 0, so almost nothing gets through to the outputs and nothing comes back.",
        Constants {
            targets: [1.0, 0.0],
            inputs: [1.0, 1.0],
            weights: [-10.0, -10.0, -10.0, -10.0, 5.0, 5.0, 5.0, 5.0],
        },
        0.5,
        100,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::verdict::{GOOD_ENOUGH, Verdict};
    use crate::sheet::{Column, Run};

    fn run(name: &str) -> Run {
        let exhibit = GALLERY.iter().find(|exhibit| exhibit.name == name).expect("an exhibit");
        Run::new(exhibit.lesson.constants, exhibit.lesson.learning_rate, exhibit.updates)
    }

    #[test]
    fn large_weights_hold_both_outputs_at_one() {
        let run = run("Large weights");
        for row in [0, run.last()].map(|row| run.row(row)) {
            assert!(row.get(Column::AO1) > 0.999 && row.get(Column::AO2) > 0.999);
        }
        assert_eq!(run.constants().targets[0], 0.01);
    }

    #[test]
    fn each_setting_does_what_its_name_says() {
        let verdict = |name| run(name).verdict(GOOD_ENOUGH).name();
        assert_eq!(verdict("Slow"), "still falling");
        assert_eq!(verdict("Good"), "learned");
        assert_eq!(verdict("Overshoots"), "learned");
        assert_eq!(verdict("Oscillates"), "oscillates");
        assert_eq!(verdict("Diverges"), "diverges");
        assert_eq!(verdict("Large weights"), "stuck");
        assert_eq!(verdict("Twins"), "learned");
        assert_eq!(verdict("Out of reach"), "stuck");
        assert_eq!(verdict("Dead start"), "stuck");
        let kinds: Vec<_> = Verdict::ALL.iter().map(|verdict| verdict.name()).collect();
        let shown = |kind: &str| GALLERY.iter().any(|exhibit| verdict(exhibit.name) == kind);
        assert!(
            ["learned", "still falling", "stuck", "oscillates", "diverges"]
                .iter()
                .all(|kind| kinds.contains(kind) && shown(kind))
        );
    }

    #[test]
    fn an_overshooting_error_rises_on_its_way() {
        let rises = run("Overshoots").errors().windows(2).filter(|pair| pair[1] > pair[0] + 1e-3).count();
        assert!(rises >= 3, "{rises}");
    }

    #[test]
    fn the_slow_error_has_hardly_fallen() {
        let run = run("Slow");
        assert!(run.errors()[100] > 0.9 * run.errors()[0]);
    }

    #[test]
    fn twins_never_part_and_other_neurons_do() {
        let twins = run("Twins").row(100);
        assert_eq!(twins.get(Column::AH1), twins.get(Column::AH2));
        let others = run("Good").row(100);
        assert_ne!(others.get(Column::AH1), others.get(Column::AH2));
    }

    #[test]
    fn large_weights_saturate_the_outputs_and_a_dead_start_the_hidden_neurons() {
        let large = run("Large weights").row(0);
        assert!(large.get(Column::AO1) > 0.999 && large.total_error() > 0.4);
        let dead = run("Dead start").row(0);
        assert!(dead.get(Column::AH1) < 1e-6 && dead.total_error() > 0.2);
    }

    #[test]
    fn the_error_out_of_reach_stays_above_one() {
        assert!(run("Out of reach").errors().iter().all(|&error| error >= 1.0));
    }
}
