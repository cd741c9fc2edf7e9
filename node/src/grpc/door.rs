//! The door of the local interface: which token is whose. Must never log a token, nor decide what its holder may do.

use std::sync::Arc;

use http::Extensions;
use maillage_platform::{
    grpc::Doorkeeper,
    refusal::Refusal,
    secrets::{Secret, equal_in_constant_time},
};

use crate::app::{App, accounts, caller::Caller};

/// Knows the token of this start, which only those who can read the data directory have, and the tokens of accounts.
pub struct Door {
    local: Secret<String>,
    app: Arc<App>,
}

impl Door {
    /// A door for the token of this start and the accounts of a node.
    pub fn new(local: Secret<String>, app: Arc<App>) -> Self {
        Self { local, app }
    }
}

impl Doorkeeper for Door {
    fn admit(&self, token: &[u8], extensions: &mut Extensions) -> Result<(), Refusal> {
        let caller = if equal_in_constant_time(token, self.local.expose().as_bytes()) {
            Caller::local()
        } else {
            accounts::admit(&self.app, token)?
        };
        extensions.insert(caller);
        Ok(())
    }
}
