//! Files can come from anywhere: whatever their bytes, the readers return sheets or one sentence for the user.

use std::error::Error;
use std::io::{Cursor, Read, Write};
use std::sync::LazyLock;

use gradsheet::exchange::check::{check, lesson};
use gradsheet::exchange::csv_out::{self, Notation};
use gradsheet::exchange::protocol::LARGEST_FILE;
use gradsheet::exchange::table::Table;
use gradsheet::exchange::{workbook_in, workbook_out};
use gradsheet::sheet::lesson::Lesson;
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

static WORKBOOK: LazyLock<Vec<u8>> =
    LazyLock::new(|| workbook_out::write(&Lesson::CLASSIC, 3, false).expect("a small workbook").0);
static CSV: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut text = String::new();
    csv_out::write(&Lesson::CLASSIC, 3, Notation::Point, &mut |piece| text.push_str(piece));
    text.into_bytes()
});

/// Reads a file, finds its tables and checks them, as the worker does.
fn digest(name: &str, bytes: &[u8]) -> Result<(), String> {
    for sheet in workbook_in::read(name, bytes)? {
        let table = Table::find(&sheet).map_err(|error| error.message)?;
        lesson(&table)?;
        check(&table)?;
    }
    Ok(())
}

/// Asserts that an error is a sentence for the user: short, with a full stop, without names from inside a library.
fn expect_sentence(result: Result<(), String>) {
    if let Err(message) = result {
        assert!(message.ends_with('.') && message.chars().count() < 400, "{message}");
        for inside in ["Err(", "Some(", "::", "Xml"] {
            assert!(!message.contains(inside), "{message}");
        }
    }
}

/// Returns the parts of a workbook, by name.
fn unpack(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("our own workbook");
    let names: Vec<String> = archive.file_names().map(|name| name.expect("UTF-8").into_owned()).collect();
    let part = |name: String| {
        let mut content = Vec::new();
        archive.by_name(&name).expect("listed").read_to_end(&mut content).expect("whole");
        (name, content)
    };
    names.into_iter().map(part).collect()
}

/// Returns a ZIP archive with these parts.
fn pack(parts: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).expect("in memory");
        archive.write_all(content).expect("in memory");
    }
    archive.finish().expect("in memory").into_inner()
}

/// Returns the workbook with some bytes of one of its parts changed. The archive itself is intact.
fn with_changed_part(part: prop::sample::Index, edits: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    let mut parts = unpack(&WORKBOOK);
    let index = part.index(parts.len());
    let content = &mut parts[index].1;
    for (place, byte) in edits {
        let place = place.index(content.len());
        content[place] = *byte;
    }
    pack(&parts, CompressionMethod::Stored)
}

/// Makes random bytes, more often those that have a meaning in XML and in numbers.
fn likely_byte() -> impl Strategy<Value = u8> {
    prop_oneof![prop::sample::select(b"<>/=\"&;!?0123456789-+.eE:AZ \0".to_vec()), any::<u8>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_sheets_or_a_sentence(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        expect_sentence(digest("a.csv", &bytes));
        expect_sentence(digest("a.xlsx", &[b"PK\x03\x04", bytes.as_slice()].concat()));
        expect_sentence(digest("a.xls", &[&[0xD0, 0xCF, 0x11, 0xE0], bytes.as_slice()].concat()));
    }

    #[test]
    fn any_text_gives_sheets_or_a_sentence(text in "[twiE0-9.,;\t\"\n ηa_−∂/eh-]{0,300}") {
        expect_sentence(digest("a.csv", text.as_bytes()));
    }

    #[test]
    fn a_changed_csv_file_gives_sheets_or_a_sentence(edits in prop::collection::vec((any::<prop::sample::Index>(), likely_byte()), 1..20)) {
        let mut bytes = CSV.clone();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        expect_sentence(digest("a eta 0.5.csv", &bytes));
    }

    #[test]
    fn a_changed_archive_gives_sheets_or_a_sentence(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10)) {
        let mut bytes = WORKBOOK.clone();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        expect_sentence(digest("a.xlsx", &bytes));
    }

    #[test]
    fn a_workbook_with_a_changed_part_gives_sheets_or_a_sentence(
        part in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), likely_byte()), 1..10),
    ) {
        expect_sentence(digest("a.xlsx", &with_changed_part(part, &edits)));
    }

    #[test]
    fn a_truncated_file_gives_a_sentence(cut in any::<prop::sample::Index>()) {
        let bytes = &WORKBOOK[..cut.index(WORKBOOK.len())];
        prop_assert!(digest("a.xlsx", bytes).is_err());
        expect_sentence(digest("a.xlsx", bytes));
        expect_sentence(digest("a eta 0.5.csv", &CSV[..cut.index(CSV.len())]));
    }
}

/// Returns the sentence with which a file is refused.
fn refusal(name: &str, bytes: &[u8]) -> String {
    digest(name, bytes).expect_err("to be refused")
}

#[test]
fn the_sentence_says_what_kind_of_file_it_is() {
    assert_eq!(refusal("a.csv", b""), "“a.csv” is empty.");
    assert_eq!(refusal("a.csv", b" \r\n"), "“a.csv” is empty.");
    assert!(refusal("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").contains("is a picture (PNG)"));
    assert!(refusal("a.bin", b"\x7fELF\x02\x01\0\x03\0\0\x01").contains("neither an Excel workbook"));
    let old = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
    assert!(refusal("a.xls", &old).contains("old format (.xls)"));
    let secret: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(refusal("a.xlsx", &[old, secret].concat()).contains("protected by a password"));
    let document = pack(&[("mimetype".into(), b"application/vnd.oasis".to_vec())], CompressionMethod::Stored);
    assert!(refusal("a.ods", &document).contains("an OpenDocument file"));
    let archive = pack(&[("holiday.jpg".into(), vec![1, 2, 3])], CompressionMethod::Stored);
    assert!(refusal("a.zip", &archive).contains("not an Excel workbook"));
    assert!(refusal("letter.txt", b"Dear students,\nplease hand in").contains("no backpropagation table"));
}

#[test]
fn files_that_are_too_large_are_refused_before_they_are_read() {
    assert!(refusal("a.csv", &vec![b'1'; LARGEST_FILE as usize + 1]).contains("larger than 20 MB"));

    // A ZIP bomb: less than 2 MB that unpack to 300 MB of blanks.
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for name in ["[Content_Types].xml", "xl/worksheets/sheet1.xml"] {
        archive.start_file(name, deflated).expect("in memory");
    }
    let blanks = vec![b' '; 1 << 20];
    for _ in 0..300 {
        archive.write_all(&blanks).expect("in memory");
    }
    let bomb = archive.finish().expect("in memory").into_inner();
    assert!(bomb.len() < 2_000_000);
    assert!(refusal("bomb.xlsx", &bomb).contains("unpacks to more than 250 MB"));

    let line = format!("{}\n", "1,".repeat(200));
    let wide = line.repeat((LARGEST_FILE as usize - 100) / line.len());
    assert!(refusal("wide.csv", wide.as_bytes()).contains("more than 4 million cells"));
}

#[test]
fn a_wrong_count_of_strings_takes_no_memory() -> Result<(), Box<dyn Error>> {
    let mut parts = unpack(&WORKBOOK);
    let strings = parts.iter_mut().find(|(name, _)| name == "xl/sharedStrings.xml").ok_or("no strings")?;
    let text = String::from_utf8(strings.1.clone())?;
    let (before, rest) = text.split_once("uniqueCount=\"").ok_or("no count")?;
    let (_, after) = rest.split_once('"').ok_or("no count")?;
    strings.1 = format!("{before}uniqueCount=\"18446744073709551615\"{after}").into_bytes();
    let bytes = pack(&parts, CompressionMethod::Stored);
    assert!(refusal("a.xlsx", &bytes).contains("damaged"));
    Ok(())
}

#[test]
fn a_cell_at_the_last_row_and_column_takes_no_memory() -> Result<(), Box<dyn Error>> {
    let mut parts = unpack(&WORKBOOK);
    let sheet = parts.iter_mut().find(|(name, _)| name == "xl/worksheets/sheet1.xml").ok_or("no sheet")?;
    let text = String::from_utf8(sheet.1.clone())?;
    let corner = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>";
    sheet.1 = text.replace("</sheetData>", corner).into_bytes();
    let bytes = pack(&parts, CompressionMethod::Deflated);
    assert_eq!(digest("a.xlsx", &bytes), Ok(()));
    Ok(())
}
