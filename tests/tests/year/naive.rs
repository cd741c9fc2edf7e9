//! The rules as a clerk with a pocket calculator would apply them, written down from the texts and not from the node: the
//! fiscal scale, what a participation model asks and pays, whether a trip is a *transport d'utilité sociale*. It must
//! never share code with the node.

use anyhow::Context as _;
use jiff::civil::{Date, DateTime};
use maillage_proto::node::v1 as node;
use serde_json::Value;

use crate::{
    cast::{AMOUNTS, COMMUNES, Cast, GENERAL, LARGE, Person, RULES, STATIONS},
    memory::{Memory, Outcome, Ride},
};

/// Most that may be asked per kilometre, in cents.
const CAP_CENTS: i64 = 32;
/// Longest trip, in metres.
const LONGEST_M: u32 = 100_000;

/// A trip that was driven, as the clerk has it on paper.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    /// Identifier.
    pub(crate) trip: String,
    /// Place of the person in the cast.
    pub(crate) person: usize,
    /// Place of the driver in the cast.
    pub(crate) driver: usize,
    /// The day.
    pub(crate) day: Date,
    /// When it was closed.
    pub(crate) closed: DateTime,
    /// Metres with the person.
    pub(crate) loaded_m: u32,
    /// Metres without.
    pub(crate) empty_m: u32,
    /// Fiscal power of the car.
    pub(crate) power: u8,
    /// Whether it is electric.
    pub(crate) electric: bool,
    /// Quotient familial.
    pub(crate) quotient: Option<u32>,
    /// The model it is served under.
    pub(crate) model: &'static str,
    /// Whether it is a *transport d'utilité sociale*.
    pub(crate) verdict: Verdict,
    /// `residence` or `resources:` and a benefit; empty if it is none.
    pub(crate) ground: String,
    /// Whether both ends are in the territory.
    pub(crate) inside: bool,
}

/// What the clerk says of a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A *transport d'utilité sociale*.
    Within,
    /// One if it goes to the station of that town: somebody has to look.
    Doubtful,
    /// None.
    Outside,
}

/// A participation model on paper.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// `id@version`.
    pub(crate) key: String,
    contribution: Value,
    compensation: Value,
    /// Whether volunteers or peers drive.
    pub(crate) volunteers: bool,
    /// Whether the communauté de communes carries the service itself.
    pub(crate) authority: bool,
}

/// What a driver gets for a trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paid {
    /// Nothing, and may give up what the scale says of every kilometre.
    Waived,
    /// So many cents per kilometre; whether empty ones count.
    Flat(i64, bool),
    /// The fiscal scale; whether empty kilometres count.
    Scale(bool),
}

/// The fiscal scale of 2022 to 2025, which goes on in 2026: what the kilometres of a year come to, in cents.
pub(crate) fn scale_cents(power: u8, electric: bool, metres: u64) -> i64 {
    // Thousandths of a euro per kilometre, euros, thousandths.
    let (first, second, constant, third) = match power {
        0..=3 => (529, 316, 1065, 370),
        4 => (606, 340, 1330, 407),
        5 => (636, 357, 1395, 427),
        6 => (665, 374, 1457, 447),
        7.. => (697, 394, 1515, 470),
    };
    let metres = i64::try_from(metres).unwrap_or(i64::MAX);
    // A thousandth of a euro per kilometre is a millionth of a euro per metre.
    let millionths = match metres {
        ..=5_000_000 => first * metres,
        5_000_001..=20_000_000 => second * metres + constant * 1_000_000,
        _ => third * metres,
    };
    // A fifth more for an electric car; then to the nearest cent, a half upwards.
    let tenths = if electric { 12 } else { 10 };
    (millionths * tenths + 50_000).div_euclid(100_000)
}

/// So many cents per kilometre, to the nearest cent.
pub(crate) fn flat_cents(rate: i64, metres: u64) -> i64 {
    (rate * i64::try_from(metres).unwrap_or(i64::MAX) + 500).div_euclid(1_000)
}

/// The model people of a commune are served under on a day.
pub(crate) fn model_of(home: &str, day: Date) -> &'static str {
    let own = RULES.iter().rev().find(|(commune, from, _)| *commune == home && *from <= day);
    own.map_or(GENERAL, |(.., model)| *model)
}

impl Model {
    /// Reads the catalogue as the node gives it out.
    pub(crate) fn read(models: &[node::ParticipationModel]) -> anyhow::Result<Vec<Self>> {
        let read = |model: &node::ParticipationModel| -> anyhow::Result<Self> {
            let terms: Value = serde_json::from_str(&model.terms_json)?;
            let of = |name: &str| terms.get(name).cloned().with_context(|| format!("no {name} in {terms}"));
            Ok(Self {
                key: model.key.clone(),
                contribution: of("contribution")?,
                compensation: of("compensation")?,
                volunteers: model.workforce != "professionals",
                authority: model.territory_role == "carrier",
            })
        };
        models.iter().map(read).collect()
    }

    /// The same with the territory's own amounts of a day.
    pub(crate) fn on(&self, day: Date) -> Self {
        let mut model = self.clone();
        let (key, from, rate, paid) = AMOUNTS;
        if key == self.key && from <= day {
            put(&mut model.contribution, "/per-kilometre/rate-cents", rate);
            put(&mut model.compensation, "/flat/rate-cents", paid);
        }
        model
    }

    /// What it wants for a trip, in cents, whatever the law says.
    pub(crate) fn wants(&self, quotient: Option<u32>, loaded_m: u32) -> i64 {
        wants(&self.contribution, quotient, loaded_m)
    }

    /// What is asked for a trip: at most what the law allows an association.
    pub(crate) fn asks(&self, quotient: Option<u32>, loaded_m: u32) -> i64 {
        let wants = self.wants(quotient, loaded_m);
        if self.authority { wants } else { wants.min(cap_cents(loaded_m)) }
    }

    /// The yearly fee, in cents.
    pub(crate) fn fee(&self) -> Option<i64> {
        self.contribution.pointer("/membership/yearly-cents")?.as_i64()
    }

    /// What a driver gets.
    pub(crate) fn pays(&self) -> Paid {
        let empty = |kind: &str| {
            let empty = self.compensation.pointer(&format!("/{kind}/empty-kilometres"));
            empty.and_then(Value::as_bool)
        };
        let rate = self.compensation.pointer("/flat/rate-cents").and_then(Value::as_i64);
        match (rate, empty("flat"), empty("fiscal-scale")) {
            (Some(rate), Some(empty), _) => Paid::Flat(rate, empty),
            (_, _, Some(empty)) => Paid::Scale(empty),
            _ => Paid::Waived,
        }
    }
}

/// Most that the law allows for a trip.
pub(crate) fn cap_cents(loaded_m: u32) -> i64 {
    (CAP_CENTS * i64::from(loaded_m)).div_euclid(1_000)
}

fn put(terms: &mut Value, pointer: &str, amount: u32) {
    if let Some(place) = terms.pointer_mut(pointer) {
        *place = amount.into();
    }
}

fn wants(terms: &Value, quotient: Option<u32>, loaded_m: u32) -> i64 {
    let number = |pointer: &str| terms.pointer(pointer).and_then(Value::as_i64);
    if let Some(rate) = number("/per-kilometre/rate-cents") {
        let cents = (rate * i64::from(loaded_m)).div_euclid(1_000);
        return number("/per-kilometre/cap-cents").map_or(cents, |cap| cents.min(cap));
    }
    if let Some(flat) = number("/flat/amount-cents") {
        return flat;
    }
    if let Some(then) = terms.pointer("/membership/then") {
        return wants(then, quotient, loaded_m);
    }
    let brackets = terms.pointer("/income-brackets/brackets").and_then(Value::as_array);
    for bracket in brackets.into_iter().flatten() {
        let end = bracket.get("up-to-euros").and_then(Value::as_u64);
        let reached = end.is_none_or(|end| quotient.is_some_and(|quotient| u64::from(quotient) <= end));
        if let Some(tariff) = bracket.get("tariff").filter(|_| reached) {
            return wants(tariff, quotient, loaded_m);
        }
    }
    // Free, or what the person wishes.
    0
}

/// Everything that was driven, by day.
pub(crate) fn facts(cast: &Cast, memory: &Memory) -> anyhow::Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for (trip, ride) in &memory.rides {
        let Outcome::Completed(loaded_m, empty_m) = ride.outcome else { continue };
        let person = cast.persons.get(ride.person).context("nobody travelled")?;
        let driver = ride.driver.with_context(|| format!("nobody drove {trip}"))?;
        let closed = ride.closed.context("a trip that was driven is closed")?;
        // The desk costs a trip with the file and the car it has the day it closes it.
        let (power, electric) = cast.volunteers.get(driver).context("nobody drove")?.car(closed.date());
        let (verdict, ground) = frame(person, ride, loaded_m);
        facts.push(Fact {
            trip: trip.clone(),
            person: ride.person,
            driver,
            day: ride.day,
            closed,
            loaded_m,
            empty_m,
            power,
            electric,
            quotient: person.quotient(closed.date()),
            model: model_of(person.home, ride.day),
            verdict,
            ground,
            inside: [&ride.from, &ride.to].into_iter().all(|end| COMMUNES.contains(&end.as_str())),
        });
    }
    facts.sort_by(|one, other| (one.day, &one.trip).cmp(&(other.day, &other.trip)));
    Ok(facts)
}

/// Whether a trip is a *transport d'utilité sociale*, and by what.
fn frame(person: &Person, ride: &Ride, loaded_m: u32) -> (Verdict, String) {
    let residence = |verdict| (verdict, "residence".to_owned());
    if loaded_m > LONGEST_M {
        return (Verdict::Outside, String::new());
    }
    if let Some((code, ..)) = person.ground.filter(|_| person.by_resources(ride.day)) {
        return (Verdict::Within, format!("resources:{code}"));
    }
    let ends = [ride.from.as_str(), ride.to.as_str()];
    let Some(town) = ends.into_iter().find(|end| LARGE.contains(end)) else {
        return residence(Verdict::Within);
    };
    match (ride.station, STATIONS.iter().any(|(commune, _)| *commune == town)) {
        (true, true) => residence(Verdict::Within),
        (false, true) => residence(Verdict::Doubtful),
        (_, false) => (Verdict::Outside, String::new()),
    }
}
