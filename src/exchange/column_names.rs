//! The names that people give to the columns of the sheet.

use crate::sheet::Column;

/// Returns the column that a header names, in any of the usual spellings: `a_h1`, `out_h1`, `∂E_t/∂w1`, `dE/dw1`, `Edw1`,
/// `E_total`, `E`.
pub(super) fn column_named(header: &str) -> Option<Column> {
    // A heading may hold the whole formula: h1 = w1·i1 + w2·i2.
    let name = header.split('=').map(plain).find(|name| !name.is_empty()).unwrap_or_default();
    let name = ["net", "out", "act"].iter().find_map(|word| moved_to_front(&name, word)).unwrap_or(name);
    let (stem, number) = match name.char_indices().next_back() {
        Some((at, last)) if last.is_ascii_digit() => (&name[..at], last.to_digit(10).unwrap_or(0) as usize),
        _ => (name.as_str(), 0),
    };
    use Column::*;
    let of_two = |columns: [Column; 2]| number.checked_sub(1).and_then(|index| columns.get(index)).copied();
    let of_eight = |columns: [Column; 8]| number.checked_sub(1).and_then(|index| columns.get(index)).copied();
    match stem {
        "t" | "target" | "targett" | "ziel" | "zielwert" | "cible" | "soll" => of_two([T1, T2]),
        "i" | "x" | "in" | "input" | "inputi" | "inputx" | "eingabe" | "eingang" | "entre" | "entree" => {
            of_two([I1, I2])
        }
        "w" | "weight" | "weightw" | "gewicht" | "poids" | "peso" => of_eight(Column::WEIGHTS),
        "h" | "neth" | "zh" | "sumh" | "inh" | "sh" => of_two([H1, H2]),
        "ah" | "outh" | "σh" | "acth" | "sigmoidh" | "sigmah" | "sigh" | "activationh" | "fh" => of_two([AH1, AH2]),
        "o" | "neto" | "zo" | "sumo" | "ino" | "so" => of_two([O1, O2]),
        "ao" | "outo" | "σo" | "acto" | "sigmoido" | "sigmao" | "sigo" | "activationo" | "fo" => of_two([AO1, AO2]),
        "e" | "eo" | "error" | "erroro" | "err" | "erro" | "fehler" | "erreur" if number > 0 => of_two([E1, E2]),
        "e" | "et" | "etot" | "etotal" | "eges" | "egesamt" | "error" | "totalerror" | "errortotal"
        | "gesamtfehler" | "loss" | "total" | "totale" | "esum" | "sume" | "e1+e"
            if number == 0 || stem == "e1+e" =>
        {
            Some(ETotal)
        }
        "g" | "∇w" | "nablaw" => of_eight(Column::GRADIENTS),
        _ if is_gradient(stem) => of_eight(Column::GRADIENTS),
        _ => gradient_after_weight(&name),
    }
}

/// Moves a word at the end of a name to the front: `h1out` becomes `outh1`.
fn moved_to_front(name: &str, word: &str) -> Option<String> {
    let unit = name.strip_suffix(word)?;
    unit.ends_with(|last: char| last.is_ascii_digit()).then(|| format!("{word}{unit}"))
}

/// Whether a name without its number is that of a gradient by a weight: `de/dw`, `e/w`, `edw`, `gradw`.
///
/// Programs that do not know ∂ write something else for it, or nothing, so both d may be missing.
fn is_gradient(stem: &str) -> bool {
    const ERRORS: [&str; 14] = [
        "e",
        "et",
        "etot",
        "etotal",
        "eges",
        "egesamt",
        "error",
        "totalerror",
        "loss",
        "l",
        "c",
        "cost",
        "j",
        "fehler",
    ];
    const WORDS: [&str; 11] = [
        "grad",
        "gradient",
        "gradientof",
        "g",
        "d",
        "derivative",
        "deriv",
        "ableitung",
        "partial",
        "gradientd",
        "gradd",
    ];
    let Some(of) = stem.strip_suffix("weight").or_else(|| stem.strip_suffix('w')) else {
        return ["grad", "gradient"].contains(&stem);
    };
    if WORDS.contains(&of) {
        return true;
    }
    let by_weight = |of: &str, by: &str| of.split_once(by).map(|(error, _)| error.to_owned());
    let fraction = of.split_once('/').filter(|(_, by)| matches!(*by, "" | "d")).map(|(error, _)| error.to_owned());
    // A fraction, a word, or a d before the weight is needed: ew1 could be anything.
    let named = WORDS[..4].iter().find_map(|word| of.strip_prefix(word)).map(str::to_owned);
    let error = fraction
        .or_else(|| by_weight(of, "by"))
        .or_else(|| by_weight(of, "wrt"))
        .or(named)
        .or_else(|| of.strip_suffix('d').map(str::to_owned));
    error.is_some_and(|error| {
        let error = WORDS[..4].iter().find_map(|word| error.strip_prefix(word)).unwrap_or(&error);
        let error = error.trim_end_matches('/');
        ERRORS.contains(&error) || error.strip_prefix('d').is_some_and(|error| ERRORS.contains(&error))
    })
}

/// Returns the gradient that is named after its weight: `w1grad`.
fn gradient_after_weight(name: &str) -> Option<Column> {
    let number =
        name.strip_prefix('w')?.strip_suffix("gradient").or_else(|| name.strip_prefix('w')?.strip_suffix("grad"))?;
    let index = number.parse::<usize>().ok()?.checked_sub(1)?;
    Column::GRADIENTS.get(index).copied()
}

/// Returns a name without the differences between spellings: case, spaces, underscores, brackets, subscripts, and the
/// kind of d in a derivative. Signs that stand for a letter which a program did not know are left out.
pub(super) fn plain(name: &str) -> String {
    // In lower case, Δ and Σ could not be told from δ and σ. A change of a weight is no gradient.
    let name = name
        .replace('Δ', "delta")
        .replace(['Σ', '∑'], "")
        .to_lowercase()
        .replace("\\frac", "")
        .replace("\\partial", "d")
        .replace("}{", "}/{");
    let letters = name.chars().filter_map(|letter| {
        Some(match letter {
            '∂' | '𝜕' | '𝛛' | '𝝏' | '𝞉' | 'δ' => 'd',
            'ω' => 'w',
            '₀'..='₉' => char::from(b'0' + (letter as u32 - '₀' as u32) as u8),
            '⁰' => '0',
            '¹' => '1',
            '²' => '2',
            '³' => '3',
            '⁴'..='⁹' => char::from(b'4' + (letter as u32 - '⁴' as u32) as u8),
            '０'..='９' => char::from(b'0' + (letter as u32 - '０' as u32) as u8),
            'ₕ' => 'h',
            'ₒ' => 'o',
            'ₜ' => 't',
            'ᵢ' => 'i',
            'ₐ' => 'a',
            'ₑ' => 'e',
            '⁄' | '∕' | '÷' | '|' => '/',
            'σ' | '∇' | '+' | '/' => letter,
            letter if letter.is_ascii_alphanumeric() => letter,
            'η' | 'α' => letter,
            letter if is_mathematical(letter) => return ascii(letter),
            // Any other sign is what is left of ∂ in another encoding.
            _ => return None,
        })
    });
    letters.collect()
}

/// Whether a letter is one of the mathematical alphabets, as formulas in a word processor use them.
fn is_mathematical(letter: char) -> bool {
    ('\u{1d400}'..='\u{1d6a3}').contains(&letter) || ('\u{1d7ce}'..='\u{1d7ff}').contains(&letter)
}

/// Returns the plain letter or digit for one of the mathematical alphabets.
fn ascii(letter: char) -> Option<char> {
    let code = letter as u32;
    Some(match code {
        0x1d7ce.. => char::from(b'0' + ((code - 0x1d7ce) % 10) as u8),
        _ => char::from(b'a' + ((code - 0x1d400) % 26) as u8),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_found_by_its_own_name() {
        for column in Column::ALL {
            assert_eq!(column_named(&column.name()), Some(column));
            assert_eq!(column_named(&column.name().to_uppercase()), Some(column));
            // What other programs make of ∂: other signs, and its bytes in other encodings.
            for sign in ["𝜕", "?", "", "âˆ‚", "\u{e2}\u{88}\u{82}", "¶", "‚àÇ", "\u{fffd}", "□", "d", "δ"]
            {
                assert_eq!(column_named(&column.name().replace('∂', sign)), Some(column), "{sign}");
            }
        }
    }

    #[test]
    fn other_spellings_name_the_same_columns() {
        use Column::*;
        for (name, column) in [
            ("E_total", ETotal),
            ("E", ETotal),
            ("Total error", ETotal),
            ("ΣE", ETotal),
            ("E1 + E2", ETotal),
            ("dE/dw1", G1),
            ("dE_t/dw8", G8),
            ("∂E_total/∂w₃", G3),
            ("∂E/∂w_1", G1),
            ("dE_dw1", G1),
            ("Edw1", G1),
            ("E∂w1", G1),
            ("dE dw 1", G1),
            ("dEdw1", G1),
            ("∂ E / ∂ w 4", G4),
            ("E/w1", G1),
            ("dE_total/dw5", G5),
            ("dLoss/dw2", G2),
            ("dE by dw2", G2),
            ("\\frac{\\partial E}{\\partial w_1}", G1),
            ("grad w2", G2),
            ("Gradient w2", G2),
            ("grad_E_w2", G2),
            ("w2 grad", G2),
            ("∇w6", G6),
            ("Gradient 3", G3),
            ("dw5", G5),
            ("out_h1", AH1),
            ("h2_out", AH2),
            ("σ(h1)", AH1),
            ("sig(o2)", AO2),
            ("net_o1", O1),
            ("h1 net", H1),
            ("a_O2", AO2),
            ("W7", W7),
            ("𝑤₇", W7),
            ("ω_7", W7),
            ("x1", I1),
            ("Target 2", T2),
            ("E_o1", E1),
            ("w_{4}", W4),
            ("\u{feff}t1", T1),
            ("h1 = w1*i1 + w2*i2", H1),
            ("Weight w1", W1),
        ] {
            assert_eq!(column_named(name), Some(column), "{name}");
        }
        for name in [
            "",
            "row",
            "w9",
            "w0",
            "t3",
            "h",
            "weights",
            "dE/dx1",
            "1",
            "epoch",
            "ü1",
            "Δw1",
            "∂E_o1/∂w5",
            "ew1",
            "note",
            "?",
        ] {
            assert_eq!(column_named(name), None, "{name}");
        }
    }
}
