//! Lines cut into dashes. Plotters backends draw unbroken lines only.

/// No line is cut into more pieces than about this; a longer one gets longer dashes. A curve has a hundred; only noise
/// that fills the plot comes near the limit, and there the pattern cannot be seen anyway.
const MOST: f64 = 600.0;

/// The dashes of a polyline. `pattern` has lengths of line and gap in turn, in the unit of the points.
pub fn dashes(line: &[(f64, f64)], pattern: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let period: f64 = pattern.iter().sum();
    if pattern.is_empty() || period <= 0.0 || line.len() < 2 {
        return vec![line.to_vec()];
    }
    let length: f64 = line.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
    let stretch = (length / period / MOST).max(1.0);

    let mut parts = Vec::new();
    let mut part = vec![line[0]];
    let mut index = 0;
    let mut left = pattern[0] * stretch;
    for pair in line.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut rest = distance(from, to);
        while rest > left {
            let t = left / rest;
            from = (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t);
            rest -= left;
            if index % 2 == 0 {
                part.push(from);
                parts.push(std::mem::take(&mut part));
            } else {
                part = vec![from];
            }
            index = (index + 1) % pattern.len();
            left = pattern[index] * stretch;
        }
        left -= rest;
        if index % 2 == 0 {
            part.push(to);
        }
    }
    if part.len() > 1 {
        parts.push(part);
    }
    parts
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pattern_leaves_the_line_whole() {
        assert_eq!(dashes(&[(0.0, 0.0), (9.0, 0.0)], &[]), [[(0.0, 0.0), (9.0, 0.0)]]);
    }

    #[test]
    fn dashes_and_gaps_take_turns() {
        let parts = dashes(&[(0.0, 0.0), (10.0, 0.0)], &[3.0, 2.0]);
        assert_eq!(parts, [[(0.0, 0.0), (3.0, 0.0)], [(5.0, 0.0), (8.0, 0.0)]]);
    }

    #[test]
    fn a_dash_bends_round_a_corner() {
        let parts = dashes(&[(0.0, 0.0), (2.0, 0.0), (2.0, 3.0)], &[4.0, 2.0]);
        assert_eq!(parts, [[(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)]]);
    }

    #[test]
    fn noise_does_not_become_a_million_dashes() {
        let noise: Vec<_> = (0..20_000).map(|n| (f64::from(n) / 10.0, f64::from(n % 2) * 300.0)).collect();
        assert!(dashes(&noise, &[2.0, 2.0]).len() < 700);
    }
}
