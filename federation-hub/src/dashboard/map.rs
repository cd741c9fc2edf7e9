//! The map of France by territory, as an image that loads once: where there is a node and where there is none. Opened by itself, each territory
//! leads to its page. The same is in the table beside it. It must never colour a territory by a figure.

use std::{collections::BTreeSet, fmt::Write as _, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use maillage_geography::{Geography, Siren};
use serde_json::Value;

use super::charts::escaped;

/// Media type of the map, which is sent compressed.
pub(super) const KIND: &str = "image/svg+xml";

/// Whether a territory has a node, with its colour.
const COLOURS: [(bool, &str); 2] = [(false, "#cfcabd"), (true, "#2f7a68")];

/// The map, compressed by gzip. Pages of territories are below `pages`.
pub(super) fn compressed(
    geography: &Geography,
    with_node: &BTreeSet<Siren>,
    (label, pages): (&str, &str),
) -> Vec<u8> {
    let svg = svg(geography, with_node, (label, pages));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(svg.as_bytes());
    encoder.finish().unwrap_or_default()
}

fn svg(geography: &Geography, with_node: &BTreeSet<Siren>, (label, pages): (&str, &str)) -> String {
    let map: Value = serde_json::from_str(&geography.map_json()).unwrap_or_default();
    let has_node = |siren: &str| siren.parse().is_ok_and(|siren: Siren| with_node.contains(&siren));
    let view = map.get("viewBox").and_then(Value::as_str).unwrap_or("0 0 10000 10579");
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{}\"><title>{}</title>\
         <g stroke=\"#ffffff\" stroke-width=\"6\" stroke-linejoin=\"round\">",
        escaped(view),
        escaped(label)
    );
    let paths = map.get("epci").and_then(Value::as_object);
    for (wanted, colour) in COLOURS {
        let _ = write!(svg, "<g fill=\"{colour}\">");
        for (siren, path) in paths.into_iter().flatten() {
            if has_node(siren) == wanted {
                let found = siren.parse().ok().and_then(|siren: Siren| geography.territory(&siren));
                let name = found.map_or(siren.as_str(), |territory| &territory.short_name);
                let _ = write!(
                    svg,
                    "<a href=\"{pages}{}\"><title>{}</title><path d=\"{}\"/></a>",
                    escaped(siren),
                    escaped(name),
                    escaped(path.as_str().unwrap_or_default())
                );
            }
        }
        svg.push_str("</g>");
    }
    svg.push_str("</g><g fill=\"none\" stroke=\"#6b6a63\" stroke-width=\"14\">");
    let borders = map.get("departements").and_then(Value::as_object);
    for path in borders.into_iter().flatten().filter_map(|(_, path)| path.as_str()) {
        let _ = write!(svg, "<path d=\"{}\"/>", escaped(path));
    }
    svg.push_str("</g></svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_territory_with_a_node_is_drawn_so_and_all_others_are_there() {
        let geography = Geography::embedded();
        // The last one by SIREN too: none is left out for want of a page.
        let last = geography.territories().last().unwrap().siren;
        let with_node = ["200034031".parse().unwrap(), last].into();
        let drawn = svg(geography, &with_node, ("a < b", "/fr/territories/"));
        let node = drawn.split("#2f7a68").nth(1).unwrap().split("</g>").next().unwrap();
        assert_eq!(node.matches("<path").count(), 2);
        assert!(drawn.matches("<path").count() > geography.territories().len(), "departments too");
        assert!(drawn.contains("a &lt; b"));
        let own = node.split("<a href=\"/fr/territories/200034031\">").nth(1).unwrap();
        assert!(own.starts_with("<title>CC des Monts d'Alban"), "{}", own.get(..60).unwrap());
        let bytes = compressed(geography, &with_node, ("x", "/fr/territories/"));
        assert!(bytes.len() < 300_000 && bytes.starts_with(&[0x1f, 0x8b]), "{}", bytes.len());
    }
}
