//! A long row of values as the points of a curve: those that can be told apart on a screen, and no others.

use super::scale::{Scale, Span};

/// The points of `values` (x is the index) that draw the stretch `range` of the x axis, divided into `buckets` parts of
/// equal length on the screen.
///
/// A bucket of more than two values keeps the lowest and the highest, in the order in which they come, and one that is
/// not finite, which breaks the line; so a million values make no more points than a few to a bucket, and cover every
/// part of the plot that they would cover themselves. Where there are few values, all are kept. The neighbours on
/// either side of the range belong to it, so that the line reaches the edges of the plot.
pub fn sample(values: &[f64], range: (f64, f64), buckets: usize, scale: Scale) -> Vec<(f64, f64)> {
    let first = if scale == Scale::Log { 1 } else { 0 };
    let Some(last) = values.len().checked_sub(1).filter(|&last| last >= first) else { return Vec::new() };
    let (Some(from), Some(to)) = (index(range.0.floor(), first, last), index(range.1.ceil(), first, last)) else {
        return Vec::new();
    };
    let buckets = buckets.max(1);
    let mut points = Vec::with_capacity((to + 1).saturating_sub(from).min(3 * buckets + 2));
    let span = Span { lo: from as f64, hi: to as f64, scale };
    let mut start = from;
    for bucket in 1..=buckets {
        // The first index beyond the bucket; at least one, and at the end all.
        let end = if bucket == buckets { to } else { span.value(bucket as f64 / buckets as f64) as usize };
        let end = end.min(to) + 1;
        if end > start {
            keep(&mut points, values, start, end);
            start = end;
        }
    }
    points
}

/// A sample of the whole axis with a finer one of a part put in its place: what a zoomed chart needs to know how far its
/// axes reach.
pub fn refine(whole: &[(f64, f64)], part: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let Some((first, last)) = part.first().zip(part.last()) else { return whole.to_vec() };
    let before = whole.partition_point(|point| point.0 < first.0);
    let after = whole.partition_point(|point| point.0 <= last.0);
    [&whole[..before], &part, &whole[after..]].concat()
}

/// A place on the axis as an index from `first` to `last`; `None` for what is not a number.
fn index(place: f64, first: usize, last: usize) -> Option<usize> {
    (!place.is_nan()).then(|| (place.clamp(first as f64, last as f64)) as usize)
}

/// Adds what is to be kept of the values from `start` to before `end`.
fn keep(points: &mut Vec<(f64, f64)>, values: &[f64], start: usize, end: usize) {
    let point = |index: usize| (index as f64, values[index]);
    if end - start <= 2 {
        points.extend((start..end).map(point));
        return;
    }
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut lowest, mut highest, mut broken) = (None, None, None);
    for (index, &value) in values[start..end].iter().enumerate() {
        if !value.is_finite() {
            broken = Some(start + index);
            continue;
        }
        if value < low {
            low = value;
            lowest = Some(start + index);
        }
        if value >= high {
            high = value;
            highest = Some(start + index);
        }
    }
    let mut kept = [lowest, highest, broken];
    kept.sort_unstable();
    let mut before = None;
    for index in kept.into_iter().flatten() {
        if before.replace(index) != Some(index) {
            points.push(point(index));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn falling(rows: usize) -> Vec<f64> {
        (0..rows).map(|row| 1.0 / (row as f64 + 1.0)).collect()
    }

    #[test]
    fn few_values_are_all_kept() {
        let values = falling(101);
        let all: Vec<_> = values.iter().enumerate().map(|(row, &value)| (row as f64, value)).collect();
        assert_eq!(sample(&values, (0.0, 100.0), 1000, Scale::Linear), all);
        assert_eq!(sample(&values, (0.0, 100.0), 60, Scale::Linear), all);
        assert_eq!(sample(&values, (1.0, 100.0), 1000, Scale::Log), all[1..]);
    }

    #[test]
    fn a_part_of_the_axis_takes_its_neighbours_along() {
        let rows = |range| -> Vec<f64> {
            sample(&falling(101), range, 500, Scale::Linear).into_iter().map(|point| point.0).collect()
        };
        assert_eq!(rows((10.5, 12.5)), [10.0, 11.0, 12.0, 13.0]);
        assert_eq!(rows((99.5, 1e9)), [99.0, 100.0]);
        assert_eq!(rows((-5.0, 0.5)), [0.0, 1.0]);
        assert_eq!(rows((f64::NEG_INFINITY, f64::INFINITY)).len(), 101);
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(sample(&[], (0.0, 1.0), 100, Scale::Linear).is_empty());
        assert!(sample(&[1.0], (0.0, 1.0), 100, Scale::Log).is_empty());
        assert!(sample(&[1.0, 2.0], (f64::NAN, 1.0), 100, Scale::Linear).is_empty());
        assert_eq!(sample(&[1.0], (0.0, 1.0), 0, Scale::Linear), [(0.0, 1.0)]);
    }

    #[test]
    fn a_million_values_become_a_few_thousand_and_a_spike_survives() {
        let mut values = falling(1_000_001);
        values[654_321] = 7.0;
        values[654_322] = -7.0;
        for scale in [Scale::Linear, Scale::Log] {
            let points = sample(&values, (0.0, 1e6), 800, scale);
            assert!(points.len() <= 1602, "{}", points.len());
            assert!(points.contains(&(654_321.0, 7.0)) && points.contains(&(654_322.0, -7.0)));
            assert_eq!(points.last().map(|point| point.0), Some(1e6));
        }
    }

    #[test]
    fn a_logarithmic_axis_has_its_points_where_the_screen_has_room() {
        let points = sample(&falling(1_000_001), (1.0, 1e6), 600, Scale::Log);
        let in_decade = |low: f64| points.iter().filter(|point| (low..10.0 * low).contains(&point.0)).count();
        assert_eq!(in_decade(1.0), 9);
        assert_eq!(in_decade(10.0), 90);
        assert!((150..=220).contains(&in_decade(1e5)), "{}", in_decade(1e5));
    }

    #[test]
    fn what_is_not_finite_still_breaks_the_line() {
        let mut values = falling(100_000);
        values[50_000..].fill(f64::NAN);
        let points = sample(&values, (0.0, 1e5), 300, Scale::Linear);
        let broken = points.iter().position(|point| point.1.is_nan()).expect("the line breaks");
        assert!(points[broken - 1].0 < 50_000.0 && points[broken].0 >= 50_000.0);
        assert!(points[broken..].iter().all(|point| point.1.is_nan()));
    }

    #[test]
    fn a_part_is_refined_in_its_place() {
        let values = falling(10_001);
        let whole = sample(&values, (0.0, 1e4), 50, Scale::Linear);
        let refined = refine(&whole, sample(&values, (2000.0, 2200.0), 500, Scale::Linear));
        assert!(refined.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!((2000..=2200).all(|row| refined.contains(&(f64::from(row), values[row as usize]))));
        assert_eq!((refined.first(), refined.last()), (whole.first(), whole.last()));
        assert!(refined.len() < 201 + whole.len());
        assert_eq!(refine(&whole, Vec::new()), whole);
    }

    proptest! {
        #[test]
        fn every_bucket_keeps_its_extremes_in_order(
            values in proptest::collection::vec(-1e9..1e9f64, 1..3000), buckets in 1..200usize, log in any::<bool>(),
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let points = sample(&values, (0.0, values.len() as f64), buckets, scale);
            prop_assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0));
            prop_assert!(points.iter().all(|&(row, value)| values[row as usize] == value));
            prop_assert!(points.len() <= 3 * buckets);
            let drawn = &values[usize::from(log).min(values.len())..];
            let extreme = |values: &mut dyn Iterator<Item = f64>| {
                values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)))
            };
            prop_assert_eq!(extreme(&mut points.iter().map(|p| p.1)), extreme(&mut drawn.iter().copied()));
        }

        #[test]
        fn any_values_and_any_range_give_points(
            values in proptest::collection::vec(any::<f64>(), 0..300), from in any::<f64>(), to in any::<f64>(),
            buckets in 0..100usize, log in any::<bool>(),
        ) {
            let points = sample(&values, (from, to), buckets, if log { Scale::Log } else { Scale::Linear });
            prop_assert!(points.len() <= values.len());
        }
    }
}
