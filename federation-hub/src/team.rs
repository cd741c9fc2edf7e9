//! The hub's own team: accounts that a command of this machine makes, and what was done by whom. [`colleague`] is what an account is,
//! `accounts` the ways in, `acts` what somebody signed in may do. It must never keep a password or the secret of a link, only hashes of them, nor
//! let an account do what its role does not.

mod accounts;
mod acts;
mod address;
pub mod colleague;
mod passwords;

pub use self::address::TeamAddress;
pub(crate) use self::{
    accounts::{Stamp, change_password, enter_by_link, link, linked, revoke, sign_in, still},
    acts::{Verdict, decide, decide_accounts, invite, withdraw},
};
