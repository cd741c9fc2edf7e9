//! What each tree holds about people, for what comes of it alike in every family: the copy a person may ask for, erasure, and
//! the register of processings. One table ([`ALL`]) says, for every tree of the node, to which processing it belongs, how a
//! row is bound to somebody, and what becomes of it when that person is erased. A tree without its line fails the tests.
//!
//! Rows are read by their field names, whatever their version. Must never decide whether somebody may be erased, nor when.

mod forget;
mod rows;
mod table;
#[cfg(test)]
mod tests;

use maillage_engine::{EngineError, Transaction, Tree};

pub(crate) use self::rows::each_row;
pub use self::{
    forget::{forget, outstanding, outstanding_of},
    rows::{HeldRow, Whose, older_than, rows_about},
    table::ALL,
};

/// What a tree holds.
pub struct Holding {
    /// The tree.
    pub tree: Tree,
    /// Code of the processing it belongs to, in the register.
    pub processing: &'static str,
    /// How its rows are bound to people; none if it holds nothing about anybody.
    pub bonds: &'static [Bond],
}

/// How rows of a tree are bound to somebody, and what becomes of them.
pub struct Bond {
    /// To whom.
    pub who: Who,
    /// How.
    pub by: By,
    /// Whether what is bound to such a row is bound to the same person: its identifier begins the row's key.
    pub follow: bool,
    /// What becomes of a row when the person is erased.
    pub fate: Fate,
    /// What the person may see of a row.
    pub shown: Shown,
}

/// Who a row can be bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A beneficiary.
    Person,
    /// A volunteer.
    Volunteer,
    /// Somebody who was referred and has no file: a referral alone names them.
    Referral,
}

/// How a row is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The key begins with the identifier.
    KeyStart,
    /// The key ends with the identifier.
    KeyEnd,
    /// The identifier stands somewhere in the key.
    InKey,
    /// A field of one of these names, at any depth, is the identifier or lists it.
    Fields(&'static [&'static str]),
}

/// What becomes of a row.
#[derive(Clone, Copy)]
pub enum Fate {
    /// It goes.
    Delete,
    /// It goes by the family's own rules, which take the key, because something beside the store keeps up with it.
    Remove(fn(&mut Transaction<'_>, &[u8]) -> Result<(), EngineError>),
    /// It stays without what identifies: fields of these names, at any depth, are emptied.
    Blank(&'static [(&'static str, Blank)]),
    /// It is written again without the person, by the family's own rules, which take the key; these fields are then empty.
    Rewrite(fn(&mut Transaction<'_>, &[u8]) -> Result<(), EngineError>, &'static [(&'static str, Blank)]),
    /// It stays as it is.
    Keep(Kept),
}

/// What stands in an emptied field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// An empty text.
    Empty,
    /// The dash that stands for a name taken out.
    Withheld,
    /// Nothing.
    Nil,
    /// An empty list.
    List,
    /// No.
    No,
    /// A code of a closed list that tells nothing.
    Code(&'static str),
    /// After this beginning a word that tells nothing; a text without it stays.
    After(&'static str),
}

/// Why a row stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// It holds nothing but a random identifier that names nobody any more, with codes and figures.
    Anonymous,
    /// Accounting pieces are kept for ten years (art. L.123-22 code de commerce).
    AccountingLaw,
    /// Who saw what is kept until its own term ends, to be able to show it (RGPD art. 5, 2).
    Accountability,
    /// It is sealed to another node; only that one can open it.
    Sealed,
}

/// What somebody may see of a row that is bound to her or him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Everything but who acted for the platform.
    Whole,
    /// Without these fields, at any depth: they are about somebody else.
    Without(&'static [&'static str]),
    /// Only that it is there: an index of what is shown elsewhere.
    No,
}

impl Kept {
    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::AccountingLaw => "accounting-law",
            Self::Accountability => "accountability",
            Self::Sealed => "sealed",
        }
    }
}

impl Bond {
    /// Nothing but an index of rows that are bound elsewhere, with a pseudonym.
    const fn index(who: Who, by: By) -> Self {
        Self { who, by, follow: false, fate: Fate::Keep(Kept::Anonymous), shown: Shown::No }
    }

    /// Rows that stay: figures and codes under a pseudonym.
    const fn anonymous(who: Who, by: By) -> Self {
        Self { who, by, follow: false, fate: Fate::Keep(Kept::Anonymous), shown: Shown::Whole }
    }
}
