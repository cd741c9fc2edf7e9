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
/// What a prescriber's identifier names.
#[derive(Debug)]
pub enum PrescriberKind {}
/// What a professional's identifier names.
#[derive(Debug)]
pub enum StaffKind {}
/// What a series' identifier names.
#[derive(Debug)]
pub enum SeriesKind {}
/// What an asset's (a vehicle or bike of the fleet) identifier names.
#[derive(Debug)]
pub enum AssetKind {}
/// What a loan's identifier names.
#[derive(Debug)]
pub enum LoanKind {}
/// What a service's (advice, licence aid, garage, financial aid, outreach) identifier names.
#[derive(Debug)]
pub enum ServiceKind {}
/// What a referral's identifier names.
#[derive(Debug)]
pub enum ReferralKind {}
/// What a pathway's identifier names.
#[derive(Debug)]
pub enum PathwayKind {}
/// What a driver offer's identifier names.
#[derive(Debug)]
pub enum DriverOfferKind {}
/// What an outgoing message's identifier names.
#[derive(Debug)]
pub enum MessageKind {}
/// What a carrying association's identifier names.
#[derive(Debug)]
pub enum CarrierKind {}
/// What a signed exception's identifier names.
#[derive(Debug)]
pub enum ExceptionKind {}
/// What a ledger entry's identifier names.
#[derive(Debug)]
pub enum EntryKind {}
/// What a volunteer statement's identifier names.
#[derive(Debug)]
pub enum StatementKind {}
/// What an account's (somebody who may use this node) identifier names.
#[derive(Debug)]
pub enum AccountKind {}
/// What a receipt's identifier names.
#[derive(Debug)]
pub enum ReceiptKind {}
/// What the identifier of a volunteer's expense names.
#[derive(Debug)]
pub enum ExpenseKind {}
/// What a proposed plan of a day is named by.
#[derive(Debug)]
pub enum PlanKind {}
