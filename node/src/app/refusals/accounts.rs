//! Why an account is not made or changed.

use maillage_domain::{
    account::{AccountError, LabelError, LifetimeError, RightsError},
    codes::UnknownCode,
    limits::{
        ACCOUNT_DAYS, ACCOUNT_LABEL_CHARS, ACCOUNT_LABEL_CHARS_MIN, PASSWORD_CHARS, PASSWORD_CHARS_MIN,
    },
    password::PasswordError,
};
use maillage_platform::refusal::Refusal;

use super::{conflict, invalid};

/// The name of an account.
pub fn label(error: LabelError) -> Refusal {
    let refusal = match error {
        LabelError::Length(_) => invalid("account-label-length")
            .with("min", ACCOUNT_LABEL_CHARS_MIN)
            .with("max", ACCOUNT_LABEL_CHARS),
        LabelError::Character(position) => invalid("account-label-character").with("position", position),
        LabelError::Reserved => invalid("account-label-reserved"),
    };
    refusal.with("field", "label")
}

/// A role that is none.
pub fn role(error: UnknownCode) -> Refusal {
    invalid("role-unknown").with("field", "roles").with("allowed", error.allowed)
}

/// Roles that do not go with whose data they reach.
pub fn rights(error: RightsError) -> Refusal {
    match error {
        RightsError::NoRole => invalid("account-no-role").with("field", "roles"),
        RightsError::DriverOfNobody => invalid("account-driver-of-nobody").with("field", "volunteer"),
        RightsError::PrescriberOfNobody => {
            invalid("account-prescriber-of-nobody").with("field", "prescriber")
        }
        RightsError::TooWide(role) => invalid("account-too-wide").with("field", "roles").with("role", role),
    }
}

/// How long a token is valid.
pub fn lifetime(error: LifetimeError) -> Refusal {
    let LifetimeError(days) = error;
    invalid("account-days").with("field", "days").with("days", days).with("max", ACCOUNT_DAYS)
}

/// An account that does not change.
pub fn account(error: AccountError) -> Refusal {
    match error {
        AccountError::Revoked => conflict("account-revoked"),
    }
}

/// What is not accepted as a password.
pub fn password(error: PasswordError) -> Refusal {
    let refusal = match error {
        PasswordError::TooShort => invalid("password-short").with("min", PASSWORD_CHARS_MIN),
        PasswordError::TooLong => invalid("password-long").with("max", PASSWORD_CHARS),
        PasswordError::Common => invalid("password-common"),
        PasswordError::LikeLabel => invalid("password-like-label"),
    };
    refusal.with("field", "password")
}
