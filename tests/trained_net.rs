//! The net that is trained beforehand has the accuracy that its README and the page name, and reads digits that were drawn
//! large as it reads the originals.

use std::path::{Path, PathBuf};
use std::thread;

use gradsheet::drawing::{Answer, Picture, Steps, prepare, trained};
use gradsheet::mnist::{FILES, PIXELS, SIDE, Split};
use gradsheet::trainer::cpu::reader::DigitReader;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn reader() -> DigitReader {
    let file = std::fs::read(root().join(trained::WEIGHTS)).expect("the weights are there");
    DigitReader::new(&file).expect("they are this net's")
}

fn test_images() -> Split {
    let [images, labels] =
        [FILES[2], FILES[3]].map(|name| std::fs::read(root().join("assets/mnist").join(name)).expect("it is there"));
    Split::parse((FILES[2], &images), (FILES[3], &labels)).expect("it is MNIST")
}

/// Returns the digits that the net reads in images, and the smallest lead of a best logit over the next one.
fn digits(images: &[u8]) -> (Vec<usize>, f32) {
    let logits: Vec<f32> = thread::scope(|scope| {
        let parts = images.chunks(images.len().div_ceil(2 * PIXELS) * PIXELS);
        let parts: Vec<_> = parts.map(|part| scope.spawn(move || reader().logits(part))).collect();
        parts.into_iter().flat_map(|part| part.join().expect("no panic")).collect()
    });
    let digit = |logits: &[f32]| Answer::from_logits(logits).expect("numbers").digit();
    let lead = |logits: &[f32]| {
        let mut sorted = logits.to_vec();
        sorted.sort_by(|a, b| b.total_cmp(a));
        sorted[0] - sorted[1]
    };
    let rows = || logits.chunks_exact(10);
    (rows().map(digit).collect(), rows().map(lead).fold(f32::INFINITY, f32::min))
}

#[test]
fn the_trained_net_has_the_accuracy_that_its_readme_and_the_page_name() {
    let test = test_images();
    let (digits, lead) = digits(test.images());
    let correct = digits.iter().enumerate().filter(|(index, digit)| usize::from(test.label(*index)) == **digit).count();
    // No image is so close that the rounding of another processor could decide.
    assert!(lead > 1e-4, "{lead}");
    assert_eq!((correct, test.len()), (trained::CORRECT as usize, trained::TESTED as usize));
    let readme = std::fs::read_to_string(root().join("assets/net/README.md")).expect("it is there");
    let share = format!("{:.2} %", 100.0 * correct as f64 / test.len() as f64);
    assert!(readme.contains(&share) && trained::line().contains(&share), "{share}");
}

/// Enlarges an image tenfold and smoothly: between the middles of pixels, ink changes evenly.
fn enlarged(image: &[u8]) -> Picture {
    const TIMES: usize = 10;
    let ink = |x: isize, y: isize| {
        let is_inside = (0..SIDE as isize).contains(&x) && (0..SIDE as isize).contains(&y);
        if is_inside { f64::from(image[y as usize * SIDE + x as usize]) } else { 0.0 }
    };
    let side = TIMES * SIDE;
    let pixel = |at: usize| {
        let middle = |at: usize| (at as f64 + 0.5) / TIMES as f64 - 0.5;
        let (x, y) = (middle(at % side), middle(at / side));
        let (left, top) = (x.floor(), y.floor());
        let row = |y| ink(left as isize, y) * (1.0 - (x - left)) + ink(left as isize + 1, y) * (x - left);
        (row(top as isize) * (1.0 - (y - top)) + row(top as isize + 1) * (y - top)).round() as u8
    };
    Picture::new(side, side, (0..side * side).map(pixel).collect()).expect("a square")
}

#[test]
fn a_thousand_digits_drawn_large_are_read_like_the_originals() {
    const IMAGES: usize = 1000;
    let test = test_images();
    let originals = &test.images()[..IMAGES * PIXELS];
    let drawn: Vec<Steps> =
        originals.chunks_exact(PIXELS).map(|image| prepare(&enlarged(image)).expect("there is ink")).collect();
    let images: Vec<u8> = drawn.iter().flat_map(|steps| steps.image.ink()).copied().collect();
    let same = digits(originals).0.into_iter().zip(digits(&images).0).filter(|(before, after)| before == after).count();
    println!("{same} of {IMAGES}");
    assert!(same * 1000 >= IMAGES * 990, "{same} of {IMAGES}");
}

#[test]
fn an_image_of_mnist_that_is_prepared_once_more_stays_as_it_is() {
    let test = test_images();
    for image in test.images().chunks_exact(PIXELS).take(1000) {
        let steps = prepare(&Picture::new(SIDE, SIDE, image.to_vec()).expect("an image")).expect("there is ink");
        let twice = prepare(&steps.image).expect("there is ink");
        assert_eq!(twice.image, steps.image);
        // MNIST's own ink is not changed, but perhaps moved by a pixel.
        let mass = |ink: &[u8]| ink.iter().map(|&ink| u32::from(ink)).sum::<u32>();
        assert_eq!(mass(steps.fitted.ink()), mass(image));
    }
}
