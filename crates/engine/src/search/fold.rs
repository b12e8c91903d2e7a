// SPDX-License-Identifier: EUPL-1.2
//! One spelling for many: case, accents, umlauts and ß.
//!
//! Two forms exist, since "Müller" is typed `muller`, `mueller` and `müller`: *plain* (ü → u) and *wide* (ü → ue).
//! The index holds both forms of a text, a query is looked for in both of its forms: so each of the three finds
//! "Müller", `müller` and `mueller` find "Mueller", and no form breaks "neue" or "Quelle" as ue → u would.
//! One word in mixed spelling (`ubergroesse`) is not found.

use super::query;

/// The plain form: lower case, accents off, ß → ss, ä ö ü → a o u, no control or joining characters.
pub fn fold(text: &str) -> String {
    convert(text, Form::Plain)
}

/// The wide form: as [`fold`], but ä ö ü → ae oe ue, ø → oe, å → aa.
pub(super) fn fold_wide(text: &str) -> String {
    convert(text, Form::Wide)
}

/// Whether each term of `query` is part of `text`, by the same rules as the index. An empty query fits all.
pub fn matches(text: &str, query: &str) -> bool {
    let forms = [fold(text), fold_wide(text)];
    query::terms(query).iter().all(|term| term.forms().any(|wanted| forms.iter().any(|form| form.contains(wanted))))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Wide,
}

fn convert(text: &str, form: Form) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            // a, o or u and a mark of its own (decomposed Unicode, as file names of macOS have it)
            '\u{308}' if form == Form::Wide && out.ends_with(['a', 'o', 'u']) => out.push('e'),
            '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{200b}'..='\u{200f}' | '\u{ad}' | '\u{feff}' => {}
            c if c.is_whitespace() => out.push(' '),
            c if c.is_control() => {}
            c => match spelling(c, form) {
                Some(spelling) => out.push_str(spelling),
                None => out.push(c),
            },
        }
    }
    out
}

/// How a lower-case letter is written without its mark; `None`: as it is.
fn spelling(c: char, form: Form) -> Option<&'static str> {
    let wide = form == Form::Wide;
    Some(match c {
        'ß' => "ss",
        'ä' if wide => "ae",
        'ö' | 'ø' if wide => "oe",
        'ü' if wide => "ue",
        'å' if wide => "aa",
        'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' | 'ċ' | 'ĉ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' | 'ģ' | 'ĝ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ł' | 'ľ' | 'ĺ' | 'ļ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ö' | 'ø' | 'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' | 'ŕ' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'þ' => "th",
        'ü' | 'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}
