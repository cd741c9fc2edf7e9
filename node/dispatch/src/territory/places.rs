//! The places of a day, its communes, and the roads between them: all from one source, looked up once per pair of communes
//! however many addresses a day has. Must never ask anybody for a road, nor put an estimate beside a router's.

use std::collections::{BTreeMap, BTreeSet};

use maillage_domain::place::Place;
use maillage_geography::{Commune, Geography, InseeCode};

use super::DraftError;
use crate::{
    day::{Matrix, Road},
    limits::IMPASSABLE,
    travel::{Journey, Pair, Roads},
};

/// The communes that a day happens in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayCommunes {
    /// Where passengers get in and out.
    pub stops: BTreeSet<InseeCode>,
    /// Where those live who may be asked.
    pub homes: BTreeSet<InseeCode>,
}

impl DayCommunes {
    /// The pairs that a plan of the day can drive: between stops, and between homes and stops. Nobody drives from one home
    /// to another.
    pub fn pairs(&self) -> BTreeSet<Pair> {
        let everywhere = || self.stops.union(&self.homes);
        let around = |stop: &InseeCode| {
            let stop = *stop;
            everywhere().flat_map(move |other| [(stop, *other), (*other, stop)])
        };
        self.stops.iter().flat_map(around).filter(|(from, to)| from != to).collect()
    }
}

/// What a place is used for: without an address, a home and a destination in one commune are not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    Address,
    Home,
    Pickup,
    Dropoff,
}

/// The places of a day, each once.
#[derive(Default)]
pub(super) struct PlaceTable {
    known: BTreeMap<(InseeCode, Use, String), usize>,
    communes: Vec<InseeCode>,
}

impl PlaceTable {
    pub(super) fn add(&mut self, place: &Place, used: Use) -> usize {
        let address = place.address.as_str().trim().to_lowercase();
        let used = if address.is_empty() { used } else { Use::Address };
        let next = self.communes.len();
        let index = *self.known.entry((place.commune, used, address)).or_insert(next);
        if index == next {
            self.communes.push(place.commune);
        }
        index
    }

    /// Roads between all of them; none from a place to itself.
    pub(super) fn matrix(&self, roads: &Roads, geography: &Geography) -> Result<Matrix, DraftError> {
        let distinct: BTreeSet<InseeCode> = self.communes.iter().copied().collect();
        let find = |code: &InseeCode| geography.commune(code).ok_or(DraftError::UnknownCommune(*code));
        let communes: Vec<&Commune> = distinct.iter().map(find).collect::<Result<_, _>>()?;
        let between: Vec<Vec<Road>> = communes
            .iter()
            .map(|from| communes.iter().map(|to| road(roads.drive(from, to))).collect())
            .collect();
        let number: BTreeMap<InseeCode, usize> = distinct.iter().copied().zip(0..).collect();
        let numbers: Vec<usize> = self.communes.iter().filter_map(|code| number.get(code).copied()).collect();
        let mut table = Vec::with_capacity(numbers.len() * numbers.len());
        for (from, leaves) in numbers.iter().enumerate() {
            let row = between.get(*leaves).map(Vec::as_slice).unwrap_or_default();
            for (to, arrives) in numbers.iter().enumerate() {
                let apart = || row.get(*arrives).copied().unwrap_or(Road::UNREACHABLE);
                table.push(if from == to { Road::default() } else { apart() });
            }
        }
        Ok(Matrix::new(numbers.len(), table)?)
    }
}

fn road(journey: Journey) -> Road {
    if journey == IMPASSABLE {
        return Road::UNREACHABLE;
    }
    Road { metres: journey.distance_m, seconds: journey.duration_s }
}

#[cfg(test)]
mod tests {
    use maillage_domain::place::NewPlace;

    use super::*;
    use crate::travel::Estimator;

    const ROUTED: Journey = Journey { distance_m: 31_234, duration_s: 2_222 };

    fn code(code: &str) -> InseeCode {
        code.parse().unwrap()
    }

    fn place(commune: &str, address: &str) -> Place {
        NewPlace { commune: commune.into(), address: address.into() }.parse(Geography::embedded()).unwrap()
    }

    /// A home in Carmaux, and doors in Alban and Albi.
    fn table() -> (PlaceTable, BTreeSet<Pair>) {
        let mut places = PlaceTable::default();
        places.add(&place("81060", ""), Use::Home);
        places.add(&place("81003", "1 rue du Four"), Use::Pickup);
        places.add(&place("81004", "2 place du Vigan"), Use::Dropoff);
        places.add(&place("81004", "3 place du Vigan"), Use::Dropoff);
        let stops = [code("81003"), code("81004")].into();
        (places, DayCommunes { stops, homes: [code("81060"), code("81009")].into() }.pairs())
    }

    #[test]
    fn one_road_between_two_communes_serves_all_their_doors() {
        let (places, pairs) = table();
        let all = |_| Ok::<_, ()>(Some(ROUTED));
        let roads = Roads::choose(Estimator::DECLARED, &pairs, all).unwrap();
        let matrix = places.matrix(&roads, Geography::embedded()).unwrap();
        let routed = road(ROUTED);
        for (from, to) in [(0, 1), (1, 2), (1, 3), (2, 0), (3, 1)] {
            assert_eq!(matrix.road(from, to), routed, "{from} to {to}");
        }
        assert_eq!(matrix.road(2, 2), Road::default());
        assert_eq!(matrix.road(2, 3).metres, Estimator::DECLARED.within_commune_m, "from door to door");
    }

    #[test]
    fn nobody_drives_from_one_home_to_another() {
        let (mut places, pairs) = table();
        places.add(&place("81009", ""), Use::Home);
        assert!(!pairs.contains(&(code("81060"), code("81009"))));
        let all = |_| Ok::<_, ()>(Some(ROUTED));
        let roads = Roads::choose(Estimator::DECLARED, &pairs, all).unwrap();
        let matrix = places.matrix(&roads, Geography::embedded()).unwrap();
        assert!(matrix.road(0, 4).is_unreachable(), "an estimate there would be a second engine");
        assert!(!matrix.road(1, 4).is_unreachable() && !matrix.road(4, 2).is_unreachable());
    }
}
