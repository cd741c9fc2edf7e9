//! Communes, territories (EPCI) and neighbours of France, embedded in the program.
//!
//! Official open data, compressed into the binary and parsed once, on first use: lookup by INSEE code, postal code
//! and name, the territory of a commune, the territories that touch each other, the successors of merged SIRENs,
//! straight-line distances and the declared detour factor, the outlines of the national map.
//!
//! Invariants:
//! - Pure: no clock, no randomness, no file, no network. The only input is the bytes under `data/`.
//! - Knows nothing of people, trips or the federation, and depends on no other crate of ours.
//! - A place is identified by its INSEE code or its SIREN, never by its name.
//! - Whoever shows something computed from these data also shows [`ATTRIBUTION_FR`] or [`ATTRIBUTION_EN`].

mod attribution;
mod codes;
mod distance;
mod geography;
mod limits;
mod names;
mod places;
mod table;

pub use self::{
    attribution::{ATTRIBUTION_EN, ATTRIBUTION_FR, ATTRIBUTION_ROUTED_EN, ATTRIBUTION_ROUTED_FR},
    codes::{
        DepartementCode, DepartementCodeError, InseeCode, InseeCodeError, PostalCode, PostalCodeError,
        RegionCode, RegionCodeError, Siren, SirenError,
    },
    distance::{
        Coordinates, CoordinatesError, DetourFactor, DetourFactorError, EARTH_RADIUS_M, great_circle_m,
    },
    geography::Geography,
    names::fold,
    places::{Commune, Neighbour, NeighbourKind, OverseasCommune, PlaceSource, Territory, TerritoryKind},
};
