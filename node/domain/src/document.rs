//! Papers of a volunteer: when each was seen, how long it is valid, and what an expired or missing one forbids. Must never
//! keep the paper itself.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::{ToSpan as _, civil::Date};

use crate::{
    civil::{DateError, parse_date, parse_optional_date},
    codes::{UnknownCode, coded},
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
}

/// The papers of one volunteer: one of each kind, the one seen last.
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
}

impl Document {
    /// A paper seen on a day, valid up to and with another if it expires. One that had expired when it was seen is kept
    /// as it is: it blocks.
    pub fn new(kind: DocumentKind, seen_on: Date, valid_until: Option<Date>) -> Self {
        Self { kind, seen_on, valid_until }
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
        Ok(Document::new(kind, seen_on, valid_until))
    }

    /// As it would be typed.
    pub fn of(document: Document) -> Self {
        Self {
            kind: document.kind.code().to_owned(),
            seen_on: document.seen_on.to_string(),
            valid_until: document.valid_until.map(|date| date.to_string()).unwrap_or_default(),
        }
    }
}

impl Documents {
    /// The same with a paper that was seen; it takes the place of the one of its kind.
    #[must_use]
    pub fn with(&self, document: Document) -> Self {
        let mut documents = self.without(document.kind).0;
        documents.push(document);
        documents.sort_by_key(|document| document.kind);
        Self(documents)
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

    /// What forbids to drive on a day: the first paper, in the order of the kinds, that has expired by then or is
    /// required and missing. A paper is good through its last day.
    pub fn obstacle(&self, day: Date, required: &RequiredDocuments) -> Option<DocumentObstacle> {
        DocumentKind::ALL.iter().copied().find_map(|kind| {
            match self.0.iter().find(|document| document.kind == kind) {
                Some(Document { valid_until: Some(until), .. }) if *until < day => {
                    Some(DocumentObstacle::Expired { kind, valid_until: *until })
                }
                Some(_) => None,
                None => required.0.contains(&kind).then_some(DocumentObstacle::Missing { kind }),
            }
        })
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
