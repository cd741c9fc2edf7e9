//! Beneficiaries: who asks for rides, and what they have chosen. Must never be printed by `Debug` beyond the
//! identifier.

use std::fmt;

use jiff::Timestamp;
use maillage_federation::{
    ids::Id,
    needs::{Needs, UnknownNeed},
};
use maillage_geography::{Geography, Siren};

use crate::{
    codes::UnknownCode,
    ids::PersonKind,
    place::{NewPlace, Place, PlaceError},
    text::{Name, Notes, Phone, PhoneError, TextError},
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
}

/// What a beneficiary tells about herself or himself.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonDetails {
    /// Name to ask for.
    pub name: Name,
    /// Phone, if there is one.
    pub phone: Option<Phone>,
    /// Where the person lives.
    pub home: Place,
    /// Needs that bear on who can drive.
    pub needs: Needs,
    /// Whether trips may be handed over to a neighbouring node.
    pub sharing: Sharing,
    /// Whether the person objects to being counted in statistics.
    pub statistics_objection: bool,
    /// What the driver should know.
    pub driver_notes: Notes,
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

/// A beneficiary as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewPerson {
    /// Name.
    pub name: String,
    /// Phone, or blank.
    pub phone: String,
    /// Home.
    pub home: NewPlace,
    /// Codes of needs, such as `wheelchair-manual`.
    pub needs: Vec<String>,
    /// `always`, `ask` or `never`; blank means ask.
    pub sharing: String,
    /// Objection to statistics.
    pub statistics_objection: bool,
    /// Notes for the driver, or blank.
    pub driver_notes: String,
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
    /// The home.
    #[error("the home is not accepted")]
    Home(#[source] PlaceError),
    /// A need.
    #[error("a need is not in the list")]
    Need(#[source] UnknownNeed),
    /// The sharing choice.
    #[error("the choice about sharing is not accepted")]
    Sharing(#[source] UnknownCode),
    /// The notes for the driver.
    #[error("the notes for the driver are not accepted")]
    DriverNotes(#[source] TextError),
}

impl Person {
    /// A person registered at an instant.
    pub fn register(id: Id<PersonKind>, details: PersonDetails, created: Timestamp) -> Self {
        Self { id, details, created }
    }
}

impl NewPerson {
    /// Reads what was typed. The home must lie in the territory, unless `allow_outside`.
    ///
    /// # Errors
    /// The first field that is not acceptable, with its exact reason.
    pub fn parse(
        &self,
        geography: &Geography,
        territory: &Siren,
        allow_outside: bool,
    ) -> Result<PersonDetails, PersonError> {
        Ok(PersonDetails {
            name: Name::parse(&self.name).map_err(PersonError::Name)?,
            phone: Phone::parse_optional(&self.phone).map_err(PersonError::Phone)?,
            home: self.home.parse_home(geography, territory, allow_outside).map_err(PersonError::Home)?,
            needs: parse_needs(&self.needs).map_err(PersonError::Need)?,
            sharing: parse_sharing(&self.sharing).map_err(PersonError::Sharing)?,
            statistics_objection: self.statistics_objection,
            driver_notes: Notes::parse(&self.driver_notes).map_err(PersonError::DriverNotes)?,
        })
    }
}

fn parse_sharing(code: &str) -> Result<Sharing, UnknownCode> {
    if code.trim().is_empty() { Ok(Sharing::Ask) } else { code.parse() }
}

/// Reads the codes of needs.
pub(crate) fn parse_needs(codes: &[String]) -> Result<Needs, UnknownNeed> {
    codes.iter().map(|code| code.trim().parse()).collect()
}

impl fmt::Debug for Person {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Person").field("id", &self.id).finish_non_exhaustive()
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
mod tests {
    use maillage_federation::needs::Need;

    use super::*;

    fn typed() -> NewPerson {
        NewPerson {
            name: "Canary Calvet".to_owned(),
            home: NewPlace { commune: "81003".to_owned(), address: "1 rue Canary".to_owned() },
            needs: vec!["walking-aid".to_owned(), " companion".to_owned()],
            ..NewPerson::default()
        }
    }

    fn parse(person: &NewPerson) -> Result<PersonDetails, PersonError> {
        person.parse(Geography::embedded(), &"200034031".parse().unwrap(), false)
    }

    #[test]
    fn a_person_is_read() {
        let details = parse(&typed()).unwrap();
        assert_eq!(details.phone, None);
        assert_eq!(details.sharing, Sharing::Ask);
        assert!(details.needs.contains(Need::WalkingAid) && details.needs.contains(Need::Companion));
    }

    #[test]
    fn each_field_is_refused_with_its_reason() {
        let check = |change: fn(&mut NewPerson), expected: PersonError| {
            let mut person = typed();
            change(&mut person);
            assert_eq!(parse(&person), Err(expected));
        };
        check(|person| person.name = " ".to_owned(), PersonError::Name(TextError::Empty));
        check(|person| person.phone = "12".to_owned(), PersonError::Phone(PhoneError::Length { digits: 2 }));
        let unknown = PlaceError::UnknownCommune("81999".parse().unwrap());
        check(|person| person.home.commune = "81999".to_owned(), PersonError::Home(unknown));
        let need = UnknownNeed("tired".to_owned());
        check(|person| person.needs.push("tired".to_owned()), PersonError::Need(need));
        let sharing = "maybe".parse::<Sharing>().unwrap_err();
        check(|person| person.sharing = "maybe".to_owned(), PersonError::Sharing(sharing));
        let control = TextError::ControlCharacter { position: 2 };
        check(|person| person.driver_notes = "a\rb".to_owned(), PersonError::DriverNotes(control));
    }

    #[test]
    fn debug_shows_the_identifier_alone() {
        let details = parse(&typed()).unwrap();
        let person = Person::register(Id::new(1, [1; 10]), details.clone(), Timestamp::UNIX_EPOCH);
        let shown = format!("{:?} {details:?} {person:?}", typed());
        assert!(!shown.contains("Canary") && !shown.contains("81003"), "{shown}");
        assert!(shown.contains(&person.id.to_string()));
    }
}
