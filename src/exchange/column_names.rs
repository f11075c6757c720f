//! The names that people give to the columns of the sheet.

use crate::sheet::Column;

/// Returns the column that a header names, in any of the usual spellings: `a_h1`, `out_h1`, `∂E_t/∂w1`, `dE/dw1`,
/// `E_total`, `E`.
pub(super) fn column_named(header: &str) -> Option<Column> {
    let name = plain(header);
    let name = name.strip_suffix("out").map_or(name.clone(), |unit| format!("out{unit}"));
    let (stem, number) = match name.char_indices().next_back() {
        Some((at, last)) if last.is_ascii_digit() => (&name[..at], last.to_digit(10).unwrap_or(0) as usize),
        _ => (name.as_str(), 0),
    };
    use Column::*;
    let of_two = |columns: [Column; 2]| number.checked_sub(1).and_then(|index| columns.get(index)).copied();
    let of_eight = |columns: [Column; 8]| number.checked_sub(1).and_then(|index| columns.get(index)).copied();
    match stem {
        "t" | "target" => of_two([T1, T2]),
        "i" | "x" | "in" | "input" => of_two([I1, I2]),
        "w" | "weight" => of_eight(Column::WEIGHTS),
        "h" | "neth" | "zh" | "hnet" | "inh" => of_two([H1, H2]),
        "ah" | "outh" | "σh" | "acth" | "sigmoidh" => of_two([AH1, AH2]),
        "o" | "neto" | "zo" | "onet" | "ino" => of_two([O1, O2]),
        "ao" | "outo" | "σo" | "acto" | "sigmoido" => of_two([AO1, AO2]),
        "e" | "eo" | "error" | "err" if number > 0 => of_two([E1, E2]),
        "e" | "et" | "etot" | "etotal" | "error" | "totalerror" | "errortotal" | "loss" | "total" if number == 0 => {
            Some(ETotal)
        }
        "g" | "dw" | "gw" | "gradw" | "grad" | "gradient" | "gradientw" | "∇w" => of_eight(Column::GRADIENTS),
        _ => {
            let of = stem.strip_suffix("dw")?.trim_end_matches('/');
            let errors = ["de", "det", "detot", "detotal", "derror", "dloss", "dl", "dc"];
            errors.contains(&of).then(|| of_eight(Column::GRADIENTS)).flatten()
        }
    }
}

/// Returns a name without the differences between spellings: case, spaces, underscores, brackets, subscripts, and the
/// kind of d in a derivative.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| !letter.is_whitespace() && !"_{}()[]$\\^*.,:=′'\"".contains(*letter));
    let letters = letters.map(|letter| match letter {
        '∂' | '𝜕' | '𝛛' | 'δ' => 'd',
        '₀'..='₉' => char::from(b'0' + (letter as u32 - '₀' as u32) as u8),
        'ₕ' => 'h',
        'ₒ' => 'o',
        'ₜ' => 't',
        '⁄' | '∕' => '/',
        other => other.to_ascii_lowercase(),
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_found_by_its_own_name() {
        for column in Column::ALL {
            assert_eq!(column_named(&column.name()), Some(column));
            assert_eq!(column_named(&column.name().replace('∂', "𝜕")), Some(column));
        }
    }

    #[test]
    fn other_spellings_name_the_same_columns() {
        use Column::*;
        for (name, column) in [
            ("E_total", ETotal),
            ("E", ETotal),
            ("Total error", ETotal),
            ("dE/dw1", G1),
            ("dE_t/dw8", G8),
            ("∂E_total/∂w₃", G3),
            ("grad w2", G2),
            ("dw5", G5),
            ("out_h1", AH1),
            ("h2_out", AH2),
            ("net_o1", O1),
            ("a_O2", AO2),
            ("W7", W7),
            ("x1", I1),
            ("Target 2", T2),
            ("E_o1", E1),
            ("w_{4}", W4),
        ] {
            assert_eq!(column_named(name), Some(column), "{name}");
        }
        for name in ["", "row", "w9", "w0", "t3", "h", "weights", "dE/dx1", "1", "epoch", "ü1"] {
            assert_eq!(column_named(name), None, "{name}");
        }
    }
}
