//! Parts of a state that many states share, and steps of them that were taken before: the same part and the same step give
//! the same part. Parts are told apart by a hash of 64 bits, as the model checker tells states apart.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

/// Tables beside one another, so that threads seldom wait for one.
const TABLES: usize = 64;

/// A part of a state, kept once with its hash.
#[derive(Debug)]
pub struct Kept<T>(Arc<(u64, T)>);

/// What was found out before, by a hash of the question.
#[derive(Debug)]
pub(crate) struct Memo<V>(Vec<Mutex<HashMap<u64, V>>>);

impl<T: Hash> Kept<T> {
    /// Keeps a part.
    pub fn new(part: T) -> Self {
        Self(Arc::new((hash(&part), part)))
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.1
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> PartialEq for Kept<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.0 == other.0.0
    }
}

impl<T> Eq for Kept<T> {}

impl<T> Hash for Kept<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.0);
    }
}

impl<V: Clone> Memo<V> {
    /// The answer to a question, found out at the first time it is asked.
    pub(crate) fn answer(&self, question: &impl Hash, find_out: impl FnOnce() -> V) -> V {
        let key = hash(question);
        if let Some(known) = self.known(key) {
            return known;
        }
        let answer = find_out();
        self.learn(key, answer.clone());
        answer
    }

    /// What is known under a hash.
    pub(crate) fn known(&self, key: u64) -> Option<V> {
        let table = self.table(key)?.lock().unwrap_or_else(PoisonError::into_inner);
        table.get(&key).cloned()
    }

    /// From now on this is known under a hash.
    pub(crate) fn learn(&self, key: u64, answer: V) {
        if let Some(table) = self.table(key) {
            table.lock().unwrap_or_else(PoisonError::into_inner).insert(key, answer);
        }
    }

    fn table(&self, key: u64) -> Option<&Mutex<HashMap<u64, V>>> {
        self.0.get(usize::try_from(key >> 58).unwrap_or(0))
    }
}

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self((0..TABLES).map(|_| Mutex::default()).collect())
    }
}

/// A hash of 64 bits.
pub(crate) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
