//! Finding people by the beginning of any word of their name, whatever accents and case. Its keys hold names: they go
//! when the person goes.

use std::collections::BTreeSet;

use maillage_domain::text::{Name, search_key};
use maillage_engine::{EngineError, Key as _, RecordError, Transaction, Tree, View};

use crate::limits::NAME_WORDS;

/// Writes the rows of a name and removes those of a former one.
pub(crate) fn replace(
    transaction: &mut Transaction<'_>,
    tree: Tree,
    id: [u8; 16],
    (former, name): (Option<&Name>, Option<&Name>),
) -> Result<(), EngineError> {
    let rows = |name: Option<&Name>| name.map(keys).unwrap_or_default();
    let (old, new) = (rows(former), rows(name));
    for key in old.difference(&new) {
        transaction.delete(tree, &(key.clone(), id).to_key())?;
    }
    for key in new.difference(&old) {
        transaction.put(tree, (key.clone(), id).to_key(), Vec::new())?;
    }
    Ok(())
}

/// Identifiers of those with a word of the name that begins like `prefix`, each once, in the order of the names.
pub(crate) fn beginning_like(
    view: &(impl View + ?Sized),
    tree: Tree,
    prefix: &str,
) -> Result<Vec<[u8; 16]>, EngineError> {
    let prefix = search_key(prefix);
    if prefix.is_empty() {
        return Ok(Vec::new());
    }
    let mut known = BTreeSet::new();
    let mut found = Vec::new();
    for (key, _) in view.scan_prefix(tree, prefix.as_bytes(), usize::MAX)? {
        let (_, id) =
            <(String, [u8; 16])>::from_key(&key).map_err(|_| RecordError::Key("a name and an identifier"))?;
        if known.insert(id) {
            found.push(id);
        }
    }
    Ok(found)
}

/// Whether a name has a word that begins like `prefix`.
pub(crate) fn is_like(name: &Name, prefix: &str) -> bool {
    let prefix = search_key(prefix);
    keys(name).iter().any(|key| key.starts_with(&prefix))
}

/// The name from each of its words on.
fn keys(name: &Name) -> BTreeSet<String> {
    let folded = search_key(name.as_str());
    let words = folded.match_indices(' ').map(|(position, _)| position + 1);
    let starts = std::iter::once(0).chain(words).take(NAME_WORDS);
    starts.filter_map(|start| folded.get(start..)).filter(|key| !key.is_empty()).map(str::to_owned).collect()
}
