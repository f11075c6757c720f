//! What is drawn with a pen: strokes, which can be taken back.

/// `Stroke` is the way of a pen from where it touches the paper to where it leaves it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// The points on the way, in units of the pad.
    pub points: Vec<(f32, f32)>,
    /// The width of the pen, in units of the pad.
    pub width: f32,
}

/// `Drawing` holds strokes, and what was there before everything was cleared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    strokes: Vec<Stroke>,
    cleared: Vec<Stroke>,
}

impl Drawing {
    /// Returns all strokes, the first one first.
    pub fn strokes(&self) -> &[Stroke] {
        &self.strokes
    }

    /// Begins a stroke.
    pub fn begin(&mut self, point: (f32, f32), width: f32) {
        self.cleared.clear();
        self.strokes.push(Stroke { points: vec![point], width });
    }

    /// Goes on with the last stroke.
    pub fn go_on(&mut self, point: (f32, f32)) {
        if let Some(stroke) = self.strokes.last_mut()
            && stroke.points.last() != Some(&point)
        {
            stroke.points.push(point);
        }
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        if !self.strokes.is_empty() {
            self.cleared = std::mem::take(&mut self.strokes);
        }
    }

    /// Takes back the last stroke; right after everything was cleared, brings it back.
    pub fn undo(&mut self) {
        if self.strokes.pop().is_none() {
            self.strokes = std::mem::take(&mut self.cleared);
        }
    }

    /// Whether there is something to take back.
    pub fn can_undo(&self) -> bool {
        !self.strokes.is_empty() || !self.cleared.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_are_taken_back_one_by_one_and_a_cleared_drawing_comes_back() {
        let mut drawing = Drawing::default();
        drawing.go_on((1.0, 1.0));
        assert!(!drawing.can_undo());
        drawing.begin((0.0, 0.0), 9.0);
        drawing.go_on((0.0, 0.0));
        drawing.go_on((0.0, 5.0));
        drawing.begin((3.0, 0.0), 9.0);
        assert_eq!(drawing.strokes()[0].points, [(0.0, 0.0), (0.0, 5.0)]);
        drawing.clear();
        drawing.clear();
        assert!(drawing.strokes().is_empty() && drawing.can_undo());
        drawing.undo();
        assert_eq!(drawing.strokes().len(), 2);
        drawing.undo();
        assert_eq!(drawing.strokes().len(), 1);
        drawing.clear();
        drawing.begin((0.0, 0.0), 9.0);
        drawing.undo();
        assert!(!drawing.can_undo());
    }
}
