// SPDX-License-Identifier: EUPL-1.2
//! Lists of people as offices write them: read whatever a spreadsheet saves, written so that one opens it safely.

use super::order::folded;

/// Longest name of a person or unit, as the directory takes it.
const NAME_BYTES: usize = 200;

/// One line: where it stands, and whom it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub number: u64,
    pub name: String,
    pub unit: Option<String>,
}

/// How the letters were written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Unicode,
    /// Guessed: umlauts deserve a look.
    Windows,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub lines: Vec<Line>,
    pub encoding: Encoding,
}

/// Why nothing can be read from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Empty,
    /// No column is called like names are.
    NoNames,
    TooLarge,
    Unreadable,
}

impl Trouble {
    pub fn text(self) -> &'static str {
        match self {
            Self::Empty => "admin-import-empty",
            Self::NoNames => "admin-import-no-names",
            Self::TooLarge => "admin-import-too-large",
            Self::Unreadable => "admin-import-unreadable",
        }
    }
}

/// Why a line names nobody who can be invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flaw {
    NoName,
    LongName,
    LongUnit,
    /// Characters that nobody sees.
    Control,
}

impl Flaw {
    pub fn text(self) -> &'static str {
        match self {
            Self::NoName => "admin-flaw-no-name",
            Self::LongName => "admin-flaw-long-name",
            Self::LongUnit => "admin-flaw-long-unit",
            Self::Control => "admin-flaw-control",
        }
    }
}

/// What the directory would not take.
pub fn flaw(name: &str, unit: Option<&str>) -> Option<Flaw> {
    let unit = unit.unwrap_or_default();
    if name.is_empty() {
        Some(Flaw::NoName)
    } else if name.len() > NAME_BYTES {
        Some(Flaw::LongName)
    } else if unit.len() > NAME_BYTES {
        Some(Flaw::LongUnit)
    } else if name.chars().chain(unit.chars()).any(char::is_control) {
        Some(Flaw::Control)
    } else {
        None
    }
}

/// One space between words and none around them.
pub fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a list whose first line names its columns.
///
/// # Errors
/// [`Trouble`] says what the file lacks.
pub fn read(bytes: &[u8]) -> Result<Sheet, Trouble> {
    let (whole, encoding) = decode(bytes);
    let whole = whole.replace("\r\n", "\n").replace('\r', "\n");
    // spreadsheets may say their mark in a line of its own
    let (text, mark, skipped) = match whole.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((mark, rest)) => (rest, mark.bytes().next().filter(u8::is_ascii), 1),
        None => (whole.as_str(), None, 0),
    };
    let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(Trouble::Empty)?;
    let mut table = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(mark.unwrap_or_else(|| delimiter(first)))
        .from_reader(text.as_bytes());
    let mut columns = None::<Columns>;
    let mut lines = Vec::new();
    for record in table.records() {
        let record = record.map_err(|_| Trouble::Unreadable)?;
        // spreadsheets leave rows of nothing but marks at the end
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        match &columns {
            None => columns = Some(Columns::of(&record).ok_or(Trouble::NoNames)?),
            Some(columns) => lines.push(columns.line(&record, number(text, &record) + skipped)),
        }
    }
    if lines.is_empty() { Err(Trouble::Empty) } else { Ok(Sheet { lines, encoding }) }
}

/// The line a record begins in; empty ones before it count too.
fn number(text: &str, record: &csv::StringRecord) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    position.line() + rest.iter().take_while(|byte| **byte == b'\n').count() as u64
}

/// UTF-8 and UTF-16 are known by what they are; all else is what Windows wrote for decades.
fn decode(bytes: &[u8]) -> (String, Encoding) {
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        let units = rest.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair));
        let text = char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER));
        return (text.collect(), Encoding::Unicode);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), Encoding::Unicode),
        Err(_) => (bytes.iter().map(|byte| windows(*byte)).collect(), Encoding::Windows),
    }
}

/// A character of windows-1252: Latin-1, but for a few.
fn windows(byte: u8) -> char {
    const OTHERS: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let other = byte.checked_sub(0x80).and_then(|place| OTHERS.get(usize::from(place)));
    other.copied().unwrap_or(char::from(byte))
}

/// What stands most often between the words of the first line, outside of quotes.
fn delimiter(line: &str) -> u8 {
    let count = |mark: u8| {
        let mut quoted = false;
        let outside = line.bytes().filter(|byte| {
            quoted ^= *byte == b'"';
            !quoted && *byte == mark
        });
        outside.count()
    };
    // of equal ones the last wins
    [b',', b'\t', b';'].into_iter().max_by_key(|mark| count(*mark)).unwrap_or(b';')
}

/// Where what is wanted stands in a line.
struct Columns {
    name: Option<usize>,
    given: Option<usize>,
    family: Option<usize>,
    unit: Option<usize>,
}

impl Columns {
    /// `None`: no column holds names.
    fn of(heads: &csv::StringRecord) -> Option<Self> {
        let plain = |head: &str| folded(head).chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let heads: Vec<String> = heads.iter().map(plain).collect();
        let find = |names: &[&str]| heads.iter().position(|head| names.contains(&head.as_str()));
        let columns = Self {
            name: find(&[
                "name",
                "namen",
                "vollername",
                "vollstandigername",
                "anzeigename",
                "person",
                "mitarbeiter",
                "mitarbeiterin",
                "fullname",
                "displayname",
            ]),
            given: find(&["vorname", "vornamen", "rufname", "firstname", "givenname"]),
            family: find(&["nachname", "familienname", "zuname", "lastname", "surname", "familyname"]),
            unit: find(&[
                "stelle",
                "amt",
                "abteilung",
                "dienststelle",
                "organisationseinheit",
                "oe",
                "fachbereich",
                "fachdienst",
                "bereich",
                "referat",
                "sachgebiet",
                "dezernat",
                "einheit",
                "unit",
                "department",
                "team",
            ]),
        };
        columns.name.or(columns.given).or(columns.family).is_some().then_some(columns)
    }

    /// A column "Name" beside one for given names holds the family name.
    fn line(&self, record: &csv::StringRecord, number: u64) -> Line {
        let cell = |column: Option<usize>| column.and_then(|at| record.get(at)).unwrap_or_default();
        let last = if self.given.is_some() { self.family.or(self.name) } else { self.name.or(self.family) };
        let unit = tidy(cell(self.unit));
        Line {
            number,
            name: tidy(&format!("{} {}", cell(self.given), cell(last))),
            unit: (!unit.is_empty()).then_some(unit),
        }
    }
}

/// A table as spreadsheets in Germany open it by a double click: semicolons, and a mark that says it is UTF-8.
pub fn write(rows: impl IntoIterator<Item = Vec<String>>) -> Vec<u8> {
    let mut table = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(b"\xef\xbb\xbf".to_vec());
    for row in rows {
        // memory takes everything
        let _ = table.write_record(row.iter().map(|cell| safe(cell)));
    }
    table.into_inner().unwrap_or_default()
}

/// A name that looks like a formula must not become one.
fn safe(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, name, unit of each.
    fn people(text: &[u8]) -> Vec<(u64, String, String)> {
        let sheet = read(text).unwrap();
        sheet.lines.into_iter().map(|line| (line.number, line.name, line.unit.unwrap_or_default())).collect()
    }

    fn one(number: u64, name: &str, unit: &str) -> (u64, String, String) {
        (number, name.into(), unit.into())
    }

    #[test]
    fn semicolons_commas_and_tabs_are_told_apart() {
        let expect = [one(2, "Ada Amt", "Bauhof"), one(3, "Ole Streife", "")];
        for mark in [";", ",", "\t"] {
            let text = format!("Name{mark}Stelle\nAda Amt{mark}Bauhof\r\n Ole   Streife {mark}\n");
            assert_eq!(people(text.as_bytes()), expect, "{mark:?}");
        }
        assert_eq!(people(b"sep=;\r\nName;Stelle\r\nAda Amt;Bauhof\r\n"), [one(3, "Ada Amt", "Bauhof")]);
    }

    #[test]
    fn a_comma_in_quotes_does_not_make_a_table_of_commas() {
        let text = "\"Name, Vorname, Titel\";Vorname;Amt\n\"x\";Ada;\"Tiefbau, Amt 66\"\n";
        assert_eq!(people(text.as_bytes()), [one(2, "Ada", "Tiefbau, Amt 66")]);
    }

    #[test]
    fn given_and_family_names_are_put_together_whatever_the_column_is_called() {
        for heads in
            ["Nachname;Vorname;Abteilung", "Name;Vorname;Amt", "Last name;First name;Unit", "ZUNAME;Rufname;OE"]
        {
            let text = format!("{heads}\nAmt;Ada;Bauhof\n");
            assert_eq!(people(text.as_bytes()), [one(2, "Ada Amt", "Bauhof")], "{heads}");
        }
    }

    #[test]
    fn letters_survive_every_way_a_spreadsheet_saves_them() {
        let plain = "Name;Stelle\nAylin Yılmaz-Öz;Büro\n";
        let marked = [b"\xef\xbb\xbf".as_slice(), plain.as_bytes()].concat();
        let wide: Vec<u8> = [0xfeff].into_iter().chain(plain.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [plain.as_bytes(), marked.as_slice(), wide.as_slice()] {
            assert_eq!(read(bytes).unwrap().encoding, Encoding::Unicode);
            assert_eq!(people(bytes), [one(2, "Aylin Yılmaz-Öz", "Büro")]);
        }
        let old = b"Name;Stelle\nJ\xfcrgen Gro\xdf;\x84Amt 1\x93 \x80\n";
        assert_eq!(read(old).unwrap().encoding, Encoding::Windows);
        assert_eq!(people(old), [one(2, "Jürgen Groß", "„Amt 1“ €")]);
    }

    #[test]
    fn rows_of_nothing_are_passed_over_and_short_ones_are_kept() {
        let text = "Stelle;Name;Telefon\nBauhof;Ada Amt\n;;\n\nZoll;;030\n";
        assert_eq!(people(text.as_bytes()), [one(2, "Ada Amt", "Bauhof"), one(5, "", "Zoll")]);
    }

    #[test]
    fn what_holds_no_names_is_said() {
        for (text, expect) in [
            ("", Trouble::Empty),
            (" \n\n", Trouble::Empty),
            ("Name;Stelle\n", Trouble::Empty),
            ("Telefon;Stelle\n030;Zoll\n", Trouble::NoNames),
        ] {
            assert_eq!(read(text.as_bytes()), Err(expect), "{text:?}");
        }
    }

    #[test]
    fn names_the_directory_refuses_are_found_before_it_is_asked() {
        let longest = "a".repeat(NAME_BYTES);
        assert_eq!(flaw(&longest, Some(&longest)), None);
        assert_eq!(flaw("", None), Some(Flaw::NoName));
        assert_eq!(flaw(&format!("{longest}a"), None), Some(Flaw::LongName));
        assert_eq!(flaw("Ada", Some(&format!("{longest}a"))), Some(Flaw::LongUnit));
        assert_eq!(flaw("A\u{7}da", None), Some(Flaw::Control));
    }

    #[test]
    fn a_written_table_carries_no_formula_and_is_read_back() {
        let rows =
            [["Name", "Stelle", "Link"], ["=1+1", "@Amt; \"neu\"", "https://x/#/einladung/-a"], ["Zoë", "-", ""]];
        let bytes = write(rows.map(|row| row.map(str::to_owned).to_vec()));
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert_eq!(
            text,
            "\u{feff}Name;Stelle;Link\r\n'=1+1;\"'@Amt; \"\"neu\"\"\";https://x/#/einladung/-a\r\nZoë;'-;\r\n"
        );
        assert_eq!(people(&bytes), [one(2, "'=1+1", "'@Amt; \"neu\""), one(3, "Zoë", "'-")]);
    }
}
