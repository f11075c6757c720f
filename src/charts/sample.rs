//! Turns a long row of values into the points of a curve that can be distinguished on a screen.

use super::scale::{Scale, Span};

/// Returns the points of `values` (x is the index) that show the part `range` of the x axis, with one neighbour on each
/// side, so that the line reaches the edges of the plot.
///
/// The part is divided into `buckets` of equal length on the screen. A bucket with more than two values keeps the
/// lowest and the highest, in their order, and one that is not finite, which breaks the line. So even a million values
/// make only a few points for each bucket, and the line covers the same part of the plot as a line through all of them.
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
        // The last index of the bucket; that of the last bucket is the last of all.
        let end = if bucket == buckets { to } else { span.value(bucket as f64 / buckets as f64) as usize };
        let end = end.min(to) + 1;
        if end > start {
            keep(&mut points, values, start, end);
            start = end;
        }
    }
    points
}

/// Replaces a part of a sample of the whole axis by a finer sample of that part. A zoomed chart needs the rest to know
/// how far its axes go.
pub fn refine(whole: &[(f64, f64)], part: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let Some((first, last)) = part.first().zip(part.last()) else { return whole.to_vec() };
    let before = whole.partition_point(|point| point.0 < first.0);
    let after = whole.partition_point(|point| point.0 <= last.0);
    [&whole[..before], &part, &whole[after..]].concat()
}

/// Returns a position on the axis as an index from `first` to `last`; `None` if the position is not a number.
fn index(place: f64, first: usize, last: usize) -> Option<usize> {
    (!place.is_nan()).then(|| (place.clamp(first as f64, last as f64)) as usize)
}

/// Adds the points of the bucket `start..end` that are kept.
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
    fn a_part_of_the_axis_includes_its_neighbours() {
        let rows = |range| -> Vec<f64> {
            sample(&falling(101), range, 500, Scale::Linear).into_iter().map(|point| point.0).collect()
        };
        assert_eq!(rows((10.5, 12.5)), [10.0, 11.0, 12.0, 13.0]);
        assert_eq!(rows((99.5, 1e9)), [99.0, 100.0]);
        assert_eq!(rows((-5.0, 0.5)), [0.0, 1.0]);
        assert_eq!(rows((f64::NEG_INFINITY, f64::INFINITY)).len(), 101);
    }

    #[test]
    fn no_values_or_no_range_give_no_points() {
        assert!(sample(&[], (0.0, 1.0), 100, Scale::Linear).is_empty());
        assert!(sample(&[1.0], (0.0, 1.0), 100, Scale::Log).is_empty());
        assert!(sample(&[1.0, 2.0], (f64::NAN, 1.0), 100, Scale::Linear).is_empty());
        assert_eq!(sample(&[1.0], (0.0, 1.0), 0, Scale::Linear), [(0.0, 1.0)]);
    }

    #[test]
    fn a_million_values_become_a_few_thousand_and_a_spike_is_kept() {
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
    fn buckets_on_a_logarithmic_axis_have_equal_lengths_on_the_screen() {
        let points = sample(&falling(1_000_001), (1.0, 1e6), 600, Scale::Log);
        let in_decade = |low: f64| points.iter().filter(|point| (low..10.0 * low).contains(&point.0)).count();
        assert_eq!(in_decade(1.0), 9);
        assert_eq!(in_decade(10.0), 90);
        assert!((150..=220).contains(&in_decade(1e5)), "{}", in_decade(1e5));
    }

    #[test]
    fn values_that_are_not_finite_still_break_the_line() {
        let mut values = falling(100_000);
        values[50_000..].fill(f64::NAN);
        let points = sample(&values, (0.0, 1e5), 300, Scale::Linear);
        let broken = points.iter().position(|point| point.1.is_nan()).expect("the line breaks");
        assert!(points[broken - 1].0 < 50_000.0 && points[broken].0 >= 50_000.0);
        assert!(points[broken..].iter().all(|point| point.1.is_nan()));
    }

    #[test]
    fn a_finer_sample_replaces_a_part() {
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
