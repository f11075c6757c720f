//! Pointer gestures on a chart: a drag that pans, a pinch that zooms.

use super::layout::Layout;
use super::view::View;

/// The largest distance, in CSS pixels, that a pointer may move without dragging.
const CLICK_DISTANCE: f64 = 5.0;

/// The pointers that are down, and the view and layout from the moment when the number of pointers last changed.
#[derive(Debug, Default)]
pub struct Gesture {
    pointers: Vec<Pointer>,
    start: Option<(View, Layout)>,
    /// Whether the gesture is a drag or a pinch.
    moved: bool,
}

#[derive(Clone, Copy, Debug)]
struct Pointer {
    id: i32,
    /// Whether the pointer pans when it is the only one. A single finger on a touch screen scrolls the page instead.
    can_pan: bool,
    /// The position at which the current movement began.
    from: (f64, f64),
    /// The latest position.
    to: (f64, f64),
}

impl Gesture {
    /// Handles a pointer that goes down at a place in CSS pixels.
    pub fn down(&mut self, id: i32, touch: bool, place: (f64, f64), view: View, layout: &Layout) {
        if self.pointers.is_empty() {
            self.moved = false;
        }
        self.pointers.retain(|pointer| pointer.id != id);
        self.pointers.push(Pointer { id, can_pan: !touch, from: place, to: place });
        self.begin(view, layout);
    }

    /// Handles a pointer that moves. Returns the new view if the movement changes it.
    pub fn moves(&mut self, id: i32, place: (f64, f64)) -> Option<View> {
        let pointer = self.pointers.iter_mut().find(|pointer| pointer.id == id)?;
        pointer.to = place;
        self.moved |= distance(pointer.from, place) > CLICK_DISTANCE;
        let (view, layout) = self.start.as_ref().filter(|_| self.moved)?;
        match self.pointers[..] {
            [one] if one.can_pan => Some(view.pan(layout, minus(one.to, one.from))),
            [one, other, ..] => {
                // The value that was between the fingers stays between them.
                let (from, to) = (middle(one.from, other.from), middle(one.to, other.to));
                let factor = distance(one.to, other.to).max(1.0) / distance(one.from, other.from).max(1.0);
                let from = (
                    from.0.clamp(layout.plot.left, layout.plot.right),
                    from.1.clamp(layout.plot.top, layout.plot.bottom),
                );
                Some(view.zoom(layout, factor, from).pan(layout, minus(to, from)))
            }
            _ => None,
        }
    }

    /// Handles a pointer that is lifted, or that the browser uses for something else, such as scrolling.
    pub fn up(&mut self, id: i32, view: View, layout: &Layout) {
        self.pointers.retain(|pointer| pointer.id != id);
        self.begin(view, layout);
    }

    /// Returns the number of pointers that are down.
    pub fn pointers(&self) -> usize {
        self.pointers.len()
    }

    /// Begins a new movement from here.
    fn begin(&mut self, view: View, layout: &Layout) {
        for pointer in &mut self.pointers {
            pointer.from = pointer.to;
        }
        self.start = (!self.pointers.is_empty()).then(|| (view, layout.clone()));
    }
}

fn minus(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 - b.0, a.1 - b.1)
}

fn middle(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1))
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{Axis, Chart, Frame, Range, Theme};

    fn layout(view: View) -> Layout {
        let axis = || Axis::new("").range(Range::Fixed(0.0, 100.0));
        let mut chart = Chart::new(axis(), axis());
        chart.view = view;
        Layout::new(&chart, &Frame::new(500.0, 400.0), &Theme::default())
    }

    const PART: View = View { x: Some((40.0, 60.0)), y: Some((40.0, 60.0)) };

    #[test]
    fn a_pointer_that_hardly_moves_does_not_pan() {
        let layout = layout(PART);
        let mut gesture = Gesture::default();
        gesture.down(1, false, (100.0, 100.0), PART, &layout);
        assert_eq!(gesture.moves(1, (102.0, 101.0)), None);
        gesture.up(1, PART, &layout);
        assert_eq!(gesture.moves(1, (300.0, 100.0)), None, "the pointer is lifted");
    }

    #[test]
    fn a_mouse_drag_pans() {
        let layout = layout(PART);
        let mut gesture = Gesture::default();
        gesture.down(1, false, (100.0, 100.0), PART, &layout);
        let moved = gesture.moves(1, (100.0 + layout.plot.width() / 2.0, 100.0)).expect("it moves");
        assert!(moved.x.is_some_and(|(lo, hi)| (lo - 30.0).abs() < 1e-9 && (hi - 50.0).abs() < 1e-9));
        // The gesture stays a drag, even if it returns to its beginning.
        assert_eq!(gesture.moves(1, (100.0, 100.0)).map(|view| view.x.map(|x| x.0.round())), Some(Some(40.0)));
    }

    #[test]
    fn one_finger_changes_nothing_and_two_fingers_zoom() {
        let whole = layout(View::WHOLE);
        let centre = middle((whole.plot.left, whole.plot.top), (whole.plot.right, whole.plot.bottom));
        let mut gesture = Gesture::default();
        gesture.down(1, true, (centre.0 - 50.0, centre.1), View::WHOLE, &whole);
        assert_eq!(gesture.moves(1, (centre.0 - 40.0, centre.1)), None);
        gesture.down(2, true, (centre.0 + 40.0, centre.1), View::WHOLE, &whole);
        assert_eq!(gesture.pointers(), 2);
        gesture.moves(1, (centre.0 - 80.0, centre.1));
        let pulled = gesture.moves(2, (centre.0 + 80.0, centre.1)).expect("it zooms");
        assert!(pulled.x.is_some_and(|(lo, hi)| (lo - 25.0).abs() < 1e-9 && (hi - 75.0).abs() < 1e-9), "{pulled:?}");
        gesture.up(2, pulled, &layout(pulled));
        assert_eq!(gesture.moves(1, (centre.0 + 99.0, centre.1)), None);
        gesture.up(1, pulled, &layout(pulled));
        assert_eq!(gesture.pointers(), 0);
    }

    #[test]
    fn two_fingers_at_a_constant_distance_pan() {
        let part = layout(PART);
        let mut gesture = Gesture::default();
        gesture.down(1, true, (200.0, 200.0), PART, &part);
        gesture.down(2, true, (300.0, 200.0), PART, &part);
        gesture.moves(1, (200.0, 200.0 + part.plot.height() / 2.0));
        let pushed = gesture.moves(2, (300.0, 200.0 + part.plot.height() / 2.0)).expect("it moves");
        let rounded = |part: Option<(f64, f64)>| part.map(|(lo, hi)| (lo.round(), hi.round()));
        assert_eq!((rounded(pushed.x), rounded(pushed.y)), (Some((40.0, 60.0)), Some((50.0, 70.0))));
    }
}
