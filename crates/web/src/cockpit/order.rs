// SPDX-License-Identifier: EUPL-1.2
//! How people stand in a list: as in a phone book, umlauts beside their vowels, titles passed over.

use client_api::PersonView;

/// Without capitals, umlauts and marks: what two spellings of one name have in common.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => out.push('c'),
            'ď' | 'đ' | 'ð' => out.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => out.push('e'),
            'ğ' | 'ģ' => out.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => out.push('i'),
            'ķ' => out.push('k'),
            'ł' | 'ľ' | 'ļ' | 'ĺ' => out.push('l'),
            'ñ' | 'ń' | 'ň' | 'ņ' => out.push('n'),
            'ö' | 'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ő' | 'ō' => out.push('o'),
            'ř' | 'ŕ' => out.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => out.push('s'),
            'ť' | 'ţ' | 'ț' => out.push('t'),
            'ü' | 'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            // the dot that a small İ leaves behind, and other marks that stand alone
            '\u{300}'..='\u{36f}' => {}
            _ => out.push(letter),
        }
    }
    out
}

/// What a name is ordered by: titles such as "Dr." do not count.
fn key(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().filter(|word| !word.ends_with('.')).collect();
    folded(&if words.is_empty() { name.to_owned() } else { words.join(" ") })
}

/// The letter a name is found under; `#` for what begins with none.
pub fn letter(name: &str) -> char {
    let first = key(name).chars().next().filter(|first| first.is_alphabetic());
    first.and_then(|first| first.to_uppercase().next()).unwrap_or('#')
}

/// By name, then unit; what begins with no letter comes last.
pub fn sorted(mut people: Vec<PersonView>) -> Vec<PersonView> {
    people.sort_by_cached_key(|person| {
        let unit = person.unit.as_deref().map(folded);
        (letter(&person.name) == '#', key(&person.name), unit, person.user)
    });
    people
}

/// The units people belong to, each once.
pub fn units<'a>(people: impl IntoIterator<Item = &'a PersonView>) -> Vec<String> {
    let mut all: Vec<&str> = people.into_iter().filter_map(|person| person.unit.as_deref()).collect();
    all.sort_unstable();
    all.dedup();
    let mut all: Vec<String> = all.into_iter().map(str::to_owned).collect();
    all.sort_by_cached_key(|unit| folded(unit));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use client_api::UserId;

    fn person(name: &str, unit: Option<&str>) -> PersonView {
        PersonView {
            user: UserId([1; 16]),
            name: name.into(),
            unit: unit.map(Into::into),
            devices: 1,
            revoked: false,
            administrator: false,
            set_up: true,
        }
    }

    #[test]
    fn spellings_of_one_name_fold_to_the_same() {
        for (one, other) in
            [("Müßig", "mussig"), ("İLKAY Yıldız", "ilkay yildiz"), ("Łukasz", "LUKASZ"), ("Ægir", "aegir")]
        {
            assert_eq!(folded(one), folded(other), "{one}");
        }
    }

    #[test]
    fn people_stand_as_in_a_phone_book() {
        let names = ["Zoe", "Dr. Henrike Brandt", "Ärmel", "Arndt", "Ida", "2. Wache", "Aylin"];
        let sorted = sorted(names.map(|name| person(name, None)).to_vec());
        let names: Vec<&str> = sorted.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["Ärmel", "Arndt", "Aylin", "Dr. Henrike Brandt", "Ida", "2. Wache", "Zoe"]);
    }

    #[test]
    fn a_name_is_found_under_its_first_letter() {
        for (name, expect) in
            [("Ölmez", 'O'), ("Dr. Henrike Brandt", 'H'), ("112 Leitstelle", '#'), ("", '#'), ("жук", 'Ж')]
        {
            assert_eq!(letter(name), expect, "{name}");
        }
    }

    #[test]
    fn each_unit_is_named_once() {
        let people =
            [person("A", Some("Zoll")), person("B", Some("Ämter")), person("C", None), person("D", Some("Zoll"))];
        assert_eq!(units(&people), ["Ämter", "Zoll"]);
    }
}
