//! What is written is read back, in both formats and both directions; no bytes make a reader stumble.

use maillage_partners::{FromPartner, Said, Shown, ToPartner, table, tds};
use proptest::prelude::{any, prop_assert_eq, proptest};

use crate::any::{answer, sent, shown, text};

fn messages(said: Vec<Said>) -> Vec<FromPartner> {
    said.into_iter().map(|said| said.message).collect()
}

proptest! {
    #[test]
    fn lines_to_a_partner_read_back(message in sent()) {
        let bytes = table::write_sent(std::slice::from_ref(&message));
        prop_assert_eq!(table::read_sent(&bytes), Ok(vec![message]));
    }

    #[test]
    fn lines_of_a_partner_read_back(message in answer(), number in text(0)) {
        let bytes = table::write_answers([(&message, number.as_str())]);
        let said = table::read_answers(&bytes, &shown(message.about())).unwrap();
        prop_assert_eq!(said.iter().all(|said| said.number == number), true);
        prop_assert_eq!(messages(said), vec![message]);
    }

    #[test]
    fn telegrams_to_a_partner_read_back(message in sent()) {
        let bytes = tds::write_sent(std::slice::from_ref(&message));
        let expected = if tds::is_expressible(&message) { vec![message.clone()] } else { Vec::new() };
        prop_assert_eq!(tds::read_sent(&bytes, &shown(message.about())), Ok(expected));
    }

    #[test]
    fn telegrams_of_a_partner_read_back(message in answer()) {
        let bytes = tds::write_answers([(&message, "")]);
        let said = tds::read_answers(&bytes, &shown(message.about())).unwrap();
        let expected =
            if matches!(message, FromPartner::Text { .. }) { Vec::new() } else { vec![message.clone()] };
        prop_assert_eq!(messages(said), expected);
    }

    #[test]
    fn several_of_a_file_keep_their_order(one in answer(), other in answer()) {
        let shown: Shown = [one.about(), other.about()].into_iter().map(|a| (a.handover, a.legs)).collect();
        let bytes = table::write_answers([(&one, ""), (&other, "")]);
        prop_assert_eq!(messages(table::read_answers(&bytes, &shown).unwrap()), vec![one, other]);
    }

    #[test]
    fn a_list_that_was_sent_says_nothing_until_it_is_filled_in(message in sent()) {
        let bytes = table::write_sent(std::slice::from_ref(&message));
        prop_assert_eq!(table::read_answers(&bytes, &shown(message.about())), Ok(Vec::new()));
    }

    #[test]
    fn no_bytes_make_a_reader_stumble(bytes in any::<Vec<u8>>(), message in answer()) {
        let shown = shown(message.about());
        let _ = (table::read_answers(&bytes, &shown), table::read_sent(&bytes));
        let _ = (tds::read_answers(&bytes, &shown), tds::read_sent(&bytes, &shown));
    }

    #[test]
    fn a_file_with_some_bytes_changed_is_read_or_refused(
        message in answer(), to in sent(), at in any::<usize>(), byte in any::<u8>(),
    ) {
        let shown: Shown = [message.about(), to.about()].into_iter().map(|a| (a.handover, a.legs)).collect();
        let broken = |mut bytes: Vec<u8>| {
            let at = at % bytes.len().max(1);
            if let Some(place) = bytes.get_mut(at) { *place = byte; }
            bytes
        };
        let _ = table::read_answers(&broken(table::write_answers([(&message, "")])), &shown);
        let _ = tds::read_answers(&broken(tds::write_answers([(&message, "")])), &shown);
        let _ = table::read_sent(&broken(table::write_sent(std::slice::from_ref(&to))));
        let _ = tds::read_sent(&broken(tds::write_sent(std::slice::from_ref(&to))), &shown);
    }
}

#[test]
fn a_list_filled_in_by_hand_is_a_bid() {
    let (sent, about) = crate::malformed::offer();
    let table = String::from_utf8(table::write_sent(&[ToPartner::Offer(sent)])).unwrap();
    let answered = table.lines().enumerate().map(|(line, text)| {
        if line == 0 {
            return text.to_owned();
        }
        let mut cells: Vec<&str> = text.trim_end().split(';').collect();
        for (heading, cell) in [("reponse", "Proposition"), ("heure", "05/10/2026 09:30"), ("ferme", "oui")] {
            cells[table::headings().iter().position(|known| *known == heading).unwrap()] = cell;
        }
        cells.join(";")
    });
    let answered = answered.collect::<Vec<_>>().join("\n");
    let said = table::read_answers(answered.as_bytes(), &shown(about)).unwrap();
    let [Said { message: FromPartner::Bid { bid, .. }, .. }] = said.as_slice() else { panic!("{said:?}") };
    assert!(bid.firm);
    assert_eq!(bid.pickup_ms.len(), 2);
}
