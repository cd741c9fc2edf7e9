//! The trees of one session: those declared and those that older files still hold, sorted by name, so that an index
//! orders as the name does. Must never drop a tree that stored data names.

use std::collections::BTreeSet;

use crate::error::{EngineError, OpenError};
use crate::limits::{TREE_NAME_BYTES, TREES};
use crate::options::Tree;

/// Sorted tree names; an index into it identifies a tree during a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TreeTable {
    names: Vec<String>,
}

impl TreeTable {
    /// The table of the declared trees and of names found in files.
    pub(crate) fn new(declared: &[Tree], found: impl IntoIterator<Item = String>) -> Result<Self, OpenError> {
        let mut names = BTreeSet::new();
        for tree in declared {
            let name = tree.name();
            if name.is_empty() || name.len() > TREE_NAME_BYTES || !names.insert(name.to_owned()) {
                return Err(OpenError::BadTree(name.to_owned()));
            }
        }
        names.extend(found);
        if names.len() > TREES {
            return Err(OpenError::BadTree(format!("more than {TREES} trees")));
        }
        Ok(Self { names: names.into_iter().collect() })
    }

    /// A table exactly as a file lists it.
    pub(crate) fn from_names(names: Vec<String>) -> Self {
        Self { names }
    }

    /// Index of a tree by name.
    pub(crate) fn index_of(&self, name: &str) -> Option<usize> {
        self.names.binary_search_by(|candidate| candidate.as_str().cmp(name)).ok()
    }

    /// Index of a declared tree.
    pub(crate) fn index(&self, tree: Tree) -> Result<usize, EngineError> {
        self.index_of(tree.name()).ok_or_else(|| EngineError::UnknownTree(tree.name().to_owned()))
    }

    /// Name of an index, for messages and files.
    pub(crate) fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("?", String::as_str)
    }

    /// All names in order.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// How many trees.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}
