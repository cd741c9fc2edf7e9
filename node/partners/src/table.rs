//! Lines of a table: UTF-8 with a mark (Windows-1252 is read as well), semicolons, one line for each leg, French headings and words; English ones are read
//! as well. The same table goes out and comes back: whoever answers fills in the columns from `reponse` on, in the line that
//! was sent or in a new one with the same `relais`, `tour` and `trajet`. Lines without `reponse` say nothing.
//!
//! | column | English | what |
//! |---|---|---|
//! | `message` | `message` | `offre`, `attribution`, `echu`, `clos`, `retire`, `annule`, `bilan-vu`, `texte` |
//! | `relais` | `handover` | identifier of the handover |
//! | `tour` | `round` | its round, from 1 |
//! | `trajet`, `trajets` | `leg`, `legs` | which leg, of how many |
//! | `territoire` | `territory` | SIREN of who offers |
//! | `depart_insee`, `arrivee_insee` | `pickup_insee`, `dropoff_insee` | communes, by INSEE code |
//! | `depart_commune`, `arrivee_commune` | `pickup_commune`, `dropoff_commune` | their names, for people; never read |
//! | `au_plus_tot`, `au_plus_tard` | `earliest`, `latest` | pickup not before, arrival not after; civil time of France |
//! | `distance_km` | `distance_km` | by road, rounded up to 5 km |
//! | `places` | `seats` | places wanted |
//! | `besoins` | `needs` | codes with commas |
//! | `repondre_avant` | `reply_by` | bids are taken until then |
//! | `delai_accord_s` | `accept_within_s` | seconds an award may take to be accepted |
//! | `accepter_avant` | `accept_by` | an award is accepted until then |
//! | `nom`, `telephone`, `depart_adresse`, `arrivee_adresse`, `accompagnants`, `consignes` | `name`, `phone`, `pickup_address`, `dropoff_address`, `companions`, `driver_notes` | who and where: in an `attribution` alone |
//! | `telephone_plateforme` | `desk_phone` | the desk |
//! | `motif`, `depuis` | `reason`, `since` | why the person does not travel, and since when that is known |
//! | `conteste` | `disputed` | whether an account is disputed |
//! | `texte` | `text` | words of the desk |
//! | `reponse` | `answer` | `proposition`, `sans-suite`, `accord`, `restitution`, `avancement`, `bilan`, `annulation-vue`, `texte` |
//! | `ferme` | `firm` | of a `proposition`: `oui` if nobody has to be asked again |
//! | `heure` | `time` | of a `proposition`: pickup; of an `avancement`: when |
//! | `km_a_vide`, `km_avec` | `empty_km`, `loaded_km` | without and with the passenger, added up over the legs of a `proposition` |
//! | `prix_eur` | `fare_eur` | of a `proposition`, for the coordinator to know |
//! | `motif_reponse` | `answer_reason` | of a `sans-suite` or a `restitution` |
//! | `etape` | `step` | of an `avancement` |
//! | `resultat` | `result` | of a `bilan` |
//! | `texte_reponse` | `answer_text` | of a `texte` |
//! | `numero` | `number` | the partner's own number of the line, to say the same thing a second time |

mod columns;
mod read;
mod rows;
mod words;
mod write;

pub use self::{
    columns::headings,
    read::{read_answers, read_sent},
    write::{write_answers, write_sent},
};

use maillage_geography::{Geography, InseeCode};

/// Name of a commune for people.
fn commune(code: InseeCode) -> String {
    let geography = Geography::embedded();
    geography.commune(&code).map(|commune| commune.name.clone()).unwrap_or_default()
}
