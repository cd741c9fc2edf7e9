//! What was found out and need not be found out again until something is written that it was made of. Must never be asked
//! inside a transaction: what is kept is what is acknowledged.

use std::collections::{BTreeMap, btree_map::Entry};

use maillage_engine::{Engine, Footprint, Reading, View};

use super::Aborted;

/// Values by key, each with what was read for it.
pub(super) struct Memo<K, V>(BTreeMap<K, (V, Footprint)>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord, V> Memo<K, V> {
    /// The value known, or the one found out now, with what was read for it. At most `most` values are kept.
    ///
    /// # Errors
    /// Those of finding out; nothing new is kept then.
    pub(super) fn get(
        &mut self,
        store: &Engine,
        (key, most): (K, usize),
        find_out: impl FnOnce(&dyn View) -> Result<V, Aborted>,
    ) -> Result<(&V, &Footprint), Aborted> {
        if self.0.len() >= most && !self.0.contains_key(&key) {
            self.0.clear();
        }
        let found_out = || {
            let reading = Reading::of(store);
            Ok::<_, Aborted>((find_out(&reading)?, reading.footprint()))
        };
        let (value, seen) = match self.0.entry(key) {
            Entry::Vacant(place) => place.insert(found_out()?),
            Entry::Occupied(mut place) => {
                if !store.untouched(&mut place.get_mut().1) {
                    place.insert(found_out()?);
                }
                place.into_mut()
            }
        };
        Ok((value, seen))
    }
}
