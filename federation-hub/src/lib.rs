//! The federation hub: certificate authority, relay, arbiter, directory, ledger.
