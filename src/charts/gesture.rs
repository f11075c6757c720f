//! What fingers and a mouse's button do on a chart: press a curve, push the chart about, pull it apart.

use super::layout::Layout;
use super::view::View;

/// A hand that moves less than this, in CSS pixels, presses and does not push.
const STILL: f64 = 5.0;

/// The pointers that are down, and the chart as it was when the last of them came or went.
#[derive(Debug, Default)]
pub struct Gesture {
    fingers: Vec<Finger>,
    start: Option<(View, Layout)>,
    moved: bool,
}

#[derive(Clone, Copy, Debug)]
struct Finger {
    id: i32,
    /// Whether it may push by itself. On a touch screen one finger scrolls the page and reads values.
    pushes: bool,
    from: (f64, f64),
    to: (f64, f64),
}

impl Gesture {
    /// A pointer goes down at a place in CSS pixels.
    pub fn down(&mut self, id: i32, touch: bool, place: (f64, f64), view: View, layout: &Layout) {
        if self.fingers.is_empty() {
            self.moved = false;
        }
        self.fingers.retain(|finger| finger.id != id);
        self.fingers.push(Finger { id, pushes: !touch, from: place, to: place });
        self.begin(view, layout);
    }

    /// A pointer moves; tells what is shown then, if that changes.
    pub fn moves(&mut self, id: i32, place: (f64, f64)) -> Option<View> {
        let finger = self.fingers.iter_mut().find(|finger| finger.id == id)?;
        finger.to = place;
        self.moved |= distance(finger.from, place) > STILL;
        let (view, layout) = self.start.as_ref().filter(|_| self.moved)?;
        match self.fingers[..] {
            [one] if one.pushes => Some(view.pan(layout, minus(one.to, one.from))),
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

    /// A pointer is lifted; tells where, if it has only pressed.
    pub fn up(&mut self, id: i32, view: View, layout: &Layout) -> Option<(f64, f64)> {
        let index = self.fingers.iter().position(|finger| finger.id == id)?;
        let finger = self.fingers.remove(index);
        let alone = self.fingers.is_empty();
        self.begin(view, layout);
        let pressed = alone && !self.moved;
        // A second finger is no press, however still it was.
        self.moved |= !alone;
        pressed.then_some(finger.to)
    }

    /// The browser has taken a pointer for something else, such as scrolling.
    pub fn cancel(&mut self, id: i32, view: View, layout: &Layout) {
        self.moved = true;
        self.fingers.retain(|finger| finger.id != id);
        self.begin(view, layout);
    }

    /// How many pointers are down.
    pub fn fingers(&self) -> usize {
        self.fingers.len()
    }

    fn begin(&mut self, view: View, layout: &Layout) {
        for finger in &mut self.fingers {
            finger.from = finger.to;
        }
        self.start = (!self.fingers.is_empty()).then(|| (view, layout.clone()));
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
    fn a_hand_that_keeps_still_presses() {
        let layout = layout(PART);
        let mut gesture = Gesture::default();
        gesture.down(1, false, (100.0, 100.0), PART, &layout);
        assert_eq!(gesture.moves(1, (102.0, 101.0)), None);
        assert_eq!(gesture.up(1, PART, &layout), Some((102.0, 101.0)));
        assert_eq!(gesture.up(1, PART, &layout), None);
    }

    #[test]
    fn the_mouse_pushes_the_chart_and_does_not_press() {
        let layout = layout(PART);
        let mut gesture = Gesture::default();
        gesture.down(1, false, (100.0, 100.0), PART, &layout);
        let moved = gesture.moves(1, (100.0 + layout.plot.width() / 2.0, 100.0)).expect("it moves");
        assert!(moved.x.is_some_and(|(lo, hi)| (lo - 30.0).abs() < 1e-9 && (hi - 50.0).abs() < 1e-9));
        // Back where it began, it still has moved.
        assert_eq!(gesture.moves(1, (100.0, 100.0)).map(|view| view.x.map(|x| x.0.round())), Some(Some(40.0)));
        assert_eq!(gesture.up(1, PART, &layout), None);
    }

    #[test]
    fn one_finger_leaves_the_chart_alone_and_two_pull_it_apart() {
        let whole = layout(View::WHOLE);
        let centre = middle((whole.plot.left, whole.plot.top), (whole.plot.right, whole.plot.bottom));
        let mut gesture = Gesture::default();
        gesture.down(1, true, (centre.0 - 50.0, centre.1), View::WHOLE, &whole);
        assert_eq!(gesture.moves(1, (centre.0 - 40.0, centre.1)), None);
        gesture.down(2, true, (centre.0 + 40.0, centre.1), View::WHOLE, &whole);
        assert_eq!(gesture.fingers(), 2);
        gesture.moves(1, (centre.0 - 80.0, centre.1));
        let pulled = gesture.moves(2, (centre.0 + 80.0, centre.1)).expect("it zooms");
        assert!(pulled.x.is_some_and(|(lo, hi)| (lo - 25.0).abs() < 1e-9 && (hi - 75.0).abs() < 1e-9), "{pulled:?}");
        assert_eq!(gesture.up(2, pulled, &layout(pulled)), None);
        assert_eq!(gesture.moves(1, (centre.0 + 99.0, centre.1)), None);
        assert_eq!(gesture.up(1, pulled, &layout(pulled)), None, "a pinch is no press");
    }

    #[test]
    fn two_fingers_that_keep_their_distance_push() {
        let part = layout(PART);
        let mut gesture = Gesture::default();
        gesture.down(1, true, (200.0, 200.0), PART, &part);
        gesture.down(2, true, (300.0, 200.0), PART, &part);
        gesture.moves(1, (200.0, 200.0 + part.plot.height() / 2.0));
        let pushed = gesture.moves(2, (300.0, 200.0 + part.plot.height() / 2.0)).expect("it moves");
        let rounded = |part: Option<(f64, f64)>| part.map(|(lo, hi)| (lo.round(), hi.round()));
        assert_eq!((rounded(pushed.x), rounded(pushed.y)), (Some((40.0, 60.0)), Some((50.0, 70.0))));
    }

    #[test]
    fn what_the_browser_takes_is_no_press() {
        let layout = layout(View::WHOLE);
        let mut gesture = Gesture::default();
        gesture.down(7, true, (100.0, 100.0), View::WHOLE, &layout);
        gesture.cancel(7, View::WHOLE, &layout);
        assert_eq!(gesture.fingers(), 0);
        assert_eq!(gesture.up(7, View::WHOLE, &layout), None);
        gesture.down(8, true, (100.0, 100.0), View::WHOLE, &layout);
        assert_eq!(gesture.up(8, View::WHOLE, &layout), Some((100.0, 100.0)), "the next one is");
    }
}
