//! Says what a file is that is no workbook or CSV file, and what to do about it.

use crate::file_kind::{self, FileKind, START};

/// Returns the sentence for a file that is no ZIP archive and whose bytes or name tell that it is no CSV file either;
/// `None` if it may be one.
pub(super) fn refusal(name: &str, bytes: &[u8]) -> Option<String> {
    use FileKind::{
        Json, LfsPointer, Markup, NumberTable, OldExcel, OldOffice, Pdf, Picture, RichText, Runs, Safetensors, WebPage,
        Xml,
    };
    let sentence = |is: &str, advice: &str| Some(format!("“{name}” {is}. {advice}"));
    let lower = name.to_lowercase();
    if let Some(original) = name.strip_prefix("~$").or_else(|| name.strip_prefix("._")) {
        return sentence(
            "is a hidden file that a program keeps beside the real one",
            &format!("Choose “{original}” instead."),
        );
    }
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(START)]).to_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let has = |part: &str| text.contains(part);
    let kind = file_kind::of(bytes);

    let google = [".gsheet", ".gdoc", ".gslides"].iter().any(|ending| lower.ends_with(ending));
    if google || (kind == Some(Json) && (has("\"doc_id\"") || has("docs.google.com"))) {
        return sentence(
            "is only a shortcut to a Google Sheet and holds none of its numbers",
            "Open the sheet in Google Sheets, choose File › Download › Microsoft Excel (.xlsx), and try again with that file.",
        );
    }
    let is_link = [".url", ".webloc", ".lnk", ".desktop"].iter().any(|ending| lower.ends_with(ending));
    if is_link || has("[internetshortcut]") || text.starts_with("bplist00") {
        return sentence(
            "is only a link to a sheet and holds none of its numbers",
            "Open the link, download the sheet as .xlsx or .csv, and try again with that file.",
        );
    }
    if lower.ends_with(".numbers") {
        return Some(apple(name));
    }
    const SAVE: &str = "Save the sheet itself as .xlsx or .csv, then try again.";
    match kind? {
        OldOffice => Some(old_container(name, bytes)),
        OldExcel => Some(old_excel(name)),
        Pdf => sentence("is a PDF, which is a picture of the sheet", SAVE),
        Picture(kind) => sentence(&format!("is a picture ({kind})"), SAVE),
        RichText => sentence("is a text document (RTF)", SAVE),
        WebPage => Some(web_page(name)),
        Xml => {
            let is = match () {
                () if has("urn:schemas-microsoft-com:office:spreadsheet") => "is in an old XML format of Excel",
                () if has("office:document") => "is an OpenDocument file",
                () if has("<plist") => "is only a link to a sheet and holds none of its numbers",
                () => "is an XML file, not a workbook",
            };
            sentence(is, "Open it in a spreadsheet, save it as .xlsx, then try again.")
        }
        kind if kind.is_packed() || kind.is_archive() => {
            sentence("is a packed file", "Unpack it, then try again with the sheet that is in it.")
        }
        Runs => sentence(
            "is a file with runs of the trainer, not a sheet",
            "Choose “Trainer” at the top of the page, then drop the file there.",
        ),
        Safetensors => sentence(
            "is a file with weights for the trainer, not a sheet",
            "Choose “Trainer” at the top of the page, then drop the file there.",
        ),
        Json => sentence("is a JSON file, not a sheet", "Save the sheet as .xlsx or .csv, then try again."),
        LfsPointer => sentence("is only a pointer to the file, made by Git LFS", "Download the file itself."),
        // A text file may begin like these.
        Markup | NumberTable => None,
        kind => sentence(&format!("is {}, not a sheet", kind.name()), SAVE),
    }
}

/// Returns the sentence for a ZIP archive with these parts that is no Excel workbook; `None` if it is one.
pub(super) fn archive_refusal(name: &str, parts: &[String]) -> Option<String> {
    let has = |part: &str| parts.iter().any(|name| name.eq_ignore_ascii_case(part));
    let within = |folder: &str| parts.iter().any(|name| name.to_lowercase().starts_with(folder));
    let ends = |ending: &str| parts.iter().find(|name| name.to_lowercase().ends_with(ending));
    let again = "Save it as .xlsx or .csv, then try again.";
    if ends(".iwa").is_some() || has("index.zip") || name.to_lowercase().ends_with(".numbers") {
        return Some(apple(name));
    }
    if has("xl/workbook.bin") {
        return Some(format!("“{name}” is in Excel’s binary format (.xlsb). {again}"));
    }
    if has("[Content_Types].xml") && within("xl/") {
        return None;
    }
    if within("word/") {
        return Some(format!("“{name}” is a Word document. Save the sheet itself as .xlsx or .csv, then try again."));
    }
    if within("ppt/") {
        return Some(format!("“{name}” is a presentation. Save the sheet itself as .xlsx or .csv, then try again."));
    }
    if has("mimetype") && (has("content.xml") || has("META-INF/manifest.xml") || parts.len() == 1) {
        return Some(format!(
            "“{name}” is an OpenDocument file (.ods). In LibreOffice choose File › Save As › Excel 2007–365 (.xlsx), then \
             try again."
        ));
    }
    if has("[Content_Types].xml") {
        // Perhaps a workbook in an unusual folder; the reader will tell.
        return None;
    }
    let inner = [".xlsx", ".csv", ".xlsm", ".tsv"].iter().find_map(|ending| ends(ending));
    Some(match inner {
        Some(inner) => {
            let inner = inner.rsplit('/').next().unwrap_or(inner);
            format!("“{name}” is a packed folder (ZIP). Unpack it, then try again with “{inner}”.")
        }
        None => format!("“{name}” is a packed folder (ZIP), not an Excel workbook. {again}"),
    })
}

fn apple(name: &str) -> String {
    format!(
        "“{name}” is an Apple Numbers document. In Numbers choose File › Export To › Excel, then try again with the \
         exported file."
    )
}

fn web_page(name: &str) -> String {
    format!(
        "“{name}” is a web page, whatever its name says. Open the sheet in a spreadsheet, save it as .xlsx, then try again."
    )
}

fn old_excel(name: &str) -> String {
    format!("“{name}” is in Excel’s old format (.xls). Save it as .xlsx or .csv, then try again.")
}

/// Names the sentence for a workbook that is protected by a password.
pub(super) fn protected(name: &str) -> String {
    format!("“{name}” is protected by a password. Save it without one, then try again.")
}

/// Names the problem with a file in Microsoft's old container format: an old workbook, or a new one with a password.
fn old_container(name: &str, bytes: &[u8]) -> String {
    let has = |stream: &str| {
        let wide: Vec<u8> = stream.bytes().flat_map(|letter| [letter, 0]).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    if has("EncryptedPackage") {
        protected(name)
    } else if has("WordDocument") {
        format!("“{name}” is a Word document. Save the sheet itself as .xlsx or .csv, then try again.")
    } else {
        old_excel(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_file_gets_the_sentence_that_helps() {
        for (name, bytes, part) in [
            ("a.gsheet", &br#"{"":"WARNING!","doc_id":"1","email":"x"}"#[..], "shortcut to a Google Sheet"),
            ("a", br#"{"url":"https://docs.google.com/open?id=1"}"#, "File › Download › Microsoft Excel"),
            ("a.url", b"[InternetShortcut]\r\nURL=https://x", "only a link"),
            ("a.numbers", b"whatever", "File › Export To › Excel"),
            ("a.xls", &[0xD0, 0xCF, 0x11, 0xE0, 0], "old format (.xls)"),
            ("a.xls", &[0x09, 0x08, 0x10, 0x00, 0], "old format (.xls)"),
            ("a.xlsx", b"%PDF-1.7", "is a PDF"),
            ("a.xlsx", b"\x89PNG\r\n", "is a picture (PNG)"),
            ("a.xlsx", b"\xff\xd8\xff\xe0", "is a picture (JPEG)"),
            ("a.xlsx", b"\xef\xbb\xbf  <!DOCTYPE HTML><html>", "is a web page"),
            ("a.xls", b"<table><tr>", "is a web page"),
            (
                "a.xls",
                b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>",
                "old XML format",
            ),
            ("a.fods", b"<?xml version='1.0'?><office:document>", "OpenDocument"),
            ("a.csv", b"{\\rtf1", "RTF"),
            ("a.csv", &[0x1F, 0x8B, 8], "packed file"),
            ("~$a.xlsx", b"x", "Choose “a.xlsx” instead"),
            ("a.json", b"{\"runs\":[]}", "a JSON file"),
            ("a.json", b"{\"format\":\"Gradsheet runs\"", "Choose “Trainer”"),
            ("a.csv", b"\x10\0\0\0\0\0\0\0{\"w\"", "Choose “Trainer”"),
            ("a.csv", b"\x93NUMPY", "a NumPy array, not a sheet"),
        ] {
            let sentence = refusal(name, bytes).unwrap_or_default();
            assert!(sentence.contains(part) && sentence.ends_with('.'), "{name}: {sentence}");
        }
        for text in ["t1,t2\n1,2", "", "{w1},{w2}\n", "<x>,t1"] {
            assert_eq!(refusal("a.csv", text.as_bytes()).filter(|_| !text.starts_with('{')), None, "{text}");
        }
    }

    #[test]
    fn each_kind_of_archive_gets_the_sentence_that_helps() {
        let refused = |name: &str, parts: &[&str]| {
            archive_refusal(name, &parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>()).unwrap_or_default()
        };
        assert_eq!(refused("a.xlsx", &["[content_types].xml", "XL/workbook.xml"]), "");
        assert!(refused("a.xlsb", &["[Content_Types].xml", "xl/workbook.bin"]).contains("(.xlsb)"));
        assert!(refused("a.xlsx", &["[Content_Types].xml", "word/document.xml"]).contains("Word document"));
        assert!(refused("a.ods", &["mimetype", "content.xml"]).contains("an OpenDocument file"));
        assert!(refused("a.xlsx", &["Index/Document.iwa"]).contains("Apple Numbers"));
        assert!(refused("a.zip", &["me/homework.xlsx", "x.txt"]).contains("try again with “homework.xlsx”"));
        assert!(refused("a.zip", &["holiday.jpg"]).contains("not an Excel workbook"));
    }
}
