//! Reduces the points of a line to at most two for each pixel column, without a visible difference.

/// Keeps the lowest and the highest point of each pixel column, in their order.
///
/// `line` is sorted by x and contains only points that can be drawn; `column` returns the pixel column of an x. A line
/// through the result covers the same pixels of each column as the whole line.
pub fn thin(line: &[(f64, f64)], column: impl Fn(f64) -> i64) -> Vec<(f64, f64)> {
    let mut kept = Vec::new();
    let mut start = 0;
    while let Some(&first) = line.get(start) {
        let here = column(first.0);
        let (mut low, mut high) = (start, start);
        let mut next = start + 1;
        while let Some(&(x, y)) = line.get(next) {
            if column(x) != here {
                break;
            }
            if y < line[low].1 {
                low = next;
            }
            if y >= line[high].1 {
                high = next;
            }
            next += 1;
        }
        kept.push(line[low.min(high)]);
        if low != high {
            kept.push(line[low.max(high)]);
        }
        start = next;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_points_are_all_kept() {
        let line = [(0.0, 1.0), (1.0, 0.5), (2.0, 0.7)];
        assert_eq!(thin(&line, |x| x as i64), line);
        assert!(thin(&[], |x| x as i64).is_empty());
    }

    #[test]
    fn a_spike_of_one_point_is_kept() {
        let mut line: Vec<_> = (0..100_000).map(|n| (f64::from(n), 0.0)).collect();
        line[54_321].1 = 9.0;
        line[54_322].1 = -9.0;
        let thinned = thin(&line, |x| (x / 100.0) as i64);
        assert!(thinned.len() <= 2000);
        assert!(thinned.contains(&(54_321.0, 9.0)) && thinned.contains(&(54_322.0, -9.0)));
    }

    #[test]
    fn a_flat_column_keeps_both_ends() {
        assert_eq!(thin(&[(0.1, 2.0), (0.2, 2.0), (0.9, 2.0)], |x| x as i64), [(0.1, 2.0), (0.9, 2.0)]);
    }

    proptest! {
        #[test]
        fn extremes_and_order_are_kept(values in proptest::collection::vec(-1e6..1e6f64, 1..500), per_column in 1..40usize) {
            let line: Vec<_> = values.iter().enumerate().map(|(n, &y)| (n as f64, y)).collect();
            let column = |x: f64| (x / per_column as f64) as i64;
            let thinned = thin(&line, column);
            prop_assert!(thinned.windows(2).all(|pair| pair[0].0 < pair[1].0));
            for chunk in line.chunks(per_column) {
                let here: Vec<_> = thinned.iter().filter(|p| column(p.0) == column(chunk[0].0)).collect();
                prop_assert!(here.len() <= 2);
                let extreme = |points: &mut dyn Iterator<Item = f64>| {
                    points.fold((f64::MAX, f64::MIN), |(lo, hi), y| (lo.min(y), hi.max(y)))
                };
                prop_assert_eq!(extreme(&mut here.iter().map(|p| p.1)), extreme(&mut chunk.iter().map(|p| p.1)));
            }
        }
    }
}
