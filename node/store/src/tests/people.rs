//! People, volunteers, requests.

use maillage_domain::{person::Person, text::Name};
use maillage_engine::{EngineError, RecordError, Table};

use super::write;
use crate::{
    kinds, persons,
    persons::PersonRecord,
    requests,
    samples::{engine, id, person, request, volunteer},
    volunteers,
};

fn names(people: &[Person]) -> Vec<&str> {
    people.iter().map(|person| person.details.name.as_str()).collect()
}

#[test]
fn people_are_found_as_they_were_written() {
    let engine = engine();
    let (person, volunteer) = (person(1, "Odette Calvet"), volunteer(3, "Léon Roques"));
    let (request, _) = request(10, &person);
    let written = (person.clone(), volunteer.clone(), request.clone());
    write(&engine, move |transaction| {
        persons::put(transaction, &written.0)?;
        volunteers::put(transaction, &written.1)?;
        requests::put(transaction, &written.2)?;
        assert_eq!(persons::find(transaction, written.0.id)?, Some(written.0));
        Ok(())
    });
    assert_eq!(persons::find(&engine, person.id), Ok(Some(person)));
    assert_eq!(volunteers::find(&engine, volunteer.id), Ok(Some(volunteer.clone())));
    assert_eq!(requests::find(&engine, request.id), Ok(Some(request.clone())));
    assert_eq!(volunteers::named(&engine, "ROQ", 9), Ok(vec![volunteer.clone()]));
    assert_eq!(volunteers::list(&engine, None, 9), Ok(vec![volunteer]));
    assert_eq!(requests::list(&engine, None, 9), Ok(vec![request]));
    assert_eq!(persons::find(&engine, id(99)), Ok(None));
}

#[test]
fn people_are_listed_in_pages() {
    let engine = engine();
    write(&engine, |transaction| {
        (1..=5).try_for_each(|number| persons::put(transaction, &person(number, &format!("Person {number}"))))
    });
    let first = persons::list(&engine, None, 2).unwrap();
    assert_eq!(names(&first), ["Person 1", "Person 2"]);
    let rest = persons::list(&engine, first.last().map(|person| person.id), 9).unwrap();
    assert_eq!(names(&rest), ["Person 3", "Person 4", "Person 5"]);
    assert_eq!(persons::objectors(&engine).unwrap().into_iter().collect::<Vec<_>>(), [id(2), id(4)]);
}

#[test]
fn people_are_found_by_any_word_of_their_name_whatever_the_accents() {
    let engine = engine();
    write(&engine, |transaction| {
        persons::put(transaction, &person(1, "Élodie d'Haÿ-Cœur"))?;
        persons::put(transaction, &person(2, "Odette Calvet"))?;
        persons::put(transaction, &person(3, "Elodie Calmels"))
    });
    let named = |prefix: &str| {
        let found = persons::named(&engine, prefix, 9).unwrap();
        names(&found).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(named("cal"), ["Elodie Calmels", "Odette Calvet"]);
    assert_eq!(named("ELODIE"), ["Elodie Calmels", "Élodie d'Haÿ-Cœur"]);
    assert_eq!(named("hay coe"), ["Élodie d'Haÿ-Cœur"]);
    assert!(named("dette").is_empty() && named(" ").is_empty() && named("calz").is_empty());
    assert_eq!(persons::named(&engine, "cal", 1).unwrap().len(), 1);
}

#[test]
fn a_former_name_finds_nobody() {
    let engine = engine();
    write(&engine, |transaction| persons::put(transaction, &person(1, "Odette Calvet")));
    let mut renamed = person(1, "Odette Calvet");
    renamed.details.name = Name::parse("Odette Roques").unwrap();
    write(&engine, move |transaction| persons::put(transaction, &renamed));
    assert!(persons::named(&engine, "calvet", 9).unwrap().is_empty());
    assert_eq!(persons::named(&engine, "odette", 9).unwrap().len(), 1);
    let rows = maillage_engine::View::scan_prefix(&engine, persons::NAMES_TREE, &[], 99).unwrap();
    assert_eq!(rows.len(), 2);
}

#[test]
fn a_name_row_without_its_person_is_passed_over() {
    let engine = engine();
    write(&engine, |transaction| {
        persons::put(transaction, &person(1, "Odette Calvet"))?;
        transaction.delete(persons::TREE, &id::<maillage_domain::ids::PersonKind>(1).to_array())
    });
    assert_eq!(persons::named(&engine, "odette", 9), Ok(Vec::new()));
}

#[test]
fn a_record_that_makes_no_sense_is_an_error_that_tells_nothing_of_it() {
    const RAW: Table<[u8; 16], BrokenRecord> = Table::new(persons::TREE);
    #[derive(serde::Serialize, serde::Deserialize)]
    struct BrokenRecord {
        #[serde(flatten)]
        fields: std::collections::BTreeMap<String, String>,
    }
    impl maillage_engine::Record for BrokenRecord {
        const KIND: u16 = kinds::PERSON;
        const VERSION: u16 = <PersonRecord as maillage_engine::Record>::VERSION;
    }
    let engine = engine();
    let fields = [("name".to_owned(), "Canary".to_owned())].into();
    write(&engine, |transaction| RAW.put(transaction, &[1; 16], &BrokenRecord { fields }));
    let error = persons::list(&engine, None, 9).unwrap_err();
    assert_eq!(error, EngineError::Record(RecordError::Payload(kinds::PERSON)));
    assert!(!format!("{error} {error:?}").contains("Canary"));
}

#[test]
fn the_search_learns_of_every_change_once_and_in_order() {
    use crate::search_changes::{Changed, newest, since};
    let engine = engine();
    write(&engine, |transaction| {
        persons::put(transaction, &person(1, "Odette Calvet"))?;
        persons::put(transaction, &person(2, "Léon Roques"))?;
        persons::put(transaction, &person(1, "Odette Calvet"))?;
        persons::put(transaction, &person(1, "Odette Roux"))
    });
    let changes = since(&engine, 0, 9).unwrap();
    let who: Vec<Changed> = changes.iter().map(|(_, who)| *who).collect();
    assert_eq!(who, [Changed::Person(id(2)), Changed::Person(id(1))]);
    assert_eq!(newest(&engine), Ok(changes[1].0));
    assert_eq!(since(&engine, changes[0].0, 9).unwrap(), [changes[1]]);
    write(&engine, |transaction| persons::remove(transaction, id(2)));
    assert_eq!(since(&engine, changes[1].0, 9).unwrap().len(), 1);
    assert_eq!(persons::find(&engine, id(2)), Ok(None));
    assert!(persons::named(&engine, "roques", 9).unwrap().is_empty());
    assert_eq!(since(&engine, 0, 9).unwrap().len(), 2);
}

#[test]
fn a_contact_moves_the_last_day_and_is_no_edit() {
    let engine = engine();
    let day = |text: &str| text.parse().unwrap();
    write(&engine, move |transaction| {
        persons::put(transaction, &person(1, "Odette Calvet"))?;
        persons::note_contact(transaction, id(1), day("2026-11-03"))?;
        persons::note_contact(transaction, id(1), day("2026-10-20"))?;
        persons::note_contact(transaction, id(9), day("2026-10-20"))
    });
    let kept = persons::find(&engine, id(1)).unwrap().unwrap();
    assert_eq!((kept.last_contact, kept.revision), (day("2026-11-03"), 1));
}
