//! A statement as one of the two has signed it, and the letter that takes it to the other. The signature is over the digest,
//! the counter and all that the statement is about, under a purpose of its own: nothing that was signed for another month,
//! pair, direction or purpose passes for it. Must never be believed before [`Signed::verify`].

use super::Statement;
use crate::{
    ids::{Id, NodeKind},
    name::FederationName,
    sealed::Sealed,
    signing::{Purpose, SignatureError, Signer, VerifyKey},
};

/// A statement and the signature of one of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What was signed.
    pub statement: Statement,
    /// Rises with every signature of the same member: an old statement never takes the place of a newer one.
    pub counter: u64,
    pub(super) signature: Vec<u8>,
}

/// A signed statement on its way to the other of the two, who alone can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The other.
    pub with: Id<NodeKind>,
    /// A serialised `SettlementStatement`.
    pub statement: Sealed,
}

impl Signed {
    /// Signs a statement as one of its two members.
    pub fn sign(
        statement: Statement,
        counter: u64,
        (federation, by): (&FederationName, Id<NodeKind>),
        signer: &Signer,
    ) -> Self {
        let fields = fields(&statement, counter, (federation, by));
        let signature = signer.sign(Purpose::Settlement, &fields.each_ref().map(Vec::as_slice));
        Self { statement, counter, signature }
    }

    /// Checks that this member has signed exactly this.
    ///
    /// # Errors
    /// A signature that does not hold.
    pub fn verify(
        &self,
        (federation, by): (&FederationName, Id<NodeKind>),
        key: &VerifyKey,
    ) -> Result<(), SignatureError> {
        let fields = fields(&self.statement, self.counter, (federation, by));
        key.verify(Purpose::Settlement, &fields.each_ref().map(Vec::as_slice), &self.signature)
    }

    /// The signature, 64 bytes.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

fn fields(
    statement: &Statement,
    counter: u64,
    (federation, by): (&FederationName, Id<NodeKind>),
) -> [Vec<u8>; 7] {
    [
        federation.as_str().as_bytes().to_vec(),
        by.to_bytes(),
        statement.carrier.to_bytes(),
        statement.origin.to_bytes(),
        statement.month.to_string().into_bytes(),
        counter.to_be_bytes().to_vec(),
        statement.digest().to_vec(),
    ]
}
