//! Who travels is told in an award and nowhere else: every byte of every other message, and of every fault, is looked at.

use maillage_federation::needs::Need;
use maillage_partners::{About, ToPartner, table, tds};
use proptest::prelude::{prop_assert, proptest};

use crate::{
    any::{sent, shown},
    malformed::offer,
};

const CANARIES: [&str; 6] = ["Canary", "Serin", "rue des Oiseaux", "0563999999", "05 63 99 99 99", "dialyse"];

fn holds_a_canary(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    CANARIES.iter().any(|canary| text.contains(canary))
}

#[test]
fn an_offer_has_no_member_for_a_person() {
    let (offered, _) = offer();
    let bytes = tds::write_sent(&[ToPartner::Offer(offered)]);
    let text = String::from_utf8(bytes).unwrap();
    let never = [
        "customerInfo",
        "customerName",
        "firstLegalName",
        "lastName",
        "customerId",
        "Phone",
        "phone",
        "tripPurpose",
        "notesForDriver",
        "detailedPickup",
        "detailedDropoff",
    ];
    for name in never {
        assert!(!text.contains(name), "{name}");
    }
    assert!(text.contains("\"street\": \"-\""), "the profile wants a street: a dash stands there");
}

#[test]
fn an_offer_that_says_more_than_an_offer_may_is_refused() {
    let (offered, about) = offer();
    let bytes = tds::write_sent(&[ToPartner::Offer(offered)]);
    for (member, value) in [
        ("tripPurpose", r#"["D"]"#),
        ("customerInfo", r#"{"lastName":"Canary"}"#),
        ("notesForDriver", r#""dialyse""#),
    ] {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let told = text.replacen("\"tripTicketId\"", &format!("\"{member}\": {value}, \"tripTicketId\""), 1);
        let faults = tds::read_sent(told.as_bytes(), &shown(about)).unwrap_err();
        assert_eq!(
            faults[0].to_string(),
            format!("$[0].tripRequest.{member}: an offer says nothing of who travels, why, or exactly where")
        );
        assert!(!holds_a_canary(format!("{faults:?}").as_bytes()));
    }
    let text = String::from_utf8(bytes).unwrap().replacen("\"-\"", "\"3 rue des Oiseaux\"", 1);
    assert!(tds::read_sent(text.as_bytes(), &shown(about)).is_err());
}

/// An address of an offer in the table stands nowhere: the cells are blank.
#[test]
fn an_offer_leaves_the_cells_of_a_person_blank() {
    let (offered, _) = offer();
    let table = String::from_utf8(table::write_sent(&[ToPartner::Offer(offered)])).unwrap();
    let headings = table::headings();
    let personal =
        ["nom", "telephone", "depart_adresse", "arrivee_adresse", "consignes", "accompagnants", "texte"];
    for row in table.lines().skip(1) {
        for (heading, cell) in headings.iter().zip(row.trim_end().split(';')) {
            assert!(!personal.contains(heading) || cell.is_empty(), "{heading}: {cell}");
        }
    }
}

#[test]
fn what_stands_in_a_wrong_cell_is_not_repeated() {
    let (_, about) = offer();
    let About { handover, .. } = about;
    for wrong in ["Mme Canary", "05 63 99 99 99", "0563999999", "3 rue des Oiseaux", "Serin-Canary dialyse"] {
        let table = format!("relais;tour;trajet;reponse;heure\n{handover};1;1;{wrong};{wrong}\n");
        let faults = table::read_answers(table.as_bytes(), &shown(about)).unwrap_err();
        let told = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(!holds_a_canary(told.as_bytes()), "{told}");
    }
}

proptest! {
    #[test]
    fn only_an_award_and_a_text_hold_words_of_a_person(message in sent()) {
        let mut named = message;
        if let ToPartner::Award(award) = &mut named {
            award.passenger.name = "Amélie Canary".to_owned();
            award.passenger.phone = "0563999999".to_owned();
        }
        let personal = matches!(named, ToPartner::Award(_));
        prop_assert!(holds_a_canary(&table::write_sent(std::slice::from_ref(&named))) == personal);
        prop_assert!(holds_a_canary(&tds::write_sent(std::slice::from_ref(&named))) == personal);
        prop_assert!(!holds_a_canary(format!("{named:?}").as_bytes()), "nor what is logged of it");
    }
}

#[test]
fn a_need_is_never_written_as_a_diagnosis() {
    let (mut offered, _) = offer();
    offered.offer.needs = Need::ALL.into_iter().collect();
    let text = String::from_utf8(tds::write_sent(&[ToPartner::Offer(offered)])).unwrap();
    for diagnosis in ["\"IDD\"", "\"MI\"", "\"SD\"", "\"TD\""] {
        assert!(!text.contains(diagnosis), "{diagnosis}");
    }
}
