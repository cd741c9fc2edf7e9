//! One thing of the fleet: what was typed about it, what is known of it, and whether it can be booked.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use maillage_federation::{ids::Id, month::paris};

use super::{AssetCategory, OutageReason, Ownership, Rate, RateUnit, Upkeep, UpkeepKind};
use crate::{
    codes::UnknownCode,
    ids::AssetKind,
    limits::{AMOUNT_CENTS, ODOMETER_M, OUTAGES, PLATE_CHARS, VEHICLE_SEATS},
    money::Cents,
    span::Span,
    text::{Line, Notes, TextError},
};

/// A vehicle or bike of the platform.
#[derive(Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its identifier.
    pub id: Id<AssetKind>,
    /// What was typed about it.
    pub details: AssetDetails,
    /// Metres on its odometer when last read; zero if it has none.
    pub odometer_m: u32,
    /// When it is or was out of service.
    pub outages: Vec<Outage>,
    /// The day it left the fleet.
    pub retired: Option<Date>,
    /// How often it was changed.
    pub revision: u64,
    /// When it was entered.
    pub created: Timestamp,
}

/// What was typed about something of the fleet.
#[derive(Clone, PartialEq, Eq)]
pub struct AssetDetails {
    /// What people at the platform call it.
    pub label: Line,
    /// What kind of thing it is.
    pub category: AssetCategory,
    /// Places, the driver's included; a bike has one.
    pub seats: u8,
    /// Its registration plate, if it has one. Never in a log: it leads to who used it.
    pub plate: Option<Plate>,
    /// Whose it is.
    pub ownership: Ownership,
    /// When it has to be looked after.
    pub upkeep: Upkeep,
    /// What a loan costs unless something else is agreed.
    pub rate: Option<Rate>,
    /// What a borrower leaves as a deposit unless something else is agreed.
    pub deposit: Cents,
    /// What the desk should know.
    pub notes: Notes,
    /// The first day it was there; none for the day it was entered.
    pub in_service: Option<Date>,
}

/// Something of the fleet as typed. Blank texts stand for none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewAsset {
    /// What people call it.
    pub label: String,
    /// Code of an [`AssetCategory`].
    pub category: String,
    /// Places, the driver's included.
    pub seats: u32,
    /// Registration plate.
    pub plate: String,
    /// Code of an [`Ownership`].
    pub ownership: String,
    /// Day by which the next technical inspection has to be done.
    pub inspection_due: String,
    /// Last day of the insurance.
    pub insurance_until: String,
    /// Day by which the next service has to be done.
    pub service_due: String,
    /// Metres on the odometer at which the next service has to be done; zero for none.
    pub service_due_m: u32,
    /// Code of a [`RateUnit`]; blank for nothing to pay.
    pub rate_per: String,
    /// Cents each.
    pub rate_cents: i64,
    /// Deposit in cents.
    pub deposit_cents: i64,
    /// What the desk should know.
    pub notes: String,
    /// The first day it was there; blank for the day it was entered.
    pub in_service: String,
}

/// Why what was typed is not something of the fleet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssetError {
    /// The label.
    #[error("the label is not accepted")]
    Label(#[source] TextError),
    /// The category.
    #[error("the category is not accepted")]
    Category(#[source] UnknownCode),
    /// The ownership.
    #[error("the ownership is not accepted")]
    Ownership(#[source] UnknownCode),
    /// Too few or too many places for its kind.
    #[error("{0} places; this kind of vehicle has {1} to {2}")]
    Seats(u32, u8, u8),
    /// The plate.
    #[error("the plate is not accepted")]
    Plate(#[source] PlateError),
    /// Not a date.
    #[error("the date of the {0} is not written YYYY-MM-DD")]
    Date(UpkeepKind),
    /// Not a date.
    #[error("the day it came into service is not written YYYY-MM-DD")]
    InService,
    /// What a price goes by.
    #[error("what the price goes by is not accepted")]
    RateUnit(#[source] UnknownCode),
    /// A sum below nothing, or above what anybody pays.
    #[error("{0} cents; 0 to {AMOUNT_CENTS} are allowed")]
    Amount(i64),
    /// More than any vehicle has driven.
    #[error("{0} m; at most {ODOMETER_M} m are believed")]
    Odometer(u32),
    /// The odometer runs forwards.
    #[error("the odometer was at {known_m} m already")]
    OdometerBackwards {
        /// What was read before.
        known_m: u32,
    },
    /// The notes.
    #[error("the notes are not accepted")]
    Notes(#[source] TextError),
    /// The end of an outage is not after its beginning.
    #[error("the outage ends before it begins")]
    Outage,
    /// So many outages that something is wrong.
    #[error("{OUTAGES} outages are noted already")]
    TooManyOutages,
    /// Not in the fleet any more.
    #[error("it left the fleet on {0}")]
    Retired(Date),
}

/// A registration plate: capital letters, digits and dashes.
#[derive(Clone, PartialEq, Eq)]
pub struct Plate(String);

/// Why a text is not a plate. Never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a plate has letters, digits, spaces and dashes, at most {PLATE_CHARS}")]
pub struct PlateError;

/// A stretch of time out of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// Why.
    pub reason: OutageReason,
    /// From when.
    pub from: Timestamp,
    /// Until when, if that is known.
    pub until: Option<Timestamp>,
}

/// Why something cannot be booked for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotBookable {
    /// Not in the fleet any more.
    #[error("it left the fleet on {0}")]
    Retired(Date),
    /// Out of service for some of the time.
    #[error("it is out of service ({})", .0.reason)]
    OutOfService(Outage),
    /// Must not be driven any more by the end of the time.
    #[error("the {kind} ends on {on}")]
    Lapses {
        /// What.
        kind: UpkeepKind,
        /// When.
        on: Date,
    },
}

impl NewAsset {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first thing that is not acceptable.
    pub fn parse(&self) -> Result<AssetDetails, AssetError> {
        let category: AssetCategory = self.category.parse().map_err(AssetError::Category)?;
        let label = Line::parse(&self.label).map_err(AssetError::Label)?;
        if label.as_str().is_empty() {
            return Err(AssetError::Label(TextError::Empty));
        }
        Ok(AssetDetails {
            label,
            category,
            seats: category.seats(self.seats)?,
            plate: Plate::parse_optional(&self.plate).map_err(AssetError::Plate)?,
            ownership: self.ownership.parse().map_err(AssetError::Ownership)?,
            upkeep: self.upkeep()?,
            rate: self.rate()?,
            deposit: amount(self.deposit_cents)?,
            notes: Notes::parse(&self.notes).map_err(AssetError::Notes)?,
            in_service: self.in_service()?,
        })
    }

    fn in_service(&self) -> Result<Option<Date>, AssetError> {
        let typed = Some(self.in_service.trim()).filter(|typed| !typed.is_empty());
        typed.map(|typed| typed.parse().map_err(|_| AssetError::InService)).transpose()
    }

    fn upkeep(&self) -> Result<Upkeep, AssetError> {
        let service_due_m = (self.service_due_m > 0).then_some(self.service_due_m);
        Ok(Upkeep {
            inspection_due: date(&self.inspection_due, UpkeepKind::Inspection)?,
            insurance_until: date(&self.insurance_until, UpkeepKind::Insurance)?,
            service_due: date(&self.service_due, UpkeepKind::Service)?,
            service_due_m: service_due_m.map(odometer).transpose()?,
        })
    }

    fn rate(&self) -> Result<Option<Rate>, AssetError> {
        if self.rate_per.trim().is_empty() {
            return if self.rate_cents == 0 { Ok(None) } else { Err(AssetError::Amount(self.rate_cents)) };
        }
        let per: RateUnit = self.rate_per.parse().map_err(AssetError::RateUnit)?;
        Ok(Some(Rate { per, cents: amount(self.rate_cents)? }))
    }
}

impl From<&AssetDetails> for NewAsset {
    fn from(details: &AssetDetails) -> Self {
        let AssetDetails {
            label,
            category,
            seats,
            plate,
            ownership,
            upkeep,
            rate,
            deposit,
            notes,
            in_service,
        } = details;
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        Self {
            label: label.as_str().to_owned(),
            category: category.code().to_owned(),
            seats: u32::from(*seats),
            plate: plate.as_ref().map(|plate| plate.as_str().to_owned()).unwrap_or_default(),
            ownership: ownership.code().to_owned(),
            inspection_due: day(upkeep.inspection_due),
            insurance_until: day(upkeep.insurance_until),
            service_due: day(upkeep.service_due),
            service_due_m: upkeep.service_due_m.unwrap_or_default(),
            rate_per: rate.map(|rate| rate.per.code().to_owned()).unwrap_or_default(),
            rate_cents: rate.map(|rate| rate.cents.get()).unwrap_or_default(),
            deposit_cents: deposit.get(),
            notes: notes.as_str().to_owned(),
            in_service: day(*in_service),
        }
    }
}

impl Asset {
    /// Enters something into the fleet.
    ///
    /// # Errors
    /// An odometer nobody believes.
    pub fn enter(
        id: Id<AssetKind>,
        details: AssetDetails,
        odometer_m: u32,
        now: Timestamp,
    ) -> Result<Self, AssetError> {
        let odometer_m = odometer(odometer_m)?;
        Ok(Self { id, details, odometer_m, outages: Vec::new(), retired: None, revision: 1, created: now })
    }

    /// Changes what was typed about it.
    ///
    /// # Errors
    /// Something that has left the fleet stays as it was.
    pub fn edit(&mut self, details: AssetDetails) -> Result<(), AssetError> {
        self.check_kept()?;
        self.details = details;
        self.revision += 1;
        Ok(())
    }

    /// Notes a reading of the odometer.
    ///
    /// # Errors
    /// A reading below a former one, or beyond belief.
    pub fn read_odometer(&mut self, metres: u32) -> Result<(), AssetError> {
        let metres = odometer(metres)?;
        if metres < self.odometer_m {
            return Err(AssetError::OdometerBackwards { known_m: self.odometer_m });
        }
        self.odometer_m = metres;
        self.revision += 1;
        Ok(())
    }

    /// Takes it out of service for a time, or until further notice.
    ///
    /// # Errors
    /// An end before the beginning; something that has left the fleet.
    pub fn withdraw(&mut self, outage: Outage) -> Result<(), AssetError> {
        self.check_kept()?;
        if outage.until.is_some_and(|until| until <= outage.from) {
            return Err(AssetError::Outage);
        }
        if self.outages.len() >= OUTAGES {
            return Err(AssetError::TooManyOutages);
        }
        self.outages.push(outage);
        self.revision += 1;
        Ok(())
    }

    /// Puts it back into service: an outage under way ends now, planned ones stay.
    ///
    /// # Errors
    /// Something that has left the fleet does not come back.
    pub fn restore(&mut self, now: Timestamp) -> Result<(), AssetError> {
        self.check_kept()?;
        self.outages.retain_mut(|outage| {
            if outage.at(now) {
                outage.until = Some(now);
            }
            outage.until.is_none_or(|until| outage.from < until)
        });
        self.revision += 1;
        Ok(())
    }

    /// Takes it out of the fleet for good. It stays in the books.
    ///
    /// # Errors
    /// It left before.
    pub fn retire(&mut self, on: Date) -> Result<(), AssetError> {
        self.check_kept()?;
        self.retired = Some(on);
        self.revision += 1;
        Ok(())
    }

    /// Whether it was in the fleet on some day of a civil year.
    pub fn was_there_in(&self, year: i16) -> bool {
        let since = self.details.in_service.unwrap_or_else(|| self.created.to_zoned(paris()).date());
        since.year() <= year && self.retired.is_none_or(|retired| retired.year() >= year)
    }

    /// Why it is out of service at an instant.
    pub fn outage_at(&self, now: Timestamp) -> Option<Outage> {
        self.outages.iter().copied().find(|outage| outage.at(now))
    }

    /// Whether it can be lent for a time, as far as it alone is concerned: loans are not looked at.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn bookable(&self, span: Span) -> Result<(), NotBookable> {
        if let Some(on) = self.retired {
            return Err(NotBookable::Retired(on));
        }
        if let Some(outage) = self.outages.iter().find(|outage| outage.overlaps(span)) {
            return Err(NotBookable::OutOfService(*outage));
        }
        let last = span.until().to_zoned(paris()).date();
        let lapses = self.details.upkeep.lapses_before(last);
        lapses.map_or(Ok(()), |(kind, on)| Err(NotBookable::Lapses { kind, on }))
    }

    fn check_kept(&self) -> Result<(), AssetError> {
        self.retired.map_or(Ok(()), |on| Err(AssetError::Retired(on)))
    }
}

impl AssetCategory {
    /// Fewest and most places, the driver's included: a minibus is what has more than a car, and nine places are what may
    /// be driven with the licence for cars (art. R.3133-3 code des transports, R.221-4 code de la route).
    fn places(self) -> (u8, u8) {
        match self {
            Self::Minibus => (6, VEHICLE_SEATS),
            Self::Car => (2, 7),
            Self::LicenceFreeCar | Self::Scooter => (1, 2),
            Self::ElectricBike | Self::Bike => (1, 1),
        }
    }

    fn seats(self, typed: u32) -> Result<u8, AssetError> {
        let (least, most) = self.places();
        let seats = u8::try_from(typed).ok().filter(|seats| (least..=most).contains(seats));
        seats.ok_or(AssetError::Seats(typed, least, most))
    }
}

impl Outage {
    fn at(self, now: Timestamp) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }

    fn overlaps(self, span: Span) -> bool {
        self.from < span.until() && self.until.is_none_or(|until| span.from() < until)
    }
}

impl Plate {
    /// Reads a plate, or none if the text is blank. Letters become capitals, spaces dashes.
    ///
    /// # Errors
    /// Other characters, or too many.
    pub fn parse_optional(text: &str) -> Result<Option<Self>, PlateError> {
        let words: Vec<String> =
            text.split([' ', '-']).filter(|word| !word.is_empty()).map(str::to_uppercase).collect();
        let plate = words.join("-");
        if plate.is_empty() {
            return Ok(None);
        }
        let plain =
            plate.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-');
        if plain && plate.len() <= PLATE_CHARS { Ok(Some(Self(plate))) } else { Err(PlateError) }
    }

    /// The plate.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A sum that somebody may pay.
pub(crate) fn amount(cents: i64) -> Result<Cents, AssetError> {
    if (0..=AMOUNT_CENTS).contains(&cents) { Ok(Cents::new(cents)) } else { Err(AssetError::Amount(cents)) }
}

fn odometer(metres: u32) -> Result<u32, AssetError> {
    if metres <= ODOMETER_M { Ok(metres) } else { Err(AssetError::Odometer(metres)) }
}

fn date(text: &str, kind: UpkeepKind) -> Result<Option<Date>, AssetError> {
    let text = text.trim();
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| AssetError::Date(kind)) }
}

impl fmt::Debug for Asset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Asset");
        shown.field("id", &self.id).field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl fmt::Debug for AssetDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AssetDetails(…)")
    }
}

impl fmt::Debug for NewAsset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewAsset(…)")
    }
}

impl fmt::Debug for Plate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Plate(…)")
    }
}
