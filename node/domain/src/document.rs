//! Papers of a volunteer: when each was seen, how long it is valid, and what an expired or missing one forbids. Must never
//! keep the paper itself.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::{ToSpan as _, civil::Date};

use crate::{
    civil::{DateError, parse_date, parse_optional_date},
    codes::{UnknownCode, coded},
    vehicle::{NewVehicle, Vehicle, Vehicles},
};

/// What a paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentKind {
    /// Driving licence.
    Licence,
    /// The insurer's written acceptance of volunteer drives.
    InsurerAcceptance,
    /// Roadworthiness test of the vehicle.
    RoadworthinessTest,
    /// The volunteers' charter, signed.
    Charter,
    /// A training that was attended.
    Training,
}

coded!(DocumentKind {
    Licence = "licence",
    InsurerAcceptance = "insurer-acceptance",
    RoadworthinessTest = "roadworthiness-test",
    Charter = "charter",
    Training = "training",
});

/// A paper that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document {
    kind: DocumentKind,
    seen_on: Date,
    valid_until: Option<Date>,
    vehicle: Option<u8>,
}

/// The papers of one volunteer: one of each kind, the one seen last; of roadworthiness tests, one of each vehicle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Documents(Vec<Document>);

/// Which papers every volunteer of this territory must have shown. None unless the territory says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequiredDocuments(BTreeSet<DocumentKind>);

/// Why a volunteer may not drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentObstacle {
    /// It was valid up to and with a day that is over.
    Expired {
        /// Which paper.
        kind: DocumentKind,
        /// Its last day.
        valid_until: Date,
    },
    /// The territory requires it, and nobody has seen it.
    Missing {
        /// Which paper.
        kind: DocumentKind,
    },
}

/// A paper as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewDocument {
    /// Its code.
    pub kind: String,
    /// The day it was seen; blank means today.
    pub seen_on: String,
    /// Its last day, or blank if it does not expire.
    pub valid_until: String,
    /// Number of the vehicle a roadworthiness test is of; 0 for the only one, and for every other paper.
    pub vehicle: u8,
}

/// Why a paper is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Not in the list.
    #[error("the kind of document is not in the list")]
    Kind(#[source] UnknownCode),
    /// A date that is none.
    #[error("a date of the document is not accepted")]
    Date(#[source] DateError),
    /// Seen in the future.
    #[error("a document cannot have been seen in the future")]
    SeenLater,
    /// A roadworthiness test of no vehicle, or of one that is not there.
    #[error("a roadworthiness test is of one of the volunteer's vehicles")]
    Vehicle,
}

impl Document {
    /// A paper seen on a day, valid up to and with another if it expires. One that had expired when it was seen is kept
    /// as it is: it blocks.
    pub fn new(kind: DocumentKind, seen_on: Date, valid_until: Option<Date>) -> Self {
        Self { kind, seen_on, valid_until, vehicle: None }
    }

    /// The same of a vehicle, by its number; only a roadworthiness test is of one.
    #[must_use]
    pub fn of_vehicle(self, number: Option<u8>) -> Self {
        let vehicle = number.filter(|_| self.kind == DocumentKind::RoadworthinessTest);
        Self { vehicle, ..self }
    }

    /// The same with the vehicle it is of: a roadworthiness test without a number is that of the only vehicle.
    ///
    /// # Errors
    /// [`DocumentError::Vehicle`] if it is not clear which one, or that one is not there.
    pub fn among(self, vehicles: &Vehicles) -> Result<Self, DocumentError> {
        if self.kind != DocumentKind::RoadworthinessTest {
            return Ok(self.of_vehicle(None));
        }
        let mut all = vehicles.iter().map(Vehicle::number);
        let number = match self.vehicle {
            Some(number) => all.find(|known| *known == number),
            None => all.next().filter(|_| all.next().is_none()),
        };
        number.map(|number| self.of_vehicle(Some(number))).ok_or(DocumentError::Vehicle)
    }

    /// Number of the vehicle it is of; none for a roadworthiness test from before this was asked, which is taken for that
    /// of the usual vehicle.
    pub fn vehicle(self) -> Option<u8> {
        self.vehicle
    }

    /// What it is.
    pub fn kind(self) -> DocumentKind {
        self.kind
    }

    /// The day it was seen.
    pub fn seen_on(self) -> Date {
        self.seen_on
    }

    /// Its last day, if it expires.
    pub fn valid_until(self) -> Option<Date> {
        self.valid_until
    }
}

impl NewDocument {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first field that is not acceptable.
    pub fn parse(&self, today: Date) -> Result<Document, DocumentError> {
        let kind = self.kind.parse().map_err(DocumentError::Kind)?;
        let seen_on = if self.seen_on.trim().is_empty() { Ok(today) } else { parse_date(&self.seen_on) };
        let seen_on = seen_on.map_err(DocumentError::Date)?;
        if seen_on > today {
            return Err(DocumentError::SeenLater);
        }
        let valid_until = parse_optional_date(&self.valid_until).map_err(DocumentError::Date)?;
        let vehicle = Some(self.vehicle).filter(|number| *number != 0);
        Ok(Document::new(kind, seen_on, valid_until).of_vehicle(vehicle))
    }

    /// As it would be typed.
    pub fn of(document: Document) -> Self {
        Self {
            kind: document.kind.code().to_owned(),
            seen_on: document.seen_on.to_string(),
            valid_until: document.valid_until.map(|date| date.to_string()).unwrap_or_default(),
            vehicle: document.vehicle.unwrap_or_default(),
        }
    }

    /// Takes out the roadworthiness tests of vehicles that are not there any more. `usual` is the number of the former
    /// usual vehicle: a test that names no vehicle was its.
    pub fn follow(typed: &mut Vec<Self>, usual: u8, vehicles: &[NewVehicle]) {
        let test = DocumentKind::RoadworthinessTest.code();
        for document in typed.iter_mut().filter(|document| document.kind == test && document.vehicle == 0) {
            document.vehicle = usual;
        }
        let there = |number: u8| vehicles.iter().any(|vehicle| vehicle.number == number);
        typed.retain(|document| document.kind != test || there(document.vehicle));
    }
}

impl Documents {
    /// The same with a paper that was seen; it takes the place of the one of its kind and vehicle.
    #[must_use]
    pub fn with(&self, document: Document) -> Self {
        let same = |known: &Document| (known.kind, known.vehicle) == (document.kind, document.vehicle);
        let mut documents: Vec<Document> = self.0.iter().copied().filter(|known| !same(known)).collect();
        documents.push(document);
        documents.sort_by_key(|document| (document.kind, document.vehicle));
        Self(documents)
    }

    /// The same without the roadworthiness test of a vehicle: for one that was noted by mistake.
    #[must_use]
    pub fn without_test_of(&self, number: u8) -> Self {
        let of_it = |known: &Document| {
            known.kind == DocumentKind::RoadworthinessTest && known.vehicle == Some(number)
        };
        Self(self.0.iter().copied().filter(|known| !of_it(known)).collect())
    }

    /// The same without a kind of paper: for one that was noted by mistake.
    #[must_use]
    pub fn without(&self, kind: DocumentKind) -> Self {
        Self(self.0.iter().copied().filter(|document| document.kind != kind).collect())
    }

    /// The papers, in the order of their kinds.
    pub fn iter(&self) -> impl Iterator<Item = Document> + '_ {
        self.0.iter().copied()
    }

    /// What forbids to drive on a day, whatever the vehicle: the first paper, in the order of the kinds, that has expired by
    /// then or is required and missing. A paper is good through its last day.
    pub fn obstacle(&self, day: Date, required: &RequiredDocuments) -> Option<DocumentObstacle> {
        let mut personal =
            DocumentKind::ALL.iter().copied().filter(|kind| *kind != DocumentKind::RoadworthinessTest);
        personal.find_map(|kind| {
            let paper = self.0.iter().find(|document| document.kind == kind);
            obstacle_of(kind, paper, day, required)
        })
    }

    /// What forbids to drive a vehicle on a day, by its number: its roadworthiness test. `usual` says whether it is the
    /// usual vehicle.
    pub fn vehicle_obstacle(
        &self,
        (number, usual): (u8, bool),
        day: Date,
        required: &RequiredDocuments,
    ) -> Option<DocumentObstacle> {
        let kind = DocumentKind::RoadworthinessTest;
        let of = |vehicle| {
            self.0.iter().find(move |document| document.kind == kind && document.vehicle == vehicle)
        };
        let paper = of(Some(number)).or_else(|| of(None).filter(|_| usual));
        obstacle_of(kind, paper, day, required)
    }

    /// The papers whose last day has passed or comes within a number of days, soonest first.
    pub fn expiring(&self, today: Date, within_days: u16) -> Vec<(Document, Date)> {
        let last = today.checked_add(i32::from(within_days).days()).unwrap_or(Date::MAX);
        let dated = self.0.iter().filter_map(|document| Some((*document, document.valid_until?)));
        let mut expiring: Vec<_> = dated.filter(|(_, until)| *until <= last).collect();
        expiring.sort_by_key(|(document, until)| (*until, document.kind));
        expiring
    }
}

fn obstacle_of(
    kind: DocumentKind,
    paper: Option<&Document>,
    day: Date,
    required: &RequiredDocuments,
) -> Option<DocumentObstacle> {
    match paper {
        Some(Document { valid_until: Some(until), .. }) if *until < day => {
            Some(DocumentObstacle::Expired { kind, valid_until: *until })
        }
        Some(_) => None,
        None => required.0.contains(&kind).then_some(DocumentObstacle::Missing { kind }),
    }
}

impl FromIterator<Document> for Documents {
    fn from_iter<I: IntoIterator<Item = Document>>(documents: I) -> Self {
        documents.into_iter().fold(Self::default(), |all, document| all.with(document))
    }
}

impl RequiredDocuments {
    /// Which papers.
    pub fn iter(&self) -> impl Iterator<Item = DocumentKind> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<DocumentKind> for RequiredDocuments {
    fn from_iter<I: IntoIterator<Item = DocumentKind>>(kinds: I) -> Self {
        Self(kinds.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn document(kind: DocumentKind, until: Option<&str>) -> Document {
        Document::new(kind, day("2026-01-15"), until.map(day))
    }

    #[test]
    fn a_paper_is_good_through_its_last_day_and_blocks_from_the_next() {
        let licence = document(DocumentKind::Licence, Some("2026-10-05"));
        let documents: Documents = [licence].into_iter().collect();
        let none = RequiredDocuments::default();
        assert_eq!(documents.obstacle(day("2026-10-05"), &none), None);
        let expired =
            DocumentObstacle::Expired { kind: DocumentKind::Licence, valid_until: day("2026-10-05") };
        assert_eq!(documents.obstacle(day("2026-10-06"), &none), Some(expired));
        let renewed = documents.with(document(DocumentKind::Licence, None));
        assert_eq!(renewed.iter().count(), 1);
        assert_eq!(renewed.obstacle(day("2046-10-06"), &none), None);
    }

    #[test]
    fn the_test_of_one_car_says_nothing_of_another() {
        let test = |number, until| document(DocumentKind::RoadworthinessTest, Some(until)).of_vehicle(number);
        let none = RequiredDocuments::default();
        let both: Documents =
            [test(Some(1), "2026-10-01"), test(Some(2), "2027-10-01")].into_iter().collect();
        let on = day("2026-10-05");
        let expired = DocumentObstacle::Expired {
            kind: DocumentKind::RoadworthinessTest,
            valid_until: day("2026-10-01"),
        };
        assert_eq!(both.vehicle_obstacle((1, true), on, &none), Some(expired));
        assert_eq!(both.vehicle_obstacle((2, false), on, &none), None);
        assert_eq!(both.obstacle(on, &none), None, "the driver may drive the other one");
        assert_eq!(both.without_test_of(1).vehicle_obstacle((1, true), on, &none), None);
        let required: RequiredDocuments = [DocumentKind::RoadworthinessTest].into_iter().collect();
        let missing = DocumentObstacle::Missing { kind: DocumentKind::RoadworthinessTest };
        let old: Documents = [test(None, "2027-10-01")].into_iter().collect();
        assert_eq!(old.vehicle_obstacle((1, true), on, &required), None, "it was the usual car's");
        assert_eq!(old.vehicle_obstacle((2, false), on, &required), Some(missing));
        let two = Vehicles::new(vec![Vehicle::new(4, 0).unwrap(); 2]).unwrap();
        assert_eq!(test(None, "2027-10-01").among(&two), Err(DocumentError::Vehicle));
        assert_eq!(test(Some(3), "2027-10-01").among(&two), Err(DocumentError::Vehicle));
        let one = Vehicles::one(Vehicle::new(4, 0).unwrap());
        assert_eq!(test(None, "2027-10-01").among(&one), Ok(test(Some(1), "2027-10-01")));
    }

    #[test]
    fn only_what_is_required_can_be_missing_and_the_first_kind_is_told() {
        let required: RequiredDocuments =
            [DocumentKind::Charter, DocumentKind::Licence].into_iter().collect();
        let missing = |documents: &Documents| documents.obstacle(day("2026-10-05"), &required);
        let charter = Documents::default().with(document(DocumentKind::Charter, None));
        assert_eq!(
            missing(&Documents::default()),
            Some(DocumentObstacle::Missing { kind: DocumentKind::Licence })
        );
        assert_eq!(missing(&charter), Some(DocumentObstacle::Missing { kind: DocumentKind::Licence }));
        assert_eq!(missing(&charter.with(document(DocumentKind::Licence, Some("2026-10-05")))), None);
        assert_eq!(Documents::default().obstacle(day("2026-10-05"), &RequiredDocuments::default()), None);
    }

    #[test]
    fn expiries_are_listed_soonest_first_with_those_that_are_over() {
        let documents: Documents = [
            document(DocumentKind::Licence, Some("2026-11-05")),
            document(DocumentKind::InsurerAcceptance, Some("2026-10-01")),
            document(DocumentKind::RoadworthinessTest, Some("2026-11-06")),
            document(DocumentKind::Charter, None),
        ]
        .into_iter()
        .collect();
        let soon = documents.expiring(day("2026-10-06"), 30);
        let kinds: Vec<DocumentKind> = soon.iter().map(|(document, _)| document.kind()).collect();
        assert_eq!(kinds, [DocumentKind::InsurerAcceptance, DocumentKind::Licence]);
    }

    #[test]
    fn papers_are_read_or_refused_with_the_reason() {
        let typed = |kind: &str, seen: &str, until: &str| NewDocument {
            kind: kind.into(),
            seen_on: seen.into(),
            valid_until: until.into(),
            vehicle: 0,
        };
        let today = day("2026-10-06");
        let read = typed("licence", "", "2031-01-01").parse(today).unwrap();
        assert_eq!(read, Document::new(DocumentKind::Licence, today, Some(day("2031-01-01"))));
        assert_eq!(NewDocument::of(read).parse(today), Ok(read));
        assert_eq!(typed("licence", "2026-10-07", "").parse(today), Err(DocumentError::SeenLater));
        assert_eq!(typed("licence", "x", "").parse(today), Err(DocumentError::Date(DateError)));
        assert!(matches!(typed("permis", "", "").parse(today), Err(DocumentError::Kind(_))));
    }
}
