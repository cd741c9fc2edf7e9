//! The search as a coordinator meets it.

use proptest::prelude::{Strategy as _, prop_assert, prop_assert_eq, proptest};

use super::*;

fn person(number: u8, name: &str, commune: &str, phone: &str) -> SearchEntry {
    let phone = Phone::parse_optional(phone).unwrap();
    SearchEntry::new(Who::Person(Id::new(1, [number; 10])), &[name], commune, phone.as_ref(), true)
}

fn index() -> SearchIndex {
    let mut index = SearchIndex::default();
    index.put(person(1, "Odette Calvet", "Alban", "05 63 12 34 56"));
    index.put(person(2, "Élodie d'Haÿ-Cœur", "Réalmont", "+33 6 12 34 56 78"));
    index.put(person(3, "Jean-Pierre Calmels", "Albi", ""));
    index.put(person(4, "Albane Roques", "Castres", ""));
    index
}

fn numbers(index: &SearchIndex, typed: &str) -> Vec<u8> {
    let hits = index.search(&Query::parse(typed), |_| true, 9);
    let number = |hit: &Hit| match hit.who {
        Who::Person(id) => id.to_array()[15],
        Who::Volunteer(_) | Who::Prescriber(_) => 0,
    };
    hits.iter().map(number).collect()
}

#[test]
fn a_few_letters_find_the_right_people_nearest_first() {
    let index = index();
    let check = |typed: &str, expected: &[u8]| assert_eq!(numbers(&index, typed), expected, "{typed:?}");
    check("cal", &[3, 1]);
    check("calvet", &[1, 3]);
    check("ODETTE calv", &[1]);
    check("cal odette", &[1]);
    check("elodie hay", &[2]);
    check("alban", &[4, 1]);
    check("calvet alban", &[1]);
    check("calvet castres", &[]);
    check("", &[]);
    check("zz", &[]);
}

#[test]
fn slips_are_forgiven_by_the_length_of_the_word() {
    let index = index();
    let check =
        |typed: &str, first: u8| assert_eq!(numbers(&index, typed).first(), Some(&first), "{typed:?}");
    check("clavet", 1);
    check("calvte", 1);
    check("calvt", 1);
    check("oddete", 1);
    check("roqeus", 4);
    check("kalmes", 3);
    check("roqs", 4);
    assert_eq!(numbers(&index, "kal"), Vec::<u8>::new());
}

#[test]
fn digits_find_a_phone_however_it_was_typed() {
    let index = index();
    let check = |typed: &str, expected: &[u8]| assert_eq!(numbers(&index, typed), expected, "{typed:?}");
    check("05 63", &[1]);
    check("+33 5 63 12", &[1]);
    check("0612345678", &[2]);
    check("3456", &[2, 1]);
    check("345", &[]);
    check("odette 0563", &[1]);
}

#[test]
fn whoever_is_renamed_or_taken_out_is_not_found_by_the_former_name() {
    let mut index = index();
    index.put(person(1, "Odette Roux", "Alban", ""));
    assert_eq!(numbers(&index, "odette calvet"), Vec::<u8>::new());
    assert_eq!(numbers(&index, "odette roux"), [1]);
    index.remove(Who::Person(Id::new(1, [1; 10])));
    assert_eq!((numbers(&index, "odette"), index.len()), (Vec::new(), 3));
    index.put(person(5, "Odette Neuve", "", ""));
    assert_eq!(numbers(&index, "odette"), [5]);
}

#[test]
fn debug_tells_no_name() {
    let shown = format!("{:?} {:?} {:?}", person(1, "Canary", "", ""), Query::parse("canary"), index());
    assert!(!shown.to_lowercase().contains("canary"), "{shown}");
}

/// One slip of a typist in a word of letters.
fn slip(word: &str, kind: usize, position: usize, letter: char) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let position = position % letters.len();
    match kind % 4 {
        0 => letters[position] = letter,
        1 => letters.insert(position, letter),
        2 => drop(letters.remove(position)),
        _ if position + 1 < letters.len() => letters.swap(position, position + 1),
        _ => {}
    }
    letters.into_iter().collect()
}

proptest! {
    #[test]
    fn a_name_is_found_by_any_beginning_and_with_one_slip(
        names in proptest::collection::vec("[a-z]{5,9}", 1..20),
        pick in 0..20_usize,
        cut in 1..9_usize,
        (kind, position, letter) in (0..4_usize, 0..9_usize, proptest::char::range('a', 'z')),
    ) {
        let mut index = SearchIndex::default();
        for (number, name) in (0..).zip(&names) {
            index.put(person(number, name, "", ""));
        }
        let number = u8::try_from(pick % names.len()).unwrap();
        let name = &names[usize::from(number)];
        prop_assert!(index_of(&index, &name[..cut.min(name.len())]).contains(&number));
        prop_assert!(index_of(&index, &slip(name, kind, position, letter)).contains(&number));
        prop_assert_eq!(index.search(&Query::parse(name), |_| true, 99)[0].distance, 0);
    }

    #[test]
    fn an_index_that_was_changed_is_one_built_afresh(
        changes in proptest::collection::vec((0..6_u8, "[a-e]{2,4}( [a-e]{2,4})?".prop_map(Some)), 0..30),
        typed in "[a-e]{1,4}",
    ) {
        let mut index = SearchIndex::default();
        let mut last = std::collections::BTreeMap::new();
        for (number, name) in changes {
            let name = name.filter(|name| name.len() > 2);
            match &name {
                Some(name) => index.put(person(number, name, "", "")),
                None => index.remove(Who::Person(Id::new(1, [number; 10]))),
            }
            last.insert(number, name);
        }
        let mut afresh = SearchIndex::default();
        for (number, name) in last {
            if let Some(name) = name {
                afresh.put(person(number, &name, "", ""));
            }
        }
        prop_assert_eq!(index_of(&index, &typed), index_of(&afresh, &typed));
    }
}

fn index_of(index: &SearchIndex, typed: &str) -> Vec<u8> {
    let hits = index.search(&Query::parse(typed), |_| true, 99);
    hits.iter()
        .map(|hit| match hit.who {
            Who::Person(id) => id.to_array()[15],
            Who::Volunteer(_) | Who::Prescriber(_) => 255,
        })
        .collect()
}
