//! The charts of the sheet and of a trainer's run, for paper and for reports.

use super::csv_out;
use crate::charts::{Chart, Emphasis, Scale};
use crate::error_chart::{self, points};
use crate::sheet::learning_rate::COMPARED;
use crate::sheet::lesson::Lesson;
use crate::sheet::number::full;
use crate::sheet::verdict::GOOD_ENOUGH;
use crate::sheet::{Race, Run};
use crate::trainer::run::accuracy_chart;
use crate::trainer::run::record::RunRecord;

/// The number of rows that are computed at once.
const PIECE: usize = 100_000;

/// A chart of a report.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The name of the file, without its extension.
    pub name: String,
    /// The title, which is drawn above the chart.
    pub title: String,
    /// The chart.
    pub chart: Chart,
}

/// Computes all rows of all runs of a lesson.
pub fn race(lesson: Lesson, updates: usize) -> Race {
    let mut race = Race::new(lesson, updates);
    while !race.work(PIECE) {}
    race
}

/// Returns the chart of all error curves.
pub fn all(race: &Race) -> Chart {
    let mut chart = error_chart::empty(race.updates(), Scale::Linear, Scale::Linear);
    let compared = race.compared().iter().enumerate();
    chart.series.extend(compared.filter_map(|(index, run)| error_chart::compared(index, points(run))));
    let (series, mark) = error_chart::own(race.own().learning_rate(), points(race.own()));
    chart.series.push(series);
    chart.marks.extend(mark);
    chart
}

/// Returns the pictures of the error curves: all of them together, then that of each learning rate.
pub fn of_race(race: &Race) -> Vec<Picture> {
    let alone = |run: &Run| {
        let rate = run.learning_rate();
        let mut chart = error_chart::empty(race.updates(), Scale::Linear, Scale::Linear);
        let compared = COMPARED.iter().position(|&compared| compared == rate);
        chart.series.push(match compared.and_then(|index| error_chart::compared(index, points(run))) {
            Some(curve) => curve.emphasis(Emphasis::Strong),
            None => {
                let (curve, mark) = error_chart::own(rate, points(run));
                chart.marks.extend(mark);
                curve
            }
        });
        let title = format!("η = {}: {}", full(rate), run.verdict(GOOD_ENOUGH));
        Picture { name: of_rate(rate), title, chart }
    };
    let together = Picture { name: ALL.to_owned(), title: "All learning rates".to_owned(), chart: all(race) };
    std::iter::once(together).chain(runs(race).into_iter().map(alone)).collect()
}

/// Returns the runs of a race, each learning rate once, from the smallest to the largest.
pub fn runs(race: &Race) -> Vec<&Run> {
    let own = race.own();
    let is_compared = COMPARED.contains(&own.learning_rate());
    let mut runs: Vec<&Run> = race.compared().iter().chain((!is_compared).then_some(own)).collect();
    runs.sort_by(|one, other| one.learning_rate().total_cmp(&other.learning_rate()));
    runs
}

/// The name of the picture with all error curves.
pub const ALL: &str = "charts/all-learning-rates";
/// The name of the picture of a trainer's run.
pub const ACCURACY: &str = "trainer/accuracy";

/// Returns the name of the picture of a learning rate.
pub fn of_rate(rate: f64) -> String {
    format!("charts/eta-{}", csv_out::number(rate))
}

/// Returns the picture of a trainer's run.
pub fn of_run(run: &RunRecord) -> Picture {
    Picture { name: ACCURACY.to_owned(), title: "Accuracy".to_owned(), chart: accuracy_chart::of_run(run) }
}
