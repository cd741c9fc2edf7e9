//! Beneficiaries: who asks for rides, and what they have chosen. Must never be printed by `Debug` beyond the
//! identifier.

use std::{collections::BTreeSet, fmt};

use jiff::{Timestamp, civil::Date};
use maillage_federation::{
    ids::{Id, IdError},
    needs::{Needs, UnknownNeed},
};
use maillage_geography::{Geography, Siren};

use crate::{
    civil::{DateError, day_of, parse_optional_date},
    codes::UnknownCode,
    contact::{Channel, ChannelError},
    eligibility::{Ground, GroundError, NewGround, Situation, parse_grounds},
    ids::{PersonKind, PrescriberKind, VolunteerKind},
    limits::{AVOID, BIRTH_YEAR_MIN, QUOTIENT_EUROS},
    place::{NewPlace, Place, PlaceError},
    text::{Email, EmailError, Name, Notes, Phone, PhoneError, TextError},
};

/// A registered beneficiary.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Identity, for life.
    pub id: Id<PersonKind>,
    /// What was told, and may be told anew.
    pub details: PersonDetails,
    /// When the person was registered.
    pub created: Timestamp,
    /// How often the details were written, from 1: who edits says which state was seen.
    pub revision: u64,
    /// Civil day of the last contact: the time that data is kept counts from it.
    pub last_contact: Date,
    /// When the present choice about sharing was made.
    pub sharing_chosen: Timestamp,
    /// When the present choice about statistics was made.
    pub statistics_chosen: Timestamp,
    /// When the present choice about riding with others was made.
    pub pooling_chosen: Timestamp,
}

/// What a beneficiary tells about herself or himself.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonDetails {
    /// Name to ask for.
    pub name: Name,
    /// Phone, if there is one.
    pub phone: Option<Phone>,
    /// E-mail address, if there is one.
    pub email: Option<Email>,
    /// How the person wishes to be reached.
    pub channel: Channel,
    /// Where the person lives.
    pub home: Place,
    /// Year of birth, if it was told.
    pub birth_year: Option<i16>,
    /// Needs that bear on who can drive.
    pub needs: Needs,
    /// What the person does for a living, or is kept from doing.
    pub situation: Situation,
    /// Grounds of eligibility whose proofs were seen.
    pub grounds: Vec<Ground>,
    /// Quotient familial, in euros a month.
    pub quotient_euros: Option<u32>,
    /// Last day of the annual membership.
    pub member_until: Option<Date>,
    /// Who sent the person.
    pub prescriber: Option<Id<PrescriberKind>>,
    /// The day the person was told what is kept and why.
    pub informed_on: Option<Date>,
    /// Whether trips may be handed over to a neighbouring node.
    pub sharing: Sharing,
    /// Whether the person objects to being counted in statistics.
    pub statistics_objection: bool,
    /// Whether others may be in the car, unless a trip says otherwise.
    pub pooling: Pooling,
    /// What the driver should know.
    pub driver_notes: Notes,
    /// What the desk alone should know: never in anything a driver or a neighbour sees.
    pub internal_notes: Notes,
    /// Volunteers who are not to drive this person, each once.
    pub avoid: Vec<Id<VolunteerKind>>,
}

/// Whether trips of a person may be handed over to a neighbouring node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sharing {
    /// Without asking each time.
    Always,
    /// Ask each time.
    Ask,
    /// Never.
    Never,
}

/// Whether somebody rides with others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pooling {
    /// Without others: so it is as long as the person has not said otherwise.
    #[default]
    Alone,
    /// The person has agreed to ride with others.
    Agreed,
}

/// A beneficiary as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// Name.
    pub name: String,
    /// Phone, or blank.
    pub phone: String,
    /// E-mail address, or blank.
    pub email: String,
    /// `phone`, `sms`, `email` or `letter`; blank means what the contacts allow.
    pub channel: String,
    /// Home.
    pub home: NewPlace,
    /// Year of birth.
    pub birth_year: Option<i32>,
    /// Codes of needs, such as `wheelchair-manual`.
    pub needs: Vec<String>,
    /// Code of the situation; blank means unknown.
    pub situation: String,
    /// Grounds of eligibility.
    pub grounds: Vec<NewGround>,
    /// Quotient familial, in euros a month.
    pub quotient_euros: Option<u32>,
    /// Last day of the annual membership, or blank.
    pub member_until: String,
    /// Identifier of the prescriber, or blank.
    pub prescriber: String,
    /// The day the person was told what is kept and why, or blank.
    pub informed_on: String,
    /// `always`, `ask` or `never`; blank means ask.
    pub sharing: String,
    /// Objection to statistics.
    pub statistics_objection: bool,
    /// `alone` or `agreed`; blank means alone.
    pub pooling: String,
    /// Notes for the driver, or blank.
    pub driver_notes: String,
    /// Notes for the desk alone, or blank.
    pub internal_notes: String,
    /// Identifiers of volunteers who are not to drive this person.
    pub avoid: Vec<String>,
}

/// What somebody's details are read against.
#[derive(Debug, Clone, Copy)]
pub struct Intake<'a> {
    /// Communes and territories.
    pub geography: &'a Geography,
    /// The node's own territory.
    pub territory: Siren,
    /// The present civil day.
    pub today: Date,
    /// Whether a home outside the territory is meant.
    pub allow_outside: bool,
}

/// Why a beneficiary cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// The name.
    #[error("the name is not accepted")]
    Name(#[source] TextError),
    /// The phone.
    #[error("the phone number is not accepted")]
    Phone(#[source] PhoneError),
    /// The e-mail address.
    #[error("the e-mail address is not accepted")]
    Email(#[source] EmailError),
    /// The channel.
    #[error("the channel is not accepted")]
    Channel(#[source] ChannelError),
    /// The home.
    #[error("the home is not accepted")]
    Home(#[source] PlaceError),
    /// The year of birth.
    #[error("{0} is not a year of birth; {BIRTH_YEAR_MIN} to the present year are allowed")]
    BirthYear(i32),
    /// A need.
    #[error("a need is not in the list")]
    Need(#[source] UnknownNeed),
    /// The situation.
    #[error("the situation is not in the list")]
    Situation(#[source] UnknownCode),
    /// A ground of eligibility.
    #[error("a ground of eligibility is not accepted")]
    Ground(#[source] GroundError),
    /// The quotient familial.
    #[error("{0} is not a quotient familial; at most {QUOTIENT_EUROS} € are allowed")]
    Quotient(u32),
    /// The end of the membership.
    #[error("the end of the membership is not accepted")]
    MemberUntil(#[source] DateError),
    /// The prescriber.
    #[error("the prescriber is not an identifier")]
    Prescriber(#[source] IdError),
    /// The day of the information.
    #[error("the day of the information is not accepted")]
    InformedOn(#[source] DateError),
    /// The person will have been informed in the future.
    #[error("a person cannot have been informed in the future")]
    InformedLater,
    /// The sharing choice.
    #[error("the choice about sharing is not accepted")]
    Sharing(#[source] UnknownCode),
    /// The choice about riding with others.
    #[error("the choice about riding with others is not accepted")]
    Pooling(#[source] UnknownCode),
    /// The notes for the driver.
    #[error("the notes for the driver are not accepted")]
    DriverNotes(#[source] TextError),
    /// The notes for the desk.
    #[error("the notes for the desk are not accepted")]
    InternalNotes(#[source] TextError),
    /// Those to be avoided.
    #[error("the list of people to avoid is not accepted")]
    Avoid(#[source] AvoidError),
}

/// Why a list of people to avoid is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AvoidError {
    /// Not an identifier.
    #[error("one of them is not an identifier")]
    Id(#[source] IdError),
    /// Too many.
    #[error("{0} people to avoid; at most {AVOID} are kept")]
    TooMany(usize),
}

impl Person {
    /// A person registered at an instant.
    pub fn register(id: Id<PersonKind>, details: PersonDetails, created: Timestamp) -> Self {
        Self {
            id,
            details,
            created,
            revision: 1,
            last_contact: day_of(created),
            sharing_chosen: created,
            statistics_chosen: created,
            pooling_chosen: created,
        }
    }

    /// The same person with details told anew at an instant. A choice that changes is dated; telling is a contact.
    #[must_use]
    pub fn amended(self, details: PersonDetails, now: Timestamp) -> Self {
        let chosen = |same: bool, before: Timestamp| if same { before } else { now };
        Self {
            sharing_chosen: chosen(details.sharing == self.details.sharing, self.sharing_chosen),
            statistics_chosen: chosen(
                details.statistics_objection == self.details.statistics_objection,
                self.statistics_chosen,
            ),
            pooling_chosen: chosen(details.pooling == self.details.pooling, self.pooling_chosen),
            last_contact: self.last_contact.max(day_of(now)),
            revision: self.revision.saturating_add(1),
            details,
            ..self
        }
    }

    /// The same person after a contact on a civil day; nothing was edited.
    #[must_use]
    pub fn contacted(self, day: Date) -> Self {
        Self { last_contact: self.last_contact.max(day), ..self }
    }
}

impl PersonDetails {
    /// Whether a ground of eligibility holds on a day: those that do.
    pub fn grounds_on(&self, day: Date) -> impl Iterator<Item = &Ground> {
        self.grounds.iter().filter(move |ground| ground.holds_on(day))
    }

    /// Whether the person is a member of the association on a day.
    pub fn member_on(&self, day: Date) -> bool {
        self.member_until.is_some_and(|until| day <= until)
    }
}

impl NewPerson {
    /// Reads what was typed. The home must lie in the territory, unless the intake allows another.
    ///
    /// # Errors
    /// The first field that is not acceptable, with its exact reason.
    pub fn parse(&self, intake: &Intake<'_>) -> Result<PersonDetails, PersonError> {
        let phone = Phone::parse_optional(&self.phone).map_err(PersonError::Phone)?;
        let email = Email::parse_optional(&self.email).map_err(PersonError::Email)?;
        let channel = Channel::parse(&self.channel, phone.as_ref(), email.as_ref());
        Ok(PersonDetails {
            name: Name::parse(&self.name).map_err(PersonError::Name)?,
            phone,
            email,
            channel: channel.map_err(PersonError::Channel)?,
            home: intake.home(&self.home).map_err(PersonError::Home)?,
            birth_year: self.birth_year.map(|year| birth_year(year, intake.today)).transpose()?,
            needs: parse_needs(&self.needs).map_err(PersonError::Need)?,
            situation: parse_situation(&self.situation).map_err(PersonError::Situation)?,
            grounds: parse_grounds(&self.grounds, intake.today).map_err(PersonError::Ground)?,
            quotient_euros: self.quotient_euros.map(quotient).transpose()?,
            member_until: parse_optional_date(&self.member_until).map_err(PersonError::MemberUntil)?,
            prescriber: parse_prescriber(&self.prescriber)?,
            informed_on: informed(&self.informed_on, intake.today)?,
            sharing: parse_sharing(&self.sharing).map_err(PersonError::Sharing)?,
            statistics_objection: self.statistics_objection,
            pooling: parse_pooling(&self.pooling).map_err(PersonError::Pooling)?,
            driver_notes: Notes::parse(&self.driver_notes).map_err(PersonError::DriverNotes)?,
            internal_notes: Notes::parse(&self.internal_notes).map_err(PersonError::InternalNotes)?,
            avoid: parse_avoid(&self.avoid).map_err(PersonError::Avoid)?,
        })
    }

    /// The details as they would be typed: what an edit starts from.
    pub fn of(details: &PersonDetails) -> Self {
        let date = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        Self {
            name: details.name.as_str().to_owned(),
            phone: details.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            email: details.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            channel: details.channel.code().to_owned(),
            home: NewPlace::of(&details.home),
            birth_year: details.birth_year.map(i32::from),
            needs: details.needs.iter().map(|need| need.code().to_owned()).collect(),
            situation: details.situation.code().to_owned(),
            grounds: details.grounds.iter().map(NewGround::of).collect(),
            quotient_euros: details.quotient_euros,
            member_until: date(details.member_until),
            prescriber: details.prescriber.map(|id| id.to_string()).unwrap_or_default(),
            informed_on: date(details.informed_on),
            sharing: details.sharing.code().to_owned(),
            statistics_objection: details.statistics_objection,
            pooling: details.pooling.code().to_owned(),
            driver_notes: details.driver_notes.as_str().to_owned(),
            internal_notes: details.internal_notes.as_str().to_owned(),
            avoid: details.avoid.iter().map(Id::to_string).collect(),
        }
    }
}

impl Intake<'_> {
    /// Reads a home.
    pub(crate) fn home(&self, home: &NewPlace) -> Result<Place, PlaceError> {
        home.parse_home(self.geography, &self.territory, self.allow_outside)
    }
}

fn birth_year(year: i32, today: Date) -> Result<i16, PersonError> {
    let allowed = BIRTH_YEAR_MIN..=today.year();
    i16::try_from(year).ok().filter(|year| allowed.contains(year)).ok_or(PersonError::BirthYear(year))
}

fn quotient(euros: u32) -> Result<u32, PersonError> {
    if euros <= QUOTIENT_EUROS { Ok(euros) } else { Err(PersonError::Quotient(euros)) }
}

fn parse_situation(code: &str) -> Result<Situation, UnknownCode> {
    if code.trim().is_empty() { Ok(Situation::Unknown) } else { code.parse() }
}

fn parse_prescriber(id: &str) -> Result<Option<Id<PrescriberKind>>, PersonError> {
    if id.trim().is_empty() { Ok(None) } else { id.parse().map(Some).map_err(PersonError::Prescriber) }
}

fn informed(date: &str, today: Date) -> Result<Option<Date>, PersonError> {
    let date = parse_optional_date(date).map_err(PersonError::InformedOn)?;
    if date.is_some_and(|date| date > today) { Err(PersonError::InformedLater) } else { Ok(date) }
}

fn parse_sharing(code: &str) -> Result<Sharing, UnknownCode> {
    if code.trim().is_empty() { Ok(Sharing::Ask) } else { code.parse() }
}

fn parse_pooling(code: &str) -> Result<Pooling, UnknownCode> {
    if code.trim().is_empty() { Ok(Pooling::Alone) } else { code.parse() }
}

/// Reads the codes of needs.
pub(crate) fn parse_needs(codes: &[String]) -> Result<Needs, UnknownNeed> {
    codes.iter().map(|code| code.trim().parse()).collect()
}

/// Reads identifiers of people to avoid, each once, in their order.
pub(crate) fn parse_avoid<K>(ids: &[String]) -> Result<Vec<Id<K>>, AvoidError> {
    if ids.len() > AVOID {
        return Err(AvoidError::TooMany(ids.len()));
    }
    let ids: BTreeSet<Id<K>> =
        ids.iter().map(|id| id.parse()).collect::<Result<_, _>>().map_err(AvoidError::Id)?;
    Ok(ids.into_iter().collect())
}

impl fmt::Debug for Person {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Person");
        shown.field("id", &self.id).field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl fmt::Debug for PersonDetails {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PersonDetails(…)")
    }
}

impl fmt::Debug for NewPerson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewPerson(…)")
    }
}

#[cfg(test)]
mod tests;
