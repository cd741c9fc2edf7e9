//! The places themselves, as the official tables describe them. Only data; lookups are in [`crate::Geography`].

use crate::{
    codes::{DepartementCode, InseeCode, PostalCode, RegionCode, Siren},
    distance::Coordinates,
};

/// What the coordinates of a commune point at.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum PlaceSource {
    /// Its town hall.
    TownHall,
    /// The centroid of its area, where the town hall's place is not published.
    Centroid,
}

/// A commune of metropolitan France or of an overseas département, at 1 January 2026.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Commune {
    /// INSEE code: its identity.
    pub insee: InseeCode,
    /// Official name with accents, for example `Ambérieu-en-Bugey`. Several communes share a name.
    pub name: String,
    /// Département it lies in.
    pub departement: DepartementCode,
    /// Region it lies in.
    pub region: RegionCode,
    /// SIREN of the EPCI it belongs to; none for four islands.
    pub territory: Option<Siren>,
    /// Inhabitants, reference population of 2023.
    pub population: u32,
    /// Inhabitants per square kilometre, in tenths.
    pub density_tenths_per_km2: u32,
    /// Area in hectares.
    pub area_ha: u32,
    /// Town hall, else centroid.
    pub place: Coordinates,
    /// Which of the two [`Commune::place`] is.
    pub place_source: PlaceSource,
    /// Postal codes, at least one, ascending.
    pub postal_codes: Vec<PostalCode>,
}

/// A commune or place of an overseas collectivity: known, but outside every EPCI, so that no node can serve it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OverseasCommune {
    /// INSEE code: its identity.
    pub insee: InseeCode,
    /// Official name.
    pub name: String,
    /// Inhabitants where published; none for uninhabited lands.
    pub population: Option<u32>,
    /// Postal codes, ascending; none for uninhabited lands.
    pub postal_codes: Vec<PostalCode>,
}

/// Kind of a territory: the four kinds of EPCI with own taxation.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum TerritoryKind {
    /// Communauté de communes.
    CommunauteDeCommunes,
    /// Communauté d'agglomération.
    CommunauteAgglomeration,
    /// Communauté urbaine.
    CommunauteUrbaine,
    /// Métropole.
    Metropole,
}

impl TerritoryKind {
    /// The official abbreviation: `CC`, `CA`, `CU`, `ME`.
    pub const fn abbreviation(self) -> &'static str {
        match self {
            Self::CommunauteDeCommunes => "CC",
            Self::CommunauteAgglomeration => "CA",
            Self::CommunauteUrbaine => "CU",
            Self::Metropole => "ME",
        }
    }

    /// The kind an official abbreviation stands for.
    pub fn from_abbreviation(abbreviation: &str) -> Option<Self> {
        [Self::CommunauteDeCommunes, Self::CommunauteAgglomeration, Self::CommunauteUrbaine, Self::Metropole]
            .into_iter()
            .find(|kind| kind.abbreviation() == abbreviation)
    }
}

/// A territory: an EPCI with own taxation, at 1 January 2026. One territory, one node.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Territory {
    /// SIREN: its identity.
    pub siren: Siren,
    /// Official name, for example `Communauté de communes Centre Tarn`.
    pub name: String,
    /// Short name, for example `CC Centre Tarn`.
    pub short_name: String,
    /// Kind of EPCI.
    pub kind: TerritoryKind,
    /// Départements its communes lie in, at least one, ascending.
    pub departements: Vec<DepartementCode>,
    /// Region of its seat.
    pub region: RegionCode,
    /// How many communes it has.
    pub commune_count: u32,
    /// Inhabitants, reference population of 2023: the sum over its communes.
    pub population: u32,
    /// Inhabitants per square kilometre, in tenths.
    pub density_tenths_per_km2: u32,
    /// Area in hectares.
    pub area_ha: u32,
    /// Centre weighted by the population of its communes.
    pub centre: Coordinates,
    /// Its most populous commune.
    pub main_commune: InseeCode,
}

/// Why two territories are neighbours.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum NeighbourKind {
    /// They share a border.
    Border,
    /// They lie near each other across the sea.
    Sea,
}

/// A neighbour of a territory.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Neighbour {
    /// SIREN of the neighbour.
    pub siren: Siren,
    /// Why it is one.
    pub kind: NeighbourKind,
    /// Length of the shared border in metres (to 10 m); 0 across the sea.
    pub border_m: u32,
    /// Straight line between the two population-weighted centres in metres (to 100 m), measured on the ellipsoid.
    pub centre_distance_m: u32,
}
