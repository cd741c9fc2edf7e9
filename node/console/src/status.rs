//! How the node is, in plain words, with what to do where something is not well.

use askama::Template;

use crate::{frame::Frame, parts::Badge};

/// The page.
#[derive(Debug, Template)]
#[template(path = "status.html")]
pub struct StatusPage<'a> {
    /// Around it.
    pub frame: Frame<'a>,
    /// How many things are not well, in words.
    pub summary: String,
    /// Whether there are any.
    pub attention: bool,
    /// What was looked at, what is not well first.
    pub checks: Vec<Check>,
    /// What the node does by itself.
    pub jobs: Vec<Job>,
    /// What it is.
    pub facts: Vec<(String, String)>,
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What names it on the page.
    pub id: &'static str,
    /// What.
    pub title: String,
    /// How it stands.
    pub badge: Badge,
    /// What is known of it.
    pub told: Vec<String>,
    /// What to do; empty for nothing.
    pub advice: String,
}

/// Something the node does by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What.
    pub name: String,
    /// How it stands.
    pub badge: Badge,
    /// How often it failed since the start.
    pub failures: String,
    /// What went wrong last; may be empty.
    pub error: String,
}
