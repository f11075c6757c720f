//! Charts drawn on plotters' SVG backend instead of a canvas.
#![cfg(feature = "charts")]

use gradsheet::charts::{
    Axis, Chart, Colour, Dash, Emphasis, Format, Frame, Layout, Mark, Range, Rgb, Scale, Series, Theme, View, draw,
    draw_cursor, draw_poster, hover,
};
use plotters::prelude::{DrawingBackend, SVGBackend};
use proptest::prelude::*;

/// Draws a chart as an SVG.
fn svg(chart: &Chart, width: u32, height: u32) -> (String, Layout) {
    let mut text = String::new();
    let layout = {
        let mut backend = SVGBackend::with_string(&mut text, (width, height));
        let frame = Frame::new(f64::from(width), f64::from(height));
        let layout = draw(&mut backend, chart, &frame, &Theme::default()).expect("SVG never fails");
        backend.present().expect("SVG never fails");
        layout
    };
    (text, layout)
}

/// Returns the points of each polyline of this colour.
fn lines(svg: &str, Rgb(red, green, blue): Rgb) -> Vec<Vec<(f64, f64)>> {
    let stroke = format!("stroke=\"#{red:02X}{green:02X}{blue:02X}\"");
    let points = |line: &str| {
        let text = line.split("points=\"").nth(1)?.split('"').next()?;
        text.split_whitespace()
            .map(|pair| pair.split_once(','))
            .map(|pair| {
                let (x, y) = pair?;
                Some((x.parse().ok()?, y.parse().ok()?))
            })
            .collect::<Option<Vec<_>>>()
    };
    svg.lines().filter(|line| line.starts_with("<polyline") && line.contains(&stroke)).filter_map(points).collect()
}

/// Returns the texts of an SVG.
fn texts(svg: &str) -> Vec<&str> {
    svg.split("<text").skip(1).filter_map(|text| text.split('>').nth(1)?.split('<').next()).map(str::trim).collect()
}

const RED: Rgb = Rgb(200, 0, 0);
const BLUE: Rgb = Rgb(0, 0, 200);

fn curve(rate: f64) -> Vec<(f64, f64)> {
    (0..=100).map(|row| (f64::from(row), 0.25 * (-rate * f64::from(row)).exp())).collect()
}

fn errors(scale: Scale) -> Chart {
    let y = Axis::new("Total error").scale(scale);
    Chart::new(Axis::new("Row").format(Format::Count).range(Range::Fixed(0.0, 100.0)), y)
        .with(Series::new("slow", curve(0.01)).colour(Colour::Rgb(RED)))
        .with(Series::new("fast", curve(0.05)).colour(Colour::Rgb(BLUE)).dash(Dash::Dashed))
        .end_labels()
}

#[test]
fn curves_titles_and_labels_are_drawn() {
    let (svg, layout) = svg(&errors(Scale::Linear), 640, 360);
    let texts = texts(&svg);
    for expected in ["Total error", "Row", "slow", "fast", "0", "20", "100", "0.05", "0.25"] {
        assert!(texts.contains(&expected), "{expected} is missing in {texts:?}");
    }
    let solid = lines(&svg, RED);
    assert_eq!(solid.len(), 1, "an unbroken curve is one polyline");
    let (first, last) = (solid[0][0], solid[0][solid[0].len() - 1]);
    assert!((first.0 - layout.plot.left).abs() <= 1.0 && (last.0 - layout.plot.right).abs() <= 1.0);
    assert!((first.1 - layout.px_y(0.25)).abs() <= 1.0);
    let dashed = lines(&svg, BLUE);
    assert!((20..100).contains(&dashed.len()), "{} dashes", dashed.len());
}

#[test]
fn an_exponential_function_is_a_straight_line_on_a_logarithmic_axis() {
    let (svg, _) = svg(&errors(Scale::Log), 640, 360);
    let line = &lines(&svg, RED)[0];
    let ((x0, y0), (x1, y1)) = (line[0], line[line.len() - 1]);
    for &(x, y) in line {
        assert!((y - (y0 + (y1 - y0) * (x - x0) / (x1 - x0))).abs() <= 1.5);
    }
}

#[test]
fn a_point_without_a_position_breaks_the_line() {
    let mut points = curve(0.02);
    points[30].1 = f64::NAN;
    points[31].1 = f64::INFINITY;
    points[60].1 = 0.0;
    points[80].1 = f64::MAX;
    let chart = |scale| {
        let y = Axis::new("").scale(scale);
        Chart::new(Axis::new(""), y).with(Series::new("x", points.clone()).colour(Colour::Rgb(RED)))
    };
    assert_eq!(lines(&svg(&chart(Scale::Linear), 400, 300).0, RED).len(), 3);
    assert_eq!(lines(&svg(&chart(Scale::Log), 400, 300).0, RED).len(), 4);
    assert_eq!(
        svg(&chart(Scale::Linear), 400, 300).1.y.hi,
        0.25,
        "numbers that are too large for the scale do not set the range"
    );
}

#[test]
fn curves_stay_inside_the_plot() {
    let points: Vec<_> = (0..=1000).map(|n| (f64::from(n), 3.0 * (f64::from(n) / 40.0).sin())).collect();
    let chart =
        Chart::new(Axis::new("x").range(Range::Fixed(100.0, 900.0)), Axis::new("y").range(Range::Fixed(-1.0, 1.0)))
            .with(Series::new("sine", points).colour(Colour::Rgb(RED)));
    let (svg, layout) = svg(&chart, 500, 300);
    let lines = lines(&svg, RED);
    assert!(lines.len() > 5);
    for (x, y) in lines.into_iter().flatten() {
        assert!(layout.plot.left - 0.5 <= x && x <= layout.plot.right + 0.5, "{x}");
        assert!(layout.plot.top - 0.5 <= y && y <= layout.plot.bottom + 0.5, "{y}");
    }
}

#[test]
fn a_hundred_thousand_points_become_a_few_thousand() {
    let mut points: Vec<_> = (0..100_000).map(|n| (f64::from(n), f64::from(n % 97))).collect();
    points[50_000].1 = 500.0;
    let chart = Chart::default().with(Series::new("long", points).colour(Colour::Rgb(RED)));
    let (svg, layout) = svg(&chart, 800, 300);
    let line = &lines(&svg, RED)[0];
    assert!(line.len() <= 2 * 800);
    assert!(line.iter().any(|&(_, y)| (y - layout.px_y(500.0)).abs() <= 1.0), "the spike is missing");
}

#[test]
fn an_empty_chart_shows_its_sentence() {
    for points in [vec![], vec![(f64::NAN, 1.0)], vec![(1.0, f64::NAN)]] {
        let chart = Chart::new(Axis::new("Epoch").range(Range::Fixed(0.0, 20.0)), Axis::new("Accuracy"))
            .with(Series::new("test", points).colour(Colour::Rgb(RED)))
            .mark(Mark::horizontal(0.994, "goal"))
            .empty("Accuracy appears here after the first epoch.");
        let (svg, _) = svg(&chart, 420, 260);
        assert!(texts(&svg).join(" ").contains("Accuracy appears here after the first epoch."));
        assert!(texts(&svg).contains(&"20") && lines(&svg, RED).is_empty());
    }
}

#[test]
fn a_single_point_is_a_dot() {
    let chart = Chart::default().with(Series::new("one", vec![(1.0, 0.98)]).colour(Colour::Rgb(RED)));
    assert_eq!(svg(&chart, 400, 300).0.matches("<circle").count(), 1);
}

#[test]
fn the_range_includes_reference_lines_and_they_have_labels() {
    let chart = Chart::new(Axis::new(""), Axis::new("").format(Format::Percent))
        .with(Series::new("test", vec![(1.0, 0.98), (2.0, 0.985)]).markers())
        .mark(Mark::horizontal(0.994, "the goal").colour(Colour::Rgb(RED)).dash(Dash::Solid))
        .mark(Mark::vertical(1.5, "now").colour(Colour::Rgb(BLUE)).dash(Dash::Solid));
    let (svg, layout) = svg(&chart, 480, 320);
    assert!(layout.y.contains(0.994));
    assert!(texts(&svg).contains(&"the goal") && texts(&svg).contains(&"now"));
    let (across, down) = (&lines(&svg, RED)[0], &lines(&svg, BLUE)[0]);
    assert_eq!(across[0].1, across[1].1);
    assert_eq!(down[0].0, down[1].0);
}

#[test]
fn strong_curves_lie_on_top() {
    let chart = errors(Scale::Linear)
        .with(Series::new("yours", curve(0.03)).colour(Colour::Rgb(Rgb(0, 128, 0))))
        .with(Series::new("quiet", curve(0.04)).colour(Colour::Rgb(Rgb(9, 9, 9))).emphasis(Emphasis::Quiet));
    let mut strong = chart.clone();
    strong.series[0].emphasis = Emphasis::Strong;
    let place = |chart: &Chart, colour: &str| svg(chart, 640, 360).0.find(colour).expect("drawn");
    assert!(place(&chart, "#C80000") < place(&chart, "#008000"));
    assert!(place(&strong, "#C80000") > place(&strong, "#008000"));
    assert!(place(&chart, "#090909") < place(&chart, "#C80000"));
}

#[test]
fn drawing_succeeds_at_any_size_with_any_data() {
    let wild = vec![(0.0, 1e99), (1.0, -1e99), (2.0, 1e-99), (2.0, 5.0), (f64::INFINITY, 1.0), (3.0, 0.0)];
    let charts =
        [errors(Scale::Linear), errors(Scale::Log), Chart::default().with(Series::new("wild", wild)).end_labels()];
    for chart in charts {
        for (width, height) in [(0, 0), (1, 1), (2, 500), (500, 3), (40, 30), (97, 61), (200, 120), (3000, 2000)] {
            let (text, layout) = svg(&chart, width, height);
            assert!(!text.contains("NaN") && !text.contains("inf"), "{width} × {height}");
            if let Some(readout) = hover::read(&chart, &layout, 1.0, 6.0) {
                let mut overlay = String::new();
                let mut backend = SVGBackend::with_string(&mut overlay, (width, height));
                draw_cursor(&mut backend, &chart, &layout, &Theme::default(), &readout, Emphasis::Normal)
                    .expect("SVG never fails");
            }
        }
    }
    for range in
        [Range::Fixed(f64::NAN, 1.0), Range::Fixed(2.0, 1.0), Range::Including(1.0, 1.0), Range::Within(-1.0, 0.0)]
    {
        for scale in [Scale::Linear, Scale::Log] {
            let axis = Axis::new("axis").range(range).scale(scale);
            let (text, _) = svg(&Chart::new(axis.clone(), axis).with(Series::new("x", curve(0.1))), 300, 200);
            assert!(!text.contains("NaN"), "{range:?}");
        }
    }
}

#[test]
fn the_cursor_has_a_dot_on_each_curve() {
    let chart = errors(Scale::Linear);
    let (_, layout) = svg(&chart, 640, 360);
    let x = hover::nearest_x(&chart, layout.x_at(layout.px_x(50.3))).expect("there is data");
    assert_eq!(x, 50.0);
    let readout = hover::read(&chart, &layout, x, 6.0).expect("there is data");
    assert_eq!(readout.values, [(0, curve(0.01)[50].1), (1, curve(0.05)[50].1)]);
    assert_eq!(readout.position, (layout.px_x(50.0), layout.px_y(curve(0.01)[50].1)));

    let mut overlay = String::new();
    let mut backend = SVGBackend::with_string(&mut overlay, (640, 360));
    draw_cursor(&mut backend, &chart, &layout, &Theme::default(), &readout, Emphasis::Normal).expect("SVG never fails");
    drop(backend);
    assert_eq!(overlay.matches("<circle").count(), 4, "a dot and its ring on each of two curves");
    assert_eq!(overlay.matches("<polyline").count(), 1);
}

#[test]
fn a_part_of_the_axes_fills_the_plot() {
    let mut chart = errors(Scale::Linear);
    chart.view = View { x: Some((20.0, 40.0)), y: Some((0.05, 0.15)) };
    let (text, layout) = svg(&chart, 640, 360);
    assert_eq!((layout.x.lo, layout.x.hi, layout.y.lo, layout.y.hi), (20.0, 40.0, 0.05, 0.15));
    assert_eq!((layout.whole_x.hi, layout.whole_y.hi), (100.0, 0.25));
    for (x, y) in lines(&text, RED).into_iter().flatten().chain(lines(&text, BLUE).into_iter().flatten()) {
        assert!(layout.plot.left - 0.5 <= x && x <= layout.plot.right + 0.5, "{x}");
        assert!(layout.plot.top - 0.5 <= y && y <= layout.plot.bottom + 0.5, "{y}");
    }
    chart.view = View { x: Some((60.0, 90.0)), y: None };
    let (_, fitted) = svg(&chart, 640, 360);
    assert!(fitted.y.hi < 0.2 && fitted.y.contains(0.25 * (-0.6f64).exp()), "{:?} must fit rows 60 to 90", fitted.y);
}

#[test]
fn a_poster_has_a_background_a_title_and_a_legend() {
    let chart = errors(Scale::Log);
    for (width, height) in [(720, 480), (360, 300), (10, 10), (0, 0)] {
        let mut text = String::new();
        let mut backend = SVGBackend::with_string(&mut text, (width, height));
        let frame = Frame::new(f64::from(width), f64::from(height));
        draw_poster(&mut backend, &chart, "Error curves", &frame, &Theme::default()).expect("SVG never fails");
        backend.present().expect("SVG never fails");
        drop(backend);
        assert!(text.contains("<rect") && text.contains("#FBFAF7"));
        for expected in ["Error curves", "slow", "fast"] {
            assert!(texts(&text).contains(&expected), "{expected} is missing at {width} × {height}");
        }
        if width == 720 {
            let swatch_and_curve = lines(&text, RED);
            assert_eq!(swatch_and_curve.len(), 2);
            assert!(
                swatch_and_curve[1].iter().all(|&(_, y)| y > swatch_and_curve[0][0].1),
                "the chart is below the legend"
            );
        }
    }
}

fn values() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        -10.0..10.0f64,
        Just(0.0),
        Just(1e308),
        Just(-1e300),
        Just(1e300),
        Just(5e-324),
        Just(1e-299),
        Just(f64::NAN),
        Just(f64::INFINITY),
    ]
}

fn scales() -> impl Strategy<Value = Scale> {
    prop_oneof![Just(Scale::Linear), Just(Scale::Log)]
}

fn ranges() -> impl Strategy<Value = Range> {
    prop_oneof![
        Just(Range::Auto),
        (values(), values()).prop_map(|(lo, hi)| Range::Fixed(lo, hi)),
        (values(), values()).prop_map(|(lo, hi)| Range::Including(lo, hi)),
        (values(), values()).prop_map(|(lo, hi)| Range::Within(lo, hi)),
    ]
}

fn parts() -> impl Strategy<Value = Option<(f64, f64)>> {
    proptest::option::of((values(), values()))
}

proptest! {
    #[test]
    fn extreme_numbers_neither_panic_nor_leave_the_frame(
        mut xs in proptest::collection::vec(values(), 0..40),
        ys in proptest::collection::vec(values(), 40),
        (x_scale, y_scale, x_range, y_range) in (scales(), scales(), ranges(), ranges()),
        (x, y) in (parts(), parts()),
        (width, height) in (0..900u32, 0..600u32),
        looks in 0..4usize,
        place in (values(), values()),
    ) {
        xs.sort_by(f64::total_cmp);
        let points: Vec<_> = xs.into_iter().zip(ys).collect();
        let format = [Format::Plain, Format::Count, Format::Percent, Format::Plain][looks];
        let mut series = Series::new("x", points).dash(Dash::ALL[looks]).colour(Colour::Rgb(RED));
        if looks == 3 {
            series = series.markers();
        }
        let mut chart = Chart::new(Axis::new("x").scale(x_scale).range(x_range).format(format),
            Axis::new("y").scale(y_scale).range(y_range)).with(series).mark(Mark::horizontal(place.1, "mark"));
        chart.view = View { x, y };
        let (text, layout) = svg(&chart, width, height);
        prop_assert!(!text.contains("NaN") && !text.contains("inf"));
        for (x, y) in lines(&text, RED).into_iter().flatten() {
            prop_assert!((-1.0..=f64::from(width) + 1.0).contains(&x) && (-1.0..=f64::from(height) + 1.0).contains(&y), "{x}, {y}");
        }
        if let Some(x) = hover::nearest_x(&chart, place.0) {
            hover::read(&chart, &layout, x, 6.0);
        }
        chart.view = chart.view.zoom(&layout, 2.0, place).pan(&layout, place);
        svg(&chart, width, height);
    }
}
