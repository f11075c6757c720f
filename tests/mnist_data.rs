//! Tests of the data files that the page serves, and of the errors for damaged files.

use std::io::{Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use gradsheet::file_kind::FileKind;
use gradsheet::mnist::{
    Dataset, FILES, Problem, SHOWCASE, Showcase, Split, address, check_start, parse_images, parse_labels,
};
use proptest::prelude::*;

fn asset(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/mnist").join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_loader_requests_the_files_that_the_worker_reads() {
    let loader = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/loader.js");
    let loader = std::fs::read_to_string(loader).expect("the file is there");
    assert_eq!(FILES.map(|file| loader.contains(&format!("\"{}\"", address(file)))), [true; 4]);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

/// An IDX file with the labels 0 to 9 again and again.
fn labels(count: u32) -> Vec<u8> {
    let mut bytes = 0x801_u32.to_be_bytes().to_vec();
    bytes.extend(count.to_be_bytes());
    bytes.extend((0..count).map(|index| (index % 10) as u8));
    bytes
}

/// An IDX file with blank images.
fn images(count: u32, side: u32) -> Vec<u8> {
    let mut bytes: Vec<u8> = [0x803, count, side, side].into_iter().flat_map(u32::to_be_bytes).collect();
    bytes.resize(16 + (count * side * side) as usize, 0);
    bytes
}

#[test]
fn the_files_unpack_to_the_original_files() {
    let expected = [
        "6bbc9ace898e44ae57da46a324031adb",
        "a25bea736e30d166cdddb491f175f624",
        "2646ac647ad5339dbf082846283269ea",
        "27ae3e4e09519cfbb04c329615203637",
    ];
    for (file, expected) in FILES.into_iter().zip(expected) {
        let mut raw = Vec::new();
        GzDecoder::new(&asset(file)[..]).read_to_end(&mut raw).expect("gzip");
        assert_eq!(format!("{:x}", md5::compute(&raw)), expected, "{file}");
    }
}

#[test]
fn the_data_set_has_the_published_counts() {
    let files = FILES.map(asset);
    let data = Dataset::parse(std::array::from_fn(|i| (FILES[i], &files[i][..]))).expect("the assets parse");
    assert_eq!((data.train.len(), data.test.len()), (60_000, 10_000));
    assert_eq!(data.name_as_served(), "MNIST");
    // The first training image is a well-known 5.
    assert_eq!(data.train.label(0), 5);
    let ink: u32 = data.train.image(0).iter().map(|&pixel| u32::from(pixel)).sum();
    assert_eq!(ink, 27_525);
    let mut counts = [0; 10];
    (0..10_000).for_each(|index| counts[usize::from(data.test.label(index))] += 1);
    assert_eq!(counts, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
}

#[test]
fn the_page_has_the_showcase_before_the_data_set_arrives() {
    let [.., images, labels] = FILES.map(asset);
    let test = Split::parse((FILES[2], &images), (FILES[3], &labels)).expect("the assets parse");
    let showcase = Showcase::of(&test, &Showcase::choose(&test));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SHOWCASE);
    if std::env::var_os("GRADSHEET_WRITE_FIXTURES").is_some() {
        std::fs::write(&path, showcase.bytes()).expect("the folder can be written");
    }
    assert_eq!(std::fs::read(&path).ok().and_then(Showcase::read), Some(showcase));
}

#[test]
fn packed_and_unpacked_files_give_the_same_data() {
    let plain = labels(20);
    assert_eq!(parse_labels("a", &plain), parse_labels("a", &gzip(&plain)));
}

#[test]
fn the_error_names_the_damaged_file_and_the_problem() {
    let name = "train-images-idx3-ubyte.gz";
    let says = |bytes: &[u8]| parse_images(name, bytes).expect_err("damaged").to_string();
    let good = images(3, 28);
    assert_eq!(
        says(&good[..1000]),
        "train-images-idx3-ubyte.gz is truncated: it should hold 2,368 bytes but ends after 1,000."
    );
    assert_eq!(says(&good[..9]), "train-images-idx3-ubyte.gz is truncated: it ends after 9 bytes, within its header.");
    assert_eq!(says(&[]), "train-images-idx3-ubyte.gz is truncated: it ends after 0 bytes, within its header.");
    assert_eq!(
        says(b"<!doctype html><title>404</title>"),
        "train-images-idx3-ubyte.gz is a web page. Perhaps the download failed: download the file again."
    );
    assert_eq!(
        says(&labels(600)),
        "train-images-idx3-ubyte.gz is not a file of MNIST images: it begins with 00000801 instead of 00000803."
    );
    assert_eq!(
        says(&images(3, 32)),
        "train-images-idx3-ubyte.gz holds images of 32 by 32 pixels, but this net needs 28 by 28."
    );
    let mut long = good.clone();
    long.push(1);
    assert_eq!(says(&long), "train-images-idx3-ubyte.gz is too long: it should end after 2,368 bytes.");
    assert_eq!(says(&gzip(&long)), says(&long));
    assert_eq!(says(&images(0, 28)), "train-images-idx3-ubyte.gz is empty: it has no images or labels.");
    let mut absurd = good.clone();
    absurd[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(
        says(&absurd),
        "train-images-idx3-ubyte.gz is damaged: its header says 4,294,967,295 elements, which is too many."
    );
}

#[test]
fn damage_of_the_gzip_format_is_found() {
    let good = gzip(&images(3, 28));
    let problem = |bytes: &[u8]| parse_images("a", bytes).expect_err("damaged").problem;
    assert!(matches!(problem(&good[..good.len() / 2]), Problem::Truncated { .. }));
    // The checksum is incomplete: all pixels are there, but they cannot be verified.
    assert!(matches!(problem(&good[..good.len() - 4]), Problem::Gzip));
    let mut wrong_sum = good.clone();
    let crc = wrong_sum.len() - 8;
    wrong_sum[crc] ^= 1;
    assert!(matches!(problem(&wrong_sum), Problem::Gzip));
    let mut trailing = good.clone();
    trailing.extend(b"more");
    assert!(matches!(problem(&trailing), Problem::Gzip));
}

#[test]
fn files_packed_in_other_ways_are_read() {
    let plain = images(3, 28);
    let expected = parse_images("a", &plain);
    let (first, second) = plain.split_at(1000);
    let members = [gzip(first), gzip(&[]), gzip(second)].concat();
    let padded = [gzip(&plain), vec![0; 512]].concat();
    let padded_inside = [plain.clone(), vec![0; 512]].concat();
    for bytes in [members, padded, padded_inside.clone(), gzip(&padded_inside), gzip(&gzip(&plain))] {
        assert_eq!(parse_images("a", &bytes), expected);
    }
    let mut layers = plain;
    (0..9).for_each(|_| layers = gzip(&layers));
    assert!(matches!(parse_images("a", &layers).expect_err("too many layers").problem, Problem::Gzip));
}

#[test]
fn a_giant_is_refused_by_its_start() {
    let refuse = |start: &[u8], size| check_start("a", start, size).expect_err("wrong").problem;
    assert!(matches!(refuse(&images(1000, 28)[..100], 500_000), Problem::Truncated { expected: 784_016, .. }));
    assert!(matches!(refuse(&gzip(&images(900, 32))[..100], 400_000_000), Problem::Side { rows: 32, .. }));
    assert!(matches!(refuse(b"PK\x03\x04 and so on", 400_000_000), Problem::Foreign(_)));
    assert_eq!(check_start("a", &images(1000, 28)[..100], 784_016), Ok(()));
    assert_eq!(check_start("a", &gzip(&images(1000, 28))[..100], 1000), Ok(()));
}

#[test]
fn the_start_of_a_file_that_was_packed_twice_tells_what_it_is() {
    // Random bytes cannot be packed, so each layer is cut somewhere.
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let mut of = |header: Vec<u8>| [header, (0..200 * 784).map(|_| noise()).collect()].concat();
    let start = |bytes: &[u8]| check_start("a", &bytes[..65_536], bytes.len() as u64);
    let packed = gzip(&of(images(200, 28)[..16].to_vec()));
    assert_eq!((start(&packed), start(&gzip(&packed)), start(&gzip(&gzip(&packed)))), (Ok(()), Ok(()), Ok(())));
    let zip = gzip(&gzip(&of(b"PK\x03\x04\x14\0train".to_vec())));
    assert!(matches!(start(&zip).expect_err("a zip archive").problem, Problem::Foreign(FileKind::Zip)));
    let mut damaged = gzip(&packed);
    damaged[200..300].fill(0x55);
    assert_eq!(start(&damaged).expect_err("damaged").problem, Problem::Gzip);
}

#[test]
fn labels_must_be_digits_and_as_many_as_images() {
    let mut wrong = labels(12);
    wrong[8 + 7] = 10;
    assert_eq!(
        parse_labels("t10k-labels-idx1-ubyte.gz", &wrong).expect_err("ten is no digit").to_string(),
        "t10k-labels-idx1-ubyte.gz is damaged: label 7 is 10, but labels go from 0 to 9."
    );
    assert_eq!(
        Split::parse(("images", &images(3, 28)), ("labels", &labels(4))).expect_err("unequal").to_string(),
        "labels does not fit its images: there are 3 images but 4 labels."
    );
}

proptest! {
    #[test]
    fn no_bytes_cause_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = parse_images("any", &bytes);
        let _ = parse_labels("any", &bytes);
    }

    #[test]
    fn no_damage_to_a_valid_file_causes_a_panic(at in 0_usize..2400, value: u8, cut in 0_usize..2400, pack: bool) {
        let mut bytes = if pack { gzip(&images(3, 28)) } else { images(3, 28) };
        let at = at % bytes.len();
        bytes[at] = value;
        bytes.truncate(cut);
        let _ = parse_images("any", &bytes);
        let _ = parse_labels("any", &bytes);
    }
}
