//! All places and the questions asked of them. Read once from the embedded files, constant ever after.
//!
//! Answers only what the tables say: whether a territory takes part in a federation is not known here.

mod load;
mod search;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use crate::{
    codes::{InseeCode, PostalCode, Siren},
    places::{Commune, Neighbour, OverseasCommune, Territory},
};

/// The official outlines, compressed: decompressed on demand, since most programs never draw a map.
static MAP_GZIP: &[u8] = include_bytes!("../data/carte_svg.json.gz");

/// Every commune and territory of France, with the indexes that make each lookup cheap.
#[derive(Debug)]
pub struct Geography {
    /// Ascending by code.
    communes: Vec<Commune>,
    /// Ascending by code.
    overseas: Vec<OverseasCommune>,
    /// Ascending by SIREN.
    territories: Vec<Territory>,
    /// Positions in `communes`, for each of `territories`, ascending.
    members: Vec<Vec<usize>>,
    /// For each of `territories`, nearest centre first.
    neighbours: Vec<Vec<Neighbour>>,
    /// Merged SIREN and its successor, ascending.
    successors: Vec<(Siren, Siren)>,
    /// Postal code and position in `communes`, ascending.
    by_postal_code: Vec<(PostalCode, usize)>,
    names: search::NameIndex,
}

impl Geography {
    /// The embedded geography, read on first use and shared by the whole program.
    ///
    /// # Panics
    /// If the embedded files are damaged, which every test of this crate would show before any release.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Geography> = OnceLock::new();
        EMBEDDED.get_or_init(|| load::read(&load::EMBEDDED_FILES).expect("the embedded geography is whole"))
    }

    /// Reads the embedded geography anew; for measuring. Programs use [`Geography::embedded`].
    #[doc(hidden)]
    pub fn read_again() -> Self {
        load::read(&load::EMBEDDED_FILES).expect("the embedded geography is whole")
    }

    /// The commune with this code, unless the code is unknown, abolished, or of an overseas collectivity.
    pub fn commune(&self, code: &InseeCode) -> Option<&Commune> {
        let position = self.communes.binary_search_by_key(code, |commune| commune.insee).ok()?;
        self.communes.get(position)
    }

    /// Every commune, ascending by code.
    pub fn communes(&self) -> &[Commune] {
        &self.communes
    }

    /// The place of an overseas collectivity with this code: known, but outside every EPCI.
    pub fn overseas_commune(&self, code: &InseeCode) -> Option<&OverseasCommune> {
        let position = self.overseas.binary_search_by_key(code, |commune| commune.insee).ok()?;
        self.overseas.get(position)
    }

    /// Every place of an overseas collectivity, ascending by code.
    pub fn overseas_communes(&self) -> &[OverseasCommune] {
        &self.overseas
    }

    /// The communes a postal code serves, most populous first; none if it serves none or is not five digits.
    pub fn communes_by_postal_code(&self, code: &str) -> Vec<&Commune> {
        let Ok(code) = PostalCode::parse(code) else { return Vec::new() };
        let start = self.by_postal_code.partition_point(|(known, _)| *known < code);
        let served = self.by_postal_code.iter().skip(start).take_while(|(known, _)| *known == code);
        let mut communes: Vec<&Commune> =
            served.filter_map(|(_, position)| self.communes.get(*position)).collect();
        communes.sort_by_key(|commune| (std::cmp::Reverse(commune.population), commune.insee));
        communes
    }

    /// At most `limit` communes whose name begins like `prefix`, whatever the accents, case, ligatures, apostrophes
    /// and hyphens; *St* for *Saint* and a left-out article (*Mans* for *Le Mans*) are understood.
    ///
    /// The whole name first, then the whole name but for its article, then mere beginnings; in each group the most
    /// populous first, then by code. A blank prefix finds nothing.
    pub fn communes_named(&self, prefix: &str, limit: usize) -> Vec<&Commune> {
        let found = self.names.beginning_like(prefix, limit, &self.communes);
        found.into_iter().filter_map(|position| self.communes.get(position)).collect()
    }

    /// The territory with this SIREN, unless it is unknown or merged: see [`Geography::successor`].
    pub fn territory(&self, siren: &Siren) -> Option<&Territory> {
        self.territories.get(self.position(siren)?)
    }

    /// Every territory, ascending by SIREN.
    pub fn territories(&self) -> &[Territory] {
        &self.territories
    }

    /// The communes of a territory, ascending by code; none if the SIREN is unknown or merged.
    pub fn communes_of(&self, siren: &Siren) -> impl ExactSizeIterator<Item = &Commune> + Clone + use<'_> {
        let members = self.position(siren).and_then(|position| self.members.get(position));
        let communes = &self.communes;
        members.map(Vec::as_slice).unwrap_or_default().iter().map(move |position| {
            communes.get(*position).expect("members are positions in the communes they were read with")
        })
    }

    /// The neighbours of a territory, nearest centre first; none if the SIREN is unknown or merged.
    pub fn neighbours(&self, siren: &Siren) -> Vec<Neighbour> {
        let position = self.position(siren);
        position.and_then(|position| self.neighbours.get(position)).cloned().unwrap_or_default()
    }

    /// Whether two territories share a border or lie near each other across the sea. Never with itself.
    pub fn are_neighbours(&self, a: &Siren, b: &Siren) -> bool {
        let neighbours = self.position(a).and_then(|position| self.neighbours.get(position));
        neighbours.is_some_and(|neighbours| neighbours.iter().any(|neighbour| neighbour.siren == *b))
    }

    /// The territory that took over a merged one; none if this SIREN was not merged away.
    pub fn successor(&self, siren: &Siren) -> Option<&Siren> {
        let position = self.successors.binary_search_by_key(siren, |(merged, _)| *merged).ok()?;
        self.successors.get(position).map(|(_, successor)| successor)
    }

    /// Every merged SIREN with its successor, ascending.
    pub fn successors(&self) -> &[(Siren, Siren)] {
        &self.successors
    }

    /// The outlines of all territories and départements as JSON, decompressed at each call (560 kB, some
    /// milliseconds): keep the answer, or serve [`Geography::map_gzip`] as it is.
    ///
    /// An object with `viewBox` (0 0 10000 10579), `epci` (SIREN → SVG path), `departements` (number → SVG path),
    /// `encarts` (overseas département → name and frame in tenths of the box's unit), `projection` and `unite`.
    pub fn map_json(&self) -> String {
        let bytes =
            crate::table::decompress("carte_svg.json.gz", MAP_GZIP).expect("the embedded map is whole");
        String::from_utf8(bytes).expect("the embedded map is UTF-8")
    }

    /// The bytes of [`Geography::map_json`] compressed by gzip, to be served with `Content-Encoding: gzip`.
    pub fn map_gzip(&self) -> &'static [u8] {
        MAP_GZIP
    }

    fn position(&self, siren: &Siren) -> Option<usize> {
        self.territories.binary_search_by_key(siren, |territory| territory.siren).ok()
    }
}
