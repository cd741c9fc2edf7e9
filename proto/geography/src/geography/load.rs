//! From the embedded tables to [`Geography`]. Every reference is checked; a mistake is an error with file and line.

use crate::{
    codes::{InseeCode, PostalCode, Siren},
    distance::Coordinates,
    geography::{Geography, search::NameIndex},
    places::{Commune, Neighbour, NeighbourKind, OverseasCommune, PlaceSource, Territory, TerritoryKind},
    table::{DataError, DataReason, decompress, field, list, optional, rows, scaled},
};

const COMMUNES: &str = "communes.csv.gz";
const OVERSEAS: &str = "communes_com.csv.gz";
const TERRITORIES: &str = "epci.csv.gz";
const NEIGHBOURS: &str = "epci_neighbours.csv.gz";
const SUCCESSORS: &str = "successors.csv";

/// The tables as they are embedded: gzip, except the successors, which are a few lines of plain CSV.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    pub(super) communes: &'a [u8],
    pub(super) overseas: &'a [u8],
    pub(super) territories: &'a [u8],
    pub(super) neighbours: &'a [u8],
    pub(super) successors: &'a [u8],
}

/// The files under `data/`.
pub(super) const EMBEDDED_FILES: Files<'static> = Files {
    communes: include_bytes!("../../data/communes.csv.gz"),
    overseas: include_bytes!("../../data/communes_com.csv.gz"),
    territories: include_bytes!("../../data/epci.csv.gz"),
    neighbours: include_bytes!("../../data/epci_neighbours.csv.gz"),
    successors: include_bytes!("../../data/successors.csv"),
};

/// Reads all tables, checks that they refer to each other without gaps, and builds the indexes.
pub(super) fn read(files: &Files<'_>) -> Result<Geography, DataError> {
    let communes = identified(COMMUNES, read_communes(files.communes)?, |commune| commune.insee)?;
    let overseas = identified(OVERSEAS, read_overseas(files.overseas)?, |commune| commune.insee)?;
    let territories =
        identified(TERRITORIES, read_territories(files.territories)?, |territory| territory.siren)?;
    let members = members(&communes, &territories)?;
    let neighbours = neighbours(files.neighbours, &territories)?;
    let successors = successors(files.successors, &territories)?;
    let mut by_postal_code: Vec<(PostalCode, usize)> = communes
        .iter()
        .enumerate()
        .flat_map(|(position, commune)| commune.postal_codes.iter().map(move |code| (*code, position)))
        .collect();
    by_postal_code.sort_unstable();
    let names = NameIndex::new(&communes);
    Ok(Geography { communes, overseas, territories, members, neighbours, successors, by_postal_code, names })
}

fn read_communes(compressed: &[u8]) -> Result<Vec<Commune>, DataError> {
    let columns = [
        "insee",
        "nom",
        "departement",
        "region",
        "zone",
        "epci_siren",
        "population",
        "densite_hab_km2",
        "surface_km2",
        "lat",
        "lon",
        "coord_source",
        "codes_postaux",
    ];
    rows(COMMUNES, &decompress(COMMUNES, compressed)?, columns, |fields| {
        let [
            insee,
            name,
            departement,
            region,
            _zone,
            siren,
            population,
            density,
            area,
            lat,
            lon,
            source,
            postal,
        ] = fields;
        Ok(Commune {
            insee: field("insee", insee)?,
            name: name.to_owned(),
            departement: field("departement", departement)?,
            region: field("region", region)?,
            territory: optional("epci_siren", siren)?,
            population: field("population", population)?,
            density_tenths_per_km2: scaled("densite_hab_km2", density, 1)?,
            area_ha: scaled("surface_km2", area, 2)?,
            place: coordinates(lat, lon)?,
            place_source: place_source(source)?,
            postal_codes: list("codes_postaux", postal)?,
        })
    })
}

fn read_overseas(compressed: &[u8]) -> Result<Vec<OverseasCommune>, DataError> {
    let columns = ["insee", "nom", "zone", "population", "codes_postaux"];
    rows(OVERSEAS, &decompress(OVERSEAS, compressed)?, columns, |[insee, name, _zone, population, postal]| {
        Ok(OverseasCommune {
            insee: field("insee", insee)?,
            name: name.to_owned(),
            population: optional("population", population)?,
            postal_codes: list("codes_postaux", postal)?,
        })
    })
}

fn read_territories(compressed: &[u8]) -> Result<Vec<Territory>, DataError> {
    let columns = [
        "siren",
        "nom",
        "nom_court",
        "type",
        "departements",
        "region",
        "nb_communes",
        "population",
        "surface_km2",
        "densite_hab_km2",
        "lat",
        "lon",
        "commune_principale",
    ];
    rows(TERRITORIES, &decompress(TERRITORIES, compressed)?, columns, |fields| {
        let [
            siren,
            name,
            short,
            kind,
            departements,
            region,
            count,
            population,
            area,
            density,
            lat,
            lon,
            main,
        ] = fields;
        let unknown_kind = || DataReason::Field { column: "type", value: kind.to_owned() };
        Ok(Territory {
            siren: field("siren", siren)?,
            name: name.to_owned(),
            short_name: short.to_owned(),
            kind: TerritoryKind::from_abbreviation(kind).ok_or_else(unknown_kind)?,
            departements: list("departements", departements)?,
            region: field("region", region)?,
            commune_count: field("nb_communes", count)?,
            population: field("population", population)?,
            density_tenths_per_km2: scaled("densite_hab_km2", density, 1)?,
            area_ha: scaled("surface_km2", area, 2)?,
            centre: coordinates(lat, lon)?,
            main_commune: field("commune_principale", main)?,
        })
    })
}

fn coordinates(latitude: &str, longitude: &str) -> Result<Coordinates, DataReason> {
    let refused = |_| DataReason::Field { column: "lat, lon", value: format!("{latitude}, {longitude}") };
    Coordinates::new(scaled("lat", latitude, 6)?, scaled("lon", longitude, 6)?).map_err(refused)
}

fn place_source(text: &str) -> Result<PlaceSource, DataReason> {
    match text {
        "mairie" => Ok(PlaceSource::TownHall),
        "centroide" => Ok(PlaceSource::Centroid),
        other => Err(DataReason::Field { column: "coord_source", value: other.to_owned() }),
    }
}

/// Rows in the order of their identity, each identity once.
fn identified<Row, Identity: Ord + ToString>(
    file: &'static str,
    mut rows: Vec<Row>,
    identity: impl Fn(&Row) -> Identity,
) -> Result<Vec<Row>, DataError> {
    rows.sort_by_key(&identity);
    let twice = rows.array_windows().find(|[a, b]| identity(a) == identity(b));
    match twice.map(|[row, _]| DataReason::Twice(identity(row).to_string())) {
        Some(reason) => Err(DataError { file, line: 0, reason }),
        None => Ok(rows),
    }
}

/// Positions of the communes of each territory. Communes and territories must agree on who belongs where.
fn members(communes: &[Commune], territories: &[Territory]) -> Result<Vec<Vec<usize>>, DataError> {
    let mut members = vec![Vec::new(); territories.len()];
    for (position, commune) in communes.iter().enumerate() {
        let Some(siren) = commune.territory else { continue };
        let list = slot(&mut members, territories, siren)
            .ok_or_else(|| dangling(COMMUNES, 0, "epci_siren", siren.as_str()))?;
        list.push(position);
    }
    for (territory, positions) in territories.iter().zip(&members) {
        let mut codes =
            positions.iter().filter_map(|position| communes.get(*position)).map(|member| member.insee);
        if !codes.any(|code: InseeCode| code == territory.main_commune) {
            return Err(dangling(TERRITORIES, 0, "commune_principale", territory.main_commune.as_str()));
        }
    }
    Ok(members)
}

/// Neighbours of each territory: the table names each pair once, here each knows the other.
fn neighbours(compressed: &[u8], territories: &[Territory]) -> Result<Vec<Vec<Neighbour>>, DataError> {
    let columns =
        ["siren_a", "siren_b", "methode", "frontiere_km", "couples_communes", "distance_centres_km"];
    let table = decompress(NEIGHBOURS, compressed)?;
    let pairs = rows(NEIGHBOURS, &table, columns, |[a, b, method, border, _couples, distance]| {
        let kind = match method {
            "frontiere" => NeighbourKind::Border,
            "proche_par_mer" => NeighbourKind::Sea,
            other => return Err(DataReason::Field { column: "methode", value: other.to_owned() }),
        };
        let (border_m, centre_distance_m) =
            (scaled("frontiere_km", border, 3)?, scaled("distance_centres_km", distance, 3)?);
        let neighbour = |siren| Neighbour { siren, kind, border_m, centre_distance_m };
        Ok((neighbour(field("siren_a", a)?), neighbour(field("siren_b", b)?)))
    })?;
    let mut neighbours = vec![Vec::new(); territories.len()];
    for (a, b) in pairs {
        for (of, neighbour) in [(a, b), (b, a)] {
            let list = slot(&mut neighbours, territories, of.siren)
                .ok_or_else(|| dangling(NEIGHBOURS, 0, "siren", of.siren.as_str()))?;
            list.push(neighbour);
        }
    }
    for list in &mut neighbours {
        list.sort_by_key(|neighbour: &Neighbour| (neighbour.centre_distance_m, neighbour.siren));
    }
    Ok(neighbours)
}

/// Merged SIRENs, ascending. A merged one must be gone, its successor must exist.
fn successors(table: &[u8], territories: &[Territory]) -> Result<Vec<(Siren, Siren)>, DataError> {
    let exists = |siren: &Siren| territories.binary_search_by_key(siren, |territory| territory.siren).is_ok();
    let pairs = rows(SUCCESSORS, table, ["siren", "successor", "since"], |[merged, successor, _since]| {
        let pair: (Siren, Siren) = (field("siren", merged)?, field("successor", successor)?);
        if exists(&pair.0) {
            return Err(DataReason::Twice(merged.to_owned()));
        }
        if !exists(&pair.1) {
            return Err(DataReason::Dangling { column: "successor", value: successor.to_owned() });
        }
        Ok(pair)
    })?;
    identified(SUCCESSORS, pairs, |(merged, _)| *merged)
}

/// The element that belongs to a territory, in a list parallel to the territories.
fn slot<'a, Element>(
    list: &'a mut [Element],
    territories: &[Territory],
    siren: Siren,
) -> Option<&'a mut Element> {
    let position = territories.binary_search_by_key(&siren, |territory| territory.siren).ok()?;
    list.get_mut(position)
}

fn dangling(file: &'static str, line: u64, column: &'static str, value: &str) -> DataError {
    DataError { file, line, reason: DataReason::Dangling { column, value: value.to_owned() } }
}
