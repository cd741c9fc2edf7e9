//! Pages before and around the work: signing in, choosing a password by a link, changing it, and what there is to say otherwise.

use askama::Template;

use crate::{form::Input, frame::Frame};

/// The page to sign in on.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// The name of the account, and the password.
    pub fields: Vec<Input>,
    /// Where to go on to.
    pub next: String,
    /// What had been typed into a form when the session ended, as it was sent; empty for nothing.
    pub kept: String,
}

/// The page on which a password is chosen: by a one-time link, or instead of the present one.
#[derive(Debug, Template)]
#[template(path = "choose.html")]
pub struct Choose<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// The account it is for.
    pub label: String,
    /// What is typed.
    pub fields: Vec<Input>,
    /// Where it is sent.
    pub action: String,
}

/// A page that says one thing, and where to go from there.
#[derive(Debug, Template)]
#[template(path = "plain.html")]
pub struct Plain<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// What there is to say.
    pub paragraphs: Vec<String>,
    /// Where to go: address and words.
    pub ways: Vec<(String, String)>,
}
