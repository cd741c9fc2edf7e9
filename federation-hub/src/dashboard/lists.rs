//! Everything that may be shown of each territory and of each pair of them, made once for all their pages. It must never hold what is withheld.

use std::collections::{BTreeMap, BTreeSet};

use maillage_geography::{Geography, InseeCode, Siren, Territory, fold};
use maillage_platform::cli::Failure;
use maillage_proto::hub::v1 as proto;

use super::lookups::Search;
use crate::{limits, source::Read};

/// Territories and flows.
pub(super) struct Lists {
    pub(super) geography: &'static Geography,
    /// The half-year of the persons; empty before the first.
    pub(super) half_year: String,
    /// What is told of each territory.
    territories: BTreeMap<Siren, proto::TerritoryView>,
    /// Territories in the order of their names, each with its name as it is searched.
    by_name: Vec<(String, Siren)>,
    /// Communes that at least one node serves.
    pub(super) served: BTreeSet<InseeCode>,
    /// Who drove for whom, of each year that is over, oldest first.
    pub(super) flows: Vec<proto::FlowsReply>,
}

/// What was found.
pub(super) struct Found<'a> {
    /// On this page.
    pub(super) shown: Vec<(&'a Territory, &'a proto::TerritoryView)>,
    /// On all pages.
    pub(super) all: usize,
    /// Which page it is, from 1.
    pub(super) page: usize,
    /// How many there are, at least one.
    pub(super) pages: usize,
}

impl Lists {
    /// From what was read of the hub.
    ///
    /// # Errors
    /// The desk's.
    pub(super) fn of(read: &Read) -> Result<Self, Failure> {
        let desk = read.published();
        let (half_year, told) = desk.everywhere();
        let known = |one: proto::TerritoryView| Some((one.siren.parse().ok()?, one));
        let name = |territory: &Territory| (fold(&territory.short_name), territory.siren);
        let mut by_name: Vec<(String, Siren)> = desk.geography.territories().iter().map(name).collect();
        by_name.sort_unstable();
        Ok(Self {
            geography: desk.geography,
            half_year,
            territories: told.into_iter().filter_map(known).collect(),
            by_name,
            served: desk.served_communes(),
            flows: read.flows()?,
        })
    }

    /// A territory, and what is told of it.
    pub(super) fn territory(&self, siren: &Siren) -> Option<(&Territory, &proto::TerritoryView)> {
        Some((self.geography.territory(siren)?, self.territories.get(siren)?))
    }

    /// The name of a territory; its SIREN where there is none.
    pub(super) fn name(&self, siren: &str) -> String {
        let known = siren.parse().ok().and_then(|siren: Siren| self.geography.territory(&siren));
        known.map_or_else(|| siren.to_owned(), |territory| territory.short_name.clone())
    }

    /// Territories by part of their name or by the name of a commune, in the order of their names; a page beyond the last is the last.
    pub(super) fn search(&self, search: &Search) -> Found<'_> {
        let wanted = fold(&search.name);
        let of_commune: BTreeSet<Siren> = if wanted.is_empty() {
            BTreeSet::new()
        } else {
            let communes = self.geography.communes_named(&search.name, limits::COMMUNES_LOOKED_THROUGH);
            communes.into_iter().filter_map(|commune| commune.territory).collect()
        };
        let named = |(name, siren): &&(String, Siren)| {
            name.contains(&wanted) || of_commune.contains(siren) || siren.as_str() == wanted
        };
        let within = |(territory, _): &(&Territory, &proto::TerritoryView)| {
            search.departement.is_none_or(|number| territory.departements.contains(&number))
        };
        let found = self.by_name.iter().filter(named).filter_map(|(_, siren)| self.territory(siren));
        let found: Vec<_> = found.filter(within).collect();
        let pages = found.len().div_ceil(limits::TERRITORIES_ON_A_PAGE).max(1);
        let page = search.page.clamp(1, pages);
        let before = (page - 1) * limits::TERRITORIES_ON_A_PAGE;
        let all = found.len();
        let shown = found.into_iter().skip(before).take(limits::TERRITORIES_ON_A_PAGE).collect();
        Found { shown, all, page, pages }
    }
}
