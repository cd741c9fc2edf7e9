//! The door of the local interface: which token is whose. Must never log a token, nor decide what its holder may do.

use http::Extensions;
use maillage_platform::{
    grpc::Doorkeeper,
    secrets::{Secret, equal_in_constant_time},
};

use crate::app::caller::Caller;

/// Knows the token of this start, which only those who can read the data directory have.
pub struct Door {
    local: Secret<String>,
}

impl Door {
    /// A door for the token of this start.
    pub fn new(local: Secret<String>) -> Self {
        Self { local }
    }
}

impl Doorkeeper for Door {
    fn admit(&self, token: &[u8], extensions: &mut Extensions) -> bool {
        let local = equal_in_constant_time(token, self.local.expose().as_bytes());
        if local {
            extensions.insert(Caller::local());
        }
        local
    }
}
