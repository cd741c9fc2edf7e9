//! The pages of a node's console: what a page shows comes in as plain values, and leaves as accessible HTML in the reader's
//! language. It works without scripts, loads nothing from elsewhere, and escapes whatever was typed.
//!
//! Architecture invariants:
//! - It knows no store, no use case, no wire: handlers of the node ask the use cases and fill these values.
//! - Every text comes from Fluent; a page never puts sentences together from parts.
//! - Every form field says what is wrong beside itself, and keeps what was typed.

pub mod books;
pub mod entry;
pub mod form;
pub mod frame;
pub mod handover;
pub mod lasting;
pub mod models;
pub mod parts;
pub mod person;
pub mod places;
pub mod planning;
pub mod registering;
pub mod request;
pub mod statistics;
pub mod status;
pub mod texts;
pub mod today;
pub mod trip;
pub mod users;
pub mod volunteer;

use maillage_platform::i18n::Language;

/// The texts of the pages, by language.
pub const TEXTS: &[(Language, &str)] = &[
    (Language::French, include_str!("../locales/fr/books.ftl")),
    (Language::French, include_str!("../locales/fr/comfort.ftl")),
    (Language::French, include_str!("../locales/fr/console.ftl")),
    (Language::French, include_str!("../locales/fr/desk.ftl")),
    (Language::French, include_str!("../locales/fr/lasting.ftl")),
    (Language::French, include_str!("../locales/fr/office.ftl")),
    (Language::English, include_str!("../locales/en/books.ftl")),
    (Language::English, include_str!("../locales/en/comfort.ftl")),
    (Language::English, include_str!("../locales/en/console.ftl")),
    (Language::English, include_str!("../locales/en/desk.ftl")),
    (Language::English, include_str!("../locales/en/office.ftl")),
    (Language::English, include_str!("../locales/en/lasting.ftl")),
];

/// A page that cannot be written: a fault of ours.
#[derive(Debug)]
pub struct Unwritten;

/// The text of a page.
///
/// # Errors
/// A fault of ours.
pub fn written(page: &impl askama::Template) -> Result<String, Unwritten> {
    page.render().map_err(|_| Unwritten)
}
