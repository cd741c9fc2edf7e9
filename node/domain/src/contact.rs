//! How a person wishes to be reached. Must never reach anybody.

use std::{fmt, str::FromStr};

use crate::{
    codes::{UnknownCode, coded},
    text::{Email, Phone},
};

/// The way a person wishes to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// A call.
    Phone,
    /// A short message.
    Sms,
    /// An e-mail.
    Email,
    /// A letter to the home.
    Letter,
}

coded!(Channel { Phone = "phone", Sms = "sms", Email = "email", Letter = "letter" });

/// Why a channel is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// Not in the list.
    #[error("the channel is not in the list")]
    Unknown(#[source] UnknownCode),
    /// Calls or short messages are wished for, and no number is known.
    #[error("{0} is wished for, and there is no phone number")]
    NoPhone(Channel),
    /// E-mails are wished for, and no address is known.
    #[error("e-mails are wished for, and there is no e-mail address")]
    NoEmail,
}

impl Channel {
    /// Reads the wish. A blank one is what the contacts allow: a call, else an e-mail, else a letter.
    ///
    /// # Errors
    /// Not in the list, or no contact to reach the person that way.
    pub fn parse(code: &str, phone: Option<&Phone>, email: Option<&Email>) -> Result<Self, ChannelError> {
        if code.trim().is_empty() {
            return Ok(Self::possible(phone, email));
        }
        let channel: Self = code.parse().map_err(ChannelError::Unknown)?;
        match channel {
            Self::Phone | Self::Sms if phone.is_none() => Err(ChannelError::NoPhone(channel)),
            Self::Email if email.is_none() => Err(ChannelError::NoEmail),
            Self::Phone | Self::Sms | Self::Email | Self::Letter => Ok(channel),
        }
    }

    /// The first way there is: a call, else an e-mail, else a letter.
    pub fn possible(phone: Option<&Phone>, email: Option<&Email>) -> Self {
        match (phone, email) {
            (Some(_), _) => Self::Phone,
            (None, Some(_)) => Self::Email,
            (None, None) => Self::Letter,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_needs_the_contact_it_uses_and_a_blank_one_takes_what_there_is() {
        let phone = Phone::parse("0563000000").unwrap();
        let email = Email::parse("odette@exemple.fr").unwrap();
        let check = |code: &str, phone: Option<&Phone>, email: Option<&Email>, expected| {
            assert_eq!(Channel::parse(code, phone, email), expected, "{code:?}");
        };
        check("", Some(&phone), Some(&email), Ok(Channel::Phone));
        check(" ", None, Some(&email), Ok(Channel::Email));
        check("", None, None, Ok(Channel::Letter));
        check("sms", Some(&phone), None, Ok(Channel::Sms));
        check("sms", None, Some(&email), Err(ChannelError::NoPhone(Channel::Sms)));
        check("phone", None, None, Err(ChannelError::NoPhone(Channel::Phone)));
        check("email", Some(&phone), None, Err(ChannelError::NoEmail));
        check("letter", None, None, Ok(Channel::Letter));
        assert!(matches!(Channel::parse("pigeon", None, None), Err(ChannelError::Unknown(_))));
    }
}
