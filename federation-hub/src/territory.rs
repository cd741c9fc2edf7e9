//! Whether a territory is one that a node can serve. It must never guess which territory was meant.

use maillage_geography::{Geography, Siren, Territory};
use maillage_platform::refusal::Refusal;

use crate::refusals;

/// A territory of today; a merged one is refused with the SIREN that took it over.
///
/// # Errors
/// Unknown and merged territories.
pub(crate) fn known<'a>(geography: &'a Geography, siren: &Siren) -> Result<&'a Territory, Refusal> {
    if let Some(territory) = geography.territory(siren) {
        return Ok(territory);
    }
    Err(match geography.successor(siren) {
        Some(successor) => {
            Refusal::from(refusals::TERRITORY_MERGED).with("territory", siren).with("successor", successor)
        }
        None => Refusal::from(refusals::TERRITORY_UNKNOWN).with("territory", siren),
    })
}
