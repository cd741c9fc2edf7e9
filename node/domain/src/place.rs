//! Where people live and travel to: a real commune and an address in it. Must never be printed by `Debug`, since a
//! destination can reveal a person's health.

use std::fmt;

use maillage_geography::{Geography, InseeCode, InseeCodeError, Siren};

use crate::text::{Address, TextError};

/// A place: a commune and an address in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    /// The commune.
    pub commune: InseeCode,
    /// Street and number, or empty.
    pub address: Address,
}

/// A place as typed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NewPlace {
    /// INSEE code of the commune.
    pub commune: String,
    /// Street and number, may be empty.
    pub address: String,
}

/// Why a place is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Not the code of a commune.
    #[error("the commune is not an INSEE code")]
    Code(#[source] InseeCodeError),
    /// Well formed, but no commune of France has it.
    #[error("no commune has the INSEE code {0}: check it, communes that merged have a new one")]
    UnknownCommune(InseeCode),
    /// The commune belongs to another territory, and that was not allowed.
    #[error(
        "the commune {commune} is outside the territory {territory}: allow it explicitly if that is meant"
    )]
    OutsideTerritory {
        /// The commune.
        commune: InseeCode,
        /// The node's own territory.
        territory: Siren,
    },
    /// The address is not acceptable.
    #[error("the address is not accepted")]
    Address(#[source] TextError),
}

impl NewPlace {
    /// A place as it would be typed.
    pub fn of(place: &Place) -> Self {
        Self { commune: place.commune.as_str().to_owned(), address: place.address.as_str().to_owned() }
    }

    /// Reads a place anywhere in France that a road may lead to.
    pub fn parse(&self, geography: &Geography) -> Result<Place, PlaceError> {
        let commune: InseeCode = self.commune.trim().parse().map_err(PlaceError::Code)?;
        if geography.commune(&commune).is_none() {
            return Err(PlaceError::UnknownCommune(commune));
        }
        let address = Address::parse(&self.address).map_err(PlaceError::Address)?;
        Ok(Place { commune, address })
    }

    /// Reads a place that lies in the territory, unless `allow_outside`.
    pub fn parse_home(
        &self,
        geography: &Geography,
        territory: &Siren,
        allow_outside: bool,
    ) -> Result<Place, PlaceError> {
        let place = self.parse(geography)?;
        let commune = place.commune;
        let inside = geography.commune(&commune).is_some_and(|found| found.territory == Some(*territory));
        if inside || allow_outside {
            Ok(place)
        } else {
            Err(PlaceError::OutsideTerritory { commune, territory: *territory })
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Place(…)")
    }
}

impl fmt::Debug for NewPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewPlace(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(commune: &str) -> NewPlace {
        NewPlace { commune: commune.to_owned(), address: " 3 rue du Canari ".to_owned() }
    }

    #[test]
    fn a_home_lies_in_the_territory_unless_said_otherwise() {
        let geography = Geography::embedded();
        let territory: Siren = "200034031".parse().unwrap();
        let home = typed("81003").parse_home(geography, &territory, false).unwrap();
        assert_eq!((home.commune.as_str(), home.address.as_str()), ("81003", "3 rue du Canari"));
        let albi: InseeCode = "81004".parse().unwrap();
        assert_eq!(
            typed("81004").parse_home(geography, &territory, false),
            Err(PlaceError::OutsideTerritory { commune: albi, territory })
        );
        assert!(typed("81004").parse_home(geography, &territory, true).is_ok());
        assert!(typed("81004").parse(geography).is_ok());
    }

    #[test]
    fn unknown_and_malformed_communes_are_told_apart() {
        let geography = Geography::embedded();
        let unknown: InseeCode = "81999".parse().unwrap();
        assert_eq!(typed("81999").parse(geography), Err(PlaceError::UnknownCommune(unknown)));
        assert_eq!(typed("Albi").parse(geography), Err(PlaceError::Code(InseeCodeError::Length(4))));
        let mut place = typed("81004");
        place.address = "a\tb".to_owned();
        let refused = PlaceError::Address(TextError::ControlCharacter { position: 2 });
        assert_eq!(place.parse(geography), Err(refused));
    }

    #[test]
    fn debug_tells_nothing() {
        let place = typed("81004");
        let shown = format!("{place:?} {:?}", place.parse(Geography::embedded()).unwrap());
        assert_eq!(shown, "NewPlace(…) Place(…)");
    }
}
