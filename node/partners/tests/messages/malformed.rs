//! What is wrong in a file, with the very words that are told.

use maillage_federation::{
    handover::{Offer, OfferedLeg},
    ids::Id,
    needs::Needs,
};
use maillage_geography::{InseeCode, Siren};
use maillage_partners::{About, FromPartner, Offered, OwnWords, ToPartner, Why, table, tds};

use crate::any::shown;

/// An offer of an outbound and a return, invented.
pub(crate) fn offer() -> (Offered, About) {
    let about = About { handover: Id::new(1_790_000_000_000, [5; 10]), round: 1, legs: 2 };
    let leg = |pickup, dropoff, hour: i64| OfferedLeg {
        pickup: InseeCode::parse(pickup).unwrap(),
        dropoff: InseeCode::parse(dropoff).unwrap(),
        window_start_ms: 1_791_180_000_000 + hour * 3_600_000,
        window_end_ms: 1_791_180_000_000 + (hour + 2) * 3_600_000,
        distance_band_m: 30_000,
    };
    let offer = Offer {
        origin_territory: Siren::parse("200034031").unwrap(),
        legs: vec![leg("81003", "81004", 8), leg("81004", "81003", 14)],
        seats: 1,
        needs: Needs::none(),
        reply_by_ms: 1_791_150_000_000,
        accept_within_s: 14_400,
        agreed_only: false,
        widening: None,
        goes_with: None,
    };
    (Offered { about, offer }, about)
}

/// The tickets of the two legs.
fn tickets() -> [String; 2] {
    let (offered, _) = offer();
    let text = String::from_utf8(tds::write_sent(&[ToPartner::Offer(offered)])).unwrap();
    let mut found = text.split("\"tripTicketId\": \"").skip(1).map(|rest| rest[..36].to_owned());
    [found.next().unwrap(), found.next().unwrap()]
}

/// Telegrams, and what is told of each; `OUT` and `BACK` stand for the tickets of the legs.
const OF_A_FILE: &[(&str, &str)] = &[
    ("", "file: this is no JSON: it ends to make sense at line 1, column 0"),
    ("{\"tripRequestResponse\": ", "file: this is no JSON: it ends to make sense at line 1, column 24"),
    ("12", "$: an object is expected here, this is a number"),
    (
        "[{}]",
        "$[0]: there is no such telegram: tripRequestResponse, providerOrderConfirmation, \
        tripTaskConfirmation, tripTaskCompletion, tripCancelResponse, tripStatusChange",
    ),
    (
        "{\"tripAnswer\": {}}",
        "$.tripAnswer: there is no such telegram: tripRequestResponse, \
        providerOrderConfirmation, tripTaskConfirmation, tripTaskCompletion, tripCancelResponse, \
        tripStatusChange",
    ),
    (
        "{\"tripRequest\": {}}",
        "$.tripRequest: this telegram goes from the platform to its partner, not the other way round",
    ),
    (
        "{\"customerReferral\": {}}",
        "$.customerReferral: nobody is referred by telegram: call the platform's desk",
    ),
    ("{\"tripRequestResponse\": []}", "$.tripRequestResponse: an object is expected here, this is a list"),
    (
        "{\"tripRequestResponse\": {\"tripAvailable\": false}}",
        "$.tripRequestResponse.tripTicketId: this is missing",
    ),
    (
        "{\"tripRequestResponse\": {\"tripTicketId\": \"12\", \"tripAvailable\": false}}",
        "$.tripRequestResponse.tripTicketId: 12 is no identifier: copy it from what you were sent",
    ),
    (
        "{\"tripRequestResponse\": {\"tripTicketId\": \"01932f5e-7c3a-8000-8000-0123456789ab\", \
        \"tripAvailable\": false}}",
        "$.tripRequestResponse.tripTicketId: no trip that was offered to this partner has this ticket",
    ),
];

const OF_A_BID: &[(&str, &str)] = &[
    (
        "{\"tripRequestResponse\": {\"tripTicketId\": \"OUT\", \"tripAvailable\": \"yes\"}}",
        "$.tripRequestResponse.tripAvailable: true or false is expected here, this is a text",
    ),
    (
        "{\"tripRequestResponse\": {\"tripTicketId\": \"OUT\", \"tripAvailable\": true}}",
        "$.tripRequestResponse.scheduledPickupTime: this is missing",
    ),
    (
        "{\"tripRequestResponse\": {\"tripTicketId\": \"OUT\", \"tripAvailable\": true, \
        \"scheduledPickupTime\": {\"time\": \"9h30\"}}}",
        "$.tripRequestResponse.scheduledPickupTime.time: 9h30 is no time: write it like \
        2026-10-05T09:30:00+02:00",
    ),
    (
        "{\"tripRequestResponse\": {\"tripTicketId\": \"OUT\", \"tripAvailable\": true, \
        \"scheduledPickupTime\": {\"time\": \"2026-03-29T02:30:00\"}}}",
        "$.tripRequestResponse.scheduledPickupTime.time: 2026-03-29T02:30:00 does not exist: the clocks go \
        forward over it",
    ),
    (
        "{\"tripRequestResponse\": {\"tripTicketId\": \"OUT\", \"tripAvailable\": true, \
        \"scheduledPickupTime\": {\"time\": \"2026-10-05T09:30:00+02:00\"}}}",
        "$.tripRequestResponse: leg 2 is missing: outbound and return go together, both in one file",
    ),
    (
        "{\"tripRequestResponse\": {\"tripTicketId\": \"OUT\", \"tripAvailable\": false, \
        \"tripRejectionReason\": \"TOO_FAR\"}}",
        "$.tripRequestResponse.tripRejectionReason: TOO_FAR is none of: UNABLE_TO_SERVICE_TRIP, \
        WRONG_SERVICE_LEVEL, NO_VEHICLES_AVAILABLE, INVALID_PICKUP_ADDRESS, INVALID_DROPOFF_ADDRESS, \
        INVALID_USER, OTHER, NOT_IN_SERVICE_AREA, INVALID_SERVICE_HOURS, BAD_WEATHER",
    ),
    (
        "{\"tripRequestResponse\": {\"tripTicketId\": \"OUT\", \"tripAvailable\": false, \
        \"transferPoint\": {}}}",
        "$.tripRequestResponse.transferPoint: a trip with a change on the way is not offered to one partner: \
        call the platform's desk",
    ),
];

const OF_AN_ACCOUNT: &[(&str, &str)] = &[
    (
        "{\"tripRequestResponse\": {\"tripTicketId\": \"OUT\", \"tripAvailable\": true, \
        \"scheduledPickupTime\": {\"time\": \"2026-10-05T09:30:00+02:00\"}, \"fareAmount\": -3}}",
        "$.tripRequestResponse.fareAmount: -3 is no number from 0 to 10000",
    ),
    (
        "{\"tripTaskConfirmation\": {\"tripTicketId\": \"OUT\", \"tripStatus\": \"done\"}}",
        "$.tripTaskConfirmation.tripStatus: done is none of: performed, no show, no pickup",
    ),
    (
        "{\"tripTaskCompletion\": {\"tripTicketId\": \"OUT\"}}",
        "$.tripTaskCompletion.performedDistance: this is missing",
    ),
    (
        "{\"tripTaskCompletion\": {\"tripTicketId\": \"OUT\", \"performedDistance\": 12}}",
        "$.tripTaskCompletion.performedDistanceUnit: this is missing",
    ),
    (
        "{\"tripTaskCompletion\": {\"tripTicketId\": \"OUT\", \"performedDistance\": 12, \
        \"performedDistanceUnit\": \"km\"}}",
        "$.tripTaskCompletion.performedDistanceUnit: km is none of: Kilometers, Miles",
    ),
    (
        "{\"tripTaskCompletion\": {\"tripTicketId\": \"OUT\", \"performedDistance\": 1, \
        \"performedDistanceUnit\": \"Miles\", \"paymentType\": [\"coins\"]}}",
        "$.tripTaskCompletion.paymentType[0]: coins is none of: cash, card, account, ticket, noShow, \
        providerCompensation",
    ),
];

const OF_AN_END: &[(&str, &str)] = &[
    (
        "{\"tripCancelResponse\": {\"tripTicketId\": \"OUT\", \"cancellationApproved\": false, \
        \"cancellationRequestOrigin\": \"client\"}}",
        "$.tripCancelResponse.cancellationApproved: a person who does not travel needs nobody's agreement: \
        if you have driven, send a 4A",
    ),
    (
        "{\"tripStatusChange\": {\"tripTicketId\": \"OUT\", \"status\": \"Cancel\", \"canceledBy\": \"Rider\"}}",
        "$.tripStatusChange.canceledBy: only the platform says that its order or its rider is off: call its \
        desk",
    ),
    (
        "{\"tripStatusChange\": {\"tripTicketId\": \"OUT\", \"status\": \"Expire\", \
        \"canceledBy\": \"Provider\"}}",
        "$.tripStatusChange.status: only the platform lets an order expire: to give it back send Cancel",
    ),
    (
        "{\"tripStatusChange\": {\"tripTicketId\": \"OUT\", \"status\": \"Cancel\", \
        \"canceledBy\": \"Provider\", \"phone\": \"1\"}}",
        "$.tripStatusChange: phone is none of: tripTicketId, status, reasonDescription, canceledBy",
    ),
    (
        "[{\"providerOrderConfirmation\": {\"tripTicketId\": \"OUT\"}}, \
        {\"providerOrderConfirmation\": {\"tripTicketId\": \"OUT\"}}]",
        "$[1].providerOrderConfirmation: this has been answered in the same file already: \
        $[0].providerOrderConfirmation",
    ),
    (
        "[{\"tripRequestResponse\": {\"tripTicketId\": \"OUT\", \"tripAvailable\": false}}, \
        {\"tripRequestResponse\": {\"tripTicketId\": \"BACK\", \"tripAvailable\": false, \
        \"tripRejectionReason\": \"OTHER\"}}]",
        "$[0].tripRequestResponse: outbound and return do not say the same: they go together",
    ),
];

#[test]
fn a_malformed_telegram_is_told_by_path_value_and_what_may_stand_there() {
    let [out, back] = tickets();
    let cases = [OF_A_FILE, OF_A_BID, OF_AN_ACCOUNT, OF_AN_END].concat();
    assert!(cases.len() > 20);
    for (telegram, told) in cases {
        let telegram = telegram.replace("OUT", &out).replace("BACK", &back);
        let faults = tds::read_answers(telegram.as_bytes(), &shown(offer().1)).unwrap_err();
        let lines = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert_eq!(lines, told, "{telegram}");
    }
}

#[test]
fn a_wrong_line_is_told_by_line_column_and_what_may_stand_there() {
    let id = offer().1.handover.to_string();
    let head = "relais;tour;trajet;reponse;ferme;heure;km_a_vide;motif_reponse;resultat;km_avec\n";
    let cases = [
        ("ID;1;1;proposition;;;;;;", "line 2, heure: this is missing"),
        (
            "ID;1;1;peut-etre;;;;;;",
            "line 2, reponse: peut-etre is none of: proposition, sans-suite, accord, \
            restitution, refus, avancement, bilan, annulation-vue, texte",
        ),
        ("ID;0;1;accord;;;;;;", "line 2, tour: 0 is no number from 1 to 100"),
        ("ID;1;3;accord;;;;;;", "line 2, trajet: 3 is no number from 1 to 2"),
        ("x;1;1;accord;;;;;;", "line 2, relais: x is no identifier: copy it from what you were sent"),
        (
            "01932f5e-7c3a-7000-8000-0123456789ab;1;1;accord;;;;;;",
            "line 2, relais: no trip that was offered to this partner has this identifier",
        ),
        (
            "ID;1;1;accord;;;;;;",
            "line 2, reponse: leg 2 is missing: outbound and return go together, both in one \
            file",
        ),
        ("ID;1;;restitution;;;;;;", "line 2, motif_reponse: this is missing"),
        ("ID;1;1;bilan;;;;;fait;", "line 2, km_avec: this is missing"),
        ("ID;1;1;bilan;;;-3;;absent;", "line 2, km_a_vide: -3 is no number from 0 to 1500"),
        ("ID;1;1;accord;;;;;;;;", "line 2: 12 cells, but 10 headings: is there a semicolon too many?"),
    ];
    for (line, told) in cases {
        let table = format!("{head}{}\n", line.replace("ID", &id));
        let faults = table::read_answers(table.as_bytes(), &shown(offer().1)).unwrap_err();
        let lines = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert_eq!(lines, told, "{table}");
    }
    let several = format!("{head}\n{id};1;1;accord\n{id};1;2;non\n;;;bilan\n");
    let faults = table::read_answers(several.as_bytes(), &shown(offer().1)).unwrap_err();
    let places: Vec<String> = faults.iter().map(|fault| fault.place.to_string()).collect();
    assert_eq!(places, ["line 4, reponse", "line 5, relais", "line 5, tour", "line 5, resultat"]);
    let faults = table::read_answers("nom;tour;tour\nMme Canary;1;1\n".as_bytes(), &shown(offer().1));
    let faults: Vec<String> = faults.unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        ["line 1, tour: this column is there twice: remove one", "line 1, relais: this is missing"]
    );
}

#[test]
fn a_table_of_an_older_spreadsheet_is_read_and_no_table_is_not() {
    let (_, about) = offer();
    let text = FromPartner::Text { about, text: OwnWords("Réglé à l’étage".to_owned()) };
    let table = String::from_utf8(table::write_answers([(&text, "1")])).unwrap();
    let older: Vec<u8> = table
        .trim_start_matches('\u{feff}')
        .chars()
        .map(|letter| if letter == '’' { 0x92 } else { u8::try_from(u32::from(letter)).unwrap() })
        .collect();
    assert!(std::str::from_utf8(&older).is_err());
    let read = table::read_answers(&older, &shown(about)).unwrap();
    assert_eq!(read.into_iter().map(|said| said.message).collect::<Vec<_>>(), [text]);
    let other = table::read_answers(b"PK\x03\x04\x00\xff", &shown(about)).unwrap_err();
    assert_eq!(other.iter().map(|fault| &fault.why).collect::<Vec<_>>(), [&Why::NotATable]);
}
