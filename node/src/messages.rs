//! Hands messages over to the servers that carry them: e-mail by SMTP, text messages by an HTTP gateway. Holds no rule: what
//! leaves, when and to whom is the business of `app::messages`. Must never log an address or a word of a message.

mod email;
pub mod settings;
mod sms;
mod words;
mod worker;

pub use self::{
    email::Mailer,
    sms::Gateway,
    worker::{OfferTending, Post, Sender, Sending},
};
