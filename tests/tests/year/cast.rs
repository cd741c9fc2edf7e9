//! Who plays: synthetic people and volunteers in the real communes of Centre Tarn, drawn with a fixed seed and named so
//! that nobody takes them for real. It must never depend on anything the node answers but identifiers.

use jiff::civil::{Date, date};
use maillage_proto::node::v1 as node;
use maillage_tests::node::place;
use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;

use crate::platform::Platform;

/// CC Centre Tarn.
pub(crate) const TERRITORY: &str = "200034049";
/// The model of whoever no rule is for.
pub(crate) const GENERAL: &str = "hybride-guichet@1";
/// The communes of the territory, the main one first.
pub(crate) const COMMUNES: [&str; 11] =
    ["81222", "81147", "81182", "81233", "81088", "81017", "81119", "81133", "81198", "81211", "81287"];
/// Réalmont.
pub(crate) const REALMONT: &str = "81222";
/// Lombers.
pub(crate) const LOMBERS: &str = "81147";
/// Montredon-Labessonnié.
pub(crate) const MONTREDON: &str = "81182";
/// Terre-de-Bancalié.
pub(crate) const BANCALIE: &str = "81233";
/// Fauch.
pub(crate) const FAUCH: &str = "81088";
/// Albi.
pub(crate) const ALBI: &str = "81004";
/// Castres.
pub(crate) const CASTRES: &str = "81065";
/// Graulhet.
pub(crate) const GRAULHET: &str = "81105";
/// Toulouse.
pub(crate) const TOULOUSE: &str = "31555";
/// Communes of larger urban units: whoever qualifies by residence alone reaches them at their station at most.
pub(crate) const LARGE: [&str; 4] = [ALBI, CASTRES, GRAULHET, TOULOUSE];
/// The stations that are declared as interchanges of a neighbouring unit.
pub(crate) const STATIONS: [(&str, &str); 2] =
    [(ALBI, "Gare d’Albi-Ville"), (GRAULHET, "Gare routière de Graulhet")];
/// Models for people of one commune: commune, first day, model.
pub(crate) const RULES: [(&str, Date, &str); 4] = [
    (MONTREDON, date(2026, 1, 5), "membres-association@1"),
    (LOMBERS, date(2026, 1, 5), "benevoles-association@1"),
    (BANCALIE, date(2026, 1, 5), "quotient-familial@1"),
    (FAUCH, date(2026, 7, 1), "plateforme-mutualisee@1"),
];
/// The territory's own amounts: model, first day, contribution and compensation per kilometre in cents.
pub(crate) const AMOUNTS: (&str, Date, u32, u32) = ("benevoles-association@1", date(2026, 7, 1), 28, 43);

/// A beneficiary.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Identifier at the node.
    pub(crate) id: String,
    /// Commune of the home.
    pub(crate) home: &'static str,
    /// A benefit: code, first and last day.
    pub(crate) ground: Option<(&'static str, Date, Option<Date>)>,
    /// Quotient familial, by the day from which it is known.
    pub(crate) quotients: Vec<(Date, u32)>,
    /// Objects to statistics.
    pub(crate) objects: bool,
    /// Whether the person pays what is owed.
    pub(crate) pays: Pays,
    /// Why nobody can drive this person, if that is so.
    pub(crate) never: Option<&'static str>,
    /// Was taken out of the node on a day.
    pub(crate) erased: Option<Date>,
}

/// How somebody pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pays {
    /// Every month.
    Monthly,
    /// Every third month.
    Rarely,
    /// Never.
    Never,
    /// Rounded up to the next five euros, the rest being a gift.
    Generously,
}

/// A volunteer.
#[derive(Debug, Clone)]
pub(crate) struct Volunteer {
    /// Identifier at the node.
    pub(crate) id: String,
    /// Fiscal power and whether it is electric, by the day from which the car is driven.
    pub(crate) cars: Vec<(Date, u8, bool)>,
    /// Seats for passengers and places for wheelchairs.
    pub(crate) seats: (u32, u32),
    /// What becomes of what the association owes.
    pub(crate) settles: Settles,
}

/// What a volunteer does with what the association owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settles {
    /// Takes it.
    Takes,
    /// Gives it up against a tax receipt.
    GivesUp,
    /// Has not decided.
    Leaves,
}

/// Everybody.
#[derive(Debug, Default)]
pub(crate) struct Cast {
    /// Beneficiaries.
    pub(crate) persons: Vec<Person>,
    /// Volunteers.
    pub(crate) volunteers: Vec<Volunteer>,
    /// Who sends people.
    pub(crate) prescribers: Vec<String>,
}

/// How many people.
const PERSONS: usize = 40;
/// Home, fiscal power, electric, seats, wheelchair places, what becomes of the sum.
const VOLUNTEERS: [(&str, u8, bool, u32, u32, Settles); 12] = [
    (REALMONT, 4, false, 4, 0, Settles::Takes),
    (REALMONT, 3, true, 4, 0, Settles::Takes),
    (LOMBERS, 5, false, 4, 0, Settles::GivesUp),
    (MONTREDON, 6, false, 4, 1, Settles::Takes),
    (BANCALIE, 5, true, 4, 0, Settles::GivesUp),
    (FAUCH, 7, false, 6, 0, Settles::Takes),
    ("81017", 8, false, 4, 0, Settles::Takes),
    ("81119", 4, true, 4, 0, Settles::Takes),
    ("81133", 5, false, 3, 0, Settles::Leaves),
    (REALMONT, 6, true, 4, 1, Settles::GivesUp),
    ("81211", 3, false, 4, 0, Settles::Takes),
    ("81287", 2, false, 4, 0, Settles::Takes),
];
/// The volunteer who changes cars, and when, to which.
pub(crate) const NEW_CAR: (usize, Date, u8, bool) = (3, date(2026, 6, 29), 4, true);
/// Benefits, in turn.
const GROUNDS: [&str; 6] = ["rsa", "aspa", "aah", "css", "ass", "asi"];
/// What volunteers accept.
const ACCEPTED: [&str; 8] = [
    "walking-aid",
    "hearing",
    "visual",
    "companion",
    "door-to-door",
    "luggage",
    "wheelchair-manual",
    "child-seat",
];
/// Needs nobody accepts or has a car for, and why a request with them stays unmet.
const NEVER: [(usize, &str, &str); 2] =
    [(11, "wheelchair-electric", "no-vehicle"), (17, "assistance-dog", "needs")];

impl Person {
    /// Whether a benefit holds on a day.
    pub(crate) fn by_resources(&self, on: Date) -> bool {
        self.ground.is_some_and(|(_, from, until)| from <= on && until.is_none_or(|until| on <= until))
    }

    /// Quotient familial as it was known on a day.
    pub(crate) fn quotient(&self, on: Date) -> Option<u32> {
        self.quotients.iter().rev().find(|(from, _)| *from <= on).map(|(_, euros)| *euros)
    }
}

impl Volunteer {
    /// The car driven on a day: fiscal power, electric.
    pub(crate) fn car(&self, on: Date) -> (u8, bool) {
        let car = self.cars.iter().rev().find(|(from, ..)| *from <= on);
        car.map_or((0, false), |(_, power, electric)| (*power, *electric))
    }
}

/// Registers everybody.
pub(crate) async fn settle_in(platform: &Platform, random: &mut ChaCha20Rng) -> anyhow::Result<Cast> {
    let mut cast = Cast::default();
    for organisation in ["CCAS fictif (synthétique)", "France Travail fictif (synthétique)"] {
        let new = node::AddPrescriberRequest { organisation: organisation.to_owned(), ..Default::default() };
        cast.prescribers.push(platform.partners().add_prescriber(new).await?.into_inner().id);
    }
    for (number, volunteer) in VOLUNTEERS.into_iter().enumerate() {
        cast.volunteers.push(add_volunteer(platform, number, volunteer).await?);
    }
    for number in 0..PERSONS {
        let prescriber = cast.prescribers.get(number % 5).cloned().unwrap_or_default();
        cast.persons.push(add_person(platform, number, prescriber, random).await?);
    }
    Ok(cast)
}

async fn add_volunteer(
    platform: &Platform,
    number: usize,
    (home, power, electric, seats, wheelchair_places, settles): (&'static str, u8, bool, u32, u32, Settles),
) -> anyhow::Result<Volunteer> {
    let days = ["lun", "mar", "mer", "jeu", "ven", "sam"];
    let week: Vec<String> = days.iter().map(|day| format!("{day} 05:00-23:00")).collect();
    let paper = |kind: &str| node::Document {
        kind: kind.to_owned(),
        seen_on: "2025-12-15".to_owned(),
        valid_until: "2027-12-31".to_owned(),
        ..Default::default()
    };
    let new = node::AddVolunteerRequest {
        name: format!("Bénévole fictif {number:02} (synthétique)"),
        phone: format!("05 00 00 10 {number:02}"),
        home: Some(place(home, "adresse fictive")),
        accepts: ACCEPTED.into_iter().map(str::to_owned).collect(),
        availability: week.join(","),
        vehicles: vec![vehicle((power, electric), (seats, wheelchair_places))],
        documents: vec![paper("licence"), paper("insurer-acceptance")],
        ..Default::default()
    };
    let id = platform.people().add_volunteer(new).await?.into_inner().id;
    let cars = vec![(date(2026, 1, 1), power, electric)];
    Ok(Volunteer { id, cars, seats: (seats, wheelchair_places), settles })
}

/// A car as the node wants it.
pub(crate) fn vehicle((power, electric): (u8, bool), (seats, places): (u32, u32)) -> node::Vehicle {
    node::Vehicle {
        label: "voiture fictive".to_owned(),
        seats,
        wheelchair_places: places,
        fiscal_power: power.into(),
        electric,
        ..Default::default()
    }
}

async fn add_person(
    platform: &Platform,
    number: usize,
    prescriber: String,
    random: &mut ChaCha20Rng,
) -> anyhow::Result<Person> {
    // Half of the people live in the main commune and the two next ones, the others all over the territory.
    let commune =
        if number.is_multiple_of(2) { (number / 2) % 5 } else { random.random_range(0..COMMUNES.len()) };
    let home = COMMUNES.get(commune).copied().unwrap_or(REALMONT);
    let code = GROUNDS.get((number / 2) % GROUNDS.len()).copied().unwrap_or_default();
    let until = (number % 12 == 4).then_some(date(2026, 6, 30));
    let ground = (number % 5 < 3).then_some((code, date(2025, 9, 1), until));
    let first: u32 = random.random_range(250..1600);
    let quotients = if number % 4 == 3 { Vec::new() } else { vec![(date(2026, 1, 1), first)] };
    let never = NEVER.into_iter().find(|(who, ..)| *who == number);
    let needs = match (never, number % 9) {
        (Some((_, need, _)), _) => vec![need.to_owned()],
        (None, 0) => vec!["walking-aid".to_owned()],
        (None, 5) => vec!["wheelchair-manual".to_owned()],
        (None, _) => Vec::new(),
    };
    let member = home == MONTREDON;
    let new = node::AddPersonRequest {
        name: format!("Personne fictive {number:03} (synthétique)"),
        phone: format!("05 00 00 2{} {:02}", number / 100, number % 100),
        home: Some(place(home, "adresse fictive")),
        needs,
        sharing: "never".to_owned(),
        statistics_objection: number == 7,
        birth_year: 1940 + i32::try_from(number)?,
        grounds: ground.map(grounds).into_iter().collect(),
        quotient_euros: quotients.first().map(|(_, euros)| *euros),
        member_until: if member { "2026-12-31".to_owned() } else { String::new() },
        prescriber,
        even_if_duplicate: true,
        ..Default::default()
    };
    let id = platform.people().add_person(new).await?.into_inner().id;
    let pays = match number % 10 {
        0..6 => Pays::Monthly,
        6 | 7 => Pays::Rarely,
        8 => Pays::Generously,
        _ => Pays::Never,
    };
    let (objects, never) = (number == 7, never.map(|(.., reason)| reason));
    Ok(Person { id, home, ground, quotients, objects, pays, never, erased: None })
}

fn grounds((code, from, until): (&str, Date, Option<Date>)) -> node::Ground {
    node::Ground {
        kind: code.to_owned(),
        from: from.to_string(),
        until: until.map(|day| day.to_string()).unwrap_or_default(),
        seen: "2025-12-20".to_owned(),
    }
}
