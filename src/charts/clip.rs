//! Cuts lines to the plot.

/// A rectangle from `(left, top)` to `(right, bottom)`; y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// The smallest x.
    pub left: f64,
    /// The smallest y.
    pub top: f64,
    /// The largest x.
    pub right: f64,
    /// The largest y.
    pub bottom: f64,
}

impl Rect {
    /// Returns the width.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Returns the height.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// Whether a point lies inside the rectangle or on its edge.
    pub fn contains(&self, (x, y): (f64, f64)) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}

/// Returns the parts of a polyline that lie inside the rectangle.
pub fn clip(line: Vec<(f64, f64)>, rect: &Rect) -> Vec<Vec<(f64, f64)>> {
    if line.iter().all(|&point| rect.contains(point)) {
        return vec![line];
    }
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    // Whether the last part ends where the next segment begins.
    let mut connected = false;
    for pair in line.windows(2) {
        let Some((from, to)) = clip_segment(pair[0], pair[1], rect) else {
            connected = false;
            continue;
        };
        match parts.last_mut() {
            Some(part) if connected => part.push(to),
            _ => parts.push(vec![from, to]),
        }
        connected = to == pair[1];
    }
    parts
}

/// Returns the part of a segment that lies inside all four edges, by the algorithm of Liang and Barsky (1984).
fn clip_segment(from: (f64, f64), to: (f64, f64), rect: &Rect) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    let edges =
        [(-dx, from.0 - rect.left), (dx, rect.right - from.0), (-dy, from.1 - rect.top), (dy, rect.bottom - from.1)];
    for (outward, room) in edges {
        if outward == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if outward < 0.0 {
            enter = enter.max(room / outward);
        } else {
            leave = leave.min(room / outward);
        }
    }
    let at = |t: f64| (from.0 + t * dx, from.1 + t * dy);
    // An end inside the rectangle keeps its exact coordinates, so that neighbouring segments meet.
    (enter <= leave).then(|| (if enter > 0.0 { at(enter) } else { from }, if leave < 1.0 { at(leave) } else { to }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: Rect = Rect { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };

    #[test]
    fn a_line_inside_is_unchanged() {
        let line = vec![(0.0, 0.0), (5.0, 10.0), (10.0, 3.0)];
        assert_eq!(clip(line.clone(), &UNIT), [line]);
    }

    #[test]
    fn a_line_that_leaves_and_returns_is_cut_in_two() {
        let parts = clip(vec![(0.0, 5.0), (5.0, 15.0), (10.0, 5.0), (10.0, 2.0)], &UNIT);
        assert_eq!(parts, [vec![(0.0, 5.0), (2.5, 10.0)], vec![(7.5, 10.0), (10.0, 5.0), (10.0, 2.0)]]);
    }

    #[test]
    fn a_line_across_is_cut_at_both_ends_and_one_outside_disappears() {
        assert_eq!(clip(vec![(-10.0, 5.0), (20.0, 5.0)], &UNIT), [vec![(0.0, 5.0), (10.0, 5.0)]]);
        assert!(clip(vec![(-10.0, 5.0), (-1.0, 5.0)], &UNIT).is_empty());
        assert!(clip(vec![(-10.0, 5.0), (5.0, -10.0)], &UNIT).is_empty());
    }
}
