//! The pad as a picture: its size, its pen, and the ink of its strokes.

use super::picture::Picture;
use super::strokes::Stroke;

/// The width and height of the pad, in units. The picture has a pixel for each.
pub const SIDE: usize = 140;
/// The width of the pen. A digit that nearly fills the pad gets lines as wide as those of MNIST, about two of 20 pixels.
pub const PEN: f32 = 12.0;
/// The way of the pen for one press of an arrow key.
pub const KEY_STEP: f32 = 5.0;

/// Returns the point nearest to another one in which the keyboard's pen can stand.
pub fn within((x, y): (f32, f32)) -> (f32, f32) {
    let (least, most) = (PEN / 2.0, SIDE as f32 - PEN / 2.0);
    (x.clamp(least, most), y.clamp(least, most))
}

/// Returns the picture of strokes: lines with round ends and smooth edges.
pub fn rasterise(strokes: &[Stroke]) -> Picture {
    let mut picture = Picture::blank(SIDE, SIDE);
    for stroke in strokes {
        let points = stroke.points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite());
        let mut last = None;
        for point in points {
            line(&mut picture, last.unwrap_or(point), point, stroke.width / 2.0);
            last = Some(point);
        }
    }
    picture
}

/// Draws a line between two points with a round pen of this radius.
fn line(picture: &mut Picture, from: (f32, f32), to: (f32, f32), radius: f32) {
    let reach = radius + 1.0;
    // Numbers below 0 become 0 here.
    let range = |a: f32, b: f32| (a.min(b) - reach) as usize..((a.max(b) + reach).ceil() as usize).min(SIDE);
    let (way_x, way_y) = (to.0 - from.0, to.1 - from.1);
    let square = way_x * way_x + way_y * way_y;
    let columns = range(from.0, to.0);
    if columns.is_empty() {
        return;
    }
    for row in range(from.1, to.1) {
        for (column, ink) in columns.clone().zip(picture.row_mut(row, columns.clone())) {
            // From the beginning of the line to the middle of the pixel.
            let (x, y) = (column as f32 + 0.5 - from.0, row as f32 + 0.5 - from.1);
            let share = if square > 0.0 { ((x * way_x + y * way_y) / square).clamp(0.0, 1.0) } else { 0.0 };
            let distance = (x - share * way_x).hypot(y - share * way_y);
            let cover = (radius + 0.5 - distance).clamp(0.0, 1.0);
            *ink = (*ink).max((255.0 * cover).round() as u8);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_covers_what_is_within_half_of_the_pen() {
        let stroke = Stroke { points: vec![(40.0, 70.0), (100.0, 70.0)], width: 10.0 };
        let picture = rasterise(&[stroke]);
        let ink = |column: usize, row: usize| picture.ink()[row * SIDE + column];
        assert_eq!((ink(70, 64), ink(70, 65), ink(70, 74), ink(70, 75)), (0, 255, 255, 0));
        // The ends are round.
        assert_eq!((ink(35, 69), ink(36, 66), ink(35, 65)), (248, 140, 0));
        let mass: f64 = picture.ink().iter().map(|&ink| f64::from(ink) / 255.0).sum();
        let area = 60.0 * 10.0 + std::f64::consts::PI * 25.0;
        assert!((mass - area).abs() < 1.0, "{mass} {area}");
    }

    proptest! {
        #[test]
        fn any_strokes_are_drawn_without_a_panic(
            points in proptest::collection::vec((any::<f32>(), any::<f32>()), 0..9),
            near in proptest::collection::vec((-200_f32..400.0, -200_f32..400.0), 0..9),
            width in any::<f32>(),
        ) {
            let strokes = [Stroke { points, width: PEN }, Stroke { points: near, width }];
            prop_assert_eq!(rasterise(&strokes).ink().len(), SIDE * SIDE);
        }
    }
}
