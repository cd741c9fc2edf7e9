//! Instants, amounts and names as the team reads them.

use jiff::Timestamp;
use maillage_federation::{
    ids::{Id, NodeKind},
    month::paris,
};
use maillage_geography::Siren;
use maillage_platform::i18n::Language;

use super::Team;
use crate::dashboard::words::Words;

impl Team {
    /// The name of a territory, or its number if it is none of today.
    pub(super) fn territory(&self, siren: &str) -> String {
        let known = siren.parse().ok().and_then(|siren: Siren| self.hub.geography.territory(&siren));
        known.map_or_else(|| siren.to_owned(), |territory| territory.short_name.clone())
    }

    /// What a deed was about: a territory, or a node by that of its territory, with what follows it.
    pub(super) fn about(&self, about: &str) -> String {
        let (first, rest) = about.split_once(' ').unwrap_or((about, ""));
        let members = self.hub.roll.current();
        let member = first.parse().ok().and_then(|node: Id<NodeKind>| members.nodes.get(&node));
        let shown = match member {
            Some(member) => self.territory(member.entry.reach.territory.as_str()),
            None => self.territory(first),
        };
        if rest.is_empty() { shown } else { format!("{shown} · {rest}") }
    }
}

/// An instant in RFC 3339 to the minute, in France; nothing of what is none.
pub(super) fn instant(words: &Words<'_>, text: &str) -> String {
    text.parse().map(|at| minute(words, at)).unwrap_or_default()
}

/// An instant in milliseconds since 1970 UTC, to the minute, in France.
pub(super) fn at_ms(words: &Words<'_>, at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map(|at| minute(words, at)).unwrap_or_default()
}

/// The day of an instant in RFC 3339, in France.
pub(super) fn day(words: &Words<'_>, text: &str) -> String {
    let form = match words.language() {
        Language::French => "%d/%m/%Y",
        Language::English => "%-d %b %Y",
    };
    let at = text.parse::<Timestamp>();
    at.map(|at| at.to_zoned(paris()).strftime(form).to_string()).unwrap_or_default()
}

fn minute(words: &Words<'_>, at: Timestamp) -> String {
    let form = match words.language() {
        Language::French => "%d/%m/%Y %H:%M",
        Language::English => "%-d %b %Y %H:%M",
    };
    at.to_zoned(paris()).strftime(form).to_string()
}

/// Hundredths with their two decimals.
pub(super) fn hundredths(words: &Words<'_>, value: u64) -> String {
    format!("{}{}{:02}", words.count(value / 100), words.say("decimal-mark"), value % 100)
}
