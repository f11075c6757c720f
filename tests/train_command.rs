//! The native training command, as a user calls it.

mod common;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::bars;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A folder with a tiny data set. It is removed when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("gradsheet-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for temporary files");
        let (train, test) = (bars(40), bars(20));
        let write = |file: &str, bytes: &[u8]| std::fs::write(folder.join(file), bytes).expect("a file");
        // One file is packed and the others are not, since the command reads both.
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&train.0).expect("writing to memory");
        write("train-images-idx3-ubyte.gz", &encoder.finish().expect("writing to memory"));
        write("train-labels-idx1-ubyte", &train.1);
        write("t10k-images-idx3-ubyte", &test.0);
        write("t10k-labels-idx1-ubyte", &test.1);
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn train(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_train"));
    command.args(["--recipe", "classic", "--epochs", "2", "--images", "40", "--batch-size", "8", "--device", "cpu"]);
    command.arg("--data").arg(folder).args(arguments).output().expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_classic_log_is_the_same_every_time() {
    let folder = Folder::new("log");
    let output = train(&folder.0, &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let log = text(&output.stdout);
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines[0], "Device: CPU (SIMD). You chose the CPU.");
    assert_eq!(lines[1], "EPOCH:  1");
    let tested = lines[2].strip_prefix("Test set: Average loss: ").expect("the classic line");
    let (loss, accuracy) = tested.split_once(", Accuracy: ").expect("the classic line");
    assert!(loss.parse::<f64>().is_ok(), "{loss}");
    assert!(accuracy.contains("/20 (") && accuracy.ends_with("%)"), "{accuracy}");
    assert_eq!(lines[3], "EPOCH:  2");
    assert!(lines[5].starts_with("Finished in "), "{log}");

    let again = text(&train(&folder.0, &[]).stdout);
    assert_eq!(again.lines().take(5).collect::<Vec<_>>(), lines[..5]);
}

#[test]
fn the_same_number_of_threads_gives_the_same_numbers() {
    let folder = Folder::new("threads");
    let log = |arguments: &[&str]| {
        let output = train(&folder.0, arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout).lines().take(5).map(str::to_owned).collect::<Vec<_>>()
    };
    // A batch of 40 is three groups of images, which two threads can share.
    let together = log(&["--batch-size", "40", "--threads", "2"]);
    assert_eq!(log(&["--batch-size", "40", "--threads", "2"]), together);
    assert!(together[2].starts_with("Test set: Average loss: "), "{together:?}");
    assert!(!train(&folder.0, &["--threads", "0"]).status.success());
}

#[test]
fn json_has_one_object_on_each_line() {
    let folder = Folder::new("json");
    let output = train(&folder.0, &["--json", "--seed", "3"]);
    let lines: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines[0]["recipe"].as_str().is_some_and(|recipe| recipe.starts_with("recipe?device=cpu&")), "{}", lines[0]);
    assert_eq!(lines[1]["backend"], "CPU (SIMD)");
    let epochs: Vec<_> = lines.iter().filter(|line| line.get("epoch").is_some()).collect();
    assert_eq!(epochs.len(), 2);
    assert_eq!(epochs[1]["epoch"], 2);
    for key in ["test_loss", "test_accuracy", "seconds"] {
        assert!(epochs[0][key].is_f64(), "{key}: {}", epochs[0]);
    }
    let accuracy = epochs[0]["test_accuracy"].as_f64().expect("a number");
    assert!((0.0..=1.0).contains(&accuracy));
    assert_eq!(lines.last().expect("a line")["finished"], true);
}

#[test]
fn an_error_is_one_sentence_on_stderr() {
    let folder = Folder::new("errors");
    let fails = |arguments: &[&str]| {
        let output = train(&folder.0, arguments);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
        text(&output.stderr)
    };
    assert_eq!(fails(&["--momentum", "1"]), "Momentum: a number from 0 to below 1.\n");

    let labels = folder.0.join("t10k-labels-idx1-ubyte");
    std::fs::write(&labels, b"\0\0\x08\x01\0\0\0\x14\x01").expect("a file");
    let message = fails(&[]);
    assert!(
        message.ends_with("t10k-labels-idx1-ubyte is truncated: it should hold 28 bytes but ends after 9.\n"),
        "{message}"
    );

    std::fs::remove_file(&labels).expect("it is there");
    let message = fails(&[]);
    assert!(message.contains("t10k-labels-idx1-ubyte.gz cannot be read: "), "{message}");
    assert_eq!(message.lines().count(), 1);
}

#[test]
fn asking_for_more_images_than_the_data_set_has_is_an_error() {
    let folder = Folder::new("images");
    let output = train(&folder.0, &["--batch-size", "16", "--learning-rate", "0.02"]);
    assert!(output.status.success(), "{output:?}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_train"));
    let output = command.args(["--images", "41", "--data"]).arg(&folder.0).output().expect("the command runs");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "Training images: the data set has 40, but the settings ask for 41.\n");
}

#[test]
fn the_help_explains_every_option() {
    let output = Command::new(env!("CARGO_BIN_EXE_train")).arg("--help").output().expect("the command runs");
    let help = text(&output.stdout);
    let options = [
        "--recipe",
        "--link",
        "--epochs",
        "--images",
        "--batch-size",
        "--learning-rate",
        "--momentum",
        "--seed",
        "--device",
    ];
    for option in options.into_iter().chain(["--data", "--json", "--validate", "--schedule", "--optimizer"]) {
        assert!(help.contains(option), "{option} is missing in\n{help}");
    }
}

#[test]
fn weights_are_saved_and_loaded_and_a_damaged_file_is_refused() {
    let folder = Folder::new("weights");
    let path = folder.0.join("net.safetensors");
    let file = path.to_str().expect("the path is text");
    let output = train(&folder.0, &["--save", file]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    // At such a small learning rate nothing moves, so the loss of an epoch shows how good its first weights are.
    let still = ["--weights", file, "--epochs", "1", "--learning-rate", "1e-9", "--momentum", "0", "--json"];
    let again = train(&folder.0, &still);
    assert!(again.status.success(), "{}", text(&again.stderr));
    let fresh = train(&folder.0, &["--epochs", "1", "--learning-rate", "1e-9", "--momentum", "0", "--json"]);
    let loss = |output: &Output| {
        let text = text(&output.stdout);
        let (_, rest) = text.rsplit_once("\"train_loss\":").expect("an epoch was told");
        rest.split(',').next().and_then(|loss| loss.parse::<f64>().ok()).expect("a number")
    };
    assert!(loss(&again) < loss(&fresh), "{} and {}", loss(&again), loss(&fresh));

    let bytes = std::fs::read(&path).expect("it was written");
    std::fs::write(&path, &bytes[..bytes.len() - 4]).expect("it is ours");
    let refused = train(&folder.0, &["--weights", file]);
    assert!(!refused.status.success() && text(&refused.stderr).contains("its end is missing"));
}
