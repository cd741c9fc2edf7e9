//! Every edit of the contract that could overwrite another's, and what it edits: one thing of each kind, synthetic.

use serde_json::{Value, json};

use super::only;
use crate::{roles::Desk, world::A};

/// An edit: `$etag` and `$new` in its request are filled in.
pub(super) struct Edit {
    /// `Service/Call`.
    pub(super) call: &'static str,
    /// What is asked.
    pub(super) request: Value,
    /// The two things that two people want.
    pub(super) news: [Value; 2],
    /// How the etag is shown: the call, its request, and where it is in the answer.
    pub(super) seen: (&'static str, Value, &'static str),
}

/// One thing of each kind, by its identifier.
struct Things {
    person: String,
    volunteer: String,
    prescriber: String,
    professional: String,
    asset: String,
    other_asset: String,
    carrier: String,
    trip: String,
    driven: String,
    series: String,
    loan: String,
    lent: String,
    pathway: String,
    service: String,
}

/// Every edit, on things that are there.
pub(super) async fn edits(desk: &Desk) -> Vec<Edit> {
    let things = things(desk).await;
    let mut edits = of_people(&things);
    edits.extend(of_trips(&things));
    edits.extend(of_services(&things));
    edits.extend(of_settings(&things));
    edits.push(of_a_partner(desk).await);
    edits
}

async fn of_a_partner(desk: &Desk) -> Edit {
    let partner = desk.told("Exchange/AddPartner", &json!({ "name": "Taxi" }), "id").await;
    Edit {
        call: "Exchange/UpdatePartner",
        request: json!({ "partner": { "id": partner, "name": "$new" }, "update_mask": only("name"), "etag": "$etag" }),
        news: [json!("Taxi Un"), json!("Taxi Deux")],
        seen: ("Exchange/ShowPartner", json!({ "id": partner }), "etag"),
    }
}

async fn things(desk: &Desk) -> Things {
    let add = async |call, request| desk.told(call, &request, "id").await;
    let car = |label: &str| json!({ "details": { "label": label, "category": "car", "seats": 5, "ownership": "own" } });
    let person = desk.world.person(A, "always").to_string();
    let wish = |from: &str, until: &str| json!({ "person": person, "category": "car", "from": from, "until": until, "purpose": "work-training" });
    let asset = add("Fleet/AddAsset", car("Voiture")).await;
    let loan = add("Loans/AskForLoan", wish("2026-11-02T09:00", "2026-11-03T09:00")).await;
    let lent = add("Loans/AskForLoan", wish("2026-10-01T07:00", "2026-10-02T09:00")).await;
    add("Loans/BookLoan", json!({ "id": loan, "asset": asset })).await;
    add("Loans/BookLoan", json!({ "id": lent, "asset": asset })).await;
    add("Loans/HandOutLoan", json!({ "id": lent, "condition": "good", "documents": ["driving-licence"] }))
        .await;
    let pathway = add("Pathways/OpenPathway", json!({ "person": person })).await;
    add("Pathways/Diagnose", json!({ "id": pathway })).await;
    let fields = json!({ "weekdays": "mar", "first": "2026-10-06", "dropoff": { "commune": "81004" }, "arrive_by": "10:00", "purpose": "health" });
    let asked = json!({ "kind": "advice", "person": person, "form": "advice", "at": "2026-10-09T10:00" });
    desk.ask("Accounts/AddAccount", &json!({ "label": "guichet", "roles": ["coordinator"] })).await.unwrap();
    desk.ask("Models/AddModelRule", &rule("hybride-guichet@1", "")).await.unwrap();
    desk.ask("Status/SetPolicyRule", &json!({ "trust": "trusted", "awarding": "auto" })).await.unwrap();
    desk.ask(
        "Models/SetParameters",
        &json!({ "model": "benevoles-association@1", "from": "2026-10-02", "rate_cents": 9 }),
    )
    .await
    .unwrap();
    let volunteer = desk.world.volunteer(A, "81003", true).to_string();
    let licence = json!({ "kind": "licence", "seen_on": "2026-01-05", "valid_until": "2030-01-01" });
    add("People/RecordDocument", json!({ "volunteer": volunteer, "document": licence })).await;
    let series = json!({ "person": person, "fields": fields });
    let carrier = add("Legal/AddCarrier", json!({ "carrier": { "name": "Association", "form": "association", "rna": "W812003456", "address": { "commune": "81003", "address": "1 place Imaginaire" } } })).await;
    // The receipts of the carrier that was made the usual one.
    desk.ask("Money/SetIssuer", &json!({ "issuer": issuer(&json!("Le trésorier"), "") })).await.unwrap();
    Things {
        driven: driven(desk),
        other_asset: add("Fleet/AddAsset", car("Autre voiture")).await,
        prescriber: add("Partners/AddPrescriber", json!({ "organisation": "CCAS" })).await,
        professional: add("Partners/AddProfessional", json!({ "name": "Salariée" })).await,
        carrier,
        trip: desk.world.request(A, person.parse().unwrap(), false)[0].to_string(),
        series: desk.told("Series/AddSeries", &series, "series.id").await,
        service: add("Services/OpenService", asked).await,
        person,
        volunteer,
        asset,
        loan,
        lent,
        pathway,
    }
}

/// A trip that is over.
fn driven(desk: &Desk) -> String {
    let (person, driver) = (desk.world.person(A, "ask"), desk.world.volunteer(A, "81003", false));
    let trip = desk.world.request(A, person, false)[0];
    desk.world.promise(A, trip, driver);
    desk.world.complete(A, trip);
    trip.to_string()
}

fn of_people(things: &Things) -> Vec<Edit> {
    let Things { person, volunteer, prescriber, professional, carrier, .. } = things;
    let licence = json!({ "kind": "licence", "seen_on": "2026-01-05", "valid_until": "$new" });
    vec![
        Edit {
            call: "People/UpdatePerson",
            request: json!({ "person": { "id": person, "driver_notes": "$new" }, "update_mask": only("driver_notes"), "etag": "$etag" }),
            news: [json!("Sonner"), json!("Frapper")],
            seen: ("People/ShowPerson", json!({ "id": person }), "etag"),
        },
        Edit {
            call: "People/UpdateVolunteer",
            request: json!({ "volunteer": { "id": volunteer, "name": "$new" }, "update_mask": only("name"), "etag": "$etag" }),
            news: [json!("Bénévole Un"), json!("Bénévole Deux")],
            seen: ("People/ShowVolunteer", json!({ "id": volunteer }), "etag"),
        },
        Edit {
            call: "People/RecordDocument",
            request: json!({ "volunteer": volunteer, "document": licence, "etag": "$etag" }),
            news: [json!("2031-01-01"), json!("2032-01-01")],
            seen: ("People/ShowVolunteer", json!({ "id": volunteer }), "etag"),
        },
        Edit {
            call: "People/WithdrawDocument",
            request: json!({ "volunteer": volunteer, "kind": "$new", "etag": "$etag" }),
            news: [json!("licence"), json!("charter")],
            seen: ("People/ShowVolunteer", json!({ "id": volunteer }), "etag"),
        },
        Edit {
            call: "Partners/UpdatePrescriber",
            request: json!({ "prescriber": { "id": prescriber, "contact": "$new" }, "update_mask": only("contact"), "etag": "$etag" }),
            news: [json!("Agent Un"), json!("Agent Deux")],
            seen: ("Partners/ShowPrescriber", json!({ "id": prescriber }), "etag"),
        },
        Edit {
            call: "Partners/UpdateProfessional",
            request: json!({ "professional": { "id": professional, "function": "$new" }, "update_mask": only("function"), "etag": "$etag" }),
            news: [json!("Conseil"), json!("Accueil")],
            seen: ("Partners/ShowProfessional", json!({ "id": professional }), "etag"),
        },
        Edit {
            call: "Legal/UpdateCarrier",
            request: json!({ "carrier": { "id": carrier, "object": "$new" }, "update_mask": only("object"), "etag": "$etag" }),
            news: [json!("Aider"), json!("Conduire")],
            seen: ("Legal/ShowCarrier", json!({ "id": carrier }), "etag"),
        },
        Edit {
            call: "Accounts/SetRoles",
            request: json!({ "account": "guichet", "roles": "$new", "etag": "$etag" }),
            news: [json!(["auditor"]), json!(["treasurer"])],
            seen: ("Accounts/ListAccounts", json!({}), "accounts.etag"),
        },
    ]
}

fn of_trips(Things { trip, driven, .. }: &Things) -> Vec<Edit> {
    vec![
        Edit {
            call: "Trips/EditTrip",
            request: json!({ "trip": trip, "update_mask": only("notes"), "notes": "$new", "etag": "$etag" }),
            news: [json!("Au portail"), json!("À la porte")],
            seen: ("Trips/ShowTrip", json!({ "id": trip }), "etag"),
        },
        Edit {
            call: "Trips/CorrectTrip",
            request: json!({ "trip": driven, "outcome": "completed", "loaded_m": "$new", "reason": "kilometres", "etag": "$etag" }),
            news: [json!(20_000), json!(25_000)],
            seen: ("Trips/ShowTrip", json!({ "id": driven }), "etag"),
        },
    ]
}

fn of_services(things: &Things) -> Vec<Edit> {
    let Things { asset, other_asset, series, loan, lent, pathway, service, .. } = things;
    let of_loan = |id: &str| ("Loans/ShowLoan", json!({ "id": id }), "etag");
    let of_pathway = || ("Pathways/ShowPathway", json!({ "id": pathway }), "etag");
    let of_series = || ("Series/ShowSeries", json!({ "id": series }), "etag");
    vec![
        Edit {
            call: "Series/EditSeries",
            request: json!({ "id": series, "reach": "all", "what": "fields", "fields": { "notes": "$new" }, "update_mask": only("notes"), "etag": "$etag" }),
            news: [json!("Au portail"), json!("À la porte")],
            seen: of_series(),
        },
        Edit {
            call: "Series/EndSeries",
            request: json!({ "id": series, "from_day": "$new", "etag": "$etag" }),
            news: [json!("2027-02-02"), json!("2027-01-05")],
            seen: of_series(),
        },
        Edit {
            call: "Fleet/UpdateAsset",
            request: json!({ "id": asset, "details": { "label": "$new" }, "update_mask": only("label"), "etag": "$etag" }),
            news: [json!("Bleue"), json!("Verte")],
            seen: ("Fleet/ShowAsset", json!({ "id": asset }), "etag"),
        },
        Edit {
            call: "Loans/BookLoan",
            request: json!({ "id": loan, "asset": "$new", "etag": "$etag" }),
            news: [json!(other_asset), json!(asset)],
            seen: of_loan(loan),
        },
        Edit {
            call: "Loans/MoveLoan",
            request: json!({ "id": loan, "from": "2026-11-02T10:00", "until": "$new", "etag": "$etag" }),
            news: [json!("2026-11-03T10:00"), json!("2026-11-03T11:00")],
            seen: of_loan(loan),
        },
        Edit {
            call: "Loans/ExtendLoan",
            request: json!({ "id": lent, "until": "$new", "etag": "$etag" }),
            news: [json!("2026-10-03T10:00"), json!("2026-10-03T11:00")],
            seen: of_loan(lent),
        },
        Edit {
            call: "Pathways/Diagnose",
            request: json!({ "id": pathway, "on": "$new", "etag": "$etag" }),
            news: [json!("2026-10-01"), json!("2026-10-01")],
            seen: of_pathway(),
        },
        Edit {
            call: "Pathways/NotePathway",
            request: json!({ "id": pathway, "notes": "$new", "etag": "$etag" }),
            news: [json!("Une note"), json!("Une autre")],
            seen: of_pathway(),
        },
        Edit {
            call: "Services/ActOnService",
            request: json!({ "id": service, "plan": { "at": "$new" }, "etag": "$etag" }),
            news: [json!("2026-10-10T10:00"), json!("2026-10-11T10:00")],
            seen: ("Services/ShowService", json!({ "id": service }), "etag"),
        },
    ]
}

fn of_settings(_: &Things) -> Vec<Edit> {
    let policy = json!({ "bidding": "ask", "awarding": "ask", "award_wait_min": 30, "reply_within_min": "$new", "accept_within_min": 60, "etag": "$etag" });
    vec![
        Edit {
            call: "Offers/UpdateOfferPolicy",
            request: json!({ "policy": { "rounds": "$new", "etag": "$etag" }, "update_mask": only("rounds") }),
            news: [json!(4), json!(5)],
            seen: ("Offers/ShowOfferPolicy", json!({}), "etag"),
        },
        Edit {
            call: "Loans/SetLoanPolicy",
            request: json!({ "handover_min": "$new", "etag": "$etag" }),
            news: [json!(10), json!(20)],
            seen: ("Loans/ShowLoanPolicy", json!({}), "etag"),
        },
        Edit {
            call: "People/SetDocumentRules",
            request: json!({ "required": "$new", "etag": "$etag" }),
            news: [json!(["licence"]), json!(["charter"])],
            seen: ("People/ShowDocumentRules", json!({}), "etag"),
        },
        Edit {
            call: "Planning/SetPlanRules",
            request: json!({ "numbers": [{ "name": "waiting_m_per_h", "value": "$new" }], "etag": "$etag" }),
            news: [json!(8_000), json!(9_000)],
            seen: ("Planning/ShowPlanRules", json!({}), "etag"),
        },
        Edit {
            call: "Status/SetPolicy",
            request: policy,
            news: [json!(90), json!(120)],
            seen: ("Status/ShowStatus", json!({}), "policy.etag"),
        },
        Edit {
            call: "Status/SetPolicyRule",
            request: json!({ "trust": "trusted", "awarding": "$new", "etag": "$etag" }),
            news: [json!("ask"), json!("auto")],
            seen: ("Status/ListPolicyRules", json!({}), "rules.etag"),
        },
        Edit {
            call: "Status/SetModel",
            request: json!({ "model": "$new", "former": "$etag" }),
            news: [json!("hybride-guichet@1"), json!("benevoles-association@1")],
            seen: ("Status/ShowStatus", json!({}), "model"),
        },
        Edit {
            call: "Models/AddModelRule",
            request: rule("$new", "$etag"),
            news: [json!("benevoles-association@1"), json!("hybride-guichet@1")],
            seen: ("Models/ListModelRules", json!({}), "rules.model"),
        },
        Edit {
            call: "Models/SetParameters",
            request: json!({ "model": "benevoles-association@1", "from": "2026-10-02", "rate_cents": "$new", "etag": "$etag" }),
            news: [json!(10), json!(11)],
            seen: ("Models/ListParameters", json!({}), "parameters.etag"),
        },
        Edit {
            call: "Money/SetIssuer",
            request: json!({ "issuer": issuer(&json!("$new"), "$etag") }),
            news: [json!("La présidente"), json!("Le président")],
            seen: ("Money/ShowIssuer", json!({}), "etag"),
        },
    ]
}

/// The choice of a model for loans from the next day on.
fn rule(model: &str, former: &str) -> Value {
    json!({ "service": "transport", "from": "2026-10-02", "model": model, "former": former })
}

/// Who gives receipts, as signed by somebody.
fn issuer(signatory: &Value, etag: &str) -> Value {
    json!({
        "name": "Association",
        "address": "1 place Imaginaire, 81250 Alban",
        "identifier": "W812000000",
        "object": "Aider à se déplacer",
        "quality": "general-interest",
        "signatory": signatory,
        "tax_rate_percent": 66,
        "etag": etag,
    })
}
