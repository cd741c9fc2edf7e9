//! What the identifiers of this crate name, beside those that node and hub share. Must never make an identifier:
//! instants and random bytes come from the caller of [`maillage_federation::ids::Id::new`].

/// What a beneficiary's identifier names.
#[derive(Debug)]
pub enum PersonKind {}
/// What a volunteer's identifier names.
#[derive(Debug)]
pub enum VolunteerKind {}
/// What a request's identifier names.
#[derive(Debug)]
pub enum RequestKind {}
