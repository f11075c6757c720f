//! Cuts lines into dashes, because plotters backends draw unbroken lines only.

/// The approximate largest number of dashes of a line; a longer line gets longer dashes. A usual curve has a hundred
/// dashes. Only noise that fills the plot reaches the limit, and there nobody can see the pattern anyway.
const MOST_DASHES: f64 = 600.0;

/// Returns the dashes of a polyline. `pattern` holds the lengths of a line and a gap by turns, in the unit of the
/// points; an empty pattern leaves the line whole.
pub fn dashes(line: &[(f64, f64)], pattern: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let period: f64 = pattern.iter().sum();
    if pattern.is_empty() || period <= 0.0 || line.len() < 2 {
        return vec![line.to_vec()];
    }
    let length: f64 = line.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
    let stretch = (length / period / MOST_DASHES).max(1.0);

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
    fn dashes_and_gaps_alternate() {
        let parts = dashes(&[(0.0, 0.0), (10.0, 0.0)], &[3.0, 2.0]);
        assert_eq!(parts, [[(0.0, 0.0), (3.0, 0.0)], [(5.0, 0.0), (8.0, 0.0)]]);
    }

    #[test]
    fn a_dash_continues_around_a_corner() {
        let parts = dashes(&[(0.0, 0.0), (2.0, 0.0), (2.0, 3.0)], &[4.0, 2.0]);
        assert_eq!(parts, [[(0.0, 0.0), (2.0, 0.0), (2.0, 2.0)]]);
    }

    #[test]
    fn the_number_of_dashes_is_limited() {
        let noise: Vec<_> = (0..20_000).map(|n| (f64::from(n) / 10.0, f64::from(n % 2) * 300.0)).collect();
        assert!(dashes(&noise, &[2.0, 2.0]).len() < 700);
    }
}
