//! Who gives receipts, by books.

use maillage_domain::{
    ledger::{Books, Issuer},
    text::{Address, Line, Name, Notes},
};
use maillage_engine::{EngineError, Record, Table, Transaction, Tree, View};
use serde::{Deserialize, Serialize};

use super::keys::books_key;
use crate::{
    fields::{broken, parsed},
    kinds,
};

/// Issuers by books.
pub const ISSUERS_TREE: Tree = Tree::named("money_issuers");

const ISSUERS: Table<[u8; 16], IssuerRecord> = Table::new(ISSUERS_TREE);

/// An issuer, version 1.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct IssuerRecord {
    name: String,
    address: String,
    identifier: String,
    object: String,
    quality: String,
    signatory: String,
    tax_rate_percent: u8,
}

impl Record for IssuerRecord {
    const KIND: u16 = kinds::MONEY_ISSUER;
    const VERSION: u16 = 1;
}

/// Writes who gives the receipts of some books.
pub fn put_issuer(
    transaction: &mut Transaction<'_>,
    books: Books,
    issuer: &Issuer,
) -> Result<(), EngineError> {
    ISSUERS.put(transaction, &books_key(books), &IssuerRecord::from(issuer))
}

/// Who gives the receipts of some books.
pub fn issuer(view: &(impl View + ?Sized), books: Books) -> Result<Option<Issuer>, EngineError> {
    let record = ISSUERS.get(view, &books_key(books))?;
    record.map(|record| record.issuer(kinds::MONEY_ISSUER)).transpose()
}

impl IssuerRecord {
    /// The issuer of this record, which is part of a record of a kind.
    pub(super) fn issuer(self, kind: u16) -> Result<Issuer, EngineError> {
        Ok(Issuer {
            name: Name::parse(&self.name).map_err(|_| broken(kind))?,
            address: Address::parse(&self.address).map_err(|_| broken(kind))?,
            identifier: Line::parse(&self.identifier).map_err(|_| broken(kind))?,
            object: Notes::parse(&self.object).map_err(|_| broken(kind))?,
            quality: parsed(&self.quality, kind)?,
            signatory: Line::parse(&self.signatory).map_err(|_| broken(kind))?,
            tax_rate_percent: self.tax_rate_percent,
        })
    }
}

impl From<&Issuer> for IssuerRecord {
    fn from(issuer: &Issuer) -> Self {
        let Issuer { name, address, identifier, object, quality, signatory, tax_rate_percent } = issuer;
        Self {
            name: name.as_str().to_owned(),
            address: address.as_str().to_owned(),
            identifier: identifier.as_str().to_owned(),
            object: object.as_str().to_owned(),
            quality: quality.code().to_owned(),
            signatory: signatory.as_str().to_owned(),
            tax_rate_percent: *tax_rate_percent,
        }
    }
}
