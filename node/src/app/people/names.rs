//! What people are called, for lists of what concerns them. Must never tell more of anybody.

use std::collections::BTreeMap;

use maillage_domain::{ids::PersonKind, roles::Operation};
use maillage_federation::ids::Id;
use maillage_platform::refusal::Refusal;
use maillage_store::persons;

use crate::app::{App, caller::Caller};

/// The names of some beneficiaries; whoever is not there any more has none.
///
/// # Errors
/// The store.
pub fn names(
    app: &App,
    caller: &Caller,
    ids: impl IntoIterator<Item = Id<PersonKind>>,
) -> Result<BTreeMap<Id<PersonKind>, String>, Refusal> {
    app.look(caller, Operation::PersonList, |_, view| {
        let mut names = BTreeMap::new();
        for id in ids {
            if names.contains_key(&id) {
                continue;
            }
            if let Some(person) = persons::find(view, id)? {
                names.insert(id, person.details.name.as_str().to_owned());
            }
        }
        Ok(names)
    })
}
